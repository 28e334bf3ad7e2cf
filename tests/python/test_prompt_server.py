"""That the dashboard's server sends each answer at once."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
import uvicorn
from streamlit.web.server.starlette import starlette_server

from lib.warehouse import PROJECT_ROOT


@pytest.fixture
def prompt_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Give the module; uvicorn's own server is back afterwards."""
    monkeypatch.syspath_prepend(str(PROJECT_ROOT / "dashboard"))
    monkeypatch.setattr(uvicorn, "Server", uvicorn.Server)
    return import_module("prompt_server")


async def _answer(scope: Any, receive: Any, send: Any) -> None:
    del receive
    assert scope["type"] == "http"
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"all of it"})


async def _is_sent_at_once(listening: socket.socket) -> bool:
    """Serve from a socket, and return whether its connections hold nothing back."""
    server = uvicorn.Server(uvicorn.Config(_answer, lifespan="off", log_level="error"))
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    while not server.started:
        await asyncio.sleep(0.01)
    reader, writer = await asyncio.open_connection(*listening.getsockname()[:2])
    writer.write(b"GET / HTTP/1.1\r\nhost: here\r\n\r\n")
    head = await reader.readuntil(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200")
    (connection,) = server.server_state.connections
    accepted = connection.transport.get_extra_info("socket")
    is_prompt = bool(accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
    writer.close()
    server.should_exit = True
    await serving
    return is_prompt


def test_our_server_alone_holds_nothing_back(prompt_server: Any) -> None:
    """Uvicorn's own server does, or ours would not be needed any more."""
    held = []
    for use in (lambda: None, prompt_server.use):
        use()
        listening = starlette_server._bind_socket("127.0.0.1", 0, 10)
        held.append(not asyncio.run(_is_sent_at_once(listening)))
    assert held == [True, False]

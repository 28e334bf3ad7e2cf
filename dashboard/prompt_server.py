"""The server beneath Streamlit, with its answers sent at once."""

from __future__ import annotations

import socket

import uvicorn


class PromptServer(uvicorn.Server):
    """A server that does not hold the end of an answer back.

    Streamlit binds the socket itself, and in a way in which asyncio does not see that
    it is TCP. On a connection that is kept, the end of each answer would then wait for
    the browser to acknowledge what came before: 40 ms for each of a page's 140 files
    (https://github.com/Kludex/uvicorn/issues/3149).
    """

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve from the sockets; a connection inherits what is set on its socket."""
        for listening in sockets or ():
            if listening.family in (socket.AF_INET, socket.AF_INET6):
                listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await super().startup(sockets)


def use() -> None:
    """Have Streamlit start this server in place of uvicorn's own."""
    uvicorn.Server = PromptServer  # type: ignore[misc]

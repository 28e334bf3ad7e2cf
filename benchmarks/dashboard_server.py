"""The dashboard on a free port of this machine, for benchmarks and tests."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CHROMIUM = Path(os.environ.get("MOPS_CHROMIUM", "/usr/bin/chromium"))
PAGES = (
    "Pulse",
    "Funnel",
    "Attribution",
    "Channels & budget",
    "Lead management",
    "Data quality",
    "Campaign operations",
    "Tool stack",
    "Forecast",
)


@contextmanager
def served(out: Path, log: Path, **more: str) -> Iterator[str]:
    """Serve what is published in a folder, and give the address.

    Args:
        out: the folder that export.py wrote to.
        log: file for what the server says.
        more: variables of the environment.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {
        "MOPS_OUT": str(out),
        "PYTHONPATH": str(ROOT / "scripts"),
        **more,
    }
    command = [sys.executable, "dashboard/serve.py"]
    process = subprocess.Popen(
        [*command, "--server.port", str(port)],
        cwd=ROOT,
        env=environment,
        stdout=log.open("wb"),
        stderr=subprocess.STDOUT,
    )
    try:
        _wait_for(port, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait_for(port: int, log: Path) -> None:
    for _ in range(240):
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.25)
    raise AssertionError(log.read_text())

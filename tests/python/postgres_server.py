"""A real Postgres for a test: on loopback, in a folder of its own, gone afterwards."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

OWNER, PASSWORD = "warehouse", "not-to-be-printed"
INSTALL = "no Postgres server is installed: apt-get install postgresql"


@dataclass(frozen=True)
class Server:
    """A server that runs, and how to reach it."""

    port: int

    def dsn(self, user: str = OWNER, password: str = PASSWORD) -> str:
        """Return a connection string for a user."""
        return (
            f"host=127.0.0.1 port={self.port} dbname=postgres user={user} "
            f"password={password}"
        )

    def rows(self, query: str, *values: Any, user: str = OWNER) -> list[Any]:
        """Return what a query finds; of a statement without rows, none."""
        with psycopg.connect(self.dsn(user), autocommit=True) as connection:
            found = connection.execute(query, values or None)
            return found.fetchall() if found.description else []

    def value(self, query: str, *values: Any) -> Any:
        """Return the one value that a query finds."""
        ((value,),) = self.rows(query, *values)
        return value


@contextmanager
def running() -> Iterator[Server]:
    """Run a server; it refuses root, so that nobody runs it where the tests are root's.

    Where no binaries are found the test fails: a skipped one would say nothing.
    """
    binaries = _binaries()
    user: dict[str, Any] = {}
    folder = Path(tempfile.mkdtemp(prefix="mops_postgres_"))
    if os.geteuid() == 0:
        user = {"user": "nobody", "group": "nogroup", "extra_groups": ()}
        shutil.chown(folder, "nobody", "nogroup")
    try:
        password = folder / "password"
        password.write_text(PASSWORD, encoding="ascii")
        password.chmod(0o644)
        _init(binaries, folder, password, user)
        port = _free_port()
        settings = {
            "port": port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "fsync": "off",
        }
        command = [str(binaries / "postgres"), "-D", str(folder / "data")]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                command, cwd=folder, stdout=log, stderr=log, **user
            )
        try:
            server = Server(port)
            _wait(server, process, folder / "log")
            yield server
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _init(binaries: Path, folder: Path, password: Path, user: dict[str, Any]) -> None:
    command = [str(binaries / "initdb"), "-D", str(folder / "data"), "-U", OWNER]
    command += ["--pwfile", str(password), "--auth", "scram-sha-256", "--no-sync"]
    command += ["--encoding", "UTF8", "--no-locale"]
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL, **user)


def _binaries() -> Path:
    on_path = shutil.which("postgres")
    found = [Path(on_path).parent] if on_path else []
    found += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for folder in found:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    pytest.fail(INSTALL)


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def _wait(server: Server, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until and process.poll() is None:
        try:
            server.rows("select 1")
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    pytest.fail(f"Postgres does not start: {log.read_text(encoding='utf-8')}")

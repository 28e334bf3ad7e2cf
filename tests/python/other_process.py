"""Do something in a process of its own, that can be killed.

Each starts from nothing. A copy of the test's own process (fork) would have the locks
that DuckDB's and dbt's threads held at that moment, and might wait for them for ever.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

PATIENCE_SECONDS = 600


def started(
    work: Callable[..., object],
    *arguments: object,
    after: Callable[[], object] | None = None,
) -> BaseProcess:
    """Start something, silently, and return its process once it is at work.

    Args:
        work: a function of a module, or something else that can be pickled.
        arguments: what it is called with.
        after: what the process does first, as to import what takes long.
    """
    new = multiprocessing.get_context("spawn")
    here, there = new.Pipe(duplex=False)
    process = new.Process(
        target=_silently, args=(there, after, work, arguments), daemon=True
    )
    process.start()
    there.close()
    assert here.recv() == "begun"
    here.close()
    return process


def _silently(
    here: Connection,
    after: Callable[[], object] | None,
    work: Callable[..., object],
    arguments: tuple[object, ...],
) -> None:
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 1)
    os.dup2(silent, 2)
    if after is not None:
        after()
    here.send("begun")
    here.close()
    work(*arguments)


def ended(process: BaseProcess) -> int:
    """Wait for a process and return its exit code, that of a signal below zero."""
    process.join(PATIENCE_SECONDS)
    assert process.exitcode is not None, "it has not ended"
    return process.exitcode


def killed_after(
    seconds: float,
    work: Callable[..., object],
    *arguments: object,
    after: Callable[[], object] | None = None,
) -> bool:
    """Kill what is done after some time, and return whether it was at work still."""
    process = started(work, *arguments, after=after)
    time.sleep(seconds)
    process.kill()
    code = ended(process)
    assert code in (0, -signal.SIGKILL)
    return code != 0


@contextmanager
def held_open(warehouse: Path) -> Iterator[int]:
    """Have another process open a warehouse, and yield its id."""
    hold = "import duckdb, sys; h = duckdb.connect(sys.argv[1]); print(1); input()"
    with subprocess.Popen(
        [sys.executable, "-u", "-c", hold, str(warehouse)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        yield holder.pid
        holder.communicate(b"\n")

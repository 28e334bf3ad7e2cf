"""Keep a second one of a kind out while the first is at work."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lib.cli import UserError


@contextmanager
def alone(lock: Path, busy: str) -> Iterator[None]:
    """Hold a lock, which dies with the process however that ends.

    Args:
        lock: the file of the lock, made for its owner alone; its folder exists. While
            the lock is held it names the process.
        busy: what is said to a second one: what is under way, and where.

    Raises:
        UserError: somebody holds the lock, or it cannot be made.
    """
    try:
        handle = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise UserError(f"{lock} cannot be written: {error.strerror}") from error
    with os.fdopen(handle, "r+", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = file.read().strip()
            by = f" (process {holder})" if holder else ""
            raise UserError(f"{busy}{by}: wait for it or stop it") from error
        file.truncate()
        file.write(f"{os.getpid()}\n")
        file.flush()
        try:
            yield
        finally:
            file.seek(0)
            file.truncate()

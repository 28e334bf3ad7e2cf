"""Keep a second one of a kind out while the first is at work.

A lock dies with the process that took it, however that ends. One that is handed down
lives until the last process that it was handed to has ended: who is killed may leave
one at work, and then the next one waits for that.
"""

from __future__ import annotations

import fcntl
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from lib.cli import UserError, say

# The open files of the locks that this process holds, or was handed.
_HANDED_DOWN = "MOPS_LOCKS"
_LOOK_SECONDS = 0.2
# Who has taken a lock names itself at once.
_SIGNED_WITHIN_SECONDS = 5


@contextmanager
def alone(lock: Path, busy: str) -> Iterator[TextIO]:
    """Hold a lock.

    Args:
        lock: the file of the lock, made for its owner alone; its folder exists. While
            the lock is held it names the processes.
        busy: what is said to a second one: what is under way, and where.

    Raises:
        UserError: somebody holds the lock, or it cannot be made.
    """
    try:
        handle = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    except OSError as error:
        raise UserError(f"{lock} cannot be written: {error.strerror}") from error
    with os.fdopen(handle, "r+", encoding="utf-8") as file:
        _take(file, busy)
        file.truncate(0)
        _sign(file)
        try:
            yield file
        finally:
            _sign_off(file)


@contextmanager
def alone_or_within(lock: Path, busy: str) -> Iterator[None]:
    """Hold a lock, or go on under it where it was handed down; see alone.

    What this process calls goes on under it, and so do processes that it starts with
    pass_fds=handed_down().
    """
    if _is_handed_down(lock):
        with lock.open("a", encoding="utf-8") as file:
            _sign(file)
        yield
        return
    before = os.environ.get(_HANDED_DOWN, "")
    with alone(lock, busy) as file:
        os.environ[_HANDED_DOWN] = f"{before} {file.fileno()}"
        try:
            yield
        finally:
            os.environ[_HANDED_DOWN] = before


def handed_down() -> tuple[int, ...]:
    """Return the open files that a process must have to go on under our locks."""
    found = []
    for each in os.environ.get(_HANDED_DOWN, "").split():
        with suppress(ValueError, OSError):
            os.fstat(int(each))
            found.append(int(each))
    return tuple(found)


def _take(file: TextIO, busy: str) -> None:
    """Take the lock, once what a killed holder left has ended; refuse beside others."""
    is_told = False
    begin = time.monotonic()
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            holders = list(dict.fromkeys(filter(None, file.read().splitlines())))
            living = [holder for holder in holders if _is_alive(holder)]
            by = f" (process {'; '.join(living)})" if living else ""
            is_named = holders or time.monotonic() < begin + _SIGNED_WITHIN_SECONDS
            if not is_named or (holders and holders[0] in living):
                raise UserError(f"{busy}{by}: wait for it or stop it") from error
            if holders and not is_told:
                say(f"waiting for what one that was killed left at work{by}")
                is_told = True
            time.sleep(_LOOK_SECONDS)
        else:
            return


def _sign(file: TextIO) -> None:
    """Add this process to those that are named in the file of a lock."""
    file.write(f"{os.getpid()} {Path(sys.argv[0]).name}\n")
    file.flush()


def _sign_off(file: TextIO) -> None:
    """Leave the names of those that were handed the lock and are at work still."""
    file.seek(0)
    others = [
        f"{holder}\n"
        for holder in file.read().splitlines()
        if _is_alive(holder) and not holder.startswith(f"{os.getpid()} ")
    ]
    file.truncate(0)
    file.write("".join(others))
    file.flush()


def _is_alive(holder: str) -> bool:
    with suppress(PermissionError):
        try:
            os.kill(int(holder.split(maxsplit=1)[0]), 0)
        except (ProcessLookupError, ValueError):
            return False
    return True


def _is_handed_down(lock: Path) -> bool:
    for handle in handed_down():
        with suppress(OSError):
            if os.path.samestat(os.fstat(handle), lock.stat()):
                return True
    return False

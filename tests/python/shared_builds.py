"""What a test run makes once, whichever of its workers is the first to ask for it."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

# The folder that all workers of a run see; conftest.py names it.
FOLDER = Path()


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Wait until no other worker holds the lock of a path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def once(name: str, make: Callable[[Path], object]) -> Path:
    """Return a folder that was filled once; who wants to write takes a copy."""
    folder = FOLDER / name
    done = folder.with_suffix(".done")
    with locked(folder):
        if not done.exists():
            # A worker may have failed halfway.
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            make(folder)
            done.touch()
    return folder

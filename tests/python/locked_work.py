"""Work under a lock in a process of its own, and in one that this one starts."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from lib.locks import alone_or_within, handed_down


def work_for_a_second(lock: Path, done: Path) -> None:
    """Hold a lock for a while; whoever calls this may be killed meanwhile."""
    with alone_or_within(lock, "busy"):
        lock.with_name("begun").touch()
        time.sleep(1)
        done.touch()


def have_it_done(lock: Path, done: Path) -> None:
    """Take a lock, and have another process work under it."""
    work = (
        "import sys; from pathlib import Path; from locked_work import *;"
        "work_for_a_second(*map(Path, sys.argv[1:]))"
    )
    with alone_or_within(lock, "busy"):
        subprocess.run(
            [sys.executable, "-c", work, str(lock), str(done)],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            check=True,
            pass_fds=handed_down(),
        )

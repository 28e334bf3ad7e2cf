"""What a process of its own does: work under a lock, or get warm before."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
import time
from pathlib import Path

import load
from lib.locks import alone_or_within, handed_down
from lib.warehouse import warehouse_path

# For a process that is handed the lock: the files of the lock, and of what is done.
WORK = (
    "import sys; from pathlib import Path; from own_process_work import *;"
    "work_for_a_second(*map(Path, sys.argv[1:]))"
)


def work_for_a_second(lock: Path, done: Path) -> None:
    """Hold a lock for a while; whoever calls this may be killed meanwhile."""
    with alone_or_within(lock, "busy"):
        lock.with_name("begun").touch()
        time.sleep(1)
        done.touch()


def have_it_done(lock: Path, done: Path) -> None:
    """Take a lock, and have another process work under it."""
    with alone_or_within(lock, "busy"):
        subprocess.run(
            [sys.executable, "-c", WORK, str(lock), str(done)],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            check=True,
            pass_fds=handed_down(),
        )


def landed_elsewhere(raw: Path) -> None:
    """Land files in another warehouse, so that all that a landing imports is there."""
    warehouse = warehouse_path()
    os.environ["MOPS_WAREHOUSE"] = str(warehouse.parent / "warm" / "mops.duckdb")
    load.main([str(raw), "--quiet"])
    os.environ["MOPS_WAREHOUSE"] = str(warehouse)


def rules_imported() -> None:
    """Import what a validation does, which takes longer than to validate."""
    importlib.import_module("lib.quality.engine")

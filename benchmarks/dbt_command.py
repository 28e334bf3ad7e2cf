"""dbt as a command of its own, for what the benchmarks measure."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def environment(warehouse: Path) -> dict[str, str]:
    """Return the environment of what works on a warehouse and writes beside it."""
    return os.environ | {
        "MOPS_WAREHOUSE": str(warehouse),
        "DBT_TARGET_PATH": str(warehouse.parent / "target"),
        "DBT_LOG_PATH": str(warehouse.parent / "logs"),
        "DBT_PROFILES_DIR": str(ROOT),
        "DO_NOT_TRACK": "1",
    }


def run_dbt(warehouse: Path, command: str, *arguments: str, as_of: str) -> None:
    """Run dbt on a warehouse, with what it writes in the same folder.

    The vars are the same for every command of a benchmark, so that the project is
    parsed once.

    Args:
        warehouse: the DuckDB file.
        command: seed, run or build.
        arguments: what follows the command.
        as_of: the day to build as of.

    Raises:
        subprocess.CalledProcessError: dbt failed.
    """
    program = Path(sys.executable).with_name("dbt")
    subprocess.run(
        [
            *(str(program), "--quiet", command, *arguments),
            *("--vars", f"{{as_of: '{as_of}'}}"),
        ],
        cwd=ROOT,
        env=environment(warehouse),
        check=True,
    )

"""Where the warehouse is and how to open it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from lib.cli import UserError

PROJECT_ROOT = Path(__file__).resolve().parents[2]
DEFAULT_WAREHOUSE = "warehouse/mops.duckdb"


def warehouse_path() -> Path:
    """Return the DuckDB file that MOPS_WAREHOUSE names, relative to the project."""
    return PROJECT_ROOT / os.environ.get("MOPS_WAREHOUSE", DEFAULT_WAREHOUSE)


@contextmanager
def connect(
    path: Path | None = None, *, read_only: bool = False
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the warehouse in UTC and close it at the end.

    Raises:
        UserError: the file is missing (read-only), locked by another process, not
            writable, or not a DuckDB database.
    """
    path = path or warehouse_path()
    if read_only and not path.exists():
        raise UserError(f"no warehouse at {path}: load and build first (make run)")
    try:
        if not read_only:
            path.parent.mkdir(parents=True, exist_ok=True)
        connection = duckdb.connect(str(path), read_only=read_only)
    except (duckdb.Error, OSError) as error:
        raise UserError(_reason(path, error)) from error
    try:
        connection.execute("set TimeZone = 'UTC'")
        # DuckDB's own bar goes to standard output.
        connection.execute("set enable_progress_bar = false")
        yield connection
    finally:
        connection.close()


def _reason(path: Path, error: Exception) -> str:
    text = str(error)
    if "lock" in text.lower():
        holder = re.search(r"held in (.+?)(?: by user|\. |$)", text)
        by = f" by {holder.group(1)}" if holder else ""
        return f"the warehouse {path} is in use{by}: wait for it or stop it"
    if isinstance(error, PermissionError) or "permission" in text.lower():
        return f"the warehouse {path} cannot be written: check its permissions"
    return f"the warehouse {path} cannot be opened: {text.splitlines()[0]}"

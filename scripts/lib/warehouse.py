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
# A view names the database that it was made in.
_BUILT_AS = re.compile(r'Catalog "?([^"\s]+?)"? does not exist')


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


@contextmanager
def legible(path: Path | None = None) -> Iterator[None]:
    """Turn an error of the database, which nothing else explains, into one line.

    Raises:
        UserError: the warehouse was built under another file name, or it lacks what is
            read of it.
    """
    try:
        yield
    except duckdb.Error as error:
        path = path or warehouse_path()
        name = _BUILT_AS.search(str(error))
        if name is not None and name.group(1) != path.stem:
            raise UserError(
                f"the warehouse {path} was built as {name.group(1)}.duckdb and is "
                "legible by that name only: rename the file, or build anew"
            ) from error
        text = str(error).splitlines()[0]
        raise UserError(f"the warehouse {path} cannot be read: {text}") from error


def _reason(path: Path, error: Exception) -> str:
    text = str(error)
    if "lock" in text.lower():
        holder = re.search(r"held in (.+?)(?: by user|\. |$)", text)
        by = f" by {holder.group(1)}" if holder else ""
        return f"the warehouse {path} is in use{by}: wait for it or stop it"
    if isinstance(error, PermissionError) or "permission" in text.lower():
        return f"the warehouse {path} cannot be written: check its permissions"
    return f"the warehouse {path} cannot be opened: {text.splitlines()[0]}"

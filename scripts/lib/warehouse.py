"""Where the warehouse is and how to open it."""

from __future__ import annotations

import os
import re
import shlex
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import takewhile
from pathlib import Path

import duckdb

from lib.cli import UserError
from lib.erasure.salt import salt_file
from lib.full_disk import words_of_full
from lib.locks import alone_or_within
from lib.sql import quote_literal

PROJECT_ROOT = Path(__file__).resolve().parents[2]
DEFAULT_WAREHOUSE = "warehouse/mops.duckdb"
# A view names the database that it was made in.
_BUILT_AS = re.compile(r'Catalog "?([^"\s]+?)"? does not exist')
_CORRUPT = re.compile(
    "corrupt database file|not a valid duckdb database|could not read enough bytes"
    "|serialization error|failure while replaying wal",
    re.IGNORECASE,
)
_AMOUNT = re.compile(r"\d+(\.\d+)? ?[KMGT]i?B", re.IGNORECASE)
# New files are written for DuckDB 1.4 and later: texts take a third less time to write
# than in the format that DuckDB takes by itself, which 1.0 can read. profiles.yml says
# the same to dbt. A file keeps the format that it was made in.
FILE_FORMAT: dict[str, str | bool | int | float | list[str]] = {
    "storage_compatibility_version": "v1.4.0"
}
# A database begins with three blocks of this size, of which the first says what it is.
_HEADER_BYTES = 3 * 4096
_MAGIC = b"DUCK"


def warehouse_path() -> Path:
    """Return the DuckDB file that MOPS_WAREHOUSE names, relative to the project.

    A link is followed, so that one file has one lock, and what takes a file's place
    takes the file's and not the link's.

    Raises:
        UserError: links lead in a circle.
    """
    named = PROJECT_ROOT / os.environ.get("MOPS_WAREHOUSE", DEFAULT_WAREHOUSE)
    try:
        return named.resolve()
    except (OSError, RuntimeError) as error:
        raise UserError(f"{named} is a link that leads in a circle") from error


def require_warehouse(path: Path) -> None:
    """See that there is a warehouse.

    Raises:
        UserError: there is none.
    """
    if not path.exists():
        raise UserError(f"no warehouse at {path}: load and build first (make run)")


def dbt_folders() -> list[Path]:
    """Return where dbt writes what it compiled, found and logged."""
    places = (("DBT_TARGET_PATH", "target"), ("DBT_LOG_PATH", "logs"))
    return [PROJECT_ROOT / os.environ.get(variable, name) for variable, name in places]


def memory_limit() -> str | None:
    """Return what DuckDB may take by MOPS_MEMORY_LIMIT, None where that says nothing.

    Raises:
        UserError: it is no amount of memory.
    """
    wanted = os.environ.get("MOPS_MEMORY_LIMIT")
    if not wanted:
        return None
    if not _AMOUNT.fullmatch(wanted):
        raise UserError(f"MOPS_MEMORY_LIMIT is no amount of memory: {wanted}")
    return wanted


@contextmanager
def undisturbed(warehouse: Path | None = None) -> Iterator[None]:
    """Keep other commands off the warehouse, between two openings of it, too.

    Raises:
        UserError: another one is at work on it, or its folder cannot be written.
    """
    path = warehouse or warehouse_path()
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        reason = f"{error.filename} cannot be made: {error.strerror}"
        raise UserError(reason) from error
    busy = f"another run is at work on the warehouse {path}"
    with alone_or_within(path.with_suffix(".run.lock"), busy):
        yield


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
    if read_only:
        require_warehouse(path)
    try:
        if not read_only:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            _drop_unborn(path)
            _bring_forth(path)
        connection = duckdb.connect(str(path), read_only=read_only)
        if not read_only:
            _keep_private(path)
    except (duckdb.Error, OSError) as error:
        raise UserError(reason_of(path, error)) from error
    try:
        _settle(connection)
        yield connection
    finally:
        connection.close()


@contextmanager
def in_memory(
    warehouse: Path, overflow: Path | None = None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a session of no file, to attach the warehouse or copies of it.

    Args:
        warehouse: the DuckDB file.
        overflow: a folder for what does not fit into memory, which is gone afterwards;
            one of this process beside the warehouse if none is given. DuckDB names the
            files in it alike in every process, so that no two may share one.

    Raises:
        UserError: MOPS_MEMORY_LIMIT is no amount of memory.
    """
    folder = overflow or warehouse.with_name(f".{warehouse.name}.{os.getpid()}.tmp")
    try:
        with duckdb.connect(config=FILE_FORMAT) as connection:
            _settle(connection)
            named = quote_literal(str(folder))
            connection.execute(f"set temp_directory = {named}")
            yield connection
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def put_in_place(fresh: Path, warehouse: Path) -> None:
    """Put a closed database in a warehouse's place, whole or not at all.

    Raises:
        OSError: it could not be done, or the warehouse has a log of changes, which
            DuckDB would take for one of the fresh file.
    """
    log = log_of_changes(warehouse)
    if log.exists():
        raise OSError(f"{log} is there still")
    handle = os.open(fresh, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    fresh.chmod(warehouse.stat().st_mode & 0o777)
    fresh.replace(warehouse)
    # What did not fit into the memory of processes that were killed.
    for overflow in (f"{warehouse.name}.tmp", f".{warehouse.name}.*.tmp"):
        for left_over in warehouse.parent.glob(overflow):
            shutil.rmtree(left_over, ignore_errors=True)


def _settle(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("set TimeZone = 'UTC'")
    # DuckDB's own bar goes to standard output.
    connection.execute("set enable_progress_bar = false")
    limit = memory_limit()
    if limit:
        # No parameter: the first one costs the import of pandas, half a second.
        connection.execute(f"set memory_limit = '{limit}'")


def log_of_changes(path: Path) -> Path:
    """Return the file where DuckDB keeps what it has not yet written into another."""
    return path.with_name(f"{path.name}.wal")


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
        raise UserError(reason_of(path, error, "read")) from error


def reason_of(path: Path, error: Exception, done: str = "opened") -> str:
    """Say in one line why the warehouse cannot be opened, read or written."""
    text = str(error)
    first = text.splitlines()[0] if text else type(error).__name__
    if _CORRUPT.search(text):
        return f"{path} is corrupt ({first}): {_mend(path)}"
    full = words_of_full(error)
    if full is not None:
        return (
            f"there is no room for the warehouse {path} ({full}): make room and run "
            "it again; what stood before stays"
        )
    if "Could not set lock" in text:
        holder = re.search(r"PID (\d+)", text)
        by = f" by process {_named(holder.group(1))}" if holder else ""
        return f"the warehouse {path} is in use{by}: wait for it or stop it"
    if isinstance(error, PermissionError) or _is_closed_to_us(path, text):
        return f"the warehouse {path} cannot be written: check its permissions"
    return f"the warehouse {path} cannot be {done}: {first}"


def _mend(path: Path) -> str:
    if path != warehouse_path():
        return "take it away, and publish again by scripts/export.py"
    return (
        "run scripts/salvage.py, which puts it aside and saves what can be read of it"
    )


def is_corrupt(text: str) -> bool:
    """Return whether the words of an error are of a file that is damaged."""
    return _CORRUPT.search(text) is not None


def _is_closed_to_us(path: Path, text: str) -> bool:
    is_refused = re.search("permission denied|read-only", text, re.IGNORECASE)
    return is_refused is not None and path.exists()


def _named(process: str) -> str:
    """Return a process id with its command up to the first option, where it is told."""
    try:
        line = Path("/proc", process, "cmdline").read_text(errors="replace")
    except OSError:
        return process
    words = takewhile(lambda word: not word.startswith("-"), line.split("\0"))
    command = shlex.join(word for word in words if word)
    return f"{process} ({command})" if command else process


def _drop_unborn(path: Path) -> None:
    """Remove a file that was killed before it was a database; nothing was in it.

    One with a log of changes or a salt beside it has been one.
    """
    if log_of_changes(path).exists() or salt_file(path).exists():
        return
    with suppress(FileNotFoundError):
        if path.stat().st_size < _HEADER_BYTES:
            start = path.read_bytes()
            if not start or start[8:12] == _MAGIC:
                path.unlink()


def _bring_forth(path: Path) -> None:
    """Make an empty file where there is none, nor a log of changes to one."""
    if not path.exists() and not log_of_changes(path).exists():
        duckdb.connect(str(path), config=FILE_FORMAT).close()


def _keep_private(path: Path) -> None:
    """Take from others what they may do with a file that something else has made."""
    with suppress(PermissionError):
        if path.stat().st_mode & 0o077:
            path.chmod(0o600)

"""Publish marts and reports: readers see a whole publication or the one before it.

    published/current                  symlink to the version that readers open
    published/versions/<time>-<id>/    mops_marts.duckdb, manifest.json and
                                       parquet/<schema>/<relation>.parquet, read-only

A version is written and checked beside the others and gets its name when it is whole;
then the symlink is swapped, which the file system does at once. A reader that has an
older version open keeps it: the last two stay, and an open file outlives its name. An
older one with an objector in an audience goes at once (lib.audiences).

Only what the last validation of the marts passed is published. Validation keeps the
fingerprint of what it judged; the copy must have the same one.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from lib.cli import CHECK_FAILED, UserError
from lib.quality.fingerprint import Query, fingerprint, public_relations
from lib.quality.history import PastRun, latest_run
from lib.sql import quote_identifier, relation

DATABASE = "mops_marts.duckdb"
MANIFEST = "manifest.json"
KEPT_VERSIONS = 2
_UNFINISHED = ".unfinished-"
_SOURCE = "warehouse"
_COPY = "publication"


@dataclass(frozen=True)
class PublishedRelation:
    """One mart or report of a publication, in the database and as a Parquet file."""

    relation: str
    rows: int
    columns: list[dict[str, str]]
    path: str
    bytes: int
    sha256: str


def latest_publication(out: Path) -> Path:
    """Return the folder of the publication that stands, resolved to its version.

    Args:
        out: the output folder that export.py was given.

    Raises:
        UserError: nothing was published there.
    """
    current = out / "published" / "current"
    if not (current / MANIFEST).is_file():
        raise UserError(f"nothing is published in {out / 'published'}: run export.py")
    return current.resolve()


def publish(warehouse: Path, out: Path) -> Path:
    """Publish the warehouse's marts and reports.

    Returns:
        The version's folder. Content that stands already is not written again.

    Raises:
        UserError: exit code 1 when the marts are not what the last validation passed;
            2 when the warehouse cannot be read, the disk does not take the files, or
            another publication is under way. What was published before stays.
    """
    if not warehouse.exists():
        raise UserError(f"no warehouse at {warehouse}: load and build first (make run)")
    root = out / "published"
    versions = root / "versions"
    versions.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _alone(root), _attached(warehouse) as connection:
        for left_over in versions.glob(f"{_UNFINISHED}*"):
            shutil.rmtree(left_over)
        audit = _passed_audit(connection)
        standing = _standing(root, audit)
        if standing is not None:
            return standing
        now = datetime.now(UTC)
        name = f"{now:%Y%m%dT%H%M%S.%fZ}-{str(audit.build_id)[:8]}"
        unfinished = versions / f"{_UNFINISHED}{name}"
        try:
            _write_version(connection, unfinished, audit, now)
        except (duckdb.IOException, OSError) as error:
            shutil.rmtree(unfinished, ignore_errors=True)
            reason = str(error).splitlines()[0]
            raise UserError(f"cannot write {unfinished}: {reason}") from error
        version = unfinished.rename(versions / name)
        _flush(versions)
        _swap(root, version)
        _prune(versions, version)
    return version


def check_audit(warehouse: Path) -> None:
    """Make sure that the marts are those that the last validation passed.

    Raises:
        UserError: exit code 1 when they are not; 2 when the warehouse cannot be read.
    """
    if not warehouse.exists():
        raise UserError(f"no warehouse at {warehouse}: load and build first (make run)")
    with _attached(warehouse) as connection:
        _passed_audit(connection)


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    """Keep a second publication out; the lock dies with the process."""
    with (root / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise UserError(f"another publication to {root} is under way") from error
        yield


@contextmanager
def _attached(warehouse: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a session in memory with the warehouse attached, which it can only read."""
    connection = duckdb.connect()
    try:
        connection.execute("set TimeZone = 'UTC'")
        try:
            connection.execute(f"attach {_literal(warehouse)} as {_SOURCE} (read_only)")
        except duckdb.Error as error:
            message = f"the warehouse {warehouse} is in use or cannot be read"
            raise UserError(message) from error
        yield connection
    finally:
        connection.close()


def _literal(path: Path) -> str:
    """Return a path as an SQL string: attach takes no parameter."""
    return "'" + str(path).replace("'", "''") + "'"


def _querying(connection: duckdb.DuckDBPyConnection) -> Query:
    def query(sql: str, parameters: Sequence[Any]) -> Sequence[Sequence[Any]]:
        return connection.execute(sql, list(parameters)).fetchall()

    return query


def _passed_audit(connection: duckdb.DuckDBPyConnection) -> PastRun:
    """Return the last validation of the marts, if it passed these very marts."""
    audit = latest_run(connection, "marts", _SOURCE)
    again = "run scripts/validate.py marts"
    if audit is None:
        reason = f"the marts were never validated: {again}"
    elif audit.failed_critical:
        reason = f"the last validation failed {', '.join(audit.failed_critical)}"
    elif audit.build_id != fingerprint(_querying(connection), _SOURCE):
        reason = f"the marts changed since they were validated: {again}"
    else:
        return audit
    raise UserError(f"nothing exported: {reason}", CHECK_FAILED)


def _standing(root: Path, audit: PastRun) -> Path | None:
    """Return the publication that stands if it is whole and of the same content."""
    try:
        current = (root / "current").resolve(strict=True)
        manifest = json.loads((current / MANIFEST).read_text(encoding="utf-8"))
        files = [manifest["database"], *manifest["relations"]]
        sizes = [(current / file["path"]).stat().st_size for file in files]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    is_whole = sizes == [file["bytes"] for file in files]
    return current if is_whole and manifest["build_id"] == audit.build_id else None


def _write_version(
    connection: duckdb.DuckDBPyConnection, folder: Path, audit: PastRun, now: datetime
) -> None:
    """Write a version, hold it against the warehouse and seal it.

    Raises:
        UserError: the copy is not what the warehouse holds.
    """
    folder.mkdir(mode=0o700)
    spill = folder / ".spill"
    connection.execute("set temp_directory = ?", [str(spill)])
    connection.execute(f"attach {_literal(folder / DATABASE)} as {_COPY}")
    relations = [
        _copy(connection, folder, schema, name)
        for schema, name in public_relations(_querying(connection), _SOURCE)
    ]
    if fingerprint(_querying(connection), _COPY) != audit.build_id:
        raise UserError(f"nothing published: {folder} is not what the warehouse holds")
    connection.execute(f"detach {_COPY}")
    shutil.rmtree(spill, ignore_errors=True)
    manifest = {
        "build_id": audit.build_id,
        "validation_run_id": audit.run_id,
        "validated_at": f"{audit.validated_at:%Y-%m-%dT%H:%M:%SZ}",
        "published_at": f"{now:%Y-%m-%dT%H:%M:%SZ}",
        "database": {"path": DATABASE, **_size_and_digest(folder / DATABASE)},
        "relations": [asdict(published) for published in relations],
    }
    text = json.dumps(manifest, indent=2) + "\n"
    (folder / MANIFEST).write_text(text, encoding="utf-8")
    _seal(folder)


def _copy(
    connection: duckdb.DuckDBPyConnection, folder: Path, schema: str, name: str
) -> PublishedRelation:
    """Copy one relation to the attached database and to Parquet.

    Raises:
        UserError: the Parquet file lacks rows.
    """
    source = f"{_SOURCE}.{relation(schema, name)}"
    target = f"{_COPY}.{relation(schema, name)}"
    path = f"parquet/{schema}/{name}.parquet"
    parquet = str(folder / path)
    (folder / path).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    schema_of_copy = f"{_COPY}.{quote_identifier(schema)}"
    connection.execute(f"create schema if not exists {schema_of_copy}")
    connection.execute(f"create table {target} as select * from {source}")  # noqa: S608
    connection.execute(
        f"copy (select * from {target}) to ? (format parquet, compression zstd)",  # noqa: S608
        [parquet],
    )
    counts = connection.execute(
        f"select (select count(*) from {source}), "  # noqa: S608
        "(select count(*) from read_parquet(?))",
        [parquet],
    ).fetchall()[0]
    if counts[0] != counts[1]:
        message = f"{path} holds {counts[1]} of {counts[0]} rows"
        raise UserError(f"nothing published: {message}")
    columns = connection.execute(f"describe {target}").fetchall()
    return PublishedRelation(
        relation=f"{schema}.{name}",
        rows=counts[0],
        columns=[{"name": column[0], "type": column[1]} for column in columns],
        path=path,
        **_size_and_digest(folder / path),
    )


def _size_and_digest(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"bytes": path.stat().st_size, "sha256": digest}


def _seal(folder: Path) -> None:
    """Make every file read-only for its owner alone and bring all of it to the disk."""
    for path in sorted(folder.rglob("*"), reverse=True):
        path.chmod(0o700 if path.is_dir() else 0o400)
        _flush(path)
    _flush(folder)


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _swap(root: Path, version: Path) -> None:
    """Point current at the version in one step."""
    fresh = root / ".current.new"
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(version.relative_to(root))
    fresh.replace(root / "current")
    _flush(root)


def _prune(versions: Path, current: Path) -> None:
    """Remove all but the current version and those that came last before it."""
    older = sorted(path for path in versions.iterdir() if path != current)
    for path in older[: -(KEPT_VERSIONS - 1)]:
        shutil.rmtree(path)

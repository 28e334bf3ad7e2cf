"""Publish marts and reports: readers see a whole publication or the one before it.

    published/current                  symlink to the version that readers open
    published/versions/<time>-<id>/    mops_marts.duckdb, manifest.json and
                                       parquet/<schema>/<relation>.parquet, read-only;
                                       of large facts <relation>/month=<day>/*.parquet

A version is written and checked beside the others and gets its name when it is whole;
then the symlink is swapped, which the file system does at once. A reader that has an
older version open keeps it: the last two stay, and an open file outlives its name. An
older one with an objector in an audience goes at once (lib.audiences).

Only what the last validation of the marts passed is published. Validation keeps the
fingerprint of what it judged; what is copied must have the same one.

Personal data is left out unless it is asked for (lib.redaction). Publishing without it
removes what earlier publications with it have left: versions, and reports from them.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from lib.catalog import PublicModel, read_catalog
from lib.cli import CHECK_FAILED, UserError, say
from lib.erasure import salt
from lib.full_disk import words_of_full
from lib.locks import alone
from lib.quality.fingerprint import (
    Content,
    Query,
    content_of,
    contents,
    fingerprint_of,
)
from lib.quality.history import PastRun, latest_run
from lib.redaction import Shown, everything, without_pii
from lib.sql import quote_identifier, quote_literal, relation
from lib.warehouse import in_memory, is_corrupt, reason_of, require_warehouse

DATABASE = "mops_marts.duckdb"
MANIFEST = "manifest.json"
KEPT_VERSIONS = 2
# What report.py and export.py --reports write from a publication, below its folder.
REPORT_FILES = (
    "report/*.html",
    "report/*.md",
    "reports/*.csv",
    "reports/*.xlsx",
    "reports/.*.new/*",
)
_UNFINISHED = ".unfinished-"
# Bloom filters take a tenth of the time, and no room is saved beyond the first level.
_PARQUET = "compression zstd, compression_level 1, write_bloom_filter false"
_SOURCE = "warehouse"
_COPY = "publication"


@dataclass(frozen=True)
class PublishedRelation:
    """One mart or report of a publication, in the database and as Parquet.

    path matches all of its files; where they are cut by month, `month` is a column of
    theirs that the database has not.
    """

    relation: str
    rows: int
    columns: list[dict[str, str]]
    left_out: list[str]
    hashed_values: int
    path: str
    partitioned_by: str | None
    files: list[dict[str, Any]]


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


def read_manifest(version: Path) -> dict[str, Any]:
    """Return what a publication says of itself, nothing where it cannot be read."""
    try:
        manifest: dict[str, Any] = json.loads(
            (version / MANIFEST).read_text(encoding="utf-8")
        )
    except (OSError, ValueError):
        return {}
    return manifest


def has_pii(manifest: Mapping[str, Any]) -> bool:
    """Return whether a publication may hold personal data; one that is silent may."""
    return bool(manifest.get("with_pii", True))


def publish(warehouse: Path, out: Path, *, with_pii: bool = False) -> Path:
    """Publish the warehouse's marts and reports.

    Args:
        warehouse: the DuckDB file that was built and validated.
        out: the output folder.
        with_pii: whether to publish what tells of a person, too.

    Returns:
        The version's folder. Content that stands already is not written again.

    Raises:
        UserError: exit code 1 when the marts are not what the last validation passed;
            2 when the warehouse cannot be read, the disk does not take the files, or
            another publication is under way. What was published before stays.
    """
    require_warehouse(warehouse)
    root = out / "published"
    versions = root / "versions"
    versions.mkdir(parents=True, exist_ok=True, mode=0o700)
    busy = f"another publication to {root} is under way"
    spill = versions / f"{_UNFINISHED}spill"
    with alone(root / ".lock", busy), _attached(warehouse, spill) as connection:
        for left_over in versions.glob(f"{_UNFINISHED}*"):
            shutil.rmtree(left_over)
        audit, held = _passed_audit(connection)
        plan = _Plan(warehouse, audit, held, read_catalog(), with_pii)
        standing = _standing(root, plan)
        if standing is not None:
            # Whoever was killed after the swap has left old versions and reports.
            _clear(out, versions / standing.name, with_pii=with_pii)
            return standing
        now = datetime.now(UTC)
        name = f"{now:%Y%m%dT%H%M%S.%fZ}-{str(audit.build_id)[:8]}"
        unfinished = versions / f"{_UNFINISHED}{name}"
        try:
            _write_version(connection, unfinished, plan, now)
        except (duckdb.Error, OSError) as error:
            shutil.rmtree(unfinished, ignore_errors=True)
            if is_corrupt(str(error)):
                raise UserError(reason_of(warehouse, error)) from error
            reason = words_of_full(error) or str(error).splitlines()[0]
            raise UserError(f"cannot write {unfinished}: {reason}") from error
        version = unfinished.rename(versions / name)
        _flush(versions)
        _swap(root, version)
        _clear(out, version, with_pii=with_pii)
    return version


@dataclass(frozen=True)
class _Plan:
    """What is to be published, and what of it is shown."""

    warehouse: Path
    audit: PastRun
    held: Sequence[Content]
    catalog: Mapping[str, PublicModel]
    with_pii: bool

    def digest(self) -> str:
        """Return what tells apart publications of the same rows."""
        tags = [
            (
                model.name,
                model.partition_by,
                [(name, column.is_pii) for name, column in model.columns.items()],
            )
            for model in self.catalog.values()
        ]
        return hashlib.sha256(repr((self.with_pii, tags)).encode()).hexdigest()[:16]


def check_audit(warehouse: Path) -> str:
    """Make sure that the marts are those that the last validation passed.

    Returns:
        The fingerprint of the build.

    Raises:
        UserError: exit code 1 when they are not; 2 when the warehouse cannot be read.
    """
    require_warehouse(warehouse)
    with _attached(warehouse) as connection:
        audit, _ = _passed_audit(connection)
        return str(audit.build_id)


@contextmanager
def _attached(
    warehouse: Path, spill: Path | None = None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a session in memory with the warehouse attached, which it can only read."""
    with in_memory(warehouse, spill) as connection:
        try:
            connection.execute(
                f"attach {quote_literal(str(warehouse))} as {_SOURCE} (read_only)"
            )
        except duckdb.Error as error:
            raise UserError(reason_of(warehouse, error)) from error
        yield connection


def _querying(connection: duckdb.DuckDBPyConnection) -> Query:
    def query(sql: str, parameters: Sequence[Any]) -> Sequence[Sequence[Any]]:
        return connection.execute(sql, list(parameters)).fetchall()

    return query


def _passed_audit(
    connection: duckdb.DuckDBPyConnection,
) -> tuple[PastRun, list[Content]]:
    """Return the last validation of the marts if it passed what they hold; and that."""
    audit = latest_run(connection, "marts", _SOURCE)
    again = "run scripts/validate.py marts"
    if audit is None:
        reason = f"the marts were never validated: {again}"
    elif audit.failed_critical:
        reason = f"the last validation failed {', '.join(audit.failed_critical)}"
    elif audit.build_id != fingerprint_of(
        held := contents(_querying(connection), _SOURCE)
    ):
        reason = f"the marts changed since they were validated: {again}"
    else:
        return audit, held
    raise UserError(f"nothing exported: {reason}", CHECK_FAILED)


def _standing(root: Path, plan: _Plan) -> Path | None:
    """Return the publication that stands if it is whole and shows the same."""
    try:
        current = (root / "current").resolve(strict=True)
        manifest = read_manifest(current)
        files = [manifest["database"]]
        files += [file for entry in manifest["relations"] for file in entry["files"]]
        sizes = [(current / file["path"]).stat().st_size for file in files]
    except (OSError, KeyError, TypeError):
        return None
    is_whole = sizes == [file["bytes"] for file in files]
    shows = (manifest["build_id"], manifest.get("shows"))
    is_same = shows == (plan.audit.build_id, plan.digest())
    return current if is_whole and is_same else None


def _write_version(
    connection: duckdb.DuckDBPyConnection, folder: Path, plan: _Plan, now: datetime
) -> None:
    """Write a version, hold it against the warehouse and seal it.

    Raises:
        UserError: the copy is not what the warehouse holds.
    """
    folder.mkdir(mode=0o700)
    connection.execute(f"attach {quote_literal(str(folder / DATABASE))} as {_COPY}")
    shown = [(each, _shown(connection, plan, each)) for each in plan.held]
    if any(entry.hashed_values for _, entry in shown):
        _use_salt(connection, plan.warehouse)
    relations = [
        _copy(connection, folder, each, entry, plan.catalog.get(each.name))
        for each, entry in shown
        if entry.columns
    ]
    connection.execute(f"detach {_COPY}")
    manifest = {
        "publication_id": folder.name.removeprefix(_UNFINISHED),
        "build_id": plan.audit.build_id,
        "with_pii": plan.with_pii,
        "shows": plan.digest(),
        "validation_run_id": plan.audit.run_id,
        "validated_at": f"{plan.audit.validated_at:%Y-%m-%dT%H:%M:%SZ}",
        "published_at": f"{now:%Y-%m-%dT%H:%M:%SZ}",
        "database": {"path": DATABASE, **_size_and_digest(folder / DATABASE)},
        "relations": [asdict(published) for published in relations],
        "relations_left_out": [
            f"{each.schema}.{each.name}" for each, entry in shown if not entry.columns
        ],
    }
    text = json.dumps(manifest, indent=2) + "\n"
    (folder / MANIFEST).write_text(text, encoding="utf-8")
    _seal(folder)


def _shown(connection: duckdb.DuckDBPyConnection, plan: _Plan, held: Content) -> Shown:
    source = f"{_SOURCE}.{relation(held.schema, held.name)}"
    if plan.with_pii:
        return everything(connection, source)
    model = plan.catalog.get(held.name)
    known = model if model is not None and model.schema == held.schema else None
    return without_pii(connection, source, known)


def _use_salt(connection: duckdb.DuckDBPyConnection, warehouse: Path) -> None:
    connection.execute(f"use {_SOURCE}")
    salt.use(connection, warehouse)
    connection.execute("use memory")


def _copy(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    held: Content,
    shown: Shown,
    model: PublicModel | None,
) -> PublishedRelation:
    """Copy what is shown of a relation to the attached database and to Parquet.

    Raises:
        UserError: the copy differs, or the Parquet files lack rows.
    """
    schema, name = held.schema, held.name
    query = shown.select(f"{_SOURCE}.{relation(schema, name)}")
    target = f"{_COPY}.{relation(schema, name)}"
    schema_of_copy = f"{_COPY}.{quote_identifier(schema)}"
    connection.execute(f"create schema if not exists {schema_of_copy}")
    connection.execute(f"create table {target} as {query}")
    rows, hashes = _content(connection, target)
    # What is shown as it is was read for the fingerprint already.
    whole = (held.rows, held.hashes)
    told = whole if shown.is_whole else _content(connection, f"({query})")
    if (rows, hashes) != told:
        message = f"{schema}.{name} is not what the warehouse holds"
        raise UserError(f"nothing published: {message}")
    by = model.partition_by if model else None
    path = f"parquet/{schema}/{name}" + ("/*/*.parquet" if by else ".parquet")
    _write_parquet(connection, target, folder / "parquet" / schema / name, by)
    counted = connection.execute(
        "select count(*) from read_parquet(?)", [str(folder / path)]
    ).fetchall()[0][0]
    if counted != rows:
        message = f"{path} holds {counted} of {rows} rows"
        raise UserError(f"nothing published: {message}")
    columns = connection.execute(f"describe {target}").fetchall()
    return PublishedRelation(
        relation=f"{schema}.{name}",
        rows=rows,
        columns=[{"name": column[0], "type": column[1]} for column in columns],
        left_out=shown.left_out,
        hashed_values=shown.hashed_values,
        path=path,
        partitioned_by=by,
        files=[
            {"path": str(file.relative_to(folder)), **_size_and_digest(file)}
            for file in sorted(folder.glob(path))
        ],
    )


def _content(
    connection: duckdb.DuckDBPyConnection, source: str
) -> tuple[int, int | None]:
    rows, hashes = connection.execute(content_of(source)).fetchall()[0]
    return rows, hashes


def _write_parquet(
    connection: duckdb.DuckDBPyConnection, table: str, path: Path, by: str | None
) -> None:
    """Write path.parquet or, cut by month, a folder; without rows it has one file."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    options = f"format parquet, {_PARQUET}"
    if by is None:
        connection.execute(
            f"copy {table} to {quote_literal(f'{path}.parquet')} ({options})"
        )
        return
    month = f"cast(date_trunc('month', {quote_identifier(by)}) as date) as month"
    query = f"select *, {month} from {table}"  # noqa: S608
    folder = quote_literal(str(path))
    if connection.execute(f"from {table} limit 1").fetchone():
        connection.execute(
            f"copy ({query}) to {folder} ({options}, partition_by (month))"
        )
        return
    empty = path / "month=1900-01-01"
    empty.mkdir(parents=True, mode=0o700)
    file = quote_literal(str(empty / "data_0.parquet"))
    connection.execute(f"copy {table} to {file} ({options})")


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


def _clear(out: Path, current: Path, *, with_pii: bool) -> None:
    """Remove all but the current version and those that came last before it.

    Who publishes without personal data wants no older version with it, nor a report
    that was written from one. Reports go first: as long as such a version is there, the
    next publication knows that reports of it may be, too.
    """
    older = sorted(path for path in current.parent.iterdir() if path != current)
    kept = [path for path in older if with_pii or not has_pii(read_manifest(path))]
    if len(kept) < len(older):
        for pattern in REPORT_FILES:
            for path in sorted(out.glob(pattern)):
                path.unlink()
                say(f"removed: {path}, of a publication with personal data")
    for path in set(older) - set(kept[-(KEPT_VERSIONS - 1) :]):
        shutil.rmtree(path)

"""Copy a publication to Postgres, so that its readers see all of it or the one before.

Everything is written into staging schemas first, and its rows are counted there. Then
one transaction locks the old relations, drops them and moves the new ones into their
place, and `reports.publication` with them. The locks are asked for in short turns: a
query that runs is waited for, and none waits long for us. What else stands in the
schemas `marts` and `reports` stays.

The role `bi_reader` may read both and nothing else. It cannot log in: grant it to
whoever may (`grant bi_reader to metabase`).
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import psycopg
from duckdb_extensions import import_extension
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from lib.catalog import PublicModel, read_catalog
from lib.cli import UserError
from lib.publish import DATABASE, has_pii, read_manifest
from lib.quality.fingerprint import PUBLIC_SCHEMAS
from lib.sql import quote_literal
from lib.sql import relation as quoted_relation

DSN = "MOPS_POSTGRES_DSN"
READER = "bi_reader"
_PLACES = ("PGHOST", "PGHOSTADDR", "PGSERVICE", "PGDATABASE")
_STAGING = "mops_next_"
_PUBLICATION = "publication"
_PUBLICATION_COLUMNS = {
    "publication_id": "Publication that every mart and report here is of",
    "build_id": "Fingerprint of the build that was published",
    "validated_at": "When the build passed its validation, UTC",
    "published_at": "When it was published, UTC",
    "exported_at": "When it came here, UTC",
    "relations": "What came with it, schema.name: the next export takes its place",
}
# Any number, the same for every export to a database.
_LOCK = 7_230_611
_TURN = "200ms"
_PATIENCE_SECONDS = 120.0


@dataclass(frozen=True)
class Exported:
    """What came to Postgres, and the database that holds it."""

    publication_id: str
    relations: int
    rows: int
    database: str


def export_to_postgres(
    version: Path,
    environment: Mapping[str, str] = os.environ,
    patience: float = _PATIENCE_SECONDS,
) -> Exported:
    """Put a publication into the schemas marts and reports of a database.

    Args:
        version: folder of a publication without personal data.
        environment: MOPS_POSTGRES_DSN, or the variables of libpq, say which database.
        patience: seconds to wait for queries that read what stands there.

    Raises:
        UserError: the database is not named, does not answer or refuses, another
            export is under way, rows are lost on the way, or readers do not let go.
            What stood there stays.
    """
    manifest = read_manifest(version)
    if has_pii(manifest):
        raise UserError(
            f"not exported: {version} holds personal data; publish without --with-pii"
        )
    dsn = _dsn(environment)
    with (
        _telling_no_secret(dsn, environment),
        psycopg.connect(dsn, autocommit=True) as connection,
    ):
        return _export(connection, version, manifest, dsn, patience)


def _dsn(environment: Mapping[str, str]) -> str:
    dsn = environment.get(DSN, "")
    if not dsn and not any(environment.get(name) for name in _PLACES):
        raise UserError(f"which Postgres? Set {DSN}, or PGHOST, PGDATABASE and PGUSER")
    return dsn


@contextmanager
def _telling_no_secret(dsn: str, environment: Mapping[str, str]) -> Iterator[None]:
    """Turn an error of the database into one line without the connection's words."""
    try:
        yield
    except (psycopg.Error, duckdb.Error) as error:
        text = " ".join(str(error).split())
        secrets = {dsn, environment.get("PGPASSWORD", "")}
        try:
            secrets |= {str(conninfo_to_dict(dsn).get("password") or "")}
        except psycopg.Error:
            text = f"{DSN} is no connection string of Postgres"
        for secret in sorted(secrets - {""}, key=len, reverse=True):
            text = text.replace(secret, "…")
        # What else might repeat the string: user:password@host, password=….
        text = re.sub(r"://\S+@", "://…@", text)
        text = re.sub(r"password=\S+", "password=…", text)
        raise UserError(f"Postgres: {text}") from None


def _export(
    connection: psycopg.Connection,
    version: Path,
    manifest: Mapping[str, Any],
    dsn: str,
    patience: float,
) -> Exported:
    locked = connection.execute("select pg_try_advisory_lock(%s)", [_LOCK]).fetchone()
    if locked != (True,):
        raise UserError("another export to this Postgres is under way")
    _clean_up(connection)
    ours = _standing_relations(connection)
    fresh = [entry["relation"] for entry in manifest["relations"]]
    _refuse_strangers(connection, set(fresh) - set(ours))
    _make_reader(connection)
    for schema in PUBLIC_SCHEMAS:
        _run(connection, "create schema {}", _STAGING + schema)
    _load(version, fresh, dsn)
    catalog = read_catalog()
    for entry in manifest["relations"]:
        schema, name = entry["relation"].split(".")
        columns = [column["name"] for column in entry["columns"]]
        _finish(connection, schema, name, columns, catalog.get(name))
    _check_rows(connection, manifest)
    _write_publication(connection, manifest, fresh)
    _swap(connection, ours, [*fresh, f"reports.{_PUBLICATION}"], patience)
    return Exported(
        manifest["publication_id"],
        len(fresh),
        sum(entry["rows"] for entry in manifest["relations"]),
        connection.info.dbname,
    )


def _run(connection: psycopg.Connection, statement: str, *names: str) -> None:
    """Run a statement with identifiers put in for {}; `a.b` is schema and name."""
    identifiers = [sql.Identifier(*name.split(".")) for name in names]
    connection.execute(sql.SQL(statement).format(*identifiers))


def _clean_up(connection: psycopg.Connection) -> None:
    """Drop what an export that was stopped left behind."""
    for schema in PUBLIC_SCHEMAS:
        _run(connection, "drop schema if exists {} cascade", _STAGING + schema)


def _standing_relations(connection: psycopg.Connection) -> list[str]:
    """Return what the last export brought, and its note.

    Raises:
        UserError: a relation that is none of ours has the name of the note.
    """
    columns = [
        row[0]
        for row in connection.execute(
            "select column_name from information_schema.columns "
            "where table_schema = 'reports' and table_name = %s "
            "order by ordinal_position",
            [_PUBLICATION],
        )
    ]
    if not columns:
        return []
    if columns != list(_PUBLICATION_COLUMNS):
        raise UserError(f"reports.{_PUBLICATION} there is no export's: rename it")
    row = connection.execute("select relations from reports.publication").fetchone()
    known = [
        f"{schema}.{name}"
        for schema, name in connection.execute(
            "select schemaname, tablename from pg_tables "
            "where schemaname || '.' || tablename = any(%s)",
            [row[0] if row else []],
        )
    ]
    return [*sorted(known), f"reports.{_PUBLICATION}"]


def _refuse_strangers(connection: psycopg.Connection, names: set[str]) -> None:
    """Make sure that nothing of somebody else's has the name of a new relation."""
    found = connection.execute(
        "select nspname || '.' || relname from pg_class "
        "inner join pg_namespace on pg_namespace.oid = relnamespace "
        "where nspname || '.' || relname = any(%s) order by 1",
        [sorted(names)],
    ).fetchall()
    if found:
        listed = ", ".join(name for (name,) in found)
        raise UserError(f"not exported: {listed} there is no export's: rename it")


def _make_reader(connection: psycopg.Connection) -> None:
    known = connection.execute("select 1 from pg_roles where rolname = %s", [READER])
    if known.fetchone() is None:
        try:
            _run(connection, "create role {} nologin", READER)
        except psycopg.errors.InsufficientPrivilege as error:
            raise UserError(
                f"Postgres: the role {READER} is missing and may not be made by this "
                f"user: have somebody `create role {READER} nologin`"
            ) from error


def _load(version: Path, relations: Sequence[str], dsn: str) -> None:
    """Write the relations into the staging schemas."""
    import_extension("postgres_scanner")
    with duckdb.connect() as connection:
        connection.execute("load postgres_scanner")
        connection.execute("set TimeZone = 'UTC'")
        path = quote_literal(str(version / DATABASE))
        connection.execute(f"attach {path} as publication (read_only)")
        connection.execute(f"attach {quote_literal(dsn)} as target (type postgres)")
        for name in relations:
            schema, table = name.split(".")
            target = quoted_relation(_STAGING + schema, table)
            source = quoted_relation(schema, table)
            connection.execute(
                f"create table target.{target} as from publication.{source}"
            )


def _finish(
    connection: psycopg.Connection,
    schema: str,
    name: str,
    columns: Sequence[str],
    model: PublicModel | None,
) -> None:
    """Give a staged relation its key, indexes, comments, statistics and readers."""
    table = f"{_STAGING}{schema}.{name}"
    if model is not None:
        if model.key and set(model.key) <= set(columns):
            marks = ", ".join("{}" for _ in model.key)
            # Part of a key may be empty, which no primary key can be.
            statement = (
                f"alter table {{}} add primary key ({marks})"
                if model.is_key_filled
                else f"create unique index on {{}} ({marks}) nulls not distinct"
            )
            _run(connection, statement, table, *model.key)
        for column in model.references:
            if column in columns and model.key[:1] != (column,):
                _run(connection, "create index on {} ({})", table, column)
        _comment(connection, "table {}", model.description, table)
        for column in set(columns) & set(model.columns):
            text = model.columns[column].description
            _comment(connection, "column {}", text, f"{table}.{column}")
    _run(connection, f"grant select on {{}} to {READER}", table)
    _run(connection, "analyze {}", table)


def _check_rows(connection: psycopg.Connection, manifest: Mapping[str, Any]) -> None:
    """Hold the rows of every staged relation against the publication's.

    Raises:
        UserError: some did not come, or came twice.
    """
    for entry in manifest["relations"]:
        statement = sql.SQL("select count(*) from {}").format(
            sql.Identifier(*f"{_STAGING}{entry['relation']}".split("."))
        )
        (counted,) = connection.execute(statement).fetchone() or (None,)
        if counted != entry["rows"]:
            raise UserError(
                f"not exported: {counted:,} of {entry['rows']:,} rows of "
                f"{entry['relation']} came to Postgres; what stood there stays"
            )


def _comment(connection: psycopg.Connection, what: str, text: str, *names: str) -> None:
    # A comment takes no parameter.
    literal = sql.Literal(text).as_string(connection).replace("{", "{{")
    literal = literal.replace("}", "}}")
    _run(connection, f"comment on {what} is {literal}", *names)


def _write_publication(
    connection: psycopg.Connection, manifest: Mapping[str, Any], relations: list[str]
) -> None:
    """Write the note of one row by which readers and the next export go."""
    table = f"{_STAGING}reports.{_PUBLICATION}"
    _run(
        connection,
        "create table {} (publication_id text primary key, build_id text, "
        "validated_at timestamp, published_at timestamp, exported_at timestamp, "
        "relations text[])",
        table,
    )
    connection.execute(
        sql.SQL(
            "insert into {} values (%s, %s, %s, %s, now() at time zone 'UTC', %s)"
        ).format(sql.Identifier(*table.split("."))),
        [
            manifest["publication_id"],
            manifest["build_id"],
            manifest["validated_at"].rstrip("Z"),
            manifest["published_at"].rstrip("Z"),
            relations,
        ],
    )
    text = "One row: which publication stands in the schemas marts and reports"
    _comment(connection, "table {}", text, table)
    for column, described in _PUBLICATION_COLUMNS.items():
        _comment(connection, "column {}", described, f"{table}.{column}")
    _run(connection, f"grant select on {{}} to {READER}", table)


def _swap(
    connection: psycopg.Connection,
    old: Sequence[str],
    new: Sequence[str],
    patience: float,
) -> None:
    """Put the staged relations into the place of the old ones in one transaction.

    Raises:
        UserError: readers did not let go of the old ones, or something depends on them.
    """
    until = time.monotonic() + patience
    while True:
        try:
            with connection.transaction():
                _replace(connection, old, new)
            return
        except (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected):
            if time.monotonic() > until:
                raise UserError(
                    f"not exported: readers held the old relations for {patience:g} "
                    "seconds; try again when their queries have ended"
                ) from None
            time.sleep(0.05)
        except psycopg.errors.DependentObjectsStillExist as error:
            detail = " ".join((error.diag.message_detail or "").split())
            raise UserError(
                f"not exported: something was built upon the old relations: {detail}; "
                "drop it, export, and build it anew"
            ) from None


def _replace(
    connection: psycopg.Connection, old: Sequence[str], new: Sequence[str]
) -> None:
    connection.execute(f"set local lock_timeout = '{_TURN}'")
    if old:
        marks = ", ".join("{}" for _ in old)
        # All at once, before any name changes: no query reads some old and some new.
        _run(connection, f"lock table {marks} in access exclusive mode", *old)
        _run(connection, f"drop table {marks}", *old)
    for schema in PUBLIC_SCHEMAS:
        _run(connection, "create schema if not exists {}", schema)
        _run(connection, f"grant usage on schema {{}} to {READER}", schema)
    for name in new:
        schema, table = name.split(".")
        staged = f"{_STAGING}{schema}.{table}"
        _run(connection, "alter table {} set schema {}", staged, schema)
    for schema in PUBLIC_SCHEMAS:
        _run(connection, "drop schema {}", _STAGING + schema)

"""Erase a person: out of raw tables and quarantine, and with them what was built."""

# SQL is put together here from quoted identifiers and this package's own expressions;
# every value is a parameter.
# ruff: noqa: S608

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import duckdb

from lib.cli import UserError
from lib.contract import Contract, Table
from lib.erasure import closed
from lib.erasure.person import Person, remember
from lib.erasure.sift import Sieve, blank_rejects, is_erased, short_key
from lib.erasure.traces import search_bytes
from lib.landing import quarantine
from lib.landing.publishing import transaction
from lib.sql import quote_identifier, quote_literal, relation
from lib.warehouse import connect, in_memory, put_in_place

REJECTS = relation("raw_meta", "rejects")
KEPT_SCHEMAS = ("main", "policy")
# Tables that are only ever added to, so that no build brings them back, and their
# columns that hold the key of a person's record.
HISTORIES: dict[tuple[str, str], tuple[str, ...]] = {
    ("intermediate", "int_core__person_moves"): ("person_record_id", "person_id"),
    ("history", "person_statuses"): ("person_record_id",),
    ("marts", "fct_quality_checks"): (),
}
# What publishing, validating and reporting write below the output folder.
WRITTEN = (
    "published",
    "failing_rows",
    "data_docs",
    "report",
    "reports",
    "audiences",
    "queues",
)
_FRESH = ".erasing"


@dataclass
class Taken:
    """What an erasure took out of the raw tables and the quarantine."""

    rows: int = 0
    cells: int = 0
    rejects: int = 0


def raw_tables(
    connection: duckdb.DuckDBPyConnection, contract: Contract
) -> Iterator[tuple[str, str, Table, list[str]]]:
    """Yield schema, source, table and columns of each raw table, parents first."""
    sources = {source.schema: source for source in contract.sources.values()}
    found = connection.execute(
        "select schema_name, table_name, list(column_name order by column_index) "
        "from duckdb_columns() where database_name = current_database() "
        "and not internal and starts_with(schema_name, 'raw_') "
        "and schema_name != 'raw_meta' and table_name in (select table_name "
        "from duckdb_tables() where database_name = current_database()) "
        "group by all order by all"
    ).fetchall()
    tables = []
    for schema, name, columns in found:
        source = sources[schema].name if schema in sources else schema[4:]
        tables.append((schema, source, contract.table(source, name), columns))
    tables.sort(key=lambda entry: not entry[2].parent_columns)
    yield from tables


def take_out(connection: duckdb.DuckDBPyConnection, contract: Contract) -> Taken:
    """Take every erased person out of what landed, and drop all that was built of it.

    Within a transaction that is open.
    """
    taken = Taken()
    for schema, source, table, columns in raw_tables(connection, contract):
        named = {name: quote_identifier(name) for name in columns}
        sieve = Sieve(connection, source, table)
        sifted = sieve.sift(relation(schema, table.name), named)
        taken.rows += sifted.count
        taken.cells += sifted.cells
    taken.cells += closed.forget(connection)
    taken.rejects = _blank_rejects(connection, contract)
    _drop_built(connection)
    return taken


def erase(
    connection: duckdb.DuckDBPyConnection, contract: Contract, person: Person | None
) -> Taken:
    """Remember the person's hashes and take_out, as a whole or not at all."""
    with transaction(connection):
        if person is not None:
            remember(connection, person)
        return take_out(connection, contract)


def rewrite(warehouse: Path) -> None:
    """Write the warehouse into a new file and put it in the old one's place.

    A database keeps the pages of deleted rows; a copy of it has none of them.

    Raises:
        UserError: another process has the warehouse open, or the disk is full.
    """
    folder = warehouse.with_name(f"{_FRESH}-{warehouse.name}")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    fresh = folder / warehouse.name
    try:
        # Opened and closed, it has no log of changes beside it.
        with connect(warehouse):
            pass
        with in_memory(warehouse) as connection:
            for path, name in ((warehouse, "old (read_only)"), (fresh, "new")):
                connection.execute(f"attach {quote_literal(str(path))} as {name}")
            connection.execute("copy from database old to new")
            connection.execute("checkpoint new")
        put_in_place(fresh, warehouse)
    except (duckdb.Error, OSError) as error:
        reason = str(error).splitlines()[0]
        raise UserError(f"{warehouse} cannot be written anew: {reason}") from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def withdraw(out: Path) -> None:
    """Remove all that was published or written for people to read."""
    for name in WRITTEN:
        path = out / name
        for folder in [path, *path.rglob("*")] if path.is_dir() else []:
            if folder.is_dir() and not folder.is_symlink():
                with suppress(OSError):
                    folder.chmod(0o700)
        shutil.rmtree(path, ignore_errors=True)
        if path.exists():
            raise UserError(f"{path} cannot be removed: check its permissions")


def clear(folders: Iterable[Path], person: Person) -> None:
    """Remove the files below some folders in which the person stands."""
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.is_symlink() and search_bytes(path, person):
                path.unlink()


def _blank_rejects(connection: duckdb.DuckDBPyConnection, contract: Contract) -> int:
    """Blank the rejected rows in which an erased identifier stands."""
    known = connection.execute(
        "select 1 from information_schema.tables "
        "where table_schema = 'raw_meta' and table_name = 'rejects'"
    ).fetchone()
    if known is None:
        return 0
    tables = connection.execute(
        f"select distinct source, table_name from {REJECTS} order by all"
    ).fetchall()
    return sum(
        blank_rejects(
            connection,
            REJECTS,
            source,
            contract.table(source, name),
            where=f"source = {quote_literal(source)} "
            f"and table_name = {quote_literal(name)}",
        )
        for source, name in tables
    )


def _drop_built(connection: duckdb.DuckDBPyConnection) -> None:
    """Drop all that a build makes; what landed, the policy and the history stay."""
    kinds = (("view", "duckdb_views()"), ("table", "duckdb_tables()"))
    for kind, catalog in kinds:
        found = connection.execute(
            f"select schema_name, {kind}_name from {catalog} "
            "where database_name = current_database() and not internal "
            "and not starts_with(schema_name, 'raw_')"
        ).fetchall()
        for schema, name in found:
            if schema in KEPT_SCHEMAS:
                continue
            if kind == "table" and (schema, name) in HISTORIES:
                _forget(connection, relation(schema, name), HISTORIES[schema, name])
            else:
                connection.execute(f"drop {kind} {relation(schema, name)}")
    connection.execute(quarantine.VIEW)


def _forget(
    connection: duckdb.DuckDBPyConnection, history: str, keys: tuple[str, ...]
) -> None:
    """Delete the rows of a history that hold the key of an erased record."""
    told = " or ".join(
        is_erased("record", short_key(quote_identifier(key))) for key in keys
    )
    if told:
        connection.execute(f"delete from {history} where {told}")

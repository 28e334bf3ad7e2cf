"""Raw tables: made as the contract declares them, and filled a file at a time."""

# SQL is put together here from quoted identifiers and this package's own expressions;
# every value is a parameter.
# ruff: noqa: S608

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

import duckdb

from lib.contract import Column, Contract, Source, Table
from lib.landing import casts
from lib.landing.files import DataFile
from lib.landing.staging import REJECTED, ROW_HASH, STAGED, Layout
from lib.sql import columns, quote_identifier, relation

LOADS = relation("raw_meta", "loads")
REJECTS = relation("raw_meta", "rejects")

_META_TABLES = (
    "create schema if not exists raw_meta",
    f"create table if not exists {LOADS} ("
    "source varchar, table_name varchar, file varchar, sha256 varchar, "
    "rows_read bigint, rows_landed bigint, rows_rejected bigint, loaded_at timestamp)",
    f"create table if not exists {REJECTS} ("
    "source varchar, table_name varchar, file varchar, line bigint, "
    "column_name varchar, error varchar, text varchar, loaded_at timestamp)",
)

Stored = dict[tuple[str, str], list[tuple[str, str]]]
LastLanded = dict[tuple[str, str, str], str]


@contextmanager
def transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Commit what is done inside, or nothing of it."""
    connection.begin()
    try:
        yield
    except BaseException:
        connection.rollback()
        raise
    connection.commit()


def prepare(connection: duckdb.DuckDBPyConnection, contract: Contract) -> list[str]:
    """Make every declared table as it is declared, and the log, in one transaction.

    Columns that the contract has gained are added, empty. A column whose type has
    changed is converted if all its values convert; otherwise it stays as it is.
    Returns a warning for each that stays.
    """
    warnings: list[str] = []
    with transaction(connection):
        for statement in _META_TABLES:
            connection.execute(statement)
        stored = stored_columns(connection)
        for schema in {source.schema for source in contract.sources.values()}:
            connection.execute(
                f"create schema if not exists {quote_identifier(schema)}"
            )
        for source, table in contract.all_tables():
            existing = stored.get((source.schema, table.name))
            if existing is None:
                _create(connection, source, table.name, table.columns)
            else:
                _adapt(connection, source, table, dict(existing), warnings)
    return warnings


def stored_columns(connection: duckdb.DuckDBPyConnection) -> Stored:
    """Return the columns and types of each table as (schema, table): [(name, type)]."""
    stored: Stored = {}
    rows = connection.execute(
        "select schema_name, table_name, column_name, data_type "
        "from duckdb_columns() where database_name = current_database() "
        "and not internal order by schema_name, table_name, column_index"
    ).fetchall()
    for schema, table, column, data_type in rows:
        stored.setdefault((schema, table), []).append((column, data_type.lower()))
    return stored


def last_landed(connection: duckdb.DuckDBPyConnection) -> LastLanded:
    """Return the sha256 that landed last for each source, table and file name."""
    # In the order of landing, which a clock that is set back does not change.
    rows = connection.execute(
        f"select source, table_name, file, sha256 from {LOADS} order by rowid"
    ).fetchall()
    return {(source, table, name): sha256 for source, table, name, sha256 in rows}


def publish(
    connection: duckdb.DuckDBPyConnection,
    file: DataFile,
    *,
    sha256: str,
    source: Source,
    table: Table,
    layout: Layout,
    landed: int,
    rejected: int,
) -> None:
    """Write the staged rows, the log and the rejects of a file in one transaction.

    A staged row that another version of its key overtakes is logged as landed.
    """
    loaded_at = datetime.now(UTC).replace(tzinfo=None)
    with transaction(connection):
        existing = stored_columns(connection).get((source.schema, table.name))
        if existing is None:
            new = [Column(field.name, field.stored_type) for field in layout.fields]
            schema = quote_identifier(source.schema)
            connection.execute(f"create schema if not exists {schema}")
            _create(connection, source, table.name, new)
        else:
            have = {name for name, _ in existing}
            for field in layout.fields:
                if field.name not in have:
                    column = Column(field.name, field.stored_type)
                    _add_column(connection, source, table.name, column)
        raw = relation(source.schema, table.name)
        if table.key:
            given = {field.name for _, field in layout.present}
            if given.intersection(table.cursor):
                _drop_overtaken(connection, raw, layout, table)
            _upsert(connection, raw, layout, table.key)
        else:
            _append_new(connection, raw, layout)
        connection.execute(
            f"insert into {LOADS} values (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                *(file.source, file.table, file.name, sha256),
                *(landed + rejected, landed, rejected, loaded_at),
            ],
        )
        connection.execute(
            f"insert into {REJECTS} "
            "select ?, ?, ?, line, column_name, error, text, ? "
            f"from {REJECTED} order by line",
            [file.source, file.table, file.name, loaded_at],
        )


def _create(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    table: str,
    declared: Sequence[Column],
) -> None:
    definitions = ", ".join(
        f"{quote_identifier(column.name)} {column.data_type}" for column in declared
    )
    raw = relation(source.schema, table)
    connection.execute(f"create table {raw} ({definitions})")


def _add_column(
    connection: duckdb.DuckDBPyConnection, source: Source, table: str, column: Column
) -> None:
    connection.execute(
        f"alter table {relation(source.schema, table)} "
        f"add column {quote_identifier(column.name)} {column.data_type}"
    )


def _adapt(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    table: Table,
    existing: Mapping[str, str],
    warnings: list[str],
) -> None:
    """Bring a table that exists in line with its declaration."""
    raw = relation(source.schema, table.name)
    for column in table.columns:
        stored_type = existing.get(column.name)
        if stored_type is None:
            _add_column(connection, source, table.name, column)
        elif stored_type != column.data_type:
            name = quote_identifier(column.name)
            converted = casts.value_to(name, stored_type, column.data_type)
            unfit = connection.execute(
                f"select count(*) from {raw} "
                f"where {converted} is null and {name} is not null"
            ).fetchone()
            if unfit and unfit[0]:
                warnings.append(
                    f"{source.schema}.{table.name}.{column.name} stays {stored_type}: "
                    f"{unfit[0]:,} of its values are not "
                    f"{casts.describe(column.data_type)}"
                )
            else:
                connection.execute(
                    f"alter table {raw} alter column {name} "
                    f"set data type {column.data_type} using {converted}"
                )


def _drop_overtaken(
    connection: duckdb.DuckDBPyConnection, raw: str, layout: Layout, table: Table
) -> None:
    """Drop the staged rows that a later version of the same key overtakes.

    The columns of the cursor are compared one after the other. Of the staged rows of a
    key the one with the highest cursor stays, null lowest and the last one if several
    are equal. It goes too if the raw row has a higher cursor; where either lacks the
    value that would decide, the staged row stays, as it lands later.
    """
    names = layout.names
    key = ", ".join(layout.values[names.index(column)] for column in table.key)
    cursor = [layout.values[names.index(column)] for column in table.cursor]
    repeated = f"select {key} from {STAGED} group by all having count(*) > 1"
    if connection.execute(f"{repeated} limit 1").fetchone():
        latest_first = ", ".join(f"{value} desc nulls last" for value in cursor)
        connection.execute(
            f"delete from {STAGED} where rowid in (select rowid from {STAGED} qualify "
            f"row_number() over (partition by {key} "
            f"order by {latest_first}, rowid desc) > 1)"
        )
    is_older = "false"
    for column, value in reversed([*zip(table.cursor, cursor, strict=True)]):
        there, here = f"raw.{quote_identifier(column)}", f"staged.{value}"
        is_older = (
            f"({here} < {there} "
            f"or ({here} is not distinct from {there} and {is_older}))"
        )
    connection.execute(
        f"delete from {STAGED} as staged using {raw} as raw "
        f"where {_same(layout, table.key)} and {is_older}"
    )


def _upsert(
    connection: duckdb.DuckDBPyConnection,
    raw: str,
    layout: Layout,
    key: Sequence[str],
) -> None:
    """Replace the rows that have a staged row's key; the last staged row of it wins."""
    names = layout.names
    key_values = ", ".join(layout.values[names.index(column)] for column in key)
    twice = connection.execute(
        f"select 1 from {STAGED} group by {key_values} having count(*) > 1 limit 1"
    ).fetchone()
    winners = (
        f"where rowid in (select max(rowid) from {STAGED} group by {key_values})"
        if twice
        else ""
    )
    connection.execute(
        f"delete from {raw} as raw using {STAGED} as staged where {_same(layout, key)}"
    )
    connection.execute(
        f"insert into {raw} ({columns(names)}) "
        f"select {', '.join(layout.values)} from {STAGED} {winners}"
    )


def _append_new(
    connection: duckdb.DuckDBPyConnection, raw: str, layout: Layout
) -> None:
    """Add the staged rows that are not there yet, each once; nulls are equal.

    A hash of each row tells quickly whether any can be there already.
    """
    values = ", ".join(layout.values)
    raw_columns = ", ".join(f"raw.{quote_identifier(name)}" for name in layout.names)
    repeated = connection.execute(
        f"select count(*) > count(distinct {ROW_HASH}) from {STAGED}"
    ).fetchone()
    present = connection.execute(
        f"select 1 from {raw} as raw where hash({raw_columns}) in "
        f"(select {ROW_HASH} from {STAGED}) limit 1"
    ).fetchone()
    conditions = []
    if repeated and repeated[0]:
        conditions.append(
            f"rowid in (select min(rowid) from {STAGED} group by {ROW_HASH}, {values})"
        )
    if present:
        conditions.append(
            f"not exists (select 1 from {raw} as raw "
            f"where hash({raw_columns}) = staged.{ROW_HASH} "
            f"and {_same(layout, layout.names)})"
        )
    where = f"where {' and '.join(conditions)}" if conditions else ""
    connection.execute(
        f"insert into {raw} ({columns(layout.names)}) "
        f"select {values} from {STAGED} as staged {where}"
    )


def _same(layout: Layout, names: Sequence[str]) -> str:
    """Return SQL that is true where raw and staged rows agree in columns, nulls too."""
    return " and ".join(
        f"raw.{quote_identifier(name)} is not distinct from "
        f"staged.{layout.values[layout.names.index(name)]}"
        for name in names
    )

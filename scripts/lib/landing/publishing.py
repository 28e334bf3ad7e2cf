"""Raw tables: made as the contract declares them, and filled a file at a time."""

# SQL is put together here from quoted identifiers and this package's own expressions;
# every value is a parameter.
# ruff: noqa: S608

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import duckdb

from lib import closed_tables
from lib.contract import Column, Contract, Source, Table
from lib.forecast import tables as forecast_tables
from lib.landing import casts, drift, profiles, quarantine, staging
from lib.landing.files import DataFile
from lib.landing.staging import REJECTED, ROW_HASH, STAGED, Layout
from lib.scoring import tables as scoring_tables
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
    drift.TABLE,
    profiles.TABLE,
    quarantine.VIEW,
    *closed_tables.TABLES,
    *scoring_tables.TABLES,
    *forecast_tables.TABLES,
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


@dataclass(frozen=True)
class Part:
    """A file that is staged: its bytes, its columns and how many rows of each kind.

    `changes` are the ways in which it differs from the table; `landed_at` is the start
    of the run that lands it.
    """

    file: DataFile
    sha256: str
    layout: Layout
    landed: int
    rejected: int
    profile: profiles.Profile
    landed_at: datetime
    changes: tuple[drift.Change, ...] = ()


def last_snapshot(
    connection: duckdb.DuckDBPyConnection, source: str, table: str
) -> dict[str, str]:
    """Return name and sha256 of the files that landed last in a table, together."""
    rows = connection.execute(
        f"select file, sha256 from {LOADS} where source = $1 and table_name = $2 "
        f"qualify loaded_at = last_value(loaded_at) over (order by rowid rows "
        "between unbounded preceding and unbounded following)",
        [source, table],
    ).fetchall()
    return dict(rows)


def publish(
    connection: duckdb.DuckDBPyConnection, source: Source, table: Table, part: Part
) -> None:
    """Write the staged rows, the log and the rejects of a file in one transaction.

    A staged row that another version of its key overtakes is logged as landed.
    """
    with transaction(connection):
        _publish(connection, source, table, part, _now())


def publish_snapshot(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    table: Table,
    parts: Sequence[Part],
) -> None:
    """Replace a table by the parts that were put aside, in one transaction."""
    loaded_at = _now()
    with transaction(connection):
        if (source.schema, table.name) in stored_columns(connection):
            connection.execute(f"delete from {relation(source.schema, table.name)}")
        for number, part in enumerate(parts):
            staging.take_up(connection, number)
            _publish(connection, source, table, part, loaded_at)


def whole_target(source: Source, table: Table) -> str:
    """Return the name of the table that a whole file becomes first."""
    return relation(source.schema, f"{table.name}__landing")


def is_empty(
    connection: duckdb.DuckDBPyConnection, source: Source, table: Table
) -> bool:
    """Return whether a raw table holds no row, or is not there."""
    raw = relation(source.schema, table.name)
    try:
        return connection.execute(f"select 1 from {raw} limit 1").fetchone() is None
    except duckdb.CatalogException:
        return True


def publish_whole(
    connection: duckdb.DuckDBPyConnection, source: Source, table: Table, part: Part
) -> None:
    """Put the table that a whole file became in the place of an empty one.

    Within a transaction that is open. The rows are written once that way.
    """
    target = whole_target(source, table)
    _keep_one_each(connection, target, table, part.layout.names)
    raw = relation(source.schema, table.name)
    connection.execute(f"drop table if exists {raw}")
    name = quote_identifier(table.name)
    connection.execute(f"alter table {target} rename to {name}")
    _log(connection, part, _now())


def _keep_one_each(
    connection: duckdb.DuckDBPyConnection,
    target: str,
    table: Table,
    names: Sequence[str],
) -> None:
    """Keep one row of each key, or one of identical rows where there is no key."""
    alike = columns(table.key if table.is_upserted else names)
    # The hash is quick and tells for certain that nothing is repeated.
    repeated = connection.execute(
        f"select count(*) > count(distinct hash({alike})) from {target}"
    ).fetchone()
    if not repeated or not repeated[0]:
        return
    cursor = table.cursor if table.is_upserted else ()
    order = [f"{quote_identifier(name)} desc nulls last" for name in cursor]
    order.append("rowid desc" if table.is_upserted else "rowid")
    connection.execute(
        f"delete from {target} where rowid in (select rowid from {target} qualify "
        f"row_number() over (partition by {alike} order by {', '.join(order)}) > 1)"
    )


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def _publish(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    table: Table,
    part: Part,
    loaded_at: datetime,
) -> None:
    layout = part.layout
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
    if table.is_upserted:
        given = {field.name for _, field in layout.present}
        if given.intersection(table.cursor):
            _drop_overtaken(connection, raw, layout, table)
        _upsert(connection, raw, layout, table.key)
    else:
        _append_new(connection, raw, layout)
    _log(connection, part, loaded_at)


def _log(
    connection: duckdb.DuckDBPyConnection, part: Part, loaded_at: datetime
) -> None:
    file = part.file
    connection.execute(
        f"insert into {LOADS} values (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            *(file.source, file.table, file.name, part.sha256),
            *(part.landed + part.rejected, part.landed, part.rejected, loaded_at),
        ],
    )
    connection.execute(
        f"insert into {REJECTS} "
        "select ?, ?, ?, line, column_name, error, text, ? "
        f"from {REJECTED} order by line",
        [file.source, file.table, file.name, loaded_at],
    )
    drift.log(connection, file, part.changes, loaded_at)
    profiles.log(connection, file, part.profile, part.landed_at, loaded_at)


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
            converted = casts.value_to(
                name, stored_type, column.data_type, table.time_zone
            )
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

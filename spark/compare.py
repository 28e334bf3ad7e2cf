"""Hold the public relations of Spark against DuckDB's, row for row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

PUBLIC = ("marts", "reports")
TOLERANCE = 1e-9
# Hashes, which each engine makes in its own way (macros/engine/content_print.sql).
PRINTS = frozenset({"account_key", "person_key", "touch_print"})
# Decimals of so many digits are shares that were doubles, and engines round these anew.
DIGITS_OF_SHARES = 10


@dataclass(frozen=True)
class Comparison:
    """What became of one relation.

    Attributes:
        relation: its name with its schema.
        rows: how many rows DuckDB has of it.
        fault: how the two differ; None where they do not.
    """

    relation: str
    rows: int
    fault: str | None


def views_as_files(warehouse: Path, tables: Path) -> Iterator[str]:
    """Yield the statements by which Spark writes its public views as Parquet files."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        views = connection.execute(
            "select schema_name, view_name from duckdb_views() "
            "where schema_name in (select unnest(?)) order by all",
            [list(PUBLIC)],
        ).fetchall()
    for schema, name in views:
        folder = (tables / f"{schema}.db" / name).as_uri()
        view = f"{schema}.{name}"
        yield f"insert overwrite directory '{folder}' using parquet table {view}"


def compare(warehouse: Path, tables: Path) -> Iterator[Comparison]:
    """Compare each public relation of a warehouse with Spark's Parquet files of it."""
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        # Its views know the warehouse by the name of its file.
        path = str(warehouse).replace("'", "''")
        connection.execute(f"attach '{path}' as \"{warehouse.stem}\" (read_only)")
        relations = connection.execute(
            "select table_schema, table_name from information_schema.tables "
            "where table_catalog = ? and table_schema in (select unnest(?)) "
            "order by all",
            [warehouse.stem, list(PUBLIC)],
        ).fetchall()
        for schema, name in relations:
            ours = connection.sql(f'from "{warehouse.stem}".{schema}.{name}')
            (rows,) = ours.count("*").fetchone() or (0,)
            fault = _fault(connection, ours, tables / f"{schema}.db" / name)
            yield Comparison(f"{schema}.{name}", rows, fault)


def _fault(
    connection: duckdb.DuckDBPyConnection, ours: duckdb.DuckDBPyRelation, folder: Path
) -> str | None:
    """Return how a relation differs from the Parquet files of a folder, if it does."""
    if not any(folder.glob("*.parquet")):
        return "is not there"
    theirs = connection.read_parquet(str(folder / "*.parquet"))
    if sorted(ours.columns) != sorted(theirs.columns):
        odd = set(ours.columns) ^ set(theirs.columns)
        return f"columns differ: {', '.join(sorted(odd))}"
    types = {
        column: str(kind)
        for column, kind in zip(ours.columns, ours.types, strict=True)
        if column not in PRINTS
    }
    for side, relation in (("ours", ours), ("theirs", theirs)):
        columns = ", ".join(
            f'cast("{column}" as {kind}) as "{column}"'
            for column, kind in types.items()
        )
        # Floats come last, so that a hair's breadth of them changes no order.
        order = ", ".join(
            f'"{column}"'
            for column in sorted(types, key=lambda name: _is_inexact(types[name]))
        )
        relation.project(columns).project(
            f"*, row_number() over (order by {order}) as compared_row"
        ).create_view(side)
    wrong = [_wrong(column, kind) for column, kind in types.items()]
    counts = ", ".join(f"count(*) filter (where {test})" for test in wrong)
    ((our_rows, their_rows, rows, *by_column),) = connection.execute(
        "select count(ours.compared_row), count(theirs.compared_row), "  # noqa: S608
        f"count(*) filter (where {' or '.join(wrong)}), {counts} "
        "from ours full join theirs using (compared_row)"
    ).fetchall()
    if our_rows != their_rows:
        return f"{their_rows} rows in Spark, {our_rows} in DuckDB"
    if rows:
        named = ", ".join(
            f"{column} ({count})"
            for column, count in zip(types, by_column, strict=True)
            if count
        )
        return f"{rows} of {our_rows} rows differ: {named}"
    return None


def _is_inexact(kind: str) -> bool:
    """Return whether a column holds doubles, or decimals with all digits of one."""
    scale = int(kind[:-1].rsplit(",", 1)[1]) if kind.startswith("DECIMAL") else 0
    return kind == "DOUBLE" or scale >= DIGITS_OF_SHARES


def _wrong(column: str, kind: str) -> str:
    """Return the condition on which the two sides of a column differ."""
    ours, theirs = f'ours."{column}"', f'theirs."{column}"'
    distinct = f"{ours} is distinct from {theirs}"
    if not _is_inexact(kind):
        return f"({distinct})"
    near = f"abs({ours} - {theirs}) <= {TOLERANCE} * greatest(1, abs({ours}))"
    return f"({distinct} and not coalesce({near}, false))"

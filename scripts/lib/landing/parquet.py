"""Parquet: typed columns, read by DuckDB."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from lib.landing.csv_text import MOST_COLUMNS
from lib.landing.errors import FileError, reason
from lib.landing.files import DataFile
from lib.landing.names import column_names
from lib.sql import quote_identifier

_MAGIC = b"PAR1"
_READ = "read_parquet(?, hive_partitioning = false)"


@dataclass(frozen=True)
class Schema:
    """The columns of a file: names in the warehouse, names in the file, DuckDB types.

    The names in the file are as DuckDB reads them.
    """

    names: list[str]
    given: list[str]
    types: list[str]


def read_schema(
    connection: duckdb.DuckDBPyConnection, file: DataFile, path: str
) -> Schema:
    """Return the columns of a file.

    Raises:
        FileError: the file is not Parquet, cut short or damaged, or its columns cannot
            be told apart.
    """
    with file.path.open("rb") as stream:
        start = stream.read(len(_MAGIC))
        stream.seek(max(0, file.path.stat().st_size - len(_MAGIC)))
        end = stream.read()
    if start != _MAGIC:
        raise FileError("is not a Parquet file")
    if end != _MAGIC:
        raise FileError("the Parquet file is cut short")
    try:
        rows = connection.execute(f"describe from {_READ}", [path]).fetchall()
        schema = connection.execute(
            "select name, num_children from parquet_schema(?)", [path]
        ).fetchall()
    except duckdb.Error as error:
        raise FileError(f"the Parquet file is damaged: {reason(error)}") from error
    given = [str(row[0]) for row in rows]
    if len(given) > MOST_COLUMNS:
        raise FileError(f"it has {len(given):,} columns, more than {MOST_COLUMNS:,}")
    try:
        names = column_names(_top_level(schema))
    except ValueError as error:
        raise FileError(str(error)) from error
    return Schema(names, given, [str(row[1]) for row in rows])


def relation(schema: Schema) -> str:
    """Return SQL for the rows as columns c0, c1, …; the path is the one parameter."""
    columns = ", ".join(
        f"{quote_identifier(name)} as c{index}"
        for index, name in enumerate(schema.given)
    )
    return f"(select {columns} from {_READ})"  # noqa: S608


def relation_with_text(schema: Schema) -> str:
    """Return SQL for the same rows with their number and their text as JSON."""
    columns = ", ".join(
        f"parquet_row.{quote_identifier(name)} as c{index}"
        for index, name in enumerate(schema.given)
    )
    return (
        f"(select row_number() over () as line, "  # noqa: S608
        f"cast(to_json(parquet_row) as varchar) as text, {columns} "
        f"from {_READ} as parquet_row)"
    )


def _top_level(schema: list[tuple[str, int | None]]) -> list[str]:
    """Return the names of a file's columns from its schema, written depth first.

    DuckDB renames columns that differ in case only; here they are as the file has them.
    """
    names: list[str] = []
    inside = 0
    for name, children in schema[1:]:
        if inside == 0:
            names.append(name)
        else:
            inside -= 1
        inside += children or 0
    return names

"""Landed tables as Parquet files that Spark has as tables."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb

SOURCES = "raw_%"


def land(warehouse: Path, folder: Path) -> Iterator[str]:
    """Write the landed tables of a warehouse as Parquet.

    Yields:
        the statements that make tables of the files in Spark.
    """
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables() "
            "where schema_name like ? order by all",
            [SOURCES],
        ).fetchall()
        for schema in sorted({schema for schema, _ in tables}):
            yield f"create database if not exists {schema}"
        for schema, table in tables:
            target = folder / schema / table
            target.mkdir(parents=True)
            relation = connection.table(f'"{schema}"."{table}"')
            relation.to_parquet(str(target / "part-0.parquet"))
            yield external_table(schema, table, target)


def external_table(schema: str, table: str, folder: Path) -> str:
    """Return the statement that makes a table of a folder of Parquet files."""
    return f"create table {schema}.{table} using parquet location '{folder.as_uri()}'"

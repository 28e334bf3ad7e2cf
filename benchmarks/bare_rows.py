"""Hold the marts that a bare script wrote against those that dbt built.

    .venv/bin/python benchmarks/bare_rows.py bare_core.sql.duckdb mops.duckdb

A limit counts for what it writes: each table of the first file that is called as a mart
of the second must have all of its columns, and the same rows.

exit code: 0 they are the same, 1 some differ.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import duckdb

from lib.sql import quote_identifier, quote_literal, relation

# Floating point numbers of two plans differ in their last digits.
MOST_OFF = 1e-9


def main() -> int:
    """Compare table by table and return the exit code."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("bare", type=Path)
    arguments.add_argument("warehouse", type=Path)
    options = arguments.parse_args()
    code = 0
    with duckdb.connect() as connection:
        for name in ("bare", "warehouse"):
            path = quote_literal(str(getattr(options, name)))
            connection.execute(f"attach {path} as {name} (read_only)")
        for table in _marts_of_both(connection):
            rows, differ = _compared(connection, table)
            print(f"{table}: {rows:,} rows, {differ:,} differ", file=sys.stderr)
            code |= differ > 0
    return code


def _marts_of_both(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the marts that the bare script wrote, too.

    Raises:
        SystemExit: there are none, or one lacks a column.
    """
    found = connection.execute(
        """
        select made.table_name,
            list(made.column_name) filter (
                where bare.column_name is null
            ) as missing
        from duckdb_columns() as made
        left join duckdb_columns() as bare
            on bare.database_name = 'bare'
            and bare.table_name = made.table_name
            and bare.column_name = made.column_name
        where made.database_name = 'warehouse' and made.schema_name = 'marts'
            and made.table_name in (
                select table_name from duckdb_tables() where database_name = 'bare'
            )
        group by made.table_name
        order by made.table_name
        """
    ).fetchall()
    for table, missing in found:
        if missing:
            raise SystemExit(f"the bare {table} lacks {', '.join(missing)}")
    if not found:
        raise SystemExit("the bare script wrote no mart")
    return [table for table, _ in found]


def _compared(connection: duckdb.DuckDBPyConnection, table: str) -> tuple[int, int]:
    """Return how many rows the mart has, and how many are not the same in both.

    Rows belong together whose columns that are no floating point numbers are the same,
    which tell a row of any mart from all others.
    """
    made = f"warehouse.{relation('marts', table)}"
    columns = connection.execute(f"describe {made}").fetchall()
    exact = ", ".join(
        f"cast({quote_identifier(column)} as {data_type})"
        for column, data_type, *_ in columns
        if data_type != "DOUBLE"
    )
    doubles = [quote_identifier(name) for name, kind, *_ in columns if kind == "DOUBLE"]
    listed = "".join(f", {name}" for name in doubles)
    off = "".join(
        f" or coalesce(abs(bare.{name} - made.{name}) "
        f"> {MOST_OFF} * greatest(abs(made.{name}), 1), "
        f"bare.{name} is distinct from made.{name})"
        for name in doubles
    )
    ((rows, differ),) = connection.execute(
        f"""
        with
        bare as (
            select hash({exact}) as row_print{listed}
            from bare.{quote_identifier(table)}
        ),
        made as (select hash({exact}) as row_print{listed} from {made})
        select
            (select count(*) from made),
            count(*) filter (
                where bare.row_print is null or made.row_print is null{off}
            )
            + abs((select count(*) from made) - (select count(*) from bare))
            + (select count(*) - count(distinct row_print) from made)
        from bare
        full join made using (row_print)
        """  # noqa: S608 - names alone, quoted
    ).fetchall()
    return rows, differ


if __name__ == "__main__":
    sys.exit(main())

"""Hold the marts that a bare script wrote against those that dbt built.

    PYTHONPATH=scripts .venv/bin/python benchmarks/bare_rows.py core BARE WAREHOUSE

A limit counts for what it writes: the first file has the marts of the layer, all but
those named below, with all of their columns, and no other table; each has the rows that
it has in the second.

exit code: 0 they are the same, 1 some differ.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import duckdb

from lib.sql import quote_identifier, quote_literal, relation

MARTS = Path(__file__).resolve().parents[1] / "models" / "marts"
# Small ones that no script writes. Those of campaigns are empty: the made company has
# no ad platform and tests no variant, whose statistics a model in Python reckons.
LEFT_OUT = {
    "core": {"dim_build_settings"},
    "campaigns": {
        "fct_ab_tests",
        "fct_ad_conversions",
        "fct_late_spend_days",
        "fct_spend_reconciliations",
        "fct_superseded_spend_days",
    },
    "lifecycle": {
        "fct_assignment_queue",
        "fct_pool_openings",
        "fct_stage_event_exclusions",
        "fct_stage_values",
        "fct_team_weeks",
        "fct_unrouted_leads",
    },
}
# Floating point numbers of two plans differ in their last digits.
MOST_OFF = 1e-9


def main(argv: Sequence[str] | None = None) -> int:
    """Compare the marts of a layer and return the exit code."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("layer", choices=LEFT_OUT)
    arguments.add_argument("bare", type=Path)
    arguments.add_argument("warehouse", type=Path)
    options = arguments.parse_args(argv)
    marts = {path.stem for path in (MARTS / options.layer).glob("*.sql")}
    marts -= LEFT_OUT[options.layer]
    return 0 if same_rows(options.bare, options.warehouse, marts) else 1


def same_rows(bare: Path, warehouse: Path, marts: set[str]) -> bool:
    """Return whether each mart has the same rows in both files; say of each.

    Raises:
        SystemExit: the first file has other tables than these marts, or one of them
            lacks a column.
    """
    is_same = True
    with duckdb.connect() as connection:
        for name, path in (("bare", bare), ("warehouse", warehouse)):
            connection.execute(
                f"attach {quote_literal(str(path))} as {name} (read_only)"
            )
        _look_for(connection, marts)
        for table in sorted(marts):
            rows, differ = _compared(connection, table)
            print(f"{table}: {rows:,} rows, {differ:,} differ", file=sys.stderr)
            is_same &= differ == 0
    return is_same


def _look_for(connection: duckdb.DuckDBPyConnection, marts: set[str]) -> None:
    """See that the bare script wrote the marts, with their columns, and no more."""
    tables = connection.execute(
        "select table_name from duckdb_tables() where database_name = 'bare'"
    ).fetchall()
    if odd := marts ^ {name for (name,) in tables}:
        raise SystemExit(f"not in both, the bare file and the layer: {_listed(odd)}")
    missing = connection.execute(
        """
        select table_name || '.' || column_name
        from duckdb_columns()
        where database_name = 'warehouse' and schema_name = 'marts'
            and list_contains($1, table_name)
        except
        select table_name || '.' || column_name
        from duckdb_columns()
        where database_name = 'bare'
        """,
        [sorted(marts)],
    ).fetchall()
    if missing:
        named = _listed({name for (name,) in missing})
        raise SystemExit(f"the bare file lacks {named}")


def _listed(names: set[str]) -> str:
    return ", ".join(sorted(names))


def _compared(connection: duckdb.DuckDBPyConnection, table: str) -> tuple[int, int]:
    """Return how many rows the mart has, and how many are not the same in both.

    Rows belong together whose columns that are no floating point numbers are the same,
    cast to the mart's types, which tell a row of any mart from all others.
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

"""A made company of any size as raw files of the generic source, for benchmarks.

    .venv/bin/python benchmarks/company.py --people 100000 --out data/made_company

Writes OUT/history/generic/<table>/history.csv, all that happened until CUT_AT, and
OUT/day/generic/<table>/day.csv, what one day more brings. company.sql says what happens
to each person, which hangs on the person's number alone.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import duckdb

BEGIN, CUT_AT, DAY_AFTER = "2024-01-01", "2026-11-01", "2026-11-02"
TOUCHES_OF_A_PERSON = 10
SCRIPT = Path(__file__).with_name("company.sql")
# What other views are made of.
_HELPERS = {"numbers", "steps", "days", "touch_moments"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the files and return 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args(arguments)
    write_company(options.out, options.people)
    return 0


def write_company(out: Path, people: int) -> None:
    """Write the history of a company of that many people, and the day after it."""
    with duckdb.connect() as connection:
        connection.execute("set preserve_insertion_order = false")
        connection.execute(SCRIPT.read_text("utf-8"))
        for name, since, cut_at in (
            ("history", BEGIN, CUT_AT),
            ("day", CUT_AT, DAY_AFTER),
        ):
            connection.execute(f"set variable people = {people:d}::bigint")
            connection.execute(f"set variable since = timestamp '{since}'")
            connection.execute(f"set variable cut_at = timestamp '{cut_at}'")
            for table in _tables(connection):
                folder = out / name / "generic" / table
                folder.mkdir(parents=True, exist_ok=True)
                rows = connection.sql(f"from company.{table}")
                rows.write_csv(str(folder / f"{name}.csv"))


def _tables(connection: duckdb.DuckDBPyConnection) -> list[str]:
    found = connection.execute(
        "select view_name from duckdb_views() where schema_name = 'company'"
    ).fetchall()
    return sorted(name for (name,) in found if name not in _HELPERS)


if __name__ == "__main__":
    sys.exit(main())

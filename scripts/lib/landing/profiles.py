"""What each landed file looked like, a row per column in raw_meta.landing_profiles.

A landing is later judged by those before it (scripts/validate.py raw), so what is kept
are figures: rows, nulls, distinct values, mean and spread of numbers, and of categories
the share of each value. No value that tells of a person can be among them. A value is
kept only where all of this holds:

- its column is a yes/no, or a row of the seed landing_categories names it;
- the column has few values: at most 30, each for at least 20 rows on average;
- at least 5 rows have the value;
- it is short, and holds neither an @, as a URL writes it too, nor more than six digits,
  as addresses and phone numbers do.

Of a file with more than 200,000 rows about that many are looked at, spread over the
file and the same ones each time.
"""

# SQL is put together here from quoted identifiers; every value is a parameter.
# ruff: noqa: S608

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from lib.cli import UserError
from lib.landing.files import DataFile
from lib.landing.staging import Layout
from lib.sql import relation
from lib.warehouse import PROJECT_ROOT

PROFILES = relation("raw_meta", "landing_profiles")
TABLE = (
    f"create table if not exists {PROFILES} ("
    "source varchar, table_name varchar, file varchar, column_name varchar, "
    "row_count bigint, profiled_count bigint, null_count bigint, "
    "distinct_count bigint, mean double, standard_deviation double, "
    "value_shares map(varchar, double), landed_at timestamp, loaded_at timestamp)"
)
CATEGORIES = PROJECT_ROOT / "seeds" / "quality" / "landing_categories.csv"

MOST_ROWS = 200_000
_MOST_VALUES = 30
_LEAST_ROWS_A_VALUE = 20
_LEAST_ROWS = 5
_MOST_CHARACTERS = 40
_PERSONAL = re.compile(r"@|%40|\d(?:\D*\d){6}")
# The spread of larger numbers is beyond what a double holds.
_LARGEST = "1e100"


@dataclass(frozen=True)
class ColumnProfile:
    """Figures about one column of a file; mean and spread of numbers alone."""

    column: str
    null_count: int
    distinct_count: int
    mean: float | None
    standard_deviation: float | None
    value_shares: Mapping[str, float] | None


@dataclass(frozen=True)
class Profile:
    """Figures about the rows of a file that landed."""

    row_count: int
    profiled_count: int
    columns: tuple[ColumnProfile, ...]


def read_categories(path: Path = CATEGORIES) -> frozenset[str]:
    """Return the columns whose values are categories.

    Raises:
        UserError: the seed cannot be read or lacks its column.
    """
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            return frozenset(row["column_name"] for row in csv.DictReader(lines))
    except (OSError, KeyError) as error:
        raise UserError(f"no categories at {path}: {error}") from error


def profile(
    connection: duckdb.DuckDBPyConnection,
    rows: str,
    values: Sequence[str],
    layout: Layout,
    categories: frozenset[str],
) -> Profile:
    """Return the profile of the rows of a table.

    Args:
        connection: a connection that sees the table.
        rows: the table, as SQL takes it.
        values: its columns as SQL, in the order of the layout.
        layout: what these columns are called and hold.
        categories: columns whose values may be kept.
    """
    row_count = _first(connection, f"select count(*) from {rows}")[0]
    sample = rows
    if row_count > MOST_ROWS:
        share = -(-row_count // MOST_ROWS)
        sample = f"(select * from {rows} where hash(rowid) % {share} = 0)"
    figures = ["count(*)"]
    for value, field in zip(values, layout.fields, strict=True):
        figures += _figures(value, field.stored_type)
    found = iter(_first(connection, f"select {', '.join(figures)} from {sample}"))
    profiled_count = next(found)
    columns = []
    for value, field in zip(values, layout.fields, strict=True):
        filled_count, distinct_count, mean, deviation = (next(found) for _ in range(4))
        shares = None
        is_category = field.stored_type == "boolean" or field.name in categories
        if is_category and _has_few_values(distinct_count, filled_count):
            shares = _shares(connection, sample, value, filled_count)
        columns.append(
            ColumnProfile(
                field.name,
                profiled_count - filled_count,
                distinct_count,
                mean,
                deviation,
                shares,
            )
        )
    return Profile(row_count, profiled_count, tuple(columns))


def log(
    connection: duckdb.DuckDBPyConnection,
    file: DataFile,
    found: Profile,
    landed_at: datetime,
    loaded_at: datetime,
) -> None:
    """Write the profile of a file; landed_at is the start of the run it landed in."""
    connection.executemany(
        f"insert into {PROFILES} select ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
        "case when ? then map(cast(? as varchar[]), cast(? as double[])) end, ?, ?",
        [
            (
                *(file.source, file.table, file.name, column.column),
                *(found.row_count, found.profiled_count, column.null_count),
                *(column.distinct_count, column.mean, column.standard_deviation),
                column.value_shares is not None,
                [*(column.value_shares or {})],
                [*(column.value_shares or {}).values()],
                *(landed_at, loaded_at),
            )
            for column in found.columns
        ],
    )


def _figures(value: str, stored_type: str) -> Iterator[str]:
    """Yield SQL for the number of filled and distinct values, mean and spread."""
    filled = f"nullif({value}, '')" if stored_type == "varchar" else value
    yield f"count({filled})"
    yield f"approx_count_distinct({filled})"
    if stored_type.startswith(("integer", "bigint", "double", "decimal")):
        number = f"cast({value} as double)"
        usable = f"filter (where abs({number}) < {_LARGEST})"
        yield f"avg({number}) {usable}"
        yield f"stddev_samp({number}) {usable}"
    else:
        yield "null"
        yield "null"


def _has_few_values(distinct_count: int, filled_count: int) -> bool:
    return 0 < distinct_count <= _MOST_VALUES and (
        distinct_count * _LEAST_ROWS_A_VALUE <= filled_count
    )


def _shares(
    connection: duckdb.DuckDBPyConnection, sample: str, value: str, filled_count: int
) -> dict[str, float]:
    """Return the share of each value that may be kept, of the rows that have one."""
    counts = connection.execute(
        f"select cast({value} as varchar) as category, count(*) from {sample} "
        "where category != '' group by category having count(*) >= ? "
        "order by count(*) desc, category limit ?",
        [_LEAST_ROWS, _MOST_VALUES],
    ).fetchall()
    return {
        category: count / filled_count
        for category, count in counts
        if len(category) <= _MOST_CHARACTERS and not _PERSONAL.search(category)
    }


def _first(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[Any, ...]:
    row = connection.execute(query).fetchone()
    return tuple(row) if row else ()

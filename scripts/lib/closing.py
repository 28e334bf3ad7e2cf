"""Close a month: keep its figures and credits as they are reported."""

# SQL is put together here from this package's own names; every value is a parameter.
# ruff: noqa: S608

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

import duckdb

from lib.cli import CHECK_FAILED, UserError
from lib.closed_tables import CLOSINGS, KEPT, TABLES
from lib.landing.publishing import transaction
from lib.quality import history
from lib.sql import relation


@dataclass(frozen=True)
class Settings:
    """What the last build went by, and whether a month was over then."""

    as_of: datetime
    reporting_currency: str
    reporting_time_zone: str
    lookback_days: int
    is_over: bool


@dataclass(frozen=True)
class Closing:
    """A closed month: its version, whether marts were validated, and how many rows."""

    closing_id: str
    version: int
    as_of: datetime
    is_validated: bool
    counts: dict[str, int]


def month_of(text: str) -> tuple[date, date]:
    """Return the first day of a month that is written YYYY-MM, and of the next one.

    Raises:
        UserError: it is not written so, or there is no such month.
    """
    found = re.fullmatch(r"([12]\d{3})-(0[1-9]|1[0-2])", text, re.ASCII)
    if found is None:
        raise UserError(f"--month {text!r} is no month: write it as 2026-09")
    year, month = int(found[1]), int(found[2])
    return date(year, month, 1), date(year + month // 12, month % 12 + 1, 1)


def close(
    connection: duckdb.DuckDBPyConnection,
    month: str,
    closed_by: str,
    closed_at: datetime,
    *,
    is_reopened: bool = False,
) -> Closing:
    """Keep the figures of a month as the marts have them, all or nothing.

    Args:
        connection: to the warehouse, in UTC.
        month: as YYYY-MM.
        closed_by: who closes it.
        closed_at: when, UTC.
        is_reopened: whether it may be closed already; the earlier version stays.

    Raises:
        UserError: the month is not over or closed already, there are no marts, or their
            last validation failed.
    """
    first_day, next_month = month_of(month)
    _check_marts(connection)
    settings = _settings(connection, next_month)
    if not settings.is_over:
        raise UserError(
            f"{month} is not over as of {settings.as_of:%Y-%m-%d %H:%M} UTC, which the "
            "marts were built for: build again once it is"
        )
    is_validated = _check_validation(connection)
    with transaction(connection):
        for statement in TABLES:
            connection.execute(statement)
        version = _next_version(connection, month, first_day, is_reopened)
        closing_id = f"{month}#{version}"
        connection.execute(
            f"insert into {CLOSINGS} values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                *(closing_id, first_day, version, closed_by, settings.as_of),
                *(settings.reporting_currency, settings.reporting_time_zone),
                *(settings.lookback_days, closed_at),
            ],
        )
        bounds = {
            "month": first_day,
            "next_month": next_month,
            "days": settings.lookback_days + 1,
        }
        counts = {
            table: _keep(connection, table, query, closing_id, bounds)
            for table, (_, query) in KEPT.items()
        }
    return Closing(closing_id, version, settings.as_of, is_validated, counts)


def _keep(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    query: str,
    closing_id: str,
    bounds: dict[str, object],
) -> int:
    query = query.replace("$since", "$month - $days * interval 1 day")
    used = {name: value for name, value in bounds.items() if f"${name}" in query}
    kept = connection.execute(
        f"insert into {relation('raw_meta', table)} "
        f"select $closing_id, kept.* from ({query}) as kept",
        {"closing_id": closing_id, **used},
    ).fetchone()
    return int(kept[0]) if kept else 0


def _check_marts(connection: duckdb.DuckDBPyConnection) -> None:
    """Raise where a mart that is read is not built."""
    needed = {name for _, query in KEPT.values() for name in _marts_in(query)}
    needed.add("dim_build_settings")
    built = connection.execute(
        "select table_name from information_schema.tables where table_schema = 'marts'"
    ).fetchall()
    missing = sorted(needed - {name for (name,) in built})
    if missing:
        raise UserError(f"marts.{missing[0]} is not built: run dbt build (make run)")


def _marts_in(query: str) -> list[str]:
    return re.findall(r"marts\.(\w+)", query)


def _settings(connection: duckdb.DuckDBPyConnection, next_month: date) -> Settings:
    # A date as of which is built means its last microsecond.
    row = connection.execute(
        "select as_of, reporting_currency, reporting_time_zone, "
        "attribution_lookback_days, cast(as_of + interval 1 microsecond as timestamp) "
        "at time zone 'UTC' at time zone reporting_time_zone "
        ">= cast(? as timestamp) from marts.dim_build_settings",
        [next_month],
    ).fetchone()
    if row is None:
        raise UserError("marts.dim_build_settings is empty: run dbt build (make run)")
    return Settings(*row)


def _check_validation(connection: duckdb.DuckDBPyConnection) -> bool:
    """Return whether the marts were ever validated; raise where that failed last."""
    catalog = connection.execute("select current_database()").fetchall()[0][0]
    last = history.latest_run(connection, "marts", catalog)
    if last is not None and last.failed_critical:
        raise UserError(
            "the last validation of the marts failed: "
            f"{', '.join(last.failed_critical)}; mend it and run validate.py marts",
            CHECK_FAILED,
        )
    return last is not None


def _next_version(
    connection: duckdb.DuckDBPyConnection, month: str, first_day: date, is_open: bool
) -> int:
    row = connection.execute(
        "select max(version), max_by(closed_at, version), max_by(closed_by, version) "
        f"from {CLOSINGS} where month = ?",
        [first_day],
    ).fetchone()
    version, closed_at, closed_by = row or (None, None, None)
    if version is not None and not is_open:
        raise UserError(
            f"{month} is closed already, on {closed_at:%Y-%m-%d} by {closed_by}: "
            "--reopen closes it again and keeps the earlier version"
        )
    return (version or 0) + 1

"""Keep forecasts and back-tests in raw_predictions."""

# SQL is put together here from quoted identifiers; every value is a parameter.
# ruff: noqa: S608

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import duckdb

from lib.forecast.backtests import Forecast
from lib.forecast.history import as_date
from lib.forecast.tables import BACKTESTS, FORECASTS, SCHEMA, TABLES
from lib.landing.publishing import transaction
from lib.sql import relation


def _money(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(f"{value:.2f}")


def _row(one: Forecast) -> dict[str, object]:
    low, middle, high = one.quantiles or (None, None, None)
    return {
        "forecast_date": as_date(one.day),
        "quarter_start": as_date(one.quarter),
        "segment": one.segment,
        "measure": one.measure,
        "horizon": one.horizon,
        "basis": one.basis,
        "known_amount_rate": one.known_amount_rate,
        "so_far_usd": _money(one.so_far),
        "p10_usd": _money(low),
        "p50_usd": _money(middle),
        "p90_usd": _money(high),
        "interval_factor": one.factor,
        "weighted_usd": _money(one.weighted),
        "last_quarter_usd": _money(one.last_quarter),
    }


def store(
    connection: duckdb.DuckDBPyConnection,
    day: int,
    forecasts: Sequence[Forecast],
    tests: Sequence[Forecast],
) -> None:
    """Replace the forecasts of the day and all back-tests; other days' forecasts stay.

    A back-test is made anew each time, so that all are of the method in use.
    """
    for statement in TABLES:
        connection.execute(statement)
    forecast_table = relation(SCHEMA, "forecasts")
    test_table = relation(SCHEMA, "forecast_backtests")
    with transaction(connection):
        connection.execute(
            f"delete from {forecast_table} where forecast_date = $1", [as_date(day)]
        )
        connection.execute(f"delete from {test_table}")
        for table, columns, rows in (
            (forecast_table, FORECASTS, forecasts),
            (test_table, BACKTESTS, tests),
        ):
            if rows:
                marks = ", ".join("?" * len(columns))
                connection.executemany(
                    f"insert into {table} values ({marks})",
                    [[_row(one)[name] for name in columns] for one in rows],
                )

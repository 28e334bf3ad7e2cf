"""The tables of forecasts, in raw_predictions; landing makes them, empty."""

from __future__ import annotations

from lib.sql import table_definition

SCHEMA = "raw_predictions"
_KEY = {
    "forecast_date": "date",
    "quarter_start": "date",
    "segment": "varchar",
    "measure": "varchar",
    "horizon": "varchar",
}
_QUANTILES = {
    "p10_usd": "decimal(18,2)",
    "p50_usd": "decimal(18,2)",
    "p90_usd": "decimal(18,2)",
}
FORECASTS = {
    **_KEY,
    "so_far_usd": "decimal(18,2)",
    **_QUANTILES,
    "interval_factor": "double",
}
BACKTESTS = {
    **_KEY,
    "basis": "varchar",
    "known_amount_rate": "double",
    **_QUANTILES,
    "weighted_usd": "decimal(18,2)",
    "last_quarter_usd": "decimal(18,2)",
}

TABLES = (
    f"create schema if not exists {SCHEMA}",
    table_definition(SCHEMA, "forecasts", FORECASTS),
    table_definition(SCHEMA, "forecast_backtests", BACKTESTS),
)

"""Forecast the pipeline of this and the next quarter, and test it on the past ones."""

from __future__ import annotations

from collections.abc import Sequence

from lib.cli import OK, UserError, parser, run, say, working
from lib.forecast.backtests import FORECAST, TOTAL
from lib.forecast.backtests import run as forecast_all
from lib.forecast.history import as_date, read_settings, read_tables, recent
from lib.forecast.storing import store
from lib.warehouse import (
    connect,
    legible,
    require_warehouse,
    undisturbed,
    warehouse_path,
)

DESCRIPTION = """\
Forecast pipeline created and revenue won of this and the next fiscal quarter, by
segment and in total, with the interval that holds eight outcomes in ten.

Made as of the last build, from what was known when that day began; the same is done
for the first day of every past month, so that the marts tell how well it would have
gone. Kept in raw_predictions: the next dbt build carries it into
marts.fct_pipeline_forecasts, marts.fct_forecast_backtests and
reports.rpt_pipeline_forecast.

exit code: 0 forecast, or told why not; 2 wrong use, or nothing was built."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    parser(DESCRIPTION, "python scripts/forecast.py").parse_args(argv)
    warehouse = warehouse_path()
    require_warehouse(warehouse)
    with (
        undisturbed(warehouse),
        legible(warehouse),
        connect(warehouse) as connection,
        working("forecasting the pipeline"),
    ):
        settings = read_settings(connection)
        if settings is None:
            raise UserError("no row of the seed forecast_policies is in force")
        known = read_tables(connection)
        tables = recent(known, settings)
        forecasts, tests, missing = forecast_all(tables, settings)
        store(connection, settings.forecast_day, forecasts, tests)
    deals = len(known.deals) - len(tables.deals)
    leads = int(known.leads["leads"].sum() - tables.leads["leads"].sum())
    if deals or leads:
        say(
            f"{deals:,} opportunities and {leads:,} leads created more than "
            f"{settings.most_history_days:,} days ago are left out (most_history_days "
            "in seeds/predictive/forecast_policies.csv)"
        )
    if missing is not None:
        say(f"no forecast was made: {missing}")
    for one in forecasts:
        if one.segment == TOTAL and one.quantiles is not None:
            low, middle, high = one.quantiles
            print(
                f"{one.measure} in the quarter from {as_date(one.quarter)}: "
                f"{middle:,.0f} ({low:,.0f} to {high:,.0f})"
            )
    made = sum(test.basis == FORECAST for test in tests)
    say(f"{len(forecasts):,} forecasts, {made:,} back-tests kept")
    return OK


if __name__ == "__main__":
    run(main)

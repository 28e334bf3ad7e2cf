"""What this and the next quarter are expected to bring, and how sure that is."""

from __future__ import annotations

import pandas as pd
import streamlit as st

import charts
import figures as fig
from filters import Filters
from lib.report.periods import quarter_months
from publication import holds, read, standing

_FORECASTS = """
    select
        measure, quarter_start, segment, p10_usd, p50_usd, p90_usd,
        held_interval_rate, beats_rivals, forecast_date
    from reports.rpt_pipeline_forecast
    where segment = coalesce($segment, segment)
    order by measure, quarter_start, segment = 'total' desc, segment
"""
_QUARTERS = """
    select quarter_start, outcome_usd, p10_usd, p50_usd, p90_usd
    from marts.fct_forecast_backtests
    where
        segment = coalesce($segment, 'total') and measure = $measure
        and basis = 'forecast' and forecast_date = quarter_start
    order by quarter_start
"""
_VERDICTS = """
    select
        measure, horizon, segment, back_tests, held_interval_rate, mean_error_usd,
        mean_weighted_error_usd, mean_last_quarter_error_usd, bias_usd
    from marts.fct_forecast_accuracies
    where segment = coalesce($segment, segment)
    order by measure, horizon desc, segment = 'total' desc, segment
"""
_MEASURES = {"pipeline_created": "Pipeline created", "revenue_won": "Revenue won"}
_LINES = {
    "outcome_usd": "came",
    "p10_usd": "1 in 10 below",
    "p50_usd": "middle",
    "p90_usd": "1 in 10 above",
}


def page(filters: Filters) -> None:
    """Show the forecast and how past ones went, where one was published."""
    if not holds("rpt_pipeline_forecast"):
        st.info("There is no forecast: this publication holds none.")
        return
    forecasts = read(_FORECASTS, **filters.values())
    if forecasts.empty:
        st.info("There is no forecast for this segment.")
        return
    _show_figures(forecasts, filters.segment or "total")
    made = pd.Timestamp(forecasts["forecast_date"].max())
    st.markdown(
        fig.small(
            f"Made from what was known when {made:%d %B %Y} began. Eight outcomes in "
            "ten are to lie between the ends. Where a forecast does not beat its "
            "rivals, a plain guess was as good so far."
        )
    )
    fig.table(forecasts.drop(columns="forecast_date"), "forecast")
    if holds("fct_forecast_backtests", "fct_forecast_accuracies"):
        _show_past(filters)


def _show_figures(forecasts: pd.DataFrame, segment: str) -> None:
    """Show the middle of each quarter's forecast, with its ends."""
    of_segment = forecasts[forecasts["segment"] == segment]
    whose = "all segments" if segment == "total" else f"the segment {segment}"
    # Two side by side: a label names what and when, and is not to be cut.
    for start, of_quarter in of_segment.groupby("quarter_start"):
        fig.show(
            [
                fig.Figure(
                    f"{_MEASURES[row.measure]}, {quarter_months(start)}",
                    fig.number(row.p50_usd),
                    f"The outcome of {whose} that is as likely to be missed as to be "
                    "passed; what came of the quarter so far is in it.",
                    fig.money,
                    beside=f"8 in 10: {fig.money(fig.number(row.p10_usd))} to "
                    f"{fig.money(fig.number(row.p90_usd))}",
                )
                for row in of_quarter.itertuples()
            ]
        )


def _show_past(filters: Filters) -> None:
    """Show what was forecast of past quarters, what came, and how rivals did."""
    for measure, name in _MEASURES.items():
        quarters = read(_QUARTERS, **filters.values(), measure=measure)
        if quarters.empty:
            continue
        st.subheader(f"{name}, as forecast on the first day of past quarters")
        told = quarters.melt("quarter_start", list(_LINES), "what", "usd")
        charts.lines(
            told.assign(what=told["what"].map(_LINES), usd=told["usd"].astype(float)),
            "quarter_start",
            "usd",
            "what",
            unit=standing().currency,
            what=f"{name}: what came, and the forecast with its interval",
        )
    st.subheader("How past forecasts went, beside two plain rivals")
    fig.table(read(_VERDICTS, **filters.values()), "forecast_backtests")

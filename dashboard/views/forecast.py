"""What this and the next quarter are expected to bring, and how sure that is."""

from __future__ import annotations

import pandas as pd
import streamlit as st

import charts
import figures as fig
from filters import Filters
from publication import holds, read, standing

_FORECASTS = """
    select
        measure, quarter_start, segment, p10_usd, p50_usd, p90_usd,
        held_interval_rate, beats_rivals, forecast_date
    from reports.rpt_pipeline_forecast
    order by measure, quarter_start, segment = 'total' desc, segment
"""
_QUARTERS = """
    select quarter_start, outcome_usd, p10_usd, p50_usd, p90_usd
    from marts.fct_forecast_backtests
    where
        segment = 'total' and measure = $measure and basis = 'forecast'
        and forecast_date = quarter_start
    order by quarter_start
"""
_VERDICTS = """
    select
        measure, horizon, segment,
        count(*) as back_tests,
        avg(is_inside_interval::int) as held_interval_rate,
        avg(abs(error_usd)) as mean_error_usd,
        avg(abs(weighted_error_usd)) as mean_error_of_weighted_stages_usd,
        avg(abs(last_quarter_error_usd)) as mean_error_of_last_quarter_usd,
        any_value(bias_usd) as bias_usd
    from marts.fct_forecast_backtests
    where basis = 'forecast'
    group by measure, horizon, segment
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
    del filters
    if not holds("rpt_pipeline_forecast"):
        st.info("There is no forecast: this publication holds none.")
        return
    forecasts = read(_FORECASTS)
    made = pd.Timestamp(forecasts["forecast_date"].max())
    st.markdown(
        fig.small(
            f"Made from what was known when {made:%d %B %Y} began. Eight outcomes in "
            "ten are to lie between the ends. Where a forecast does not beat its "
            "rivals, a plain guess was as good so far."
        )
    )
    fig.table(forecasts.drop(columns="forecast_date"), "forecast")
    if not holds("fct_forecast_backtests"):
        return
    for measure, name in _MEASURES.items():
        quarters = read(_QUARTERS, measure=measure)
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
    fig.table(read(_VERDICTS), "forecast_backtests")

"""How the quarter stands, at a glance."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd
import streamlit as st

import charts
import figures as fig
import plans
from filters import Filters
from publication import read, standing

_QUARTERS = """
    select
        quarter_start,
        sum(sourced_pipeline_usd) as sourced_pipeline_usd,
        sum(influenced_pipeline_usd) as influenced_pipeline_usd,
        sum(pipeline_usd) as pipeline_usd,
        sum(spend_usd) as spend_usd,
        sum(opportunities_without_rate + spend_days_without_rate) as without_rate
    from reports.rpt_pipeline_quarters
    where channel = coalesce($channel, channel)
    group by quarter_start
    order by quarter_start
"""
_METRICS = """
    select
        metric,
        max_by(month, month) as month,
        max_by(value, month) as value,
        max_by(value, month) filter (where month < latest) as month_before
    from (
        select *, max(month) over (partition by metric) as latest
        from reports.rpt_metric_months
        where month < $next_quarter and value is not null
    ) as months
    group by metric
    order by metric
"""
_ANOMALIES = """
    select detected_on, money_at_stake_usd, finding, segment, channel, owner
    from reports.rpt_anomalies
    where
        detected_on > $since
        and channel = coalesce($channel, channel)
        and segment = coalesce($segment, segment)
    order by place
"""
_WEEKS = 4
_OPPORTUNITIES = """
    select
        opportunity_id, amount_usd, created_at, segment, sourced_channel, source_basis,
        stage_name, account_id
    from marts.fct_opportunities
    where
        is_marketing_sourced
        and created_at >= $begins_at and created_at < $ends_at
        and ($channel is null or coalesce(sourced_channel, 'unknown') = $channel)
        and segment = coalesce($segment, segment)
    order by amount_usd desc nulls last, opportunity_id
    limit $most_rows
"""


def page(filters: Filters) -> None:
    """Show pipeline, spend and what one brings of the other."""
    history = read(_QUARTERS, **filters.values())
    _show_figures(history, filters)
    if filters.segment:
        st.markdown(
            fig.small(
                "The segment narrows the opportunities below, not the figures above."
            )
        )
    charts.lines(
        history.melt(
            "quarter_start",
            ["sourced_pipeline_usd", "spend_usd"],
            var_name="what",
            value_name="amount",
        ).replace({"sourced_pipeline_usd": "sourced pipeline", "spend_usd": "spend"}),
        "quarter_start",
        "amount",
        "what",
        unit=standing().currency,
        what="Sourced pipeline and spend by quarter.",
    )
    _show_anomalies(filters)
    _show_metrics(filters)
    fig.rows_behind(
        "Opportunities that marketing sourced",
        _OPPORTUNITIES,
        "sourced_opportunities",
        **filters.values(),
    )


def _show_figures(history: pd.DataFrame, filters: Filters) -> None:
    by_quarter = history.set_index(history["quarter_start"].dt.date)

    def of(column: str, *, before: bool = False) -> fig.Number:
        quarter = filters.previous_quarter if before else filters.quarter
        if quarter not in by_quarter.index:
            return None
        return fig.number(by_quarter.at[quarter, column])

    def per_dollar(*, before: bool = False) -> fig.Number:
        pipeline = of("sourced_pipeline_usd", before=before)
        return fig.divided(pipeline, of("spend_usd", before=before))

    fig.show(
        [
            fig.Figure(
                "Sourced pipeline",
                of("sourced_pipeline_usd"),
                "marketing_sourced_pipeline",
                fig.money,
                of("sourced_pipeline_usd", before=True),
            ),
            fig.Figure(
                "Influenced pipeline",
                of("influenced_pipeline_usd"),
                "marketing_influenced_pipeline",
                fig.money,
                of("influenced_pipeline_usd", before=True),
            ),
            fig.Figure(
                "Spend",
                of("spend_usd"),
                plans.SPEND,
                fig.money,
                of("spend_usd", before=True),
                plan=plans.budget(filters),
                more_is_better=None,
            ),
            fig.Figure(
                "Pipeline / spend",
                per_dollar(),
                "Sourced pipeline of the quarter divided by its spend.",
                fig.ratio,
                per_dollar(before=True),
            ),
        ]
    )
    if of("without_rate"):
        st.warning(
            f"{fig.count(of('without_rate'))} amounts have no exchange rate, and are "
            "in none of these figures."
        )


def _show_anomalies(filters: Filters) -> None:
    """Show what the latest weeks told that was out of the ordinary."""
    with fig.section("Out of the ordinary of late"):
        since = standing().last_whole_day - timedelta(weeks=_WEEKS)
        narrowed = {"channel": filters.channel, "segment": filters.segment}
        found = read(_ANOMALIES, since=since, **narrowed)
        if found.empty:
            st.info(f"Nothing of this choice was in the last {_WEEKS} weeks.")
            return
        st.markdown(
            fig.small(
                f"Told in the last {_WEEKS} weeks, whatever period is chosen above. "
                "Sums stand beside their parts: money at stake does not add up."
            )
        )
        fig.table(found, "anomalies")


def _show_metrics(filters: Filters) -> None:
    with fig.section("The metrics, of the last month of the period that has them"):
        words = "Of the whole company." if filters.channel or filters.segment else ""
        st.markdown(fig.small(f"{words} For these there is {fig.NO_PLAN}.".strip()))
        metric = fig.table(
            read(_METRICS, **filters.values()), "metrics", drill="what a metric means"
        )
        if metric is not None:
            st.markdown(fig.meaning(str(metric["metric"])))

"""Where leads drop out, and what that costs."""

from __future__ import annotations

import streamlit as st

import charts
import figures as fig
from filters import Filters
from publication import read

_STAGES = """
    select
        stage,
        sum(entered) as entered,
        sum(progressed) as progressed,
        sum(progressed) / nullif(sum(entered), 0) as conversion_rate,
        sum(value_lost_usd) as value_lost_usd
    from reports.rpt_funnel_months
    where
        cohort_month >= $quarter and cohort_month < $quarter + interval 3 month
        and channel = coalesce($channel, channel)
        and segment = coalesce($segment, segment)
    group by stage, stage_order
    order by stage_order
"""
_IMMATURE = """
    select count(*) as rows_under_way
    from reports.rpt_funnel_months
    where
        cohort_month >= $quarter and cohort_month < $quarter + interval 3 month
        and not is_mature
"""
_LEAKS = """
    select dimension, dimension_value, stage, dropped, conversion_rate, value_lost_usd
    from reports.rpt_funnel_leaks
    order by value_lost_usd desc nulls last, dimension, dimension_value, stage
"""
_LEADS = """
    select funnel_cycle_id, segment, channel, outcome, is_mature, value_lost_usd,
        entered_at
    from marts.fct_funnel_steps
    where
        cohort_month >= $quarter and cohort_month < $quarter + interval 3 month
        and channel = coalesce($channel, channel)
        and segment = coalesce($segment, segment)
        and stage = $stage and not is_skipped and progressed_at is null
    order by entered_at desc, funnel_cycle_id
    limit $most_rows
"""


def page(filters: Filters) -> None:
    """Show the stages of the quarter's leads, and the dearest leaks of all time."""
    where = {
        "quarter": filters.quarter,
        "channel": filters.channel,
        "segment": filters.segment,
    }
    stages = read(_STAGES, **where)
    if stages.empty:
        st.info("No lead of this choice came in that quarter.")
        return
    charts.bars(
        stages,
        "stage",
        "entered",
        unit="leads",
        what="Leads of the quarter by stage reached.",
    )
    if fig.number(read(_IMMATURE, quarter=filters.quarter).iat[0, 0]):
        st.markdown(
            fig.small("Some of these leads are still under way: their rates will rise.")
        )
    stage = fig.table(stages, "funnel_stages", drill="the leads that stayed there")
    if stage is not None:
        fig.rows_behind(
            f"Leads that stayed at {stage['stage']}",
            _LEADS,
            "stayed_leads",
            stage=str(stage["stage"]),
            **where,
        )
    st.subheader("The dearest leaks")
    fig.table(read(_LEAKS), "funnel_leaks")

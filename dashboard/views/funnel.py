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
        cast(sum(entered) as bigint) as entered,
        cast(sum(progressed) as bigint) as progressed,
        case
            when stage != 'customer' then sum(progressed) / nullif(sum(entered), 0)
        end as conversion_rate,
        sum(value_lost_usd) as value_lost_usd
    from reports.rpt_funnel_months
    where
        cohort_month >= $quarter and cohort_month < $next_quarter
        and channel = coalesce($channel, channel)
        and segment = coalesce($segment, segment)
    group by stage, stage_order
    order by stage_order
"""
_ENDS = """
    select
        sum(entered) filter (where stage = 'lead') as leads,
        sum(entered) filter (where stage = 'customer') as customers
    from reports.rpt_funnel_months
    where
        cohort_month >= $quarter and cohort_month < $next_quarter
        and channel = coalesce($channel, channel)
        and segment = coalesce($segment, segment)
"""
_IMMATURE = """
    select count(*) as rows_under_way
    from reports.rpt_funnel_months
    where
        cohort_month >= $quarter and cohort_month < $next_quarter
        and channel = coalesce($channel, channel)
        and segment = coalesce($segment, segment)
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
        cohort_month >= $quarter and cohort_month < $next_quarter
        and channel = coalesce($channel, channel)
        and segment = coalesce($segment, segment)
        and stage = $stage and not is_skipped and progressed_at is null
    order by entered_at desc, funnel_cycle_id
    limit $most_rows
"""


def page(filters: Filters) -> None:
    """Show the stages of the quarter's leads, and the dearest leaks of all time."""
    with fig.section("Leads that came in that quarter, by the stage they reached"):
        _show_stages(filters)
    with fig.section("The dearest leaks"):
        st.markdown(fig.small("Of all leads and all time, whatever is chosen above."))
        fig.table(read(_LEAKS), "funnel_leaks")


def _show_stages(filters: Filters) -> None:
    stages = read(_STAGES, **filters.values())
    if stages.empty:
        st.info("No lead of this choice came in that quarter.")
        return
    _show_ends(filters)
    charts.bars(
        stages,
        "stage",
        "entered",
        unit="leads",
        what="Leads of the quarter by stage reached.",
    )
    if fig.number(read(_IMMATURE, **filters.values()).iat[0, 0]):
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
            **filters.values(),
        )


def _show_ends(filters: Filters) -> None:
    now, before = fig.of_both(_ENDS, filters)
    fig.show(
        [
            fig.Figure(
                "Leads",
                now["leads"],
                "Cycles of the funnel that began in the quarter.",
                fig.count,
                before.get("leads"),
            ),
            fig.Figure(
                "Customers of them",
                now["customers"] or 0.0,
                "Of these, those whose account has become a customer by now; what "
                "began lately has had less time.",
                fig.count,
                before.get("customers"),
            ),
        ]
    )

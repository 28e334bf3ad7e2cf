"""Who is to be answered now, how soon leads are answered, and who will answer."""

from __future__ import annotations

import streamlit as st

import figures as fig
from filters import Filters
from publication import read

_ANSWERED = """
    select sum(numerator) as met, sum(denominator) as due
    from marts.fct_metric_parts
    where
        metric = 'sla_compliance_rate'
        and month >= $quarter and month < $next_quarter
        and channel = coalesce($channel, channel)
        and segment = coalesce($segment, segment)
"""
_BY_OWNER = """
    select
        owner_id,
        cast(sum(numerator) as bigint) as met,
        cast(sum(denominator) - sum(numerator) as bigint) as missed,
        sum(numerator) / nullif(sum(denominator), 0) as met_rate
    from marts.fct_metric_parts
    where
        metric = 'sla_compliance_rate'
        and month >= $quarter and month < $next_quarter
        and channel = coalesce($channel, channel)
        and segment = coalesce($segment, segment)
    group by owner_id
    order by missed desc, owner_id
"""
_MISSED = """
    select
        funnel_cycle_id, segment, channel, sla_status, sla_minutes, response_minutes,
        overdue_hours, mql_at, due_at, first_response_at
    from marts.fct_lead_responses
    where
        mql_at >= $begins_at and mql_at < $ends_at
        and channel = coalesce($channel, channel)
        and segment = coalesce($segment, segment)
        and coalesce(owner_id, 'unknown') = $owner and not is_met
    order by due_at desc, funnel_cycle_id
    limit $most_rows
"""
_QUEUE = """
    select rank, urgency, funnel_cycle_id, segment, owner_id, overdue_hours, due_at
    from reports.rpt_response_queue
    where segment = coalesce($segment, segment)
    order by rank
    limit $most_rows
"""
_CAPACITY = """
    select
        team, week, reps, expected_mqls, expected_mqls_high, utilisation_rate,
        reps_by_work, reps_needed, is_enough, reason
    from reports.rpt_capacity_plan
    order by team, week
    limit $most_rows
"""


def page(filters: Filters) -> None:
    """Show the queue, the share answered in time, its misses, and the capacity."""
    with fig.section("To answer now"):
        st.markdown(
            fig.small("As of now, through every channel: the segment alone narrows it.")
        )
        fig.listing(_QUEUE, "response_queue", segment=filters.segment)
    with fig.section("Answers of the quarter"):
        _show_answers(filters)
    with fig.section("Capacity of the weeks ahead"):
        st.markdown(
            fig.small(
                "Of whole teams, through every channel and segment. Reps needed is the "
                "headcount at which the SLA holds at the upper end of the expected "
                "MQLs; where past weeks cannot tell it, the reason says why."
            )
        )
        fig.listing(_CAPACITY, "capacity_plan")


def _show_answers(filters: Filters) -> None:
    now, before = fig.of_both(_ANSWERED, filters)
    fig.show(
        [
            fig.Figure(
                "Answered in time",
                fig.divided(now["met"], now["due"]),
                "sla_compliance_rate",
                fig.percent,
                fig.divided(before.get("met"), before.get("due")),
            ),
            fig.Figure(
                "Due",
                now["due"] or 0.0,
                "MQLs of the quarter whose answer was due.",
                fig.count,
                more_is_better=None,
            ),
        ]
    )
    owners = read(_BY_OWNER, **filters.values())
    row = fig.table(owners, "answered_by_owner", drill="what was missed")
    if row is not None:
        fig.rows_behind(
            f"Missed by {row['owner_id']}",
            _MISSED,
            "missed_answers",
            owner=str(row["owner_id"]),
            **filters.values(),
        )

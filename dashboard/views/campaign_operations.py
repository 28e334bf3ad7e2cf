"""How long campaigns take to go live, and what is wrong in their data."""

from __future__ import annotations

import streamlit as st

import charts
import figures as fig
from filters import Filters
from publication import read

_STEPS = """
    select step, attempts, mean_days, mean_wait_days, over_target, rework
    from reports.rpt_campaign_operations
    where quarter_start = $quarter
    order by step_order nulls last, step
"""
_TOTALS = """
    select
        coalesce(sum(attempts), 0) as attempts,
        coalesce(sum(over_target), 0) as over_target,
        coalesce(sum(rework), 0) as rework
    from reports.rpt_campaign_operations
    where quarter_start = $quarter
"""
_ATTEMPTS = """
    select
        campaigns.campaign_name, deployments.attempt_number, deployments.assignee_id,
        deployments.duration_days, deployments.wait_days, deployments.target_days,
        deployments.is_over_target, deployments.started_at, deployments.completed_at
    from marts.fct_campaign_deployments as deployments
    inner join marts.dim_campaigns as campaigns
        on deployments.campaign_id = campaigns.campaign_id
    where
        deployments.step = $step
        and coalesce(deployments.started_at, deployments.completed_at) >= $begins_at
        and coalesce(deployments.started_at, deployments.completed_at) < $ends_at
    order by deployments.duration_days desc nulls last, campaign_deployment_id
    limit $most_rows
"""
_FINDINGS = """
    select
        campaign_name, finding_kind, severity, findings, amount_usd, owner, fix
    from marts.fct_campaign_audits
    where channel = coalesce($channel, channel)
    order by amount_usd desc nulls last, campaign_audit_id
"""


def page(filters: Filters) -> None:
    """Show the steps of the quarter's deployments, and the findings of the audits."""
    steps = read(_STEPS, **filters.values())
    if steps.empty:
        st.info("No campaign was on its way to go live in that quarter.")
    else:
        _show_totals(filters)
        charts.bars(
            steps, "step", "mean_days", unit="mean days", what="Mean days by step."
        )
        row = fig.table(steps, "deployment_steps", drill="the campaigns in that step")
        if row is not None:
            fig.rows_behind(
                f"{str(row['step']).capitalize()} by campaign",
                _ATTEMPTS,
                "deployments",
                **filters.values(),
                step=str(row["step"]),
            )
        if filters.channel:
            st.caption("Steps are those of all channels.")
    st.subheader("What is wrong in the data of campaigns")
    fig.table(read(_FINDINGS, **filters.values()), "campaign_findings")


def _show_totals(filters: Filters) -> None:
    now, before = fig.of_both(_TOTALS, filters)
    fig.show(
        [
            fig.Figure(
                "Steps begun",
                now["attempts"],
                "Steps of deployments that began in the quarter, those done anew too, "
                "through all channels.",
                fig.count,
                before.get("attempts"),
                more_is_better=None,
            ),
            fig.Figure(
                "Over target",
                now["over_target"],
                "Of these, those that took or take longer than their target.",
                fig.count,
                before.get("over_target"),
                more_is_better=False,
            ),
            fig.Figure(
                "Done anew",
                now["rework"],
                "Of these, those that repeat a step of the same campaign.",
                fig.count,
                before.get("rework"),
                more_is_better=False,
            ),
        ]
    )

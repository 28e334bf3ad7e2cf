"""What each channel costs and brings, and whether the budget holds."""

from __future__ import annotations

import streamlit as st

import charts
import figures as fig
import plans
from filters import Filters
from lib.report.periods import is_over
from publication import read, standing

_CHANNELS = """
    select
        channel, spend_usd, cost_per_mql_usd, cost_per_opportunity_usd, cac_usd, romi,
        revenue_per_usd, contribution_margin_usd, payback_months
    from reports.rpt_channel_economics
    where quarter_start = $quarter and channel = coalesce($channel, channel)
    order by spend_usd desc, channel
"""
_TOTALS = """
    select
        sum(spend_usd) as spend_usd,
        sum(contribution_margin_usd) as contribution_margin_usd
    from reports.rpt_channel_economics
    where quarter_start = $quarter and channel = coalesce($channel, channel)
"""
_CAMPAIGNS = """
    select
        economics.campaign_name, economics.spend_usd, campaigns.budget_usd,
        economics.cost_per_mql_usd, economics.cost_per_opportunity_usd, economics.romi,
        economics.contribution_margin_usd
    from reports.rpt_campaign_economics as economics
    inner join marts.dim_campaigns as campaigns
        on economics.campaign_id = campaigns.campaign_id
    where economics.quarter_start = $quarter and campaigns.channel = $channel
    order by economics.spend_usd desc, economics.campaign_id
    limit $most_rows
"""
_PACE = """
    select
        channel, case when is_budgeted then budget_usd end as budget_usd,
        direct_spend_usd, expected_spend_usd, over_budget_usd, status,
        amounts_without_rate
    from reports.rpt_budget_pace
    where quarter_start = $quarter and channel = coalesce($channel, channel)
    order by over_budget_usd desc, channel
"""
_PAST = """
    select
        channel,
        sum(budget_usd) filter (where is_budgeted) as budget_usd,
        sum(direct_spend_usd) as direct_spend_usd,
        sum(direct_spend_usd) - sum(budget_usd) as over_budget_usd,
        sum(budgets_without_rate) as amounts_without_rate
    from marts.fct_budget_months
    where
        month >= $quarter and month < $next_quarter
        and channel = coalesce($channel, channel)
    group by channel
    having bool_or(is_budgeted) or sum(direct_spend_usd) != 0
    order by over_budget_usd desc, channel
"""
_EFFICIENCY = """
    select
        efficiency_rank, channel, pipeline_per_usd, pipeline_per_usd_low,
        pipeline_per_usd_high, suggested_to_channel, suggested_usd, reason
    from reports.rpt_channel_efficiency
    order by efficiency_rank, channel
"""


def page(filters: Filters) -> None:
    """Show channels of the quarter, the campaigns of one, the budget and efficiency."""
    with fig.section("Cost and yield of the quarter"):
        _show_channels(filters)
    with fig.section("Budget and pace"):
        _show_budget(filters)
    with fig.section("Efficiency of the last year, and what moving money would do"):
        st.markdown(fig.small("Of every channel, whatever is chosen above."))
        fig.table(read(_EFFICIENCY), "efficiency")


def _show_channels(filters: Filters) -> None:
    channels = read(_CHANNELS, **filters.values())
    if channels.empty:
        st.info("Nothing was spent or won by this channel in that quarter.")
        return
    _show_totals(filters)
    charts.bars(
        channels,
        "channel",
        "spend_usd",
        unit=f"spend, {standing().currency}",
        what="Spend of the quarter by channel.",
    )
    row = fig.table(channels, "channels", drill="its campaigns")
    if row is not None:
        fig.rows_behind(
            f"Campaigns of {row['channel']}",
            _CAMPAIGNS,
            "campaigns_of_channel",
            **(filters.values() | {"channel": str(row["channel"])}),
        )


def _show_totals(filters: Filters) -> None:
    now, before = fig.of_both(_TOTALS, filters)
    fig.show(
        [
            fig.Figure(
                "Spend",
                now["spend_usd"],
                plans.SPEND,
                fig.money,
                before.get("spend_usd"),
                plan=plans.budget(filters),
                more_is_better=None,
            ),
            fig.Figure(
                "Contribution margin",
                now["contribution_margin_usd"],
                "What is left of the revenue won in the quarter after the cost of "
                "revenue, before marketing spend, as the channels below have it.",
                fig.money,
                before.get("contribution_margin_usd"),
            ),
        ]
    )


def _show_budget(filters: Filters) -> None:
    """Show the plan of the quarter: what is expected, or what became of it."""
    past = is_over(filters.quarter, standing().last_whole_day)
    budget = read(_PAST if past else _PACE, **filters.values())
    lacking = int(budget["amounts_without_rate"].sum())
    if lacking:
        st.warning(
            f"{lacking:,} budgets or costs to come have no exchange rate, and are in "
            "none of these figures."
        )
    if budget["budget_usd"].isna().all():
        st.info(f"For this choice there is {fig.NO_PLAN}: land the table budgets.")
    elif budget["budget_usd"].isna().any():
        st.markdown(fig.small(f"{fig.NOTHING} as a budget: {fig.NO_PLAN}."))
    if not budget.empty:
        fig.table(budget.drop(columns="amounts_without_rate"), "budget_pace")

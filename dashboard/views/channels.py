"""What each channel costs and brings, and whether the budget holds."""

from __future__ import annotations

import streamlit as st

import charts
import figures as fig
from filters import Filters
from publication import holds, read, standing

_CHANNELS = """
    select
        channel, spend_usd, cost_per_mql_usd, cost_per_opportunity_usd, cac_usd, romi,
        revenue_per_usd, contribution_margin_usd, payback_months
    from reports.rpt_channel_economics
    where quarter_start = $quarter and channel = coalesce($channel, channel)
    order by spend_usd desc, channel
"""
_CAMPAIGNS = """
    select
        economics.campaign_name, economics.spend_usd, economics.cost_per_mql_usd,
        economics.cost_per_opportunity_usd, economics.romi,
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
        channel, budget_usd, direct_spend_usd, expected_spend_usd, over_budget_usd,
        status
    from reports.rpt_budget_pace
    where quarter_start = $quarter and channel = coalesce($channel, channel)
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
    channels = read(_CHANNELS, quarter=filters.quarter, channel=filters.channel)
    if channels.empty:
        st.info("Nothing was spent or won by this channel in that quarter.")
    else:
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
                quarter=filters.quarter,
                channel=str(row["channel"]),
            )
    st.subheader("Budget and pace")
    if not holds("rpt_budget_pace"):
        st.info("No budget is known.")
    else:
        pace = read(_PACE, quarter=filters.quarter, channel=filters.channel)
        fig.table(pace, "budget_pace")
    st.subheader("Efficiency of the last year, and what moving money would do")
    fig.table(read(_EFFICIENCY), "efficiency")

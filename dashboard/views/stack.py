"""What the tools cost, whether they are used, and which to keep."""

from __future__ import annotations

import streamlit as st

import figures as fig
from filters import Filters
from publication import read

_TOOLS = """
    select
        rank, tool_name, recommendation, saving_usd, annual_cost_usd,
        seat_utilisation_rate, uptime_rate, renews_on, reason
    from reports.rpt_tool_stack
    order by rank
"""
_TOTALS = """
    select
        sum(annual_cost_usd) as annual_cost_usd,
        sum(saving_usd) as saving_usd,
        count(*) filter (where annual_cost_usd is null) as without_rate
    from reports.rpt_tool_stack
"""


def page(filters: Filters) -> None:
    """Show the tools, what to do first with them on top."""
    del filters  # tools belong to no channel
    tools = read(_TOOLS)
    if tools.empty:
        st.info("No tool is listed: land the generic table tools.")
        return
    totals = read(_TOTALS).iloc[0]
    fig.show(
        [
            fig.Figure(
                "Cost a year",
                fig.number(totals["annual_cost_usd"]),
                "Price of a year of the contracts of tools in force at as_of.",
                fig.money,
                more_is_better=None,
            ),
            fig.Figure(
                "Could be saved a year",
                fig.number(totals["saving_usd"]),
                "What cutting and renegotiating the tools below saves in a year.",
                fig.money,
                more_is_better=None,
            ),
        ]
    )
    if totals["without_rate"]:
        st.warning(
            f"{totals['without_rate']} tools have contracts without an exchange rate, "
            "and are in none of these figures."
        )
    fig.table(tools, "tool_stack")

"""What the tools cost, whether they are used, and which to keep."""

from __future__ import annotations

import streamlit as st

import figures as fig
from filters import Filters
from publication import holds, read

_TOOLS = "select * from reports.rpt_tool_stack"


def page(filters: Filters) -> None:
    """Show the tools, what to do first with them on top."""
    del filters  # tools belong to no channel
    if not holds("rpt_tool_stack"):
        st.info("No tool is listed: land the generic table tools.")
        return
    fig.table(read(_TOOLS), "tool_stack")

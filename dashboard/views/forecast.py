"""What the next quarter is expected to bring."""

from __future__ import annotations

import streamlit as st

import figures as fig
from filters import Filters
from publication import holds, read

_FORECASTS = "select * from marts.fct_pipeline_forecasts"


def page(filters: Filters) -> None:
    """Show the forecast, where one was published."""
    del filters
    if not holds("fct_pipeline_forecasts"):
        st.info("There is no forecast: this publication holds none.")
        return
    fig.table(read(_FORECASTS), "forecast")

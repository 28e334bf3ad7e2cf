"""Charts: colours that the colour-blind tell apart, axes with units, no clutter."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

# The palette of Okabe and Ito, without black and yellow, which vanish in the dark or
# the light.
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00")


def bars(
    frame: pd.DataFrame, category: str, value: str, *, unit: str, what: str
) -> None:
    """Show one bar a category, in the order of the rows."""
    _show(
        alt.Chart(frame)
        .mark_bar(color=COLOURS[0])
        .encode(
            x=alt.X(f"{value}:Q", title=unit),
            y=alt.Y(f"{category}:N", title=None, sort=None, axis=_WHOLE),
            tooltip=list(frame.columns),
        ),
        what,
    )


def lines(
    frame: pd.DataFrame, time: str, value: str, series: str, *, unit: str, what: str
) -> None:
    """Show lines over time; points tell them apart beside their colours."""
    _show(
        alt.Chart(frame)
        .mark_line(point=True)
        .encode(
            x=alt.X(f"{time}:T", title=None, axis=alt.Axis(format="%b %y")),
            y=alt.Y(f"{value}:Q", title=unit),
            color=alt.Color(
                f"{series}:N", scale=alt.Scale(range=COLOURS), legend=_BELOW, title=None
            ),
            shape=alt.Shape(f"{series}:N", legend=_BELOW, title=None),
            tooltip=list(frame.columns),
        ),
        what,
    )


def dots(
    frame: pd.DataFrame,
    category: str,
    value: str,
    series: str,
    *,
    unit: str,
    what: str,
) -> None:
    """Show a point a category and row; ticks beside each other show a spread.

    The series are two: the first, which the reader chose, and all others.
    """
    names = list(dict.fromkeys(frame[series]))
    _show(
        alt.Chart(frame)
        .mark_point(filled=True, size=80)
        .encode(
            x=alt.X(f"{value}:Q", title=unit, axis=alt.Axis(format="%")),
            y=alt.Y(f"{category}:N", title=None, sort=None, axis=_WHOLE),
            color=alt.Color(
                f"{series}:N",
                scale=alt.Scale(domain=names, range=[COLOURS[1], "#8c8c8c"]),
                legend=_BELOW,
                title=None,
            ),
            shape=alt.Shape(
                f"{series}:N", scale=alt.Scale(domain=names), legend=_BELOW, title=None
            ),
            order=alt.Order(f"{series}:N"),
            tooltip=list(frame.columns),
        ),
        what,
    )


_WHOLE = alt.Axis(labelLimit=200)
_BELOW = alt.Legend(orient="bottom", columns=2)


def _show(chart: Any, what: str) -> None:
    """Show a chart with words for those who cannot see it."""
    st.altair_chart(chart, alt=what)

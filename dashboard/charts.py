"""Charts: colours that the colour-blind tell apart, axes with units, no clutter."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from lib.palette import BLUE, GREEN, GREY, ORANGE, PINK, SKY, VERMILION

COLOURS = (BLUE, ORANGE, GREEN, PINK, SKY, VERMILION)


def bars(
    frame: pd.DataFrame, category: str, value: str, *, unit: str, what: str
) -> None:
    """Show one bar a category, in the order of the rows."""
    _show(
        alt.Chart(frame)
        .mark_bar(color=BLUE)
        .encode(
            x=alt.X(f"{value}:Q", title=unit, axis=alt.Axis(tickCount=6)),
            y=alt.Y(f"{category}:N", title=None, sort=None, axis=_WHOLE),
            tooltip=list(frame.columns),
        )
        .properties(height=_ROW * len(frame) + _BELOW_ROWS),
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
    is_chosen: str,
    *,
    chosen: str,
    others: str,
    unit: str,
    what: str,
) -> None:
    """Show a point a category and row: those that the reader chose lie on top."""
    names = [chosen, others]
    named = frame.assign(
        shown_as=frame[is_chosen].map({True: chosen, False: others})
    ).drop(columns=is_chosen)
    series = alt.Color(
        "shown_as:N",
        scale=alt.Scale(domain=names, range=[VERMILION, GREY]),
        legend=_BELOW,
        title=None,
    )
    shape = alt.Shape(
        "shown_as:N",
        scale=alt.Scale(domain=names, range=["diamond", "circle"]),
        legend=_BELOW,
        title=None,
    )
    order = list(named.sort_values(value, ascending=False)[category].unique())
    layers = [
        alt.Chart(named[named["shown_as"] == name])
        .mark_point(filled=True, size=size, opacity=opacity)
        .encode(
            x=alt.X(f"{value}:Q", title=unit, axis=alt.Axis(format="%", tickCount=6)),
            y=alt.Y(f"{category}:N", title=None, sort=order, axis=_WHOLE),
            color=series,
            shape=shape,
            tooltip=list(named.columns),
        )
        for name, size, opacity in ((others, 60, 0.5), (chosen, 140, 1.0))
    ]
    _show(
        alt.layer(*layers).properties(height=_ROW * len(order) + _BELOW_ROWS + 40), what
    )


# A row of a chart, and what stands below the rows, in pixels.
_ROW, _BELOW_ROWS = 24, 60
_WHOLE = alt.Axis(labelLimit=200, labelOverlap=False)
_BELOW = alt.Legend(orient="bottom", columns=2, symbolOpacity=1)


def _show(chart: Any, what: str) -> None:
    """Show a chart with words for those who cannot see it."""
    st.altair_chart(chart, alt=what)

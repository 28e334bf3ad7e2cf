"""Charts: colours that the colour-blind tell apart, axes with units, no clutter.

Written as Vega-Lite, which Streamlit hands on as it is: to import Altair takes most of
a second, and to check a chart with it as long as to read a page's figures.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from lib.palette import BLUE, GREEN, GREY, ORANGE, PINK, SKY, VERMILION

COLOURS = (BLUE, ORANGE, GREEN, PINK, SKY, VERMILION)


def bars(
    frame: pd.DataFrame, category: str, value: str, *, unit: str, what: str
) -> None:
    """Show one bar a category, in the order of the rows."""
    spec = {
        "mark": {"type": "bar", "color": BLUE},
        "encoding": {
            "x": _amount(value, unit) | {"axis": {"tickCount": 6}},
            "y": _categories(category, None),
            "tooltip": _tips(frame),
        },
        "height": _ROW * len(frame) + _BELOW_ROWS,
    }
    st.vega_lite_chart(frame, spec, alt=what)


def lines(
    frame: pd.DataFrame, time: str, value: str, series: str, *, unit: str, what: str
) -> None:
    """Show lines over time; points tell them apart beside their colours."""
    spec = {
        "mark": {"type": "line", "point": True},
        "encoding": {
            "x": _field(time, "temporal", None) | {"axis": _moments(frame[time])},
            "y": _amount(value, unit),
            "color": _field(series, "nominal", None)
            | {"scale": {"range": COLOURS}, "legend": _BELOW},
            "shape": _field(series, "nominal", None) | {"legend": _BELOW},
            "tooltip": _tips(frame),
        },
    }
    st.vega_lite_chart(frame, spec, alt=what)


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
    order = list(named.sort_values(value, ascending=False)[category].unique())
    told_apart = {
        name: _field("shown_as", "nominal", None)
        | {"scale": {"domain": names, "range": reach}, "legend": _BELOW}
        for name, reach in (
            ("color", [VERMILION, GREY]),
            ("shape", ["diamond", "circle"]),
        )
    }
    share = _amount(value, unit) | {"axis": {"format": "%", "tickCount": 6}}
    spec = {
        "layer": [
            {
                "transform": [{"filter": {"field": "shown_as", "equal": name}}],
                "mark": {
                    "type": "point",
                    "filled": True,
                    "size": size,
                    "opacity": opacity,
                },
                "encoding": told_apart
                | {
                    "x": share,
                    "y": _categories(category, order),
                    "tooltip": _tips(named),
                },
            }
            for name, size, opacity in ((others, 60, 0.5), (chosen, 140, 1.0))
        ],
        "height": _ROW * len(order) + _BELOW_ROWS + 40,
    }
    st.vega_lite_chart(named, spec, alt=what)


# A row of a chart, and what stands below the rows, in pixels.
_ROW, _BELOW_ROWS = 24, 60
_BELOW = {"orient": "bottom", "columns": 2, "symbolOpacity": 1}


def _field(name: str, kind: str, title: str | None) -> dict[str, Any]:
    return {"field": name, "type": kind, "title": title}


def _amount(name: str, unit: str) -> dict[str, Any]:
    return _field(name, "quantitative", unit)


def _categories(name: str, order: list[str] | None) -> dict[str, Any]:
    """Return an axis that names each category in full, in an order or as rows come."""
    axis = {"labelLimit": 200, "labelOverlap": False}
    return _field(name, "nominal", None) | {"sort": order, "axis": axis}


def _moments(times: pd.Series) -> dict[str, Any]:
    """Return an axis that names days, or the months of which there are points."""
    if not (times.dt.day == 1).all():
        return {"format": "%d %b %y"}
    marks = [
        {"year": month.year, "month": month.month, "date": 1}
        for month in times.drop_duplicates()
    ]
    return {"format": "%b %y", "values": marks, "labelOverlap": True}


def _tips(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [_field(str(name), _kind(frame[name]), str(name)) for name in frame.columns]


def _kind(values: pd.Series) -> str:
    if pd.api.types.is_datetime64_any_dtype(values):
        return "temporal"
    is_number = pd.api.types.is_numeric_dtype(values)
    return "quantitative" if is_number and values.dtype != bool else "nominal"

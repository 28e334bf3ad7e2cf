"""Charts as SVG that stands alone: no script, no font of its own, the same bytes again.

Text and axes take the colour of the page (currentColor), so that one picture reads on
paper and in the dark. Charts are drawn at a telephone's width, and never shown much
wider.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import altair as alt
import vl_convert
from markupsafe import escape

from lib.palette import BLUE, GREY, ORANGE

INK = "currentColor"
PLOT_WIDTH = 330
_NUMBER = re.compile(r"-?\d+\.\d{3,}")
_ATTRIBUTES = re.compile(
    r' (?:aria-[a-z]+|role|pointer-events|class|xmlns:xlink|version)="[^"]*"'
)
_IDENTITY = re.compile(r'(id="|url\(#)')
_TAG = re.compile(r"<[^>]*>")
_SIZE = re.compile(r'<svg([^>]*) width="(\d+)" height="(\d+)"')
Row = dict[str, Any]


def bars(
    key: str,
    label: str,
    rows: Sequence[tuple[str, Decimal | float, str]],
    axis: str,
) -> str:
    """Draw a bar for each (name, value, value as written), in the order given."""
    data = _data([{"name": n, "value": float(v), "text": t} for n, v, t in rows])
    base = alt.Chart(data).encode(
        y=alt.Y("name:N", sort=None, title=None),
        x=alt.X("value:Q", title=axis, axis=alt.Axis(tickCount=4, format="~s")),
    )
    widest = max((float(value) for _, value, _ in rows), default=0.0)
    bar = base.mark_bar(color=BLUE, height=16).encode(
        # Room to the right of the longest bar for its text.
        x=alt.X(
            "value:Q",
            title=axis,
            scale=alt.Scale(domain=[0, widest * 1.25 or 1]),
            axis=alt.Axis(tickCount=4, format="~s"),
        )
    )
    text = base.mark_text(align="left", dx=4, color=INK, fontSize=11).encode(
        text="text:N"
    )
    return _svg(key, label, (bar + text).properties(width=230, height=alt.Step(24)))


def courses(
    key: str,
    label: str,
    lines: Sequence[tuple[str, Sequence[tuple[int, Decimal]]]],
    across: str,
    up: str,
) -> str:
    """Draw a line for each (name, points), named at its end; the first stands out."""
    rows: list[Row] = [
        {"line": name, "x": x, "y": float(y), "order": order}
        for order, (name, points) in enumerate(lines)
        for x, y in points
    ]
    names = [name for name, _ in lines]
    last = max((row["x"] for row in rows), default=1)
    colour = alt.Color(
        "line:N",
        scale=alt.Scale(domain=names, range=[BLUE, GREY, ORANGE][: len(names)]),
        legend=None,
    )
    line = (
        alt.Chart(_data(rows))
        .mark_line(strokeWidth=2.5)
        .encode(
            x=alt.X(
                "x:Q",
                title=across,
                # Room to the right for the names of the lines.
                scale=alt.Scale(domain=[0, last * 1.5], nice=False),
                axis=alt.Axis(
                    values=list(range(0, last + 1, max(1, round(last / 5)))), grid=False
                ),
            ),
            y=alt.Y("y:Q", title=up, axis=alt.Axis(tickCount=4, format="~s")),
            color=colour,
            strokeDash=alt.StrokeDash(
                "line:N",
                scale=alt.Scale(domain=names, range=[[1, 0], [5, 3], [2, 2]]),
                legend=None,
            ),
        )
    )
    ends = [
        {"line": name, "x": points[-1][0], "y": float(points[-1][1])}
        for name, points in lines
        if points
    ]
    return _svg(
        key,
        label,
        (line + _end_labels(ends, colour)).properties(
            width=PLOT_WIDTH - 90, height=170
        ),
    )


def _end_labels(ends: Sequence[Row], colour: alt.Color) -> alt.Chart:
    """Name lines at their ends, moved apart where two would stand on one another."""
    highest = max((end["y"] for end in ends), default=0.0) or 1.0
    placed: list[Row] = []
    for end in sorted(ends, key=lambda row: (row["y"], row["line"])):
        floor = placed[-1]["place"] + highest * 0.09 if placed else 0.0
        placed.append({**end, "place": max(end["y"], floor)})
    labels: alt.Chart = (
        alt.Chart(_data(placed))
        .mark_text(align="left", dx=5, fontSize=11, fontWeight="bold")
        .encode(x="x:Q", y="place:Q", text="line:N", color=colour)
    )
    return labels


def weeks(
    key: str,
    label: str,
    series: Sequence[tuple[str, Sequence[tuple[date, float]]]],
    week: date,
) -> str:
    """Draw a row of bars by week for each (name, values); this week stands out."""
    rows = [
        {
            "series": name,
            "week": f"{monday.day} {monday:%b}",
            "value": value,
            "text": f"{value:g}",
            "this": monday == week,
        }
        for name, values in series
        for monday, value in values
    ]
    base = alt.Chart().encode(
        x=alt.X(
            "week:N",
            sort=None,
            title="week from",
            axis=alt.Axis(labelAngle=-45, labelOverlap=False),
        ),
        y=alt.Y("value:Q", title=None, axis=None),
    )
    bar = base.mark_bar().encode(
        color=alt.condition("datum.this", alt.value(BLUE), alt.value(GREY))
    )
    text = base.mark_text(dy=-6, color=INK, fontSize=10).encode(text="text:N")
    chart = alt.layer(bar, text, data=_data(rows)).properties(
        width=PLOT_WIDTH - 30, height=56
    )
    return _svg(
        key,
        label,
        chart.facet(
            row=alt.Row(
                "series:N",
                sort=[name for name, _ in series],
                title=None,
                header=alt.Header(
                    labelAngle=0, labelOrient="top", labelAnchor="start", labelColor=INK
                ),
            ),
            spacing=6,
        ).resolve_scale(y="independent"),
    )


def intervals(
    key: str,
    label: str,
    rows: Sequence[tuple[str, float, float, float]],
    axis: str,
) -> str:
    """Draw a point and its interval for each (name, value, low, high)."""
    data = _data(
        [{"name": n, "value": v, "low": low, "high": high} for n, v, low, high in rows]
    )
    names = alt.Y("name:N", sort=None, title=None)
    across = alt.X("low:Q", title=axis, axis=alt.Axis(tickCount=4, format="~s"))
    base = alt.Chart(data)
    rule = base.mark_rule(color=BLUE, strokeWidth=3).encode(
        x=across, x2="high:Q", y=names
    )
    point = base.mark_point(color=ORANGE, filled=True, size=70, opacity=1).encode(
        x=alt.X("value:Q", title=axis), y=names
    )
    return _svg(key, label, (rule + point).properties(width=230, height=alt.Step(22)))


def _data(rows: Sequence[Row]) -> alt.InlineData:
    return alt.InlineData(values=list(rows))


def _svg(key: str, label: str, chart: Any) -> str:
    """Return a chart as SVG; its ids begin with the key, so that none comes twice."""
    themed = (
        chart.configure(
            background="transparent",
            font="sans-serif",
            padding={"left": 14, "top": 2, "right": 6, "bottom": 2},
        )
        .configure_view(stroke=None)
        .configure_axis(
            labelColor=INK,
            titleColor=INK,
            titleFontWeight="normal",
            labelFontSize=11,
            titleFontSize=11,
            labelLimit=150,
            gridColor=GREY,
            gridOpacity=0.25,
            domainColor=GREY,
            tickColor=GREY,
        )
        .configure_header(labelFontSize=11, labelFontWeight="bold")
    )
    svg = vl_convert.vegalite_to_svg(themed.to_json())
    svg = _TAG.sub(lambda tag: _slim(tag[0], key), svg)
    size = _SIZE.search(svg)
    widest = 1.15 * (int(size[2]) if size else PLOT_WIDTH)
    described = f'role="img" aria-label="{escape(label)}"'
    style = f'style="max-width:{widest:.0f}px"'
    return _SIZE.sub(lambda found: f"<svg{found[1]} {described} {style}", svg, count=1)


def _slim(tag: str, key: str) -> str:
    tag = _ATTRIBUTES.sub("", tag)
    tag = _NUMBER.sub(lambda found: f"{float(found[0]):.2f}", tag)
    return _IDENTITY.sub(lambda found: f"{found[1]}{key}-", tag)

"""Figures as the dashboard shows them: each with its definition and what it follows."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd
import streamlit as st

from lib.quality.rows import safe_cell
from publication import MOST_ROWS, definitions, read, standing, trust

NOTHING = "—"
Number = float | None


@dataclass(frozen=True)
class Figure:
    """A number with what it is held against.

    Attributes:
        label: what the reader sees.
        value: the figure; None where there is none.
        metric: its block in models/_metrics.md, or the words themselves.
        shown: how it is written.
        previous: the figure of the period before.
        plan: what was planned.
        more_is_better: None where neither is.
    """

    label: str
    value: Number
    metric: str
    shown: Callable[[Number], str]
    previous: Number = None
    plan: Number = None
    more_is_better: bool | None = True


def number(value: object) -> Number:
    """Return a cell as a number; None for null and for what is no number."""
    if value is None or value is pd.NA:
        return None
    figure = float(str(value))
    return None if math.isnan(figure) or math.isinf(figure) else figure


def money(value: Number) -> str:
    """Write money in whole units with thousands."""
    return NOTHING if value is None else f"{value:,.0f}"


def count(value: Number) -> str:
    """Write a count."""
    return NOTHING if value is None else f"{value:,.0f}"


def share(value: Number) -> str:
    """Write a share as a percentage."""
    return NOTHING if value is None else f"{value:.1%}"


def ratio(value: Number) -> str:
    """Write a ratio to two digits."""
    return NOTHING if value is None else f"{value:,.2f}"


def small(words: str) -> str:
    """Return words as small print; Streamlit's captions are too pale to read."""
    return f":small[{words}]"


def divided(numerator: Number, denominator: Number) -> Number:
    """Return a rate from its summed parts; None where there is nothing to divide by."""
    if numerator is None or not denominator:
        return None
    return numerator / denominator


def meaning(metric: str) -> str:
    """Return the definition of a metric, else the words that were given for it."""
    return definitions().get(metric, metric)


def show(figures: Sequence[Figure]) -> None:
    """Show figures side by side; on a telephone they stand one below the other."""
    for column, figure in zip(st.columns(len(figures)), figures, strict=True):
        text = f"{meaning(figure.metric)}\n\n**Data:** {trust()}."
        column.metric(
            figure.label,
            figure.shown(figure.value),
            delta=_change(figure),
            delta_description="on the quarter before" if _change(figure) else None,
            delta_color=_colour(figure.more_is_better),
            help=text,
            border=True,
        )
        if figure.plan is not None:
            column.markdown(small(f"plan {figure.shown(figure.plan)}"))


def _change(figure: Figure) -> str | None:
    if figure.value is None or not figure.previous:
        return None
    return f"{figure.value / figure.previous - 1:+.0%}"


def _colour(more_is_better: bool | None) -> Literal["off", "normal", "inverse"]:
    if more_is_better is None:
        return "off"
    return "normal" if more_is_better else "inverse"


def table(
    frame: pd.DataFrame, name: str, *, drill: str | None = None
) -> pd.Series | None:
    """Show rows with a download; return the row that is chosen, where one can be.

    Args:
        frame: the rows.
        name: names the file to download and the table itself.
        drill: what choosing a row shows; None where rows are the end of it.
    """
    if frame.empty:
        st.info("Nothing to show for this choice.")
        return None
    if drill:
        st.markdown(small(f"Choose a row to see {drill}."))
    config = {column: _written(frame, column) for column in frame.columns}
    chosen: list[int] = []
    if drill:
        event = st.dataframe(
            frame,
            hide_index=True,
            placeholder=NOTHING,
            key=f"table_{name}",
            on_select="rerun",
            selection_mode="single-row",
            column_config=config,
        )
        chosen = list(event["selection"]["rows"])
    else:
        st.dataframe(frame, hide_index=True, placeholder=NOTHING, column_config=config)
    st.download_button(
        "Download as CSV",
        frame.map(safe_cell).to_csv(index=False).encode("utf-8-sig"),
        file_name=f"{name}.csv",
        mime="text/csv",
        key=f"download_{name}",
    )
    return frame.iloc[chosen[0]] if chosen and chosen[0] < len(frame) else None


def rows_behind(title: str, query: str, name: str, **parameters: object) -> None:
    """Show the records behind a figure, and say where there are more than are shown.

    Args:
        title: what they are.
        query: SQL that ends in `limit $most_rows`.
        name: names the file to download.
        parameters: values of the query by name.
    """
    st.subheader(title)
    frame = read(query, most_rows=MOST_ROWS + 1, **parameters)
    if len(frame) > MOST_ROWS:
        st.markdown(small(f"The first {MOST_ROWS:,} rows."))
    table(frame.head(MOST_ROWS), name)


def _written(frame: pd.DataFrame, column: str) -> Any:
    label = column.replace("_", " ")
    if column.endswith("_usd") and "_per_" not in column:
        label = f"{label.removesuffix(' usd')} ({standing().currency})"
        return st.column_config.NumberColumn(label, format="accounting")
    if "_per_usd" in column:
        return st.column_config.NumberColumn(label, format="%.2f")
    if column.endswith(("_rate", "_share")):
        return st.column_config.NumberColumn(label, format="percent")
    if column.endswith("_at"):
        return st.column_config.DatetimeColumn(f"{label} (UTC)")
    if pd.api.types.is_float_dtype(frame[column]):
        return st.column_config.NumberColumn(label, format="%.2f")
    return st.column_config.Column(label)

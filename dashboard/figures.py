"""Figures as the dashboard shows them: each with its definition and what it follows."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd
import streamlit as st

from filters import Filters
from lib.quality.rows import safe_cell
from lib.report import figures as written
from lib.report.figures import NOTHING, count, percent
from publication import (
    MOST_ROWS,
    MissingError,
    column_meaning,
    definitions,
    read,
    rows_of,
    standing,
    trust,
)

Number = float | None
NO_PLAN = "no plan on record"
_EVERY_ROW = 2**62
__all__ = ["NOTHING", "count", "percent"]


@dataclass(frozen=True)
class Plan:
    """What was planned, and what of the figure is held to it, in words and amount."""

    planned: float
    what: str
    reached: Number


@dataclass(frozen=True)
class Figure:
    """A number with what it is held against.

    Attributes:
        label: what the reader sees.
        value: the figure; None where there is none.
        metric: its block in models/_metrics.md, or the words themselves.
        shown: how it is written.
        previous: the figure of the period before.
        plan: what was planned, None where nobody planned it.
        more_is_better: None where neither is.
        beside: what stands below the figure where a plan makes no sense.
    """

    label: str
    value: Number
    metric: str
    shown: Callable[[Number], str]
    previous: Number = None
    plan: Plan | None = None
    more_is_better: bool | None = True
    beside: str = ""


def number(value: object) -> Number:
    """Return a cell as a number; None for null and for what is no number."""
    if value is None or value is pd.NA:
        return None
    figure = float(str(value))
    return None if math.isnan(figure) or math.isinf(figure) else figure


def money(value: Number) -> str:
    """Write an amount in the reporting currency, as the reports write it."""
    return written.money(value, standing().currency)


def ratio(value: Number) -> str:
    """Write a ratio to two digits."""
    return count(value, 2)


def small(words: str) -> str:
    """Return words as small print; Streamlit's captions are too pale to read."""
    return f":small[{words.replace('$', chr(92) + '$')}]"


def divided(numerator: Number, denominator: Number) -> Number:
    """Return a rate from its summed parts; None where there is nothing to divide by."""
    if numerator is None or not denominator:
        return None
    return numerator / denominator


def of_both(
    query: str, filters: Filters, **more: object
) -> tuple[Mapping[str, Number], Mapping[str, Number]]:
    """Return the figures of a query's one row, of the period and of the one before.

    The latter has none where the period has no equal.
    """
    before = filters.before()
    return _figures(query, filters, more), _figures(query, before, more)


def _figures(
    query: str, filters: Filters | None, more: Mapping[str, object]
) -> Mapping[str, Number]:
    if filters is None:
        return {}
    row = read(query, **(filters.values() | dict(more))).iloc[0]
    return {str(name): number(value) for name, value in row.items()}


def meaning(metric: str) -> str:
    """Return the definition of a metric, else the words that were given for it."""
    return definitions().get(metric, metric)


@contextmanager
def section(title: str) -> Iterator[None]:
    """Show a part of a page; where the publication lacks what it reads, say so."""
    st.subheader(title)
    try:
        yield
    except MissingError as error:
        say_missing(error)


def say_missing(error: MissingError) -> None:
    """Say what the publication lacks."""
    st.warning(f"Not in this publication: {error}. Build and publish again (make run).")


def show(figures: Sequence[Figure]) -> None:
    """Show figures side by side; on a telephone they stand one below the other."""
    for column, figure in zip(st.columns(len(figures)), figures, strict=True):
        change = _change(figure)
        column.metric(
            figure.label,
            figure.shown(figure.value),
            delta=change,
            delta_description="on the quarter before" if change else None,
            delta_color=_colour(figure.more_is_better),
            help=f"{meaning(figure.metric)}\n\n**Data:** {trust()}.",
            border=True,
        )
        column.markdown(small(figure.beside or _against_plan(figure)))


def _change(figure: Figure) -> str | None:
    if figure.value is None or not figure.previous:
        return None
    return f"{(figure.value - figure.previous) / abs(figure.previous):+.0%}"


def _against_plan(figure: Figure) -> str:
    plan = figure.plan
    if plan is None:
        return NO_PLAN
    reached = divided(plan.reached, plan.planned)
    share = "" if reached is None else f", {percent(reached)} of it"
    planned = figure.shown(plan.planned)
    return f"plan {planned}; {plan.what} {figure.shown(plan.reached)}{share}"


def _colour(more_is_better: bool | None) -> Literal["off", "normal", "inverse"]:
    if more_is_better is None:
        return "off"
    return "normal" if more_is_better else "inverse"


def table(
    frame: pd.DataFrame, name: str, *, drill: str | None = None
) -> pd.Series | None:
    """Show rows with a download; return the row that is chosen, where one can be.

    Args:
        frame: the rows; the first MOST_ROWS are shown, the download has all.
        name: names the file to download and the table itself.
        drill: what choosing a row shows; None where rows are the end of it.
    """
    return _listed(frame, name, len(frame), lambda: frame, drill)


def rows_behind(title: str, query: str, name: str, **parameters: object) -> None:
    """Show the records behind a figure, and say where there are more than are shown.

    Args:
        title: what they are.
        query: SQL that ends in `limit $most_rows`.
        name: names the file to download.
        parameters: values of the query by name.
    """
    with section(title):
        listing(query, name, **parameters)


def listing(query: str, name: str, **parameters: object) -> None:
    """Show the first records of a query; the download reads all when it is asked for.

    Args:
        query: SQL that ends in `limit $most_rows`.
        name: names the file to download and the table itself.
        parameters: values of the query by name.
    """
    first = read(query, most_rows=MOST_ROWS, **parameters)
    every = {**parameters, "most_rows": _EVERY_ROW}
    rows = len(first)
    if rows == MOST_ROWS:
        rows = int(read(f"select count(*) from ({query})", **every).iat[0, 0])  # noqa: S608
    path = standing().path
    _listed(first, name, rows, lambda: rows_of(path, query, every), None)


def _listed(
    frame: pd.DataFrame,
    name: str,
    rows: int,
    every: Callable[[], pd.DataFrame],
    drill: str | None,
) -> pd.Series | None:
    if frame.empty:
        st.info("Nothing to show for this choice.")
        return None
    shown = frame.head(MOST_ROWS)
    if rows > len(shown):
        st.markdown(
            small(f"{len(shown):,} of {rows:,} rows; the download has all of them.")
        )
    if drill:
        st.markdown(small(f"Choose a row to see {drill}."))
    zone = standing().time_zone
    config = {column: _written(shown, column) for column in shown.columns}
    chosen: list[int] = []
    local = _local(shown, zone)
    if drill:
        event = st.dataframe(
            local,
            hide_index=True,
            placeholder=NOTHING,
            key=f"table_{name}",
            on_select="rerun",
            selection_mode="single-row",
            column_config=config,
        )
        chosen = list(event["selection"]["rows"])
    else:
        st.dataframe(local, hide_index=True, placeholder=NOTHING, column_config=config)
    st.download_button(
        "Download as CSV",
        lambda: _as_csv(_local(every(), zone)),
        file_name=f"{name}.csv",
        mime="text/csv",
        key=f"download_{name}",
        # A page that runs anew may drop the file before the browser fetches it.
        on_click="ignore",
    )
    return shown.iloc[chosen[0]] if chosen and chosen[0] < len(shown) else None


def _as_csv(frame: pd.DataFrame) -> bytes:
    return str(frame.map(safe_cell).to_csv(index=False)).encode("utf-8-sig")


def _local(frame: pd.DataFrame, zone: str) -> pd.DataFrame:
    """Return rows with their moments where the company reports, as figures count."""
    moments = [column for column in frame.columns if column.endswith("_at")]
    return frame.assign(
        **{
            column: pd.to_datetime(frame[column])
            .dt.tz_localize("UTC")
            .dt.tz_convert(zone)
            for column in moments
        }
    )


def _written(frame: pd.DataFrame, column: str) -> Any:
    """Return how a column is written, by the ending of its name, with its unit."""
    told = column_meaning(frame, column) or definitions().get(column)
    tip = f"{told}\n\nData: {trust()}." if told else None
    currency, zone = standing().currency, standing().time_zone
    label = column.replace("_", " ")
    if column.endswith("_at"):
        label = f"{label} ({zone})"
        return st.column_config.DatetimeColumn(label, timezone=zone, help=tip)
    if pd.api.types.is_datetime64_any_dtype(frame[column]):
        return st.column_config.DateColumn(label, help=tip)
    form: Any = "%.2f" if pd.api.types.is_float_dtype(frame[column]) else None
    if column.endswith("_per_usd"):
        label = f"{label.removesuffix(' usd')} {currency}"
    elif column.endswith("_usd"):
        label, form = f"{label.removesuffix(' usd')} ({currency})", "accounting"
    elif column.endswith(("_rate", "_share", "_spread")):
        form = "percent"
    if form is None:
        return st.column_config.Column(label, help=tip)
    return st.column_config.NumberColumn(label, format=form, help=tip)

"""The filters, which live in the URL: whoever gets the link sees the same page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import streamlit as st

from publication import quarters, read, standing

EVERYTHING = "all"


@dataclass(frozen=True)
class Filters:
    """What is looked at. A channel or segment of None is all of them."""

    quarter: date
    previous_quarter: date | None
    channel: str | None
    segment: str | None
    model: str


def quarter_name(start: date) -> str:
    """Return a quarter by its months, whatever the fiscal year begins with."""
    last = date(start.year + (start.month > 10), (start.month + 1) % 12 + 1, 1)
    return f"{start:%b}-{last:%b %Y}"


def chosen(heeded: frozenset[str]) -> Filters:
    """Show the filters, and return what is chosen.

    Args:
        heeded: those that narrow the page; the others are shown as out of use.
    """
    starts = quarters()
    by_name = {start.isoformat(): start for start in starts}
    quarter = by_name[
        choice(
            "Period",
            "quarter",
            list(by_name),
            lambda q: quarter_name(by_name[q]),
            heeded,
        )
    ]
    channel = choice(
        "Channel", "channel", [EVERYTHING, *_values(_CHANNELS)], heeded=heeded
    )
    segment = choice(
        "Segment", "segment", [EVERYTHING, *_values(_SEGMENTS)], heeded=heeded
    )
    models = _values(_MODELS)
    models.sort(key=lambda model: model != standing().default_model)
    model = choice(
        "Attribution model",
        "model",
        models or [standing().default_model],
        heeded=heeded,
    )
    earlier = [start for start in starts if start < quarter]
    return Filters(
        quarter=quarter,
        previous_quarter=earlier[0] if earlier else None,
        channel=None if channel == EVERYTHING else channel,
        segment=None if segment == EVERYTHING else segment,
        model=model,
    )


_CHANNELS = "select distinct channel from reports.rpt_pipeline_quarters order by 1"
_SEGMENTS = "select distinct segment from reports.rpt_segment_economics order by 1"
_MODELS = """
    select distinct attribution_model
    from reports.rpt_attribution_comparison
    order by 1
"""


def _values(query: str) -> list[str]:
    return [str(value) for value in read(query).iloc[:, 0]]


def choice(
    label: str,
    name: str,
    options: Sequence[str],
    shown: Callable[[str], str] = lambda option: option.replace("_", " "),
    heeded: frozenset[str] | None = None,
) -> str:
    """Ask for one of the options, and keep the answer in the URL under a name.

    Args:
        label: what the reader sees.
        name: the name in the URL.
        options: what can be chosen; the first is the default.
        shown: how an option is written, in the URL too.
        heeded: names of what the page heeds; None where it always counts.
    """
    value = st.selectbox(
        label,
        options,
        key=name,
        format_func=shown,
        disabled=heeded is not None and name not in heeded,
        bind="query-params",
    )
    return str(value)

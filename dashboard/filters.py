"""The filters, which live in the URL: whoever gets the link sees the same page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import streamlit as st

from lib.report.periods import is_over, next_quarter, quarter_months
from publication import MissingError, quarters, read, standing

EVERYTHING = "all"
_LABELS = {
    "quarter": "Period",
    "channel": "Channel",
    "segment": "Segment",
    "model": "Attribution model",
}


@dataclass(frozen=True)
class Filters:
    """What is looked at. A channel or segment of None is all of them."""

    quarter: date
    previous_quarter: date | None
    channel: str | None
    segment: str | None
    model: str
    time_zone: str = "UTC"

    @property
    def next_quarter(self) -> date:
        """The first day after the period."""
        return next_quarter(self.quarter)

    def values(self) -> dict[str, object]:
        """Return what queries may name: filters, and the period in days and moments.

        A day begins where the company reports; moments are kept in UTC.
        """
        return {
            "quarter": self.quarter,
            "next_quarter": self.next_quarter,
            "begins_at": self._midnight(self.quarter),
            "ends_at": self._midnight(self.next_quarter),
            "channel": self.channel,
            "segment": self.segment,
            "model": self.model,
        }

    def before(self) -> Filters | None:
        """Return the same choice in the period before; None where it has no equal."""
        if self.previous_quarter is None:
            return None
        return replace(self, quarter=self.previous_quarter, previous_quarter=None)

    def _midnight(self, day: date) -> datetime:
        local = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(self.time_zone))
        return local.astimezone(UTC).replace(tzinfo=None)


def chosen(heeded: frozenset[str]) -> Filters | None:
    """Show the filters, and return what is chosen; None where there is no quarter.

    Args:
        heeded: those that narrow the page; of the others it is said that they do not.

    Raises:
        MissingError: the publication lacks the report that holds the quarters.
    """
    starts = quarters()
    if not starts:
        return None
    by_name = {start.isoformat(): start for start in starts}
    quarter = by_name[
        choice(
            _LABELS["quarter"],
            "quarter",
            list(by_name),
            lambda q: quarter_months(by_name[q]),
        )
    ]
    channel = choice("Channel", "channel", [EVERYTHING, *_values(_CHANNELS)])
    segment = choice("Segment", "segment", [EVERYTHING, *_values(_SEGMENTS)])
    models = _values(_MODELS)
    models.sort(key=lambda model: model != standing().default_model)
    model = choice("Attribution model", "model", models or [standing().default_model])
    idle = [label for name, label in _LABELS.items() if name not in heeded]
    if idle:
        st.caption(f"Make no difference on this page: {', '.join(idle)}.")
    earlier = [start for start in starts if next_quarter(start) == quarter]
    # A quarter that still runs is not held against a whole one.
    is_whole = is_over(quarter, standing().last_whole_day)
    if earlier and not is_whole and "quarter" in heeded:
        st.caption(
            "The period still runs: it is not held against the whole one before."
        )
    return Filters(
        quarter=quarter,
        previous_quarter=earlier[0] if earlier and is_whole else None,
        channel=None if channel == EVERYTHING else channel,
        segment=None if segment == EVERYTHING else segment,
        model=model,
        time_zone=standing().time_zone,
    )


_CHANNELS = "select distinct channel from reports.rpt_pipeline_quarters order by 1"
_SEGMENTS = "select distinct segment from reports.rpt_segment_economics order by 1"
_MODELS = """
    select distinct attribution_model
    from reports.rpt_attribution_comparison
    order by 1
"""


def _values(query: str) -> list[str]:
    try:
        return [str(value) for value in read(query).iloc[:, 0]]
    except MissingError:
        return []


def choice(
    label: str,
    name: str,
    options: Sequence[str],
    shown: Callable[[str], str] = lambda option: option.replace("_", " "),
) -> str:
    """Ask for one of the options, and keep the answer in the URL under a name.

    Args:
        label: what the reader sees.
        name: the name in the URL.
        options: what can be chosen; the first is the default.
        shown: how an option is written, in the URL too.
    """
    value = st.selectbox(
        label,
        options,
        key=name,
        format_func=shown,
        bind="query-params",
    )
    return str(value)

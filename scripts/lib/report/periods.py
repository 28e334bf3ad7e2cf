"""Weeks and fiscal quarters in the reporting time zone, and what they compare with."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from lib.cli import UserError

TRAILING_WEEKS = 8
_DAY = timedelta(days=1)
_QUARTER = re.compile(r"(\d{4})Q([1-4])")


@dataclass(frozen=True)
class Settings:
    """What the build went by; the days are those of the reporting time zone.

    as_of_day holds as_of; last_whole_day was over by then. first_day is the day of the
    earliest lead, opportunity or cost, None where there is none.
    """

    currency: str
    time_zone: str
    fiscal_start_month: int
    attribution_model: str
    as_of: datetime
    as_of_day: date
    last_whole_day: date
    first_day: date | None


@dataclass(frozen=True)
class Span:
    """Days from first to last, both counted."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    @property
    def text(self) -> str:
        """The span as a reader writes it."""
        return f"{day_text(self.first)} to {day_text(self.last)}"


def day_text(day: date) -> str:
    """Return a day in a form that no country reads otherwise."""
    return f"{day.day} {day:%b %Y}"


def day_and_weekday(day: date) -> str:
    """Return a day with its weekday, as a deadline is written."""
    return f"{day:%A} {day_text(day)}"


def next_workday(day: date) -> date:
    """Return the first day from Monday to Friday after a day."""
    return day + timedelta(days={4: 3, 5: 2}.get(day.weekday(), 1))


def next_friday(day: date) -> date:
    """Return the first Friday after a day."""
    return day + timedelta(days=(4 - day.weekday() - 1) % 7 + 1)


def quarter_start(day: date, fiscal_start_month: int) -> date:
    """Return the first day of the fiscal quarter that holds a day."""
    months_in = (day.month - fiscal_start_month) % 3
    month = day.year * 12 + day.month - 1 - months_in
    return date(month // 12, month % 12 + 1, 1)


def next_quarter(start: date) -> date:
    """Return the first day of the quarter after the one that begins on a day."""
    month = start.year * 12 + start.month - 1 + 3
    return date(month // 12, month % 12 + 1, 1)


def is_over(start: date, last_whole_day: date) -> bool:
    """Tell whether the quarter that begins on a day was over with the last whole day.

    Reports and the dashboard hold only a quarter that is over against a whole one.
    """
    return next_quarter(start) <= last_whole_day + _DAY


def quarter_months(start: date) -> str:
    """Return a quarter by its months, whatever the fiscal year begins with."""
    last = next_quarter(start) - timedelta(days=1)
    return f"{start:%b}-{last:%b %Y}"


@dataclass(frozen=True)
class Quarter:
    """A fiscal quarter up to a day, and the same days of the quarter before.

    It is whole where it is known to its last day, and that day was over.
    """

    start: date
    end: date
    to_date: Span
    before: Span
    before_whole: Span
    is_current: bool
    is_whole: bool
    name: str


def quarter_of(day: date, until: date, settings: Settings) -> Quarter:
    """Return the quarter that holds a day, known until another day of it."""
    month = settings.fiscal_start_month
    start = quarter_start(day, month)
    following = next_quarter(start)
    before = quarter_start(start - _DAY, month)
    last = min(until, following - _DAY)
    same_days = min(before + (last - start), start - _DAY)
    return Quarter(
        start,
        following - _DAY,
        Span(start, last),
        Span(before, same_days),
        Span(before, start - _DAY),
        quarter_start(settings.as_of_day, month) == start,
        last == following - _DAY and is_over(start, settings.last_whole_day),
        quarter_name(start, month),
    )


def quarter_name(start: date, fiscal_start_month: int) -> str:
    """Return YYYYQn; a fiscal year has the number of the year in which it ends."""
    number = ((start.month - fiscal_start_month) % 12) // 3
    begins = start.year - (1 if start.month < fiscal_start_month else 0)
    ends = begins + (1 if fiscal_start_month > 1 else 0)
    return f"{ends}Q{number + 1}"


def named_quarter(text: str | None, settings: Settings) -> Quarter:
    """Return the quarter of that name, by default the last that was over by as_of.

    Raises:
        UserError: the text names no quarter, or one after as_of.
    """
    month = settings.fiscal_start_month
    if text is None:
        running = quarter_start(settings.last_whole_day + _DAY, month)
        return quarter_of(running - _DAY, settings.as_of_day, settings)
    found = _QUARTER.fullmatch(text.upper())
    if found is None:
        raise UserError(f"--quarter {text}: write it like 2026Q3")
    begins = int(found[1]) - (1 if month > 1 else 0)
    months = begins * 12 + month - 1 + 3 * (int(found[2]) - 1)
    start = date(months // 12, months % 12 + 1, 1)
    if start > settings.as_of_day:
        raise UserError(
            f"--quarter {text} begins on {start}, after as_of ({settings.as_of_day})"
        )
    return quarter_of(start, settings.as_of_day, settings)


@dataclass(frozen=True)
class Week:
    """Monday to Sunday, the weeks before it, and the quarter of its last known day."""

    span: Span
    known: Span
    trailing: Span
    trailing_weeks: int
    quarter: Quarter

    @property
    def is_whole(self) -> bool:
        """Whether the week was over by as_of."""
        return self.span == self.known

    @property
    def weeks_before(self) -> str:
        """How the weeks before are named, as far as the data goes back."""
        if self.trailing_weeks == 1:
            return "the week before"
        return f"the {self.trailing_weeks} weeks before"


def week_of(day: date | None, settings: Settings) -> Week:
    """Return the week that holds a day, by default the last that was over by as_of.

    Raises:
        UserError: the week begins after as_of.
    """
    if day is None:
        day = settings.last_whole_day - timedelta(
            days=(settings.last_whole_day.weekday() + 1) % 7
        )
    monday = day - timedelta(days=day.weekday())
    span = Span(monday, monday + timedelta(days=6))
    if monday > settings.as_of_day:
        raise UserError(
            f"--week {day}: the week begins on {monday}, after as_of "
            f"({settings.as_of_day})"
        )
    is_over = span.last <= settings.last_whole_day
    known = span if is_over else Span(monday, min(span.last, settings.as_of_day))
    trailing = Span(monday - timedelta(weeks=TRAILING_WEEKS), monday - _DAY)
    return Week(
        span,
        known,
        trailing,
        _weeks_with_data(trailing, settings.first_day),
        quarter_of(known.last, known.last, settings),
    )


def _weeks_with_data(trailing: Span, first_day: date | None) -> int:
    """Return how many of the weeks before lie wholly or in part after the first day."""
    if first_day is None or first_day > trailing.last:
        return 0
    since = max(first_day, trailing.first)
    return -(-((trailing.last - since).days + 1) // 7)

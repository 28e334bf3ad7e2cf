"""The company's time: 24 months of days, seasons, time zones and office hours."""

from __future__ import annotations

import calendar
import zlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from lib.demo.assumptions import RHYTHM
from lib.demo.columns import DAY, HOUR, MINUTE, NEVER, Array, choose
from lib.demo.vocabulary import ZONES

MONTHS = 24
_EPOCH = date(1970, 1, 1)
_MARGIN_DAYS = 500
WORKDAYS = 5  # a week, Monday to Friday


@dataclass(frozen=True)
class Clock:
    """The days that the data cover, and what time it is where.

    start_day and end_day are epoch days, the end is exclusive; day_weights says how
    busy each day is; utc_offsets holds seconds by zone and day, from first_day on.
    """

    seed: int
    start_day: int
    end_day: int
    day_weights: Array
    first_day: int
    utc_offsets: Array

    @property
    def start(self) -> int:
        """The first second of the data."""
        return self.start_day * DAY

    @property
    def end(self) -> int:
        """The second after the last one of the data."""
        return self.end_day * DAY

    def rng(self, topic: str) -> np.random.Generator:
        """Return the topic's own random numbers, the same for every run of a seed."""
        return np.random.default_rng([self.seed, zlib.crc32(topic.encode())])

    def draw_days(self, rng: np.random.Generator, count: int) -> Array:
        """Draw days of the window, busy ones more often."""
        edges = np.cumsum(self.day_weights) / self.day_weights.sum()
        drawn = np.searchsorted(edges, rng.random(count), side="right")
        last = len(self.day_weights) - 1
        return np.asarray(self.start_day + np.minimum(drawn, last))

    def offsets(self, moments: Array, zones: Array) -> Array:
        """Return the zones' seconds ahead of UTC at those UTC moments."""
        day = np.clip(moments // DAY - self.first_day, 0, self.utc_offsets.shape[1] - 1)
        return np.asarray(self.utc_offsets[zones, day])

    def at_visiting_hours(
        self, rng: np.random.Generator, days: Array, zones: Array
    ) -> Array:
        """Return moments on those days when people read and click, in their zone."""
        edges = np.cumsum(RHYTHM.visits_by_hour) / np.sum(RHYTHM.visits_by_hour)
        hours = np.searchsorted(edges, rng.random(len(days)), side="right")
        local = days * DAY + np.minimum(hours, 23) * HOUR
        local = local + rng.integers(0, HOUR, len(days))
        return np.asarray(local - self.offsets(local, zones))

    def weekdays_mostly(self, rng: np.random.Generator, days: Array) -> Array:
        """Move most weekend days to a workday of the week before or after."""
        weekday = weekdays(days)
        moved = (weekday >= WORKDAYS) & (rng.random(len(days)) < RHYTHM.weekend_moves)
        monday = days - weekday + 7 * rng.integers(0, 2, len(days))
        workday = choose(rng, RHYTHM.weekdays[:WORKDAYS], len(days))
        return np.where(moved, monday + workday, days)

    def in_office(
        self, rng: np.random.Generator, moments: Array, zones: Array
    ) -> Array:
        """Move moments that fall outside office hours into the next morning at work."""
        moments = np.asarray(moments, dtype=np.int64)
        known = moments < NEVER
        offsets = self.offsets(np.where(known, moments, self.start), zones)
        local = np.where(known, moments, self.start) + offsets
        day, second = local // DAY, local % DAY
        opens, closes = RHYTHM.office_opens * HOUR, RHYTHM.office_closes * HOUR
        late = second >= closes
        day = day + late
        weekend = weekdays(day) >= WORKDAYS
        day = np.where(weekend, day + 7 - weekdays(day), day)
        outside = late | weekend | (second < opens)
        morning = opens + rng.integers(0, RHYTHM.morning_rush * MINUTE, len(moments))
        moved = day * DAY + np.where(outside, morning, second) - offsets
        return np.where(known, moved, NEVER)


def weekdays(days: Array) -> Array:
    """Return 0 for Monday to 6 for Sunday of epoch days."""
    return np.asarray((days + 3) % 7)


def month_starts(first_day: int, last_day: int) -> Array:
    """Return the first days of the months that the span touches."""
    first, last = month_numbers(np.array([first_day, last_day]))
    months = np.arange(first, last + 1).astype("datetime64[M]")
    return months.astype("datetime64[D]").astype(np.int64)


def month_numbers(days: Array) -> Array:
    """Return the months since 1970 in which epoch days lie."""
    return days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def quarter_starts(first_day: int, last_day: int) -> Array:
    """Return the first days of the calendar quarters that the span touches."""
    months = month_starts(first_day - 92, last_day)
    quarters = months[month_numbers(months) % 3 == 0]
    begun = int(np.searchsorted(quarters, first_day, side="right")) - 1
    return np.asarray(quarters[begun:])


def as_date(day: int) -> date:
    """Return the calendar date of an epoch day."""
    return _EPOCH + timedelta(days=int(day))


def make_clock(seed: int, until: date) -> Clock:
    """Return the clock of the 24 months that end with the day before until."""
    end_day = (until - _EPOCH).days
    start_day = (_months_before(until, MONTHS) - _EPOCH).days
    first_day = start_day - _MARGIN_DAYS
    return Clock(
        seed=seed,
        start_day=start_day,
        end_day=end_day,
        day_weights=_day_weights(start_day, end_day),
        first_day=first_day,
        utc_offsets=_utc_offsets(first_day, end_day + _MARGIN_DAYS),
    )


def _months_before(day: date, months: int) -> date:
    total = day.year * 12 + day.month - 1 - months
    year, month = total // 12, total % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def _day_weights(start_day: int, end_day: int) -> Array:
    days = np.arange(start_day, end_day)
    months = month_numbers(days) % 12
    growth = (1 + RHYTHM.growth_per_year) ** ((days - start_day) / 365.25)
    season = np.asarray(RHYTHM.months)[months]
    return np.asarray(growth * season * np.asarray(RHYTHM.weekdays)[weekdays(days)])


def _utc_offsets(first_day: int, last_day: int) -> Array:
    noons = [
        datetime.combine(as_date(day), time(12), tzinfo=UTC)
        for day in range(first_day, last_day)
    ]
    table = [
        [(noon.astimezone(zone).utcoffset() or timedelta()).seconds for noon in noons]
        for zone in map(ZoneInfo, ZONES)
    ]
    offsets = np.array(table, dtype=np.int64)
    return np.where(offsets > DAY // 2, offsets - DAY, offsets)

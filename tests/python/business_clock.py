"""Business time counted minute by minute, to hold the warehouse's arithmetic to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache, cached_property
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

BEGINS, ENDS = datetime(2023, 12, 1), datetime(2027, 8, 1)
# Weekdays (1 is Monday), opening and closing time, and the days on which they hold.
Hours = tuple[tuple[int, ...], str, str, date, date]


@cache
def local_minutes(zone: str) -> npt.NDArray[np.datetime64]:
    """Return what the clocks of a zone show in every minute from BEGINS to ENDS."""
    count = (ENDS - BEGINS) // timedelta(minutes=1)
    moments = np.datetime64(BEGINS, "m") + np.arange(count)
    # Clocks change on half hours of UTC, wherever they change.
    offsets = [
        (BEGINS + timedelta(minutes=minute))
        .replace(tzinfo=UTC)
        .astimezone(ZoneInfo(zone))
        .utcoffset()
        for minute in range(0, count, 30)
    ]
    minutes = [(offset or timedelta()) // timedelta(minutes=1) for offset in offsets]
    return np.asarray(moments + np.repeat(minutes, 30)[:count])


@dataclass(frozen=True)
class Clock:
    """A clock that knows of every minute by itself whether it is a business one."""

    hours: Sequence[Hours]
    zone: str
    free_days: Sequence[date] = ()

    @cached_property
    def minutes_before(self) -> npt.NDArray[np.int64]:
        """Business minutes before each minute since BEGINS, UTC."""
        local = local_minutes(self.zone)
        day = local.astype("datetime64[D]")
        weekday = (day.astype(np.int64) + 3) % 7 + 1
        minute = (local - day).astype(np.int64)
        is_open = np.zeros(len(local), dtype=bool)
        for weekdays, opens, closes, first, last in self.hours:
            low, high = (int(at[:2]) * 60 + int(at[3:]) for at in (opens, closes))
            inside = np.isin(weekday, weekdays) & (minute >= low) & (minute < high)
            is_open |= (
                inside & (day >= np.datetime64(first)) & (day < np.datetime64(last))
            )
        is_open &= ~np.isin(day, np.array(self.free_days, dtype="datetime64[D]"))
        return np.concatenate([[0], np.cumsum(is_open)])

    def seconds_at(self, moment: datetime) -> int:
        """Count the business seconds from BEGINS to a moment of whole seconds, UTC."""
        minute, second = divmod(int((moment - BEGINS).total_seconds()), 60)
        before, after = self.minutes_before[minute : minute + 2]
        return int(60 * before + second * (after - before))

    def minutes_between(self, start: datetime, end: datetime) -> float:
        """Count the business minutes from one moment to another."""
        return (self.seconds_at(end) - self.seconds_at(start)) / 60

    def after(self, start: datetime, minutes: int) -> datetime:
        """Return the first moment by which so many business minutes have gone."""
        wanted = self.seconds_at(start) + 60 * minutes
        minute = int(np.searchsorted(60 * self.minutes_before, wanted))
        beyond = int(60 * self.minutes_before[minute]) - wanted
        return BEGINS + timedelta(minutes=minute, seconds=-beyond)

"""The campaigns that marketing ran: always-on, monthly, and on a date."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from lib.demo.assumptions import CHANNEL_NUMBER, MAIL
from lib.demo.clock import Clock, as_date, month_starts, quarter_starts, weekdays
from lib.demo.columns import DAY, HOUR, Array
from lib.demo.ids import salesforce_ids
from lib.demo.vocabulary import REGIONS

_QUARTER_DAYS = 92
_PLANNED_AHEAD_DAYS = 30
_SEND_HOURS = (8, 16)
EVERYWHERE = -1

# Topic, regions and platform of what runs all quarter.
_ALWAYS_ON: dict[str, tuple[tuple[str, tuple[str, ...], str], ...]] = {
    "paid_search": (
        ("brand", ("AMER", "EMEA"), "google_ads"),
        ("nonbrand", REGIONS, "google_ads"),
        ("competitor", ("AMER",), "google_ads"),
        ("nonbrand-ms", ("AMER", "EMEA"), "microsoft_ads"),
    ),
    "paid_social": (
        ("planning-guide", REGIONS, "linkedin_ads"),
        ("demo", ("AMER", "EMEA"), "linkedin_ads"),
        ("retargeting", ("ALL",), "meta_ads"),
    ),
    "organic_social": (("posts", ("ALL",), "linkedin"),),
    "content_syndication": (
        ("techreader", ("ALL",), "techreader"),
        ("leadbridge", ("AMER", "EMEA"), "leadbridge"),
    ),
    "partner": (("co-marketing", REGIONS, "partners"),),
}
_EVENTS_A_QUARTER = {
    "AMER": ("planning-summit", "roadshow-east", "finance-leaders-expo"),
    "EMEA": ("london-forum", "operations-days"),
    "APAC": ("sydney-breakfast",),
}
_WEBINARS_A_MONTH = ("live-demo", "customer-story", "expert-panel")
_MAILS_A_MONTH = ("newsletter", "product-news", "nurture-guide")


@dataclass(frozen=True)
class Campaign:
    """One campaign; a programme of a quarter is the parent of its campaigns."""

    name: str
    channel: str
    platform: str
    region: int
    start_day: int
    end_day: int
    sent_at: int
    parent: int


@dataclass(frozen=True)
class Campaigns:
    """All campaigns as columns; numbers in other tables are rows of this one."""

    name: pa.Array
    ids: pa.Array
    channel: Array  # -1 for programmes
    platform: Array
    region: Array
    start_day: Array
    end_day: Array
    sent_at: Array
    parent: Array
    variants: Array  # 2 where two subject lines are tried
    has_run: Array  # false for what is planned only

    def __len__(self) -> int:
        return len(self.channel)

    def of(self, channel: str, region: int | None = None) -> Array:
        """Return the rows of a channel that a region saw, by start."""
        rows = np.flatnonzero((self.channel == CHANNEL_NUMBER[channel]) & self.has_run)
        if region is not None:
            seen = self.region[rows]
            rows = rows[(seen == region) | (seen == EVERYWHERE)]
        return rows[np.argsort(self.start_day[rows], kind="stable")]


def make_campaigns(clock: Clock) -> Campaigns:
    """Plan all campaigns of the window."""
    rng = clock.rng("campaigns")
    made: list[Campaign] = []
    for quarter in quarter_starts(clock.start_day, clock.end_day - 1):
        parent = len(made)
        start, end = max(quarter, clock.start_day), _quarter_end(quarter)
        name = f"{_quarter_name(quarter)}_program_all_demand"
        made.append(Campaign(name, "", "", EVERYWHERE, start, end, 0, -1))
        made += _always_on(quarter, start, end, parent)
        made += _events(rng, clock, quarter, end, parent)
        for month in month_starts(quarter, end):
            made += _monthly(rng, clock, int(month), parent)
    return _as_columns(clock, rng, made)


def _quarter_end(quarter: int) -> int:
    return int(month_starts(quarter, quarter + _QUARTER_DAYS + 1)[3]) - 1


def _quarter_name(day: int) -> str:
    when = as_date(day)
    return f"{when.year}q{(when.month + 2) // 3}"


def _always_on(quarter: int, start: int, end: int, parent: int) -> Iterator[Campaign]:
    for channel, plans in _ALWAYS_ON.items():
        for topic, regions, platform in plans:
            for region in regions:
                yield Campaign(
                    name=_name(quarter, channel, region, topic),
                    channel=channel,
                    platform=platform,
                    region=_region_number(region),
                    start_day=start,
                    end_day=end,
                    sent_at=0,
                    parent=parent,
                )


def _name(day: int, channel: str, region: str, topic: str) -> str:
    return f"{_quarter_name(day)}_{channel.replace('_', '-')}_{region.lower()}_{topic}"


def _region_number(region: str) -> int:
    return REGIONS.index(region) if region in REGIONS else EVERYWHERE


def _events(
    rng: np.random.Generator, clock: Clock, quarter: int, end: int, parent: int
) -> Iterator[Campaign]:
    for region, topics in _EVENTS_A_QUARTER.items():
        for place, topic in enumerate(topics):
            span = (end - quarter) // len(topics)
            day = _workday(quarter + place * span + int(rng.integers(10, span - 3)))
            length = 2 if place == 0 and region != "APAC" else 1
            if clock.start_day <= day < clock.end_day + _PLANNED_AHEAD_DAYS:
                yield Campaign(
                    name=_name(day, "event", region, topic),
                    channel="event",
                    platform="events",
                    region=_region_number(region),
                    start_day=day,
                    end_day=day + length - 1,
                    sent_at=day * DAY + 9 * HOUR,
                    parent=parent,
                )


def _monthly(
    rng: np.random.Generator, clock: Clock, month: int, parent: int
) -> Iterator[Campaign]:
    stamp = as_date(month).strftime("%m")
    plans = [("webinar", topic) for topic in _WEBINARS_A_MONTH]
    plans += [("email", topic) for topic in _MAILS_A_MONTH]
    for place, (channel, topic) in enumerate(plans):
        day = _workday(month + 3 + 8 * (place % 3) + int(rng.integers(0, 4)))
        hour = int(rng.integers(*_SEND_HOURS))
        if clock.start_day + 2 <= day < clock.end_day + _PLANNED_AHEAD_DAYS:
            yield Campaign(
                name=_name(day, channel, "ALL", f"{topic}-{stamp}"),
                channel=channel,
                platform="webinars" if channel == "webinar" else "mailer",
                region=EVERYWHERE,
                start_day=day,
                end_day=day,
                sent_at=day * DAY + hour * HOUR,
                parent=parent,
            )


def _workday(day: int) -> int:
    """Return the day, or a better one soon: an audience has time from Tuesday on."""
    weekday = int(weekdays(np.array(day)))
    tuesday = day + (8 - weekday) % 7
    return day if weekday in (1, 2, 3) else tuesday + day % 3


def _as_columns(
    clock: Clock, rng: np.random.Generator, made: list[Campaign]
) -> Campaigns:
    names = pa.array([one.name for one in made])
    count = len(made)

    def column(field: str) -> Array:
        return np.array([getattr(one, field) for one in made], dtype=np.int64)

    is_mail = np.array([one.channel == "email" for one in made])
    return Campaigns(
        name=names,
        ids=salesforce_ids("701", count),
        channel=np.array([CHANNEL_NUMBER.get(one.channel, -1) for one in made]),
        platform=np.array([one.platform for one in made], dtype=object),
        region=column("region"),
        start_day=column("start_day"),
        end_day=column("end_day"),
        sent_at=column("sent_at"),
        parent=column("parent"),
        has_run=_has_run(
            clock, column("sent_at"), column("start_day"), column("end_day")
        ),
        variants=np.where(is_mail & (rng.random(count) < MAIL.test_share), 2, 1),
    )


def _has_run(clock: Clock, sent_at: Array, start_day: Array, end_day: Array) -> Array:
    """Return what people can have seen: all that began, dated ones only when over."""
    dated = sent_at > 0
    return np.where(dated, end_day + 1 < clock.end_day, start_day < clock.end_day)

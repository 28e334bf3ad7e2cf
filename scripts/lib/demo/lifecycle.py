"""What becomes of a lead: the stages it reaches, when, and why it leaves them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lib.demo.assumptions import CHANNELS, FUNNEL
from lib.demo.clock import Clock
from lib.demo.columns import DAY, HOUR, MINUTE, NEVER, Array, intercept_for, logistic
from lib.demo.people import INBOUND, PROSPECTED, People

STATUSES = (
    "New", "Open", "Working", "Marketing Qualified", "Sales Accepted",
    "Sales Qualified", "Converted", "Recycled", "Disqualified", "Unqualified",
)  # fmt: skip
NUMBER = {status: number for number, status in enumerate(STATUSES)}
REASONS = (
    "No budget", "No reply", "Wrong timing", "Competitor", "Student or vendor",
    "Too small", "Bad contact data",
)  # fmt: skip
_RECYCLE_REASONS = (0, 1, 2, 3)
_DISQUALIFY_REASONS = (3, 4, 5, 6)


@dataclass(frozen=True)
class StatusLog:
    """Changes of status, one row each, ordered by person and time."""

    person: Array
    status: Array
    at: Array
    reason: Array
    cycle: Array


@dataclass(frozen=True)
class Lifecycle:
    """What the funnel did to each person, and what it would have done by chance."""

    log: StatusLog
    mql_at: Array  # first
    sal_at: Array  # first
    sql_at: Array  # first
    converts_at: Array  # joins or opens a deal
    mql_chance: Array
    opportunity_chance: Array  # of an MQL, in one cycle


class _Log:
    """Collects rows of the status log, dropping what lies beyond the window."""

    def __init__(self, end: int) -> None:
        self.end = end
        self.parts: list[tuple[Array, Array, Array, Array, Array]] = []

    def add(
        self,
        person: Array,
        status: str,
        at: Array,
        cycle: int,
        reason: Array | None = None,
    ) -> None:
        inside = at < self.end
        count = int(inside.sum())
        why = np.full(count, -1) if reason is None else reason[inside]
        self.parts.append(
            (
                person[inside],
                np.full(count, NUMBER[status]),
                at[inside],
                why,
                np.full(count, cycle),
            )
        )

    def finished(self) -> StatusLog:
        columns = [np.concatenate(column) for column in zip(*self.parts, strict=True)]
        order = np.lexsort((columns[1], columns[2], columns[0]))
        return StatusLog(*(column[order] for column in columns))


def effects(name: str) -> Array:
    """Return the channels' true effects of a kind, in log-odds."""
    return np.array([getattr(channel, name) for channel in CHANNELS])


def mql_log_odds(people: People, exposures: Array) -> Array:
    """Return each person's log-odds of becoming an MQL, less the intercept."""
    own = FUNNEL.fit_effect * people.fit + FUNNEL.interest_effect * people.interest
    return own + exposures @ effects("mql_effect")


def _lags(
    clock: Clock, rng: np.random.Generator, at: Array, zone: Array, median_days: float
) -> Array:
    wait = rng.lognormal(np.log(median_days * DAY), FUNNEL.days_sigma, len(at))
    moment = np.where(at < NEVER, at + wait.astype(np.int64) + 10 * MINUTE, NEVER)
    return clock.in_office(rng, moment, zone)


def live(clock: Clock, people: People, exposures: Array) -> Lifecycle:
    """Run every lead through the funnel, cycle by cycle."""
    rng = clock.rng("lifecycle")
    log = _Log(clock.end)
    inbound = people.kind == INBOUND
    judged = inbound & (people.candidate_at < NEVER)
    odds = mql_log_odds(people, exposures)
    chance = logistic(odds + intercept_for(odds[judged], FUNNEL.mql_rate))
    quality = FUNNEL.fit_effect * people.fit + FUNNEL.interest_effect * people.interest
    push = quality + exposures @ effects("opportunity_effect")
    push = push - push[judged].mean()
    becomes = judged & (rng.random(len(people)) < chance)
    first = {name: np.full(len(people), NEVER) for name in ("mql", "sal", "sql")}
    converts_at = np.full(len(people), NEVER)
    entering = np.where(becomes, people.candidate_at, NEVER)
    for cycle in range(1, FUNNEL.cycles + 1):
        entering = _one_cycle(
            clock, rng, people, log, cycle, entering, push, first, converts_at
        )
    _never_qualified(clock, rng, people, log, inbound & ~becomes)
    _prospected(clock, rng, people, log, push, first, converts_at)
    return Lifecycle(
        log=log.finished(),
        mql_at=first["mql"],
        sal_at=first["sal"],
        sql_at=first["sql"],
        converts_at=np.where(converts_at < clock.end, converts_at, NEVER),
        mql_chance=np.where(judged, chance, 0.0),
        opportunity_chance=opportunity_chance(push),
    )


def opportunity_chance(push: Array) -> Array:
    """Return the chance that an MQL becomes an opportunity in one cycle."""
    rates = (FUNNEL.sal_rate, FUNNEL.sql_rate, FUNNEL.opportunity_rate)
    steps = [_step_chance(push, rate) for rate in rates]
    return steps[0] * steps[1] * steps[2]


def _step_chance(push: Array, rate: float) -> Array:
    return logistic(np.log(rate / (1 - rate)) + FUNNEL.spread_to_sales * push)


def _one_cycle(
    clock: Clock,
    rng: np.random.Generator,
    people: People,
    log: _Log,
    cycle: int,
    entering: Array,
    push: Array,
    first: dict[str, Array],
    converts_at: Array,
) -> Array:
    """Run one cycle from MQL on; return when the recycled come back, else NEVER."""
    steps = (
        ("mql", "Marketing Qualified", 1.0, 0.0),
        ("sal", "Sales Accepted", FUNNEL.sal_rate, FUNNEL.days_to_sal),
        ("sql", "Sales Qualified", FUNNEL.sql_rate, FUNNEL.days_to_sql),
        ("", "Converted", FUNNEL.opportunity_rate, FUNNEL.days_to_opportunity),
    )
    count = len(people)
    at = entering
    stuck_since = np.full(count, NEVER)
    for name, status, rate, days in steps:
        moves = at < clock.end
        if days:
            passes = moves & (rng.random(count) < _step_chance(push, rate))
            stuck_since = np.where(moves & ~passes, at, stuck_since)
            at = _lags(clock, rng, np.where(passes, at, NEVER), people.zone, days)
        reached = np.flatnonzero(at < clock.end)
        log.add(reached, status, at[reached], cycle)
        if name:
            first[name][:] = np.minimum(
                first[name], np.where(at < clock.end, at, NEVER)
            )
    converts_at[:] = np.minimum(converts_at, at)
    return _leave(clock, rng, people, log, cycle, stuck_since)


def _leave(
    clock: Clock,
    rng: np.random.Generator,
    people: People,
    log: _Log,
    cycle: int,
    stuck_since: Array,
) -> Array:
    count = len(people)
    ends_at = _lags(clock, rng, stuck_since, people.zone, 2 * FUNNEL.days_to_sql)
    lot = rng.random(count)
    gone = ends_at < clock.end
    recycled = gone & (lot < FUNNEL.recycled_share)
    dropped = gone & ~recycled
    dropped &= lot < FUNNEL.recycled_share + FUNNEL.disqualified_share
    why = rng.choice(_RECYCLE_REASONS, count)
    rows = np.flatnonzero(recycled)
    log.add(rows, "Recycled", ends_at[rows], cycle, why[rows])
    why = rng.choice(_DISQUALIFY_REASONS, count)
    rows = np.flatnonzero(dropped)
    log.add(rows, "Disqualified", ends_at[rows], cycle, why[rows])
    days = rng.uniform(FUNNEL.return_days_low, FUNNEL.return_days_high, count)
    comes_back = recycled & (rng.random(count) < FUNNEL.return_rate)
    return np.where(comes_back, ends_at + (days * DAY).astype(np.int64), NEVER)


def _never_qualified(
    clock: Clock, rng: np.random.Generator, people: People, log: _Log, leads: Array
) -> None:
    """Let some leads be opened and turned away, and leave the others as they came."""
    rows = np.flatnonzero(leads)
    opened = rows[rng.random(len(rows)) < 0.5]
    at = _lags(clock, rng, people.lead_at[opened], people.zone[opened], 1.0)
    log.add(opened, "Open", at, 1)
    bad = rng.random(len(opened)) < FUNNEL.never_mql_disqualified * 2
    closed = _lags(clock, rng, at[bad], people.zone[opened[bad]], 12.0)
    why = rng.choice(_DISQUALIFY_REASONS, int(bad.sum()))
    log.add(opened[bad], "Unqualified", closed, 1, why)


def _prospected(
    clock: Clock,
    rng: np.random.Generator,
    people: People,
    log: _Log,
    push: Array,
    first: dict[str, Array],
    converts_at: Array,
) -> None:
    """Run the leads that sales found: worked, qualified and converted without an MQL."""
    rows = np.flatnonzero(people.kind == PROSPECTED)
    zone = people.zone[rows]
    at = clock.in_office(rng, people.lead_at[rows] + HOUR, zone)
    log.add(rows, "Working", at, 1)
    first["sal"][rows] = np.where(at < clock.end, at, NEVER)
    passes = rng.random(len(rows)) < _step_chance(
        push[rows], FUNNEL.prospected_sql_rate
    )
    sql = _lags(
        clock, rng, np.where(passes, at, NEVER), zone, FUNNEL.prospected_days_to_sql
    )
    log.add(rows, "Sales Qualified", sql, 1)
    first["sql"][rows] = np.where(sql < clock.end, sql, NEVER)
    wins = rng.random(len(rows)) < FUNNEL.prospected_opportunity_rate
    converted = _lags(
        clock, rng, np.where(wins, sql, NEVER), zone, FUNNEL.days_to_opportunity
    )
    log.add(rows, "Converted", converted, 1)
    converts_at[rows] = np.minimum(converts_at[rows], converted)
    stopped = np.where(passes, np.where(wins, NEVER, sql), at)
    _leave(clock, rng, people, log, 1, _whole(people, rows, stopped))


def _whole(people: People, rows: Array, values: Array) -> Array:
    spread = np.full(len(people), NEVER)
    spread[rows] = values
    return spread

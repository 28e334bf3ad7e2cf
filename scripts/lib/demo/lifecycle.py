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
_SHORTEST_LAG = 10 * MINUTE


@dataclass(frozen=True)
class StatusLog:
    """Changes of status, one row each, ordered by person and time."""

    person: Array
    status: Array
    at: Array
    reason: Array  # place in REASONS, -1 where none is given


@dataclass(frozen=True)
class Lifecycle:
    """What the funnel did to each person, and what it would have done by chance."""

    log: StatusLog
    converts_at: Array  # opens a deal, or joins one that is open
    mql_chance: Array
    opportunity_chance: Array  # of an MQL, in one cycle

    @property
    def mql_at(self) -> Array:
        """When each person first became an MQL."""
        return self._first("Marketing Qualified")

    @property
    def sal_at(self) -> Array:
        """When sales first took each person on."""
        return self._first("Sales Accepted", "Working")

    @property
    def sql_at(self) -> Array:
        """When sales first qualified each person."""
        return self._first("Sales Qualified")

    def _first(self, *statuses: str) -> Array:
        times = np.full(len(self.converts_at), NEVER)
        rows = np.isin(self.log.status, [NUMBER[status] for status in statuses])
        np.minimum.at(times, self.log.person[rows], self.log.at[rows])
        return times


def effects(name: str) -> Array:
    """Return the channels' true effects of a kind, in log-odds."""
    return np.array([getattr(channel, name) for channel in CHANNELS])


def quality(people: People) -> Array:
    """Return what a person brings along, in log-odds of going further."""
    fit, interest = people.fit, people.interest
    return np.asarray(FUNNEL.fit_effect * fit + FUNNEL.interest_effect * interest)


def opportunity_chance(push: Array) -> Array:
    """Return the chance that an MQL becomes an opportunity in one cycle."""
    rates = (FUNNEL.sal_rate, FUNNEL.sql_rate, FUNNEL.opportunity_rate)
    return np.asarray(np.prod([_step_chance(push, rate) for rate in rates], axis=0))


def _step_chance(push: Array, rate: float) -> Array:
    return logistic(np.log(rate / (1 - rate)) + FUNNEL.spread_to_sales * push)


def ordered_log(person: Array, status: Array, at: Array, reason: Array) -> StatusLog:
    """Return the log in its order."""
    order = np.lexsort((status, at, person))
    return StatusLog(person[order], status[order], at[order], reason[order])


class _Funnel:
    """One run of the funnel; it collects changes of status and conversions."""

    def __init__(self, clock: Clock, people: People, push: Array) -> None:
        self.clock = clock
        self.rng = clock.rng("lifecycle")
        self.people = people
        self.push = push
        self.changes: list[tuple[Array, Array, Array, Array]] = []
        self.converts_at = np.full(len(people), NEVER)

    def add(
        self, person: Array, status: str, at: Array, reason: Array | None = None
    ) -> None:
        """Note a status, unless its time lies beyond the window."""
        inside = np.flatnonzero(at < self.clock.end)
        why = np.full(len(inside), -1) if reason is None else reason[inside]
        number = np.full(len(inside), NUMBER[status])
        self.changes.append((person[inside], number, at[inside], why))

    def convert(self, person: Array, at: Array) -> None:
        """Note that leads are converted, and remember the first time."""
        self.add(person, "Converted", at)
        seen = np.where(at < self.clock.end, at, NEVER)
        self.converts_at[person] = np.minimum(self.converts_at[person], seen)

    def later(self, at: Array, zone: Array, median_days: float) -> Array:
        """Return moments some days of office time later; NEVER stays NEVER."""
        wait = self.rng.lognormal(
            np.log(median_days * DAY), FUNNEL.days_sigma, len(at)
        ).astype(np.int64)
        moment = np.where(at < NEVER, at + wait + _SHORTEST_LAG, NEVER)
        return self.clock.in_office(self.rng, moment, zone)

    def one_cycle(self, entering: Array) -> Array:
        """Run MQLs to the end of a cycle; return when the recycled come back."""
        steps = (
            ("Sales Accepted", FUNNEL.sal_rate, FUNNEL.days_to_sal),
            ("Sales Qualified", FUNNEL.sql_rate, FUNNEL.days_to_sql),
            ("Converted", FUNNEL.opportunity_rate, FUNNEL.days_to_opportunity),
        )
        everyone = np.arange(len(self.people))
        at, stuck_since = entering, np.full(len(everyone), NEVER)
        self.add(everyone, "Marketing Qualified", at)
        for status, rate, days in steps:
            moves = at < self.clock.end
            lot = self.rng.random(len(everyone))
            passes = moves & (lot < _step_chance(self.push, rate))
            stuck_since = np.where(moves & ~passes, at, stuck_since)
            at = self.later(np.where(passes, at, NEVER), self.people.zone, days)
            if status == "Converted":
                self.convert(everyone, at)
            else:
                self.add(everyone, status, at)
        return self.leave(stuck_since)

    def leave(self, stuck_since: Array) -> Array:
        """Recycle or disqualify who is stuck; return when the recycled come back."""
        count = len(self.people)
        at = self.later(stuck_since, self.people.zone, 2 * FUNNEL.days_to_sql)
        lot = self.rng.random(count)
        recycled = lot < FUNNEL.recycled_share
        dropped = ~recycled & (lot < FUNNEL.recycled_share + FUNNEL.disqualified_share)
        rows, out = np.flatnonzero(recycled), np.flatnonzero(dropped)
        why = self.rng.choice(_RECYCLE_REASONS, len(rows))
        self.add(rows, "Recycled", at[rows], why)
        why = self.rng.choice(_DISQUALIFY_REASONS, len(out))
        self.add(out, "Disqualified", at[out], why)
        days = self.rng.uniform(FUNNEL.return_days_low, FUNNEL.return_days_high, count)
        returns = recycled & (self.rng.random(count) < FUNNEL.return_rate)
        returns &= at < self.clock.end
        return np.where(returns, at + (days * DAY).astype(np.int64), NEVER)

    def never_qualified(self, leads: Array) -> None:
        """Open some leads and turn some of them away; the others stay as they came."""
        rows = np.flatnonzero(leads)
        opened = rows[self.rng.random(len(rows)) < FUNNEL.never_mql_opened]
        at = self.later(self.people.lead_at[opened], self.people.zone[opened], 1.0)
        self.add(opened, "Open", at)
        bad = self.rng.random(len(opened)) < FUNNEL.never_mql_unqualified
        zone = self.people.zone[opened[bad]]
        closed = self.later(at[bad], zone, FUNNEL.never_mql_days)
        why = self.rng.choice(_DISQUALIFY_REASONS, len(closed))
        self.add(opened[bad], "Unqualified", closed, why)

    def prospected(self) -> None:
        """Run the leads that sales found: worked, qualified, converted, no MQL."""
        rows = np.flatnonzero(self.people.kind == PROSPECTED)
        zone, push = self.people.zone[rows], self.push[rows]
        at = self.clock.in_office(self.rng, self.people.lead_at[rows] + HOUR, zone)
        self.add(rows, "Working", at)
        lot = self.rng.random(len(rows))
        passes = lot < _step_chance(push, FUNNEL.prospected_sql_rate)
        sql = np.where(passes, at, NEVER)
        sql = self.later(sql, zone, FUNNEL.prospected_days_to_sql)
        self.add(rows, "Sales Qualified", sql)
        wins = self.rng.random(len(rows)) < FUNNEL.prospected_opportunity_rate
        deal = np.where(wins, sql, NEVER)
        deal = self.later(deal, zone, FUNNEL.days_to_opportunity)
        self.convert(rows, deal)
        stuck_since = np.full(len(self.people), NEVER)
        stuck_since[rows] = np.where(passes, np.where(wins, NEVER, sql), at)
        self.leave(stuck_since)

    def log(self) -> StatusLog:
        """Return all changes of status."""
        columns = zip(*self.changes, strict=True)
        return ordered_log(*(np.concatenate(column) for column in columns))


def live(clock: Clock, people: People, exposures: Array) -> Lifecycle:
    """Run every lead through the funnel, cycle by cycle.

    exposures is people × channels: how much of its say each channel has had (0 to 1).
    """
    inbound = people.kind == INBOUND
    judged = inbound & (people.candidate_at < NEVER)
    odds = quality(people) + exposures @ effects("mql_effect")
    chance = logistic(odds + intercept_for(odds[judged], FUNNEL.mql_rate))
    push = quality(people) + exposures @ effects("opportunity_effect")
    push = push - push[judged].mean()
    funnel = _Funnel(clock, people, push)
    becomes = judged & (funnel.rng.random(len(people)) < chance)
    entering = np.where(becomes, people.candidate_at, NEVER)
    for _ in range(FUNNEL.cycles):
        entering = funnel.one_cycle(entering)
    funnel.never_qualified(inbound & ~becomes)
    funnel.prospected()
    return Lifecycle(
        log=funnel.log(),
        converts_at=funnel.converts_at,
        mql_chance=np.where(judged, chance, 0.0),
        opportunity_chance=opportunity_chance(push),
    )

"""Empirical win rates and times to close, from deals that were in the same place.

What became of past deals is counted by the weeks that it took: a deal that is still
open counts as long as it has been watched (the Aalen-Johansen estimate of the
cumulative incidence of winning, losing being the competing end). Places are levels,
from coarse to fine; a fine one with few deals leans on the coarser one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lib.forecast.history import NEVER, Array, History

WEEKS = 78
WON, LOST = 1, 2
# How many looks at deals of the coarser level a fine one starts with.
_LEAN_OF_LOOKS = 20.0
_LEAN_OF_DEALS = 10.0
# How many deals more the rate of a place is as sure as, for what it leans on.
_FEW_DEALS = 10.0
STEP_DAYS = 14
AGES = (30, 60, 120)
DUE_IN = (0, 8, 15, 31, 61, 91)


@dataclass(frozen=True)
class Curves:
    """By place: the chance to be won by the end of each week from now, 0 weeks first.

    deals is how many deals tell of the place.
    """

    chances: Array
    deals: Array

    @property
    def ever(self) -> Array:
        """The chance to be won at all, as far as was watched."""
        return np.asarray(self.chances[:, -1])

    def within(self, place: Array, days: Array | int) -> Array:
        """Return the chance to be won in fewer than so many days."""
        weeks = np.clip(np.asarray(days, dtype=np.float64) / 7, 0, WEEKS - 1e-9)
        whole = weeks.astype(np.int64)
        before, after = self.chances[place, whole], self.chances[place, whole + 1]
        return np.asarray(before + (weeks - whole) * (after - before))


@dataclass(frozen=True)
class Watched:
    """Deals as they were watched, one element each time that one was looked at.

    days is how long it took from then to the end, or how long it has been watched;
    ending is WON, LOST or 0; deal tells looks at one deal from looks at others.
    """

    days: Array
    ending: Array
    deal: Array


def curves(
    levels: Sequence[Array], asked: Sequence[Array], watched: Watched, lean: float
) -> Curves:
    """Return a curve for each place asked for.

    levels and asked hold by level, coarse to fine, a code for each look at a deal and
    for each place. A level starts with the rates of the coarser one, as if that many
    (lean) looks had found them.
    """
    # A CRM may hold a close before the creation.
    week = np.clip(watched.days // 7, 0, WEEKS - 1)
    count = len(asked[0])
    won, lost = np.zeros((count, WEEKS)), np.zeros((count, WEEKS))
    leans = 0.0
    for codes, wanted in zip(levels, asked, strict=True):
        names, of_asked = np.unique(wanted, return_inverse=True)
        rows, place = _found(names, codes)
        cells = place * WEEKS + week[rows]

        def counted(
            which: Array, cells: Array = cells, size: int = len(names)
        ) -> Array:
            found = np.bincount(cells[which], minlength=size * WEEKS)
            return np.asarray(found.reshape(size, WEEKS))

        left = counted(np.ones(len(cells), dtype=bool))
        at_risk = np.cumsum(left[:, ::-1], axis=1)[:, ::-1][of_asked] + leans
        at_risk = np.where(at_risk > 0, at_risk, 1.0)
        ending = watched.ending[rows]
        won = (counted(ending == WON)[of_asked] + leans * won) / at_risk
        lost = (counted(ending == LOST)[of_asked] + leans * lost) / at_risk
        leans = lean
    stays = np.cumprod(1 - won - lost, axis=1)
    before = np.concatenate([np.ones((count, 1)), stays[:, :-1]], axis=1)
    chances = np.cumsum(before * won, axis=1)
    chances = np.concatenate([np.zeros((count, 1)), chances], axis=1)
    deals = _deals_of(levels[-1], asked[-1], watched.deal)
    return Curves(np.minimum(chances, 1.0), deals)


def _found(names: Array, codes: Array) -> tuple[Array, Array]:
    """Return the codes that are among sorted names, and where each of them is."""
    if len(names) == 0:
        return np.zeros(len(codes), dtype=bool), np.zeros(0, dtype=np.int64)
    place = np.minimum(np.searchsorted(names, codes), len(names) - 1)
    rows = names[place] == codes
    return np.asarray(rows), np.asarray(place[rows])


def _deals_of(codes: Array, asked: Array, deal: Array) -> Array:
    """Return how many deals were seen in each place asked for, and a few more."""
    pairs = np.unique(np.stack([codes, deal]), axis=1)[0]
    names, of_asked = np.unique(asked, return_inverse=True)
    _, place = _found(names, pairs)
    return np.asarray(np.bincount(place, minlength=len(names))[of_asked] + _FEW_DEALS)


def endings(history: History, deal: Array) -> Array:
    """Return how deals ended: WON, LOST, or 0 while open."""
    over = history.closed[deal] < NEVER
    return np.where(over, np.where(history.is_won[deal], WON, LOST), 0)


def _places(history: History, deal: Array, day: Array) -> list[Array]:
    """Return where deals stood on days: by stage, close, segment and age."""
    states = history.at(deal, day)
    kind = history.renewal[deal].astype(np.int64)
    stage = kind * 1_000 + states.stage + 1
    in_days = np.where(states.due < NEVER, states.due - day, 10_000)
    due = np.searchsorted(DUE_IN, in_days, side="right")
    due = np.where(states.due < NEVER, due, len(DUE_IN) + 1)
    age = np.searchsorted(AGES, day - history.created[deal], side="right")
    by_due = stage * 10 + due
    by_segment = by_due * 1_000 + history.segment[deal]
    return [kind, stage, by_due, by_segment, by_segment * 10 + age]


def open_curves(history: History, deal: Array, day: int) -> Curves:
    """Return the curves of deals that are open on a day, by where they stand.

    What became of all deals is looked at from every second week of their lives.
    """
    ends = np.minimum(history.closed, day)
    first = -(-history.created // STEP_DAYS)
    number = np.maximum((ends - 1) // STEP_DAYS - first + 1, 0)
    of = np.repeat(np.arange(len(history)), number)
    step = np.arange(len(of)) - np.repeat(np.cumsum(number) - number, number)
    seen = (first[of] + step) * STEP_DAYS
    return curves(
        _places(history, of, seen),
        _places(history, deal, np.full(len(deal), day)),
        Watched(ends[of] - seen, endings(history, of), of),
        _LEAN_OF_LOOKS,
    )


def new_curves(history: History, day: int) -> Curves:
    """Return the curves of new deals from their creation: type by segment, by place.

    The place of a type and segment is type × number of segments + segment.
    """
    everyone = np.arange(len(history))
    width = len(history.segments)
    types, segments = np.divmod(np.arange(len(history.types) * width), max(width, 1))
    return curves(
        [np.zeros_like(everyone), history.kind, history.kind * width + history.segment],
        [np.zeros_like(types), types, types * width + segments],
        Watched(
            np.minimum(history.closed, day) - history.created,
            endings(history, everyone),
            everyone,
        ),
        _LEAN_OF_DEALS,
    )

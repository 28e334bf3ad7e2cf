"""How each deal went, up to the last day: stages, amounts, dates and their changes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lib.demo.assumptions import SALES
from lib.demo.clock import Clock
from lib.demo.columns import DAY, HOUR, MINUTE, NEVER, Array
from lib.demo.deals import FIRST_RENEWAL_STAGE, RENEWAL, Deals
from lib.demo.market import Market

STAGES = (*SALES.stages, "Closed Won", "Closed Lost")
_WON, _LOST = len(SALES.stages), len(SALES.stages) + 1
_MOVED_BETWEEN = (0.15, 0.85)  # of the cycle, when amounts and dates are changed
_FIRST_GUESS = (0.55, 0.95)  # of the cycle, for dates that are pushed later
_STILL_TO_PUSH = 0.15  # of open deals: their date is too early, and nobody said so yet
_AMOUNT_STEP = 50


@dataclass(frozen=True)
class Course:
    """How each deal went: its stages in time, and what was changed on the way."""

    stage_deal: Array
    stage: Array
    stage_at: Array
    amount: Array  # in the deal's currency, at the end
    first_amount: Array
    amount_at: Array  # when it changed, or NEVER
    close_day: Array
    first_close_day: Array
    close_at: Array  # when the date was pushed, or NEVER
    is_closed: Array
    is_won: Array
    current: Array  # stage at the end
    currency: Array


def run_course(market: Market, deals: Deals, usd_per_unit: Array) -> Course:
    """Play every deal up to the end of the window.

    usd_per_unit holds rates by currency and day from the window's first day on.
    """
    clock = market.clock
    rng = clock.rng("course")
    count = len(deals)
    deal, stage, at = _stages(market, rng, deals)
    is_closed = deals.closes_at < clock.end
    currency = market.accounts.currency[deals.account]
    day = deals.created_at // DAY - clock.start_day
    amount = _rounded(deals.amount_usd / usd_per_unit[currency, day])
    span = deals.closes_at - deals.created_at
    amount_at = _on_the_way(clock, rng, deals, SALES.amount_changed)
    close_at = _on_the_way(clock, rng, deals, SALES.date_pushed)
    guess = np.exp(SALES.amount_change_sigma * rng.normal(0, 1, count))
    part = rng.uniform(*_FIRST_GUESS, count)
    early = (deals.created_at + (part * span).astype(np.int64)) // DAY
    too_early = rng.random(count) < _STILL_TO_PUSH
    too_early &= ~is_closed & (close_at == NEVER)
    close_day = np.where(too_early, early, deals.closes_at // DAY)
    current = np.zeros(count, dtype=np.int64)
    current[deal] = stage
    return Course(
        stage_deal=deal,
        stage=stage,
        stage_at=at,
        amount=amount,
        first_amount=np.where(amount_at < NEVER, _rounded(amount * guess), amount),
        amount_at=amount_at,
        close_day=close_day,
        first_close_day=np.where(close_at < NEVER, early, close_day),
        close_at=close_at,
        is_closed=is_closed,
        is_won=is_closed & deals.is_won,
        current=current,
        currency=currency,
    )


def _rounded(amounts: Array) -> Array:
    return np.maximum(np.rint(amounts / _AMOUNT_STEP), 1) * _AMOUNT_STEP


def _on_the_way(
    clock: Clock, rng: np.random.Generator, deals: Deals, share: float
) -> Array:
    """Draw for a share of the deals a moment in their cycle that has come already."""
    met = rng.random(len(deals)) < share
    part = rng.uniform(*_MOVED_BETWEEN, len(deals))
    span = deals.closes_at - deals.created_at
    moment = deals.created_at + (part * span).astype(np.int64)
    return np.where(met & (moment < clock.end), moment, NEVER)


def _stages(
    market: Market, rng: np.random.Generator, deals: Deals
) -> tuple[Array, Array, Array]:
    """Return deal, stage and time of every stage reached, by deal and time."""
    clock, zones = market.clock, market.accounts.zone
    count, width = len(deals), len(SALES.stages)
    place = np.arange(width)[None, :]
    opening = np.where(deals.kind == RENEWAL, FIRST_RENEWAL_STAGE, 0)[:, None]
    last = deals.last_stage[:, None]
    held = (place >= opening) & (place <= last)
    parts = rng.gamma(2.0, 1.0, (count, width)) * held
    shares = np.cumsum(parts, axis=1) / parts.sum(axis=1, keepdims=True)
    before = np.concatenate([np.zeros((count, 1)), shares[:, :-1]], axis=1)
    span = (deals.closes_at - deals.created_at)[:, None]
    at = deals.created_at[:, None] + (before * span).astype(np.int64)
    zone = np.repeat(zones[deals.account], width)
    office = clock.in_office(rng, at.ravel(), zone).reshape(count, width)
    office = np.minimum(office, deals.closes_at[:, None] - HOUR)
    at = np.where(place == opening, deals.created_at[:, None], office)
    at = np.maximum.accumulate(np.where(held, at, 0), axis=1) + place * MINUTE
    at = np.where(place == opening, deals.created_at[:, None], at)
    skipped = (place > opening) & (place < last)
    skipped &= rng.random((count, width)) < SALES.stage_skipped
    reached = held & ~skipped & (at < np.minimum(deals.closes_at, clock.end)[:, None])
    deal, stage = np.nonzero(reached)
    closed = np.flatnonzero(deals.closes_at < clock.end)
    ending = np.where(deals.is_won[closed], _WON, _LOST)
    deal = np.concatenate([deal, closed])
    stage = np.concatenate([stage, ending])
    moment = np.concatenate([at[reached], deals.closes_at[closed]])
    order = np.lexsort((stage, moment, deal))
    return deal[order], stage[order], moment[order]


def versions(course: Course) -> dict[str, Array]:
    """Return one row per deal and moment at which anything changed, in order."""
    amount_rows = np.flatnonzero(course.amount_at < NEVER)
    close_rows = np.flatnonzero(course.close_at < NEVER)
    deal = np.concatenate([course.stage_deal, amount_rows, close_rows])
    at = np.concatenate(
        [course.stage_at, course.amount_at[amount_rows], course.close_at[close_rows]]
    )
    stage = np.concatenate(
        [course.stage, np.full(len(amount_rows) + len(close_rows), -1)]
    )
    order = np.lexsort((stage, at, deal))
    deal, at, stage = deal[order], at[order], stage[order]
    # A row without a stage of its own keeps the one before it.
    known = np.where(stage >= 0, np.arange(len(stage)), 0)
    stage = stage[np.maximum.accumulate(known)]
    amount = np.where(
        at >= course.amount_at[deal], course.amount[deal], course.first_amount[deal]
    )
    close = np.where(
        at >= course.close_at[deal],
        course.close_day[deal],
        course.first_close_day[deal],
    )
    return {"deal": deal, "at": at, "stage": stage, "amount": amount, "close": close}

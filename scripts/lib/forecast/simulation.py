"""Quarters, drawn a thousand times: every segment in each draw, totals their sums.

A draw takes its own win rates (beta, as sure as the deals behind them) and its own idea
of what a usual week brings (a resample of the latest ones), so that the interval holds
what is not known of the rates as well as chance.
"""

from __future__ import annotations

from dataclasses import dataclass
from zlib import crc32

import numpy as np

from lib.forecast import arrivals, rates
from lib.forecast.history import NEVER, RENEWAL, Array, History, as_date

DRAWS = 1_000
_FEW_DRAWS = 200
_MANY_ROWS = 2_000  # deals to come in one draw, from which on fewer draws will do
_CELLS = 20_000_000  # random numbers at a time
_NO_CHANCE = 1e-12
_DRIFT = 0.15  # standard deviation of the logarithm, after a quarter
MEASURES = ("pipeline_created", "revenue_won")
HORIZONS = ("this_quarter", "next_quarter")


@dataclass(frozen=True)
class Simulation:
    """Draws of two quarters; arrays are measure × quarter × draw × segment, in USD.

    so_far is what the quarters hold already, measure × quarter × segment.
    """

    day: int
    starts: tuple[int, int]
    segments: tuple[str, ...]
    draws: Array
    so_far: Array


def quarter_starts(day: int, fiscal_year_start_month: int, count: int = 3) -> list[int]:
    """Return the first days of the fiscal quarter of a day and of those after it."""
    today = as_date(day)
    month = today.year * 12 + today.month - 1
    month -= (month - (fiscal_year_start_month - 1)) % 3
    months = np.array([month + 3 * ahead for ahead in range(count)]) - 1970 * 12
    days = months.astype("datetime64[M]").astype("datetime64[D]")
    return [int(day) for day in days.astype(np.int64)]


def simulate(
    history: History, day: int, fiscal_year_start_month: int, recent_weeks: int
) -> Simulation:
    """Draw this and the next quarter from what the history of a day knows."""
    start, middle, end = quarter_starts(day, fiscal_year_start_month)
    coming = arrivals.renewals(history, day, end)
    matched = np.zeros(len(history), bool) if coming is None else coming.matched
    usual = arrivals.weeks(history, day, end, recent_weeks, matched)
    in_draw = usual.counts.mean(axis=0).sum() * len(usual.factors)
    count = DRAWS if in_draw <= _MANY_ROWS else _FEW_DRAWS
    so_far = _so_far(history, start)
    desk = _Desk(history, (day, middle, end), count)
    desk.draws += so_far[:, :, None, :]
    desk.close_open_deals()
    if coming is not None:
        desk.renew(coming)
    desk.open_new_deals(usual)
    return Simulation(day, (start, middle), history.segments, desk.draws, so_far)


def _so_far(history: History, start: int) -> Array:
    width = len(history.segments)
    amount = np.nan_to_num(history.amount)
    created = history.created >= start
    won = history.is_won & (history.closed >= start) & (history.closed < NEVER)
    held = np.zeros((2, 2, width))
    for measure, rows in enumerate((created, won)):
        held[measure, 0] = np.bincount(
            history.segment[rows], weights=amount[rows], minlength=width
        )
    return held


def _beta(rng: np.random.Generator, chance: Array, deals: Array, count: int) -> Array:
    """Return by draw and place a chance as likely as the deals behind it let it be."""
    chance = np.clip(chance, 0, 1)
    drawn = rng.beta(
        np.maximum(chance * deals, 1e-9), np.maximum((1 - chance) * deals, 1e-9),
        (count, len(chance)),
    )  # fmt: skip
    return np.asarray(np.where(chance > 0, drawn, 0.0))


def _worth(rng: np.random.Generator, pool: Array, count: int) -> Array:
    """Return by draw a factor about 1, as unsure as the mean of so few amounts is."""
    mean, spread = pool.mean(), pool.std()
    if mean <= 0 or spread <= 0:
        return np.ones(count)
    shape = len(pool) * (mean / spread) ** 2
    return np.asarray(rng.gamma(shape, 1 / shape, count))


@dataclass(frozen=True)
class _Arrived:
    """Deals that are created in draws: one element each."""

    draw: Array
    group: Array  # type × number of segments + segment
    created: Array
    amount: Array


class _Desk:
    """Sales at work in every draw: one random stream, one array of draws to add to.

    days are that of the forecast, and those on which its two quarters end.
    """

    def __init__(
        self, history: History, days: tuple[int, int, int], count: int
    ) -> None:
        self.history = history
        self.now, self.middle, self.end = days
        self.count = count
        self.width = len(history.segments)
        self.draws = np.zeros((2, 2, count, self.width))
        self.rng = np.random.default_rng(crc32(as_date(self.now).isoformat().encode()))
        self.newborn = rates.new_curves(history, self.now)
        self.ever = _beta(self.rng, self.newborn.ever, self.newborn.deals, count)

    def close_open_deals(self) -> None:
        """Win some of the deals that are open, in this quarter or the next."""
        history, rng = self.history, self.rng
        deal = np.flatnonzero(history.closed == NEVER)
        deal = deal[np.isfinite(history.amount[deal])]
        amount = history.amount[deal]
        if len(deal) == 0:
            return
        found = rates.open_curves(history, deal, self.now)
        place = np.arange(len(deal))
        ever = np.maximum(found.ever, _NO_CHANCE)
        soon = found.within(place, self.middle - self.now) / ever
        later = found.within(place, self.end - self.now) / ever
        step = max(_CELLS // self.count, 1)
        for first in range(0, len(deal), step):
            part = slice(first, first + step)
            chance = _beta(rng, found.ever[part], found.deals[part], self.count)
            lot = rng.random(chance.shape)
            in_this = lot < chance * soon[part]
            in_next = ~in_this & (lot < chance * later[part])
            for segment in range(self.width):
                of = history.segment[deal[part]] == segment
                for quarter, rows in enumerate((in_this, in_next)):
                    won = rows[:, of] @ amount[part][of]
                    self.draws[1, quarter, :, segment] += won

    def renew(self, coming: arrivals.Renewals) -> None:
        """Open the renewals that are to come, and win most of them."""
        rng, number, weeks = self.rng, len(coming.segment), len(coming.hazard)
        if number == 0:
            return
        now = np.clip((self.now - coming.opens) // 7, 0, weeks)
        passed = np.concatenate([np.zeros(1), coming.hazard])[now]
        pace = np.asarray(rng.gamma(coming.events, 1 / coming.events, self.count))
        renewal = self.history.types.index(RENEWAL)
        step = max(_CELLS // number, 1)
        for first in range(0, self.count, step):
            part = np.arange(first, min(first + step, self.count))
            wait = rng.exponential(1.0, (len(part), number)) / pace[part, None]
            week = np.searchsorted(coming.hazard, (passed + wait).ravel(), side="right")
            draw, who = np.repeat(part, number), np.tile(np.arange(number), len(part))
            kept = week < weeks
            draw, who, week = draw[kept], who[kept], week[kept]
            created = coming.opens[who] + 7 * week + rng.integers(0, 7, len(week))
            ratio = coming.ratios[rng.integers(0, len(coming.ratios), len(week))]
            self._take(
                _Arrived(
                    draw=draw,
                    group=renewal * self.width + coming.segment[who],
                    created=np.maximum(created, self.now),
                    amount=coming.yearly_usd[who] * ratio,
                )
            )

    def open_new_deals(self, usual: arrivals.Weeks) -> None:
        """Open what comes in weeks like the latest ones, and win some of it."""
        rng, groups = self.rng, len(usual.groups)
        recent, comes = len(usual.counts), len(usual.factors)
        if groups == 0 or comes == 0:
            return
        urn = rng.integers(0, recent, (self.count, recent))
        lots = rng.integers(0, recent, (self.count, comes))
        taken = np.take_along_axis(urn, lots, axis=1)
        # The last week ends with the quarter.
        length = np.minimum(self.end - self.now - 7 * np.arange(comes), 7)
        factor = np.where(usual.follows_leads, usual.factors[:, None], 1.0)
        factor = factor * length[:, None] / 7
        # What is usual drifts, by more the further ahead.
        far = _DRIFT * np.sqrt((np.arange(comes) + 1) / 13)
        drift = np.exp(rng.normal(0.0, 1.0, (self.count, 1)) * far)
        worth = np.stack([_worth(rng, pool, self.count) for pool in usual.pools], 1)
        in_draw = usual.counts.mean(axis=0).sum() * comes
        step = max(_CELLS // 4 // max(int(in_draw), comes * groups), 1)
        for first in range(0, self.count, step):
            expected = usual.counts[taken[first : first + step]] * factor
            expected = expected * drift[first : first + step, :, None]
            made = np.floor(expected + rng.random(expected.shape)).astype(np.int64)
            draw, week, group = (
                np.repeat(one.ravel(), made.ravel()) for one in np.indices(made.shape)
            )
            day = (rng.random(len(week)) * length[week]).astype(np.int64)
            amount = np.zeros(len(draw))
            for place, pool in enumerate(usual.pools):
                rows = np.flatnonzero(group == place)
                lots = rng.integers(0, len(pool), len(rows))
                amount[rows] = pool[lots] * worth[draw[rows] + first, place]
            self._take(
                _Arrived(
                    draw=draw + first,
                    group=usual.groups[group],
                    created=self.now + 7 * week + day,
                    amount=amount,
                )
            )

    def _take(self, arrived: _Arrived) -> None:
        """Put deals into the quarters that they are created and won in."""
        place, created = arrived.group, arrived.created
        soon = created < self.middle
        self._put(0, 0, arrived, soon)
        self._put(0, 1, arrived, ~soon & (created < self.end))
        chance = self.ever[arrived.draw, place]
        chance = chance / np.maximum(self.newborn.ever[place], _NO_CHANCE)
        first, both = (
            chance * self.newborn.within(place, np.maximum(end - created, 0))
            for end in (self.middle, self.end)
        )
        lot = self.rng.random(len(created))
        self._put(1, 0, arrived, lot < first)
        self._put(1, 1, arrived, (lot >= first) & (lot < both))

    def _put(self, measure: int, quarter: int, arrived: _Arrived, rows: Array) -> None:
        cell = arrived.draw * self.width + arrived.group % max(self.width, 1)
        size = self.count * self.width
        added = np.bincount(cell[rows], arrived.amount[rows], minlength=size)
        self.draws[measure, quarter] += added.reshape(self.count, self.width)

"""Forecasts of past days, their rivals, and intervals widened by what was missed.

Every forecast, today's too, is made by the same steps from History as of its day. Its
interval is scaled about the middle by how far outcomes of earlier back-tests lay from
theirs (conformal): by those alone whose quarter was over by the day of the forecast.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lib.forecast.history import (
    DAYS,
    NEVER,
    Array,
    History,
    Settings,
    Tables,
    as_date,
    as_known,
    day_number,
    understand,
)
from lib.forecast.simulation import (
    HORIZONS,
    MEASURES,
    Simulation,
    quarter_starts,
    simulate,
)

TOTAL = "total"
QUANTILES = (0.1, 0.5, 0.9)
FORECAST, TOO_LITTLE = "forecast", "too_little_history"
# Scores of earlier back-tests that the interval as simulated is worth.
_LEAN = 20
_FACTOR_BOUNDS = (0.7, 3.0)
_LEVEL = 0.8


@dataclass(frozen=True)
class Forecast:
    """One figure to come, or why there is none.

    weighted is what open deals are worth by the win rates of their stages, of the
    quarter in which they are expected to close, with what was won so far; last_quarter
    is the figure of the last quarter that was over.
    """

    day: int
    quarter: int
    segment: str
    measure: str
    horizon: str
    basis: str
    known_amount_rate: float | None
    so_far: float | None = None
    quantiles: tuple[float, float, float] | None = None
    factor: float | None = None
    weighted: float | None = None
    last_quarter: float | None = None


@dataclass(frozen=True)
class Score:
    """How far an outcome lay from the middle, in halves of the interval's side."""

    measure: int
    horizon: int
    known_from: int  # the first day after the quarter
    distance: float


def distance(outcome: float, low: float, middle: float, high: float) -> float | None:
    """Return 0 for the middle, 1 for an end of the interval; None without a width."""
    side = high - middle if outcome >= middle else middle - low
    return None if side <= 0 else abs(outcome - middle) / side


def interval_factor(scores: Sequence[float]) -> float:
    """Return what an interval is scaled by so that it holds what it claims to."""
    if not scores:
        return 1.0
    reach = float(np.quantile(np.asarray(scores), _LEVEL, method="higher"))
    factor = 1 + (reach - 1) * len(scores) / (len(scores) + _LEAN)
    return float(np.clip(factor, *_FACTOR_BOUNDS))


def scaled(draws: Array, so_far: Array, factor: float) -> Array:
    """Return draws (draw × segment) moved from their middles, never below so_far.

    Segments are moved alike, so that a draw's total stays the sum of its segments.
    """
    middle = np.median(draws, axis=0)
    return np.asarray(np.maximum(middle + factor * (draws - middle), so_far))


def too_little(history: History, day: int, settings: Settings) -> str | None:
    """Return why nothing can be forecast, or None."""
    if len(history) == 0:
        return "no opportunities are known"
    days = day - int(history.created.min())
    if days < settings.least_history_days:
        return (
            f"opportunities are known for {days} days; "
            f"{settings.least_history_days} are needed"
        )
    closed = int((history.closed < NEVER).sum())
    if closed < settings.least_closed_deals:
        return (
            f"{closed} opportunities have closed; "
            f"{settings.least_closed_deals} are needed"
        )
    return None


def outcomes(history: History, start: int, end: int) -> Array:
    """Return measure × segment of a quarter by the last amounts of the history."""
    width = len(history.segments)
    amount = np.nan_to_num(history.amount)
    created = (history.created >= start) & (history.created < end)
    won = history.is_won & (history.closed >= start) & (history.closed < end)
    return np.stack(
        [
            np.bincount(history.segment[rows], amount[rows], minlength=width)
            for rows in (created, won)
        ]
    )


def stage_win_rates(history: History) -> Array:
    """Return by stage, the unknown one last, the share won of closed deals in it."""
    count = len(history.stages) + 1
    deal = history.change_key // DAYS
    over = history.closed[deal] < NEVER
    before = history.change_key % DAYS < history.closed[deal]
    rows = over & before
    pairs = np.unique(
        np.stack([deal[rows], history.change_stage[rows] % count]), axis=1
    )
    won = history.is_won[pairs[0]]
    seen = np.bincount(pairs[1], minlength=count)
    wins = np.bincount(pairs[1], weights=won, minlength=count)
    closed = history.closed < NEVER
    usual = history.is_won[closed].mean() if closed.any() else 0.0
    return np.asarray(np.where(seen > 0, wins / np.maximum(seen, 1), usual))


def _weighted(history: History, simulation: Simulation, end: int) -> Array:
    """Return quarter × segment: won so far, and open deals by their stages' rates."""
    deal = np.flatnonzero(history.closed == NEVER)
    states = history.at(deal, simulation.day)
    value = np.nan_to_num(history.amount[deal]) * stage_win_rates(history)[states.stage]
    middle = simulation.starts[1]
    # A day of close that is past or unknown is taken for this quarter.
    due = np.where(states.due < NEVER, states.due, simulation.day)
    width = len(history.segments)
    coming = [
        np.bincount(history.segment[deal[rows]], value[rows], minlength=width)
        for rows in (due < middle, (due >= middle) & (due < end))
    ]
    return np.asarray(simulation.so_far[1] + np.stack(coming))


def with_total(values: Array) -> Array:
    """Return values by segment with their sum as one more."""
    return np.concatenate([values, values.sum(axis=-1, keepdims=True)], axis=-1)


def forecast(
    tables: Tables, day: int, settings: Settings, scores: Sequence[Score]
) -> list[Forecast]:
    """Forecast this and the next quarter from what was known when a day began."""
    history = understand(as_known(tables, day))
    month = settings.fiscal_year_start_month
    starts = quarter_starts(day, month)
    reason = too_little(history, day, settings)
    if reason is not None:
        return [
            Forecast(
                day, starts[quarter], TOTAL, measure, horizon, TOO_LITTLE,
                _known_rate(history),
            )
            for quarter, horizon in enumerate(HORIZONS)
            for measure in MEASURES
        ]  # fmt: skip
    simulation = simulate(history, day, month, settings.recent_weeks)
    weighted = with_total(_weighted(history, simulation, starts[2]))
    last = quarter_starts(starts[0] - 1, month, 1)[0]
    again = with_total(outcomes(history, last, starts[0]))
    made = []
    for measure, horizon in np.ndindex(2, 2):
        factor = interval_factor(
            [
                score.distance
                for score in scores
                if score.known_from <= day
                and (score.measure, score.horizon) == (measure, horizon)
            ]
        )
        so_far = simulation.so_far[measure, horizon]
        draws = scaled(simulation.draws[measure, horizon], so_far, factor)
        found = np.quantile(with_total(draws), QUANTILES, axis=0)
        held = with_total(so_far)
        for place, segment in enumerate((*history.segments, TOTAL)):
            low, middle, high = (float(value) for value in found[:, place])
            made.append(
                Forecast(
                    day=day,
                    quarter=starts[horizon],
                    segment=segment,
                    measure=MEASURES[measure],
                    horizon=HORIZONS[horizon],
                    basis=FORECAST,
                    known_amount_rate=_known_rate(history),
                    so_far=float(held[place]),
                    quantiles=(low, middle, high),
                    factor=factor,
                    weighted=float(weighted[horizon, place]) if measure else None,
                    last_quarter=float(again[measure, place]),
                )
            )
    return made


def _outcomes_by_segment(tables: Tables, start: int, end: int) -> dict[str, Array]:
    """Return a quarter's outcomes by measure as they were known when it was over."""
    history = understand(as_known(tables, end))
    found = with_total(outcomes(history, start, end))
    return dict(zip((*history.segments, TOTAL), found.T, strict=True))


def _score(one: Forecast, actual: Mapping[str, Array], over: int) -> Score | None:
    """Return how far off a back-test was, as if its interval had not been scaled."""
    if one.quantiles is None or one.factor is None:
        return None
    measure, horizon = MEASURES.index(one.measure), HORIZONS.index(one.horizon)
    far = distance(float(actual[one.segment][measure]), *one.quantiles)
    return None if far is None else Score(measure, horizon, over, far * one.factor)


def _known_rate(history: History) -> float | None:
    return float(history.has_amounts.mean()) if len(history) else None


def month_starts(first: int, last: int) -> Iterator[int]:
    """Yield the first days of months after one day up to another."""
    day = as_date(first)
    number = day.year * 12 + day.month
    while True:
        start = day_number(day.replace(year=number // 12, month=number % 12 + 1, day=1))
        if start > last:
            return
        yield start
        number += 1


def run(
    tables: Tables, settings: Settings
) -> tuple[list[Forecast], list[Forecast], str | None]:
    """Return the forecasts of the settings' day, the back-tests, and what is missing.

    Back-tests are made on the first day of every month, for quarters that are over.
    """
    history = understand(tables)
    today, month = settings.forecast_day, settings.fiscal_year_start_month
    if len(history) == 0:
        return [], [], "no opportunities are known"
    tests: list[Forecast] = []
    scores: list[Score] = []
    actual: dict[int, dict[str, Array]] = {}
    for day in month_starts(int(history.created.min()), today - 1):
        start, middle, end = quarter_starts(day, month)
        if middle > today:
            break
        ends = {start: middle, middle: end}
        for one in forecast(tables, day, settings, scores):
            over = ends[one.quarter]
            if over > today:
                continue
            tests.append(one)
            if over not in actual:
                actual[over] = _outcomes_by_segment(tables, one.quarter, over)
            score = _score(one, actual[over], over)
            if score is not None:
                scores.append(score)
    made = forecast(tables, today, settings, scores)
    missing = too_little(understand(as_known(tables, today)), today, settings)
    return [one for one in made if one.basis == FORECAST], tests, missing

"""Whose turn it is in a pool, so that shares stay within one lead of the weights.

With weights w of sum W, rep i is due n * w_i / W of any n leads. A cycle of W turns
in which each count differs from that by at most one, over any run of turns, is one in
which count_i(k) - k * w_i / W never leaves an interval of length 1. A depth-first
search finds such a cycle where there is one, the most urgent rep first; some weights
have none, of a sum up to 12 and five reps 8 of 156. For those, and for weights so
large that the search is given up, each count differs by less than one over any run
from the cycle's start, hence by less than two over any run: earliest deadline first,
which keeps both quotas (G. Steiner and S. Yeomans, Level schedules for mixed-model,
just-in-time processes, Management Science 39, 1993).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

EFFORT = 25_000
"""States that the search looks at before it is given up, times the reps of each."""
_State = tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Cycle:
    """Turns that are repeated for ever: places of the weights, by turn."""

    turns: tuple[int, ...]
    holds_in_any_window: bool


@lru_cache(maxsize=1024)
def fair_cycle(weights: tuple[int, ...]) -> Cycle:
    """Return a fair cycle for positive weights; the same one for the same weights.

    Returns:
        The turns, as many as the weights' sum over their common divisor, and whether
        any window is within one lead; else any that starts where the cycle does.
    """
    divisor = math.gcd(*weights)
    reduced = tuple(weight // divisor for weight in weights)
    turns = _within_one(reduced)
    if turns is None:
        return Cycle(_within_quotas(reduced), holds_in_any_window=False)
    return Cycle(turns, holds_in_any_window=True)


def _within_one(weights: tuple[int, ...]) -> tuple[int, ...] | None:
    """Search a cycle in which no difference ranges over more than 1.

    Differences are in units of 1/W. The state after k turns is each rep's count, and
    the least and the greatest difference so far.
    """
    total = sum(weights)
    start: _State = ((0,) * len(weights),) * 3
    dead: set[_State] = set()
    path: list[int] = []
    stack = [(start, iter(_candidates(start, weights, total)))]
    while stack and len(dead) * len(weights) < EFFORT:
        if len(path) == total:
            return tuple(path)
        state, candidates = stack[-1]
        for place in candidates:
            after = _after(state, place, weights, total)
            if after is not None and after not in dead:
                path.append(place)
                stack.append((after, iter(_candidates(after, weights, total))))
                break
        else:
            dead.add(state)
            stack.pop()
            if path:
                path.pop()
    return None


def _candidates(state: _State, weights: Sequence[int], total: int) -> list[int]:
    """Return the places that may be next, those first that must be soonest."""
    counts, _, greatest = state
    # Later than that, the difference would be more than 1 below its greatest.
    deadlines = [
        (count * total + total - high) // weight
        for count, high, weight in zip(counts, greatest, weights, strict=True)
    ]
    return sorted(
        (place for place, weight in enumerate(weights) if counts[place] < weight),
        key=lambda place: (deadlines[place], place),
    )


def _after(
    state: _State, place: int, weights: Sequence[int], total: int
) -> _State | None:
    """Return the state after a turn; None where a difference ranges beyond 1."""
    before, least, greatest = state
    counts = tuple(
        count + 1 if other == place else count for other, count in enumerate(before)
    )
    turn = sum(counts)
    differences = [
        count * total - turn * weight
        for count, weight in zip(counts, weights, strict=True)
    ]
    lows = tuple(map(min, least, differences))
    highs = tuple(map(max, greatest, differences))
    if any(high - low > total for low, high in zip(lows, highs, strict=True)):
        return None
    return counts, lows, highs


def _within_quotas(weights: tuple[int, ...]) -> tuple[int, ...]:
    """Return a cycle whose counts stay within one of their share from its start on."""
    total = sum(weights)
    counts = [0] * len(weights)
    turns = []
    for turn in range(1, total + 1):
        place = min(
            (
                place
                for place, weight in enumerate(weights)
                if counts[place] * total < turn * weight
            ),
            key=lambda place: (
                -(-(counts[place] + 1) * total // weights[place]),
                place,
            ),
        )
        counts[place] += 1
        turns.append(place)
    return tuple(turns)

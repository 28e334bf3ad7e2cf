"""Ask of Markov chains of any order what each channel is worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy.sparse import csr_array, eye_array
from scipy.sparse.linalg import gmres, splu

START = "(start)"
CONVERSION = "(conversion)"
NULL = "(null)"
SCHEMA = pa.schema(
    [
        ("conversion_type", pa.string()),
        ("chain_order", pa.int64()),
        ("channel", pa.string()),
        ("removal_effect", pa.float64()),
    ]
)
# Up to this many states a factorisation takes next to no time; beyond, its fill grows
# with the square of the states, and iterating is faster by far.
_FEW_STATES = 500
_ROUNDS = 3  # of iterating on what the round before it left
_DIGITS = 12
Row = Mapping[str, Any]
Vector = npt.NDArray[np.float64]


def removal_effects(steps: pa.Table) -> pa.Table:
    """Return the removal effect of every channel, whatever the order of the rows.

    Args:
        steps: conversion_type, chain_order, from_state, to_state, channel (the newest
            of the state that the step comes to, null where it ends the journey) and
            steps, how often it was taken.

    Returns:
        One row per conversion type, order and channel by SCHEMA, sorted by its keys.
    """
    keys = ("conversion_type", "chain_order", "from_state", "to_state")
    rows = sorted(steps.to_pylist(), key=lambda row: [row[key] for key in keys])
    found = []
    for (kind, order), group in groupby(rows, lambda row: (row[keys[0]], row[keys[1]])):
        for channel, effect in chain_effects(list(group)).items():
            values = (kind, order, channel, effect)
            found.append(dict(zip(SCHEMA.names, values, strict=True)))
    return pa.Table.from_pylist(found, SCHEMA)


def chain_effects(steps: Sequence[Row]) -> dict[str, float | None]:
    """Return the removal effect of each channel of one chain, sorted by channel.

    It is 1 - P(conversion, every step into a state whose newest channel it is ending in
    null) / P(conversion): 0 to 1, to 12 digits; null where nothing converts.
    """
    channel_of = {row["to_state"]: row["channel"] for row in steps if row["channel"]}
    states = [START, *sorted({row["from_state"] for row in steps} - {START})]
    place = {state: number for number, state in enumerate(states)}
    newest = np.array([channel_of.get(state, "") for state in states], dtype=object)

    sources = np.array([place[row["from_state"]] for row in steps])
    counts = np.array([row["steps"] for row in steps], dtype=float)
    chances = counts / np.bincount(sources, counts, len(states))[sources]
    converts = np.array([row["to_state"] == CONVERSION for row in steps])
    moves = np.array([row["to_state"] in place for row in steps])
    targets = [place[row["to_state"]] for row in steps if row["to_state"] in place]
    chain = csr_array(
        (chances[moves], (sources[moves], targets)), (len(states), len(states))
    )
    ends = np.zeros(len(states))
    np.add.at(ends, sources[converts], chances[converts])

    whole = conversion_chance(chain, ends)
    effects: dict[str, float | None] = {}
    for channel in sorted(set(channel_of.values())):
        kept = np.flatnonzero(newest != channel)
        left = conversion_chance(chain[kept][:, kept], ends[kept])
        effects[channel] = (
            max(round(1 - left / whole, _DIGITS), 0.0) if whole > 0 else None
        )
    return effects


def conversion_chance(chain: csr_array, ends: Vector) -> float:
    """Return the chance that a journey from the first state converts.

    Args:
        chain: The chance of each step from state to state, of n by n; a row's sum is
            below 1 where journeys end or are cut off.
        ends: The chance of converting next, of each state.
    """
    return float(expected_visits(chain) @ ends)


def expected_visits(chain: csr_array) -> Vector:
    """Return how often a journey from the first state comes to each state.

    They solve v (I - Q) = e, the first row of an absorbing chain's fundamental matrix
    (Kemeny and Snell, Finite Markov Chains, chapter 3). What is left over of the
    equation, summed, is more than what a chance of ending can be off by; iterating is
    trusted where that is no more than rounding, else the matrix is factorised.
    """
    size = chain.shape[0]
    system = csr_array(eye_array(size) - chain.T)
    begin = np.zeros(size)
    begin[0] = 1.0
    if size > _FEW_STATES:
        visits = np.zeros(size)
        for _ in range(_ROUNDS):
            more, _ = gmres(
                system, begin - system @ visits, rtol=1e-13, restart=100, maxiter=3
            )
            visits += more
        error = np.abs(begin - system @ visits).sum()
        if error <= 16 * np.finfo(float).eps * np.abs(visits).sum():
            return visits
    solved: Vector = splu(system.tocsc()).solve(begin)
    return solved

"""Columns by the million: text, times and groups without a loop over rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

Array = np.ndarray[Any, Any]
Column = Any  # an Arrow array, a numpy array or one value for every row

DAY = 86_400
HOUR = 3_600
MINUTE = 60
# A moment that never comes; larger than any real one, so comparisons stay simple.
NEVER = np.int64(2**62)


def pick(options: Sequence[str | None], index: Array) -> pa.Array:
    """Return the option at each index; an index of -1 gives null."""
    indices = pa.array(index, type=pa.int64(), mask=np.asarray(index) < 0)
    return pa.array(options, type=pa.string()).take(indices)


def take(values: pa.Array, index: Array) -> pa.Array:
    """Return the value at each index; an index of -1 gives null."""
    return values.take(pa.array(index, type=pa.int64(), mask=np.asarray(index) < 0))


def text(values: Sequence[Any] | Array) -> pa.Array:
    """Return the values written as text."""
    return pc.cast(pa.array(values), pa.string())


def join(*parts: Any) -> pa.Array:
    """Join text row by row; a null part makes the whole null."""
    return pc.binary_join_element_wise(*parts, "")


def where(mask: Array, yes: Any, no: Any) -> pa.Array:
    """Return yes where the mask holds, else no."""
    return pc.if_else(pa.array(mask), yes, no)


def blank(values: pa.Array, mask: Array) -> pa.Array:
    """Return the values with null where the mask holds."""
    return pc.if_else(pa.array(mask), pa.scalar(None, values.type), values)


def moments(seconds: Array) -> pa.Array:
    """Return UTC timestamps from epoch seconds; NEVER is null."""
    stamped = np.where(seconds >= NEVER, 0, seconds).astype("datetime64[s]")
    return pa.array(stamped.astype("datetime64[us]"), mask=seconds >= NEVER)


def iso_moments(seconds: Array) -> pa.Array:
    """Return times as Salesforce exports write them; NEVER is null."""
    stamped = np.where(seconds >= NEVER, 0, seconds).astype("datetime64[s]")
    written = pc.strftime(pa.array(stamped), format="%Y-%m-%dT%H:%M:%S.000+0000")
    return blank(written, seconds >= NEVER)


def dates(days: Array) -> pa.Array:
    """Return dates from epoch days; NEVER is null."""
    plain = np.where(days >= NEVER, 0, days).astype("int32")
    return pa.array(plain, mask=days >= NEVER).cast(pa.date32())


def cents(amounts: Array, mask: Array | None = None) -> pa.Array:
    """Return money with two decimals; masked rows are null."""
    whole = np.rint(np.nan_to_num(np.asarray(amounts, dtype=float)) * 100)
    # A decimal is 16 bytes, low half first; the high half carries the sign.
    halves = np.zeros((len(whole), 2), dtype="<i8")
    halves[:, 0] = whole
    halves[:, 1] = np.where(whole < 0, -1, 0)
    exact = pa.Array.from_buffers(
        pa.decimal128(18, 2), len(whole), [None, pa.py_buffer(halves.tobytes())]
    )
    return exact if mask is None else blank(exact, mask)


def table(columns: Mapping[str, Column], rows: int) -> pa.Table:
    """Build a table of so many rows; a single value fills its column."""
    arrays = {}
    for name, values in columns.items():
        arrays[name] = _filled(values, rows)
        if len(arrays[name]) != rows:
            raise ValueError(f"column {name}: {len(arrays[name])} rows, not {rows}")
    return pa.table(arrays)


def _filled(values: Column, rows: int) -> pa.Array:
    if values is None or isinstance(values, str | bool | int | float):
        kind = pa.string() if values is None else None
        return pa.repeat(pa.scalar(values, type=kind), rows)
    return values if isinstance(values, pa.Array) else pa.array(values)


def rank_within(keys: Array) -> Array:
    """Return each row's place (0, 1, …) among the rows of its key, in row order."""
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]][: len(keys)])
    sizes = np.diff(np.r_[starts, len(keys)])
    ranks = np.empty(len(keys), dtype=np.int64)
    ranks[order] = np.arange(len(keys)) - np.repeat(starts, sizes)
    return ranks


def first_within(keys: Array, *order_by: Array) -> Array:
    """Return the row numbers of each key's first row, ordered by the given columns."""
    order = np.lexsort((*order_by[::-1], keys))
    ordered = keys[order]
    if len(keys) == 0:
        return order
    return order[np.r_[True, ordered[1:] != ordered[:-1]]]


def repeat_rows(counts: Array) -> Array:
    """Return each row's number as often as its count says."""
    return np.repeat(np.arange(len(counts)), counts)


def choose(
    rng: np.random.Generator, weights: Sequence[float] | Array, size: int
) -> Array:
    """Draw indices with the given relative weights."""
    share = np.asarray(weights, dtype=float)
    edges = np.cumsum(share) / share.sum()
    drawn = np.searchsorted(edges, rng.random(size), side="right")
    return np.minimum(drawn, len(share) - 1)


def portions(weights: Sequence[float], size: int) -> Array:
    """Return sorted indices, each as often as its relative weight says, to the unit."""
    share = np.asarray(weights, dtype=float)
    edges = np.round(np.cumsum(share) / share.sum() * size).astype(np.int64)
    return np.searchsorted(edges, np.arange(size), side="right")


def logistic(log_odds: Array) -> Array:
    """Return probabilities from log-odds."""
    return np.asarray(1.0 / (1.0 + np.exp(-log_odds)))


def intercept_for(offsets: Array, mean: float) -> float:
    """Return the log-odds that, added to the offsets, give the mean probability."""
    low, high = -20.0, 20.0
    for _ in range(60):
        middle = (low + high) / 2
        if logistic(offsets + middle).mean() < mean:
            low = middle
        else:
            high = middle
    return (low + high) / 2

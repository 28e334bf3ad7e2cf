"""Compare the variants of A/B tests with their control."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import Any

import numpy as np
import pyarrow as pa
from scipy.stats import chisquare, fisher_exact
from scipy.stats.contingency import expected_freq
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import (
    confint_proportions_2indep,
    power_proportions_2indep,
    proportions_ztest,
    samplesize_proportions_2indep_onetail,
)

# Below this expected count of a cell the normal curve is no guide (Cochran 1954).
_LEAST_EXPECTED = 5
_KEYS = ("test_id", "test_kind", "variant")
SCHEMA = pa.schema(
    [
        ("test_id", pa.string()),
        ("test_kind", pa.string()),
        ("variant", pa.string()),
        ("lift_low", pa.float64()),
        ("lift_high", pa.float64()),
        ("raw_p_value", pa.float64()),
        ("p_value", pa.float64()),
        ("test_method", pa.string()),
        ("power_reached", pa.float64()),
        ("required_subjects", pa.int64()),
        ("split_p_value", pa.float64()),
    ]
)
Row = Mapping[str, Any]


@dataclass
class Comparison:
    """What the statistics say of one variant; null where nothing can be said."""

    lift_low: float | None = None
    lift_high: float | None = None
    raw_p_value: float | None = None
    p_value: float | None = None
    test_method: str | None = None
    power_reached: float | None = None
    required_subjects: int | None = None
    split_p_value: float | None = None


def compare_variants(counts: pa.Table, policies: pa.Table) -> pa.Table:
    """Return the statistics of every variant, whatever the order of the rows.

    Args:
        counts: test_id, test_kind, variant, is_control, planned_share (0-1), subjects
            and conversions of each variant.
        policies: test_kind, significance_level, target_power and minimum_effect (a
            difference of rates) of each kind of test.

    Returns:
        One row per variant by SCHEMA, sorted by its keys.
    """
    policy_of = {row["test_kind"]: row for row in policies.to_pylist()}
    rows = sorted(counts.to_pylist(), key=lambda row: [row[key] for key in _KEYS])
    found = []
    for (_, kind), group in groupby(rows, lambda row: (row["test_id"], row[_KEYS[1]])):
        variants = list(group)
        compared = compare_test(variants, policy_of[kind])
        for row, comparison in zip(variants, compared, strict=True):
            found.append({key: row[key] for key in _KEYS} | asdict(comparison))
    return pa.Table.from_pylist(found, SCHEMA)


def compare_test(variants: Sequence[Row], policy: Row) -> list[Comparison]:
    """Return the comparison of each variant of one test with its control.

    The p-values are Holm's, over the variants that can be compared (Holm 1979).
    """
    (control,) = (row for row in variants if row["is_control"])
    level = policy["significance_level"]
    split = split_p_value(variants)
    comparable = [
        row
        for row in variants
        if row is not control and row["subjects"] and control["subjects"]
    ]
    compared = []
    for row in variants:
        one = Comparison(split_p_value=split)
        if row in comparable:
            cells = (
                row["conversions"],
                row["subjects"],
                control["conversions"],
                control["subjects"],
            )
            one.lift_low, one.lift_high = difference_interval(*cells, level)
            one.raw_p_value, one.test_method = difference_p_value(*cells)
            one.power_reached, one.required_subjects = power_of(
                *cells[1:], policy, comparisons=len(comparable)
            )
        compared.append(one)
    raw = {
        place: one.raw_p_value
        for place, one in enumerate(compared)
        if one.raw_p_value is not None
    }
    if raw:
        for place, corrected in zip(raw, holm([*raw.values()]), strict=True):
            compared[place].p_value = corrected
    return compared


def difference_interval(
    conversions: int, subjects: int, base: int, base_subjects: int, level: float
) -> tuple[float, float]:
    """Return the interval of the difference of two rates, by Newcombe's hybrid score.

    It holds with a confidence of one minus the level (Newcombe 1998, method 10), and
    stays sound at rates of 0 and 1, where rounding alone would lead beyond -1 or 1.
    """
    low, high = confint_proportions_2indep(
        conversions, subjects, base, base_subjects, method="newcomb", alpha=level
    )
    return max(float(low), -1.0), min(float(high), 1.0)


def difference_p_value(
    conversions: int, subjects: int, base: int, base_subjects: int
) -> tuple[float, str]:
    """Return the two-sided p-value of two rates being one, and the test that gave it.

    It is the pooled z test, or Fisher's exact test where a cell's expected count is
    below 5.
    """
    cells = np.array(
        [[conversions, subjects - conversions], [base, base_subjects - base]]
    )
    if expected_freq(cells).min() < _LEAST_EXPECTED:
        return float(fisher_exact(cells).pvalue), "fisher_exact"
    _, p_value = proportions_ztest([conversions, base], [subjects, base_subjects])
    return float(p_value), "two_proportion_z"


def holm(p_values: Sequence[float]) -> list[float]:
    """Return p-values corrected for their number by Holm's step-down method."""
    if len(p_values) == 1:  # most tests; multipletests collects garbage on each call
        return list(p_values)
    return [float(one) for one in multipletests(p_values, method="holm")[1]]


def power_of(
    subjects: int, base: int, base_subjects: int, policy: Row, comparisons: int = 1
) -> tuple[float, int]:
    """Return the power at the subjects there are, and the subjects of a variant needed.

    Both are for the policy's minimum effect on the control's rate, not for the effect
    that was seen, which would only say the p-value again. Where the effect would lead
    beyond 1 it is one downwards. Of several comparisons each is held to its part of the
    level, the strictest that Holm's method may ask of it.
    """
    rate = base / base_subjects
    effect = policy["minimum_effect"]
    effect = effect if rate + effect <= 1 else -effect
    level = policy["significance_level"] / comparisons
    ratio = base_subjects / subjects
    power = power_proportions_2indep(effect, rate, subjects, ratio, level).power
    needed = samplesize_proportions_2indep_onetail(
        effect, rate, policy["target_power"], ratio=1, alpha=level
    )
    return float(power), int(np.ceil(needed))


def split_p_value(variants: Sequence[Row]) -> float | None:
    """Return the p-value of the subjects having been split as planned (chi-square)."""
    total = sum(row["subjects"] for row in variants)
    if len(variants) < 2 or not total:
        return None
    expected = [row["planned_share"] * total for row in variants]
    return float(chisquare([row["subjects"] for row in variants], expected).pvalue)

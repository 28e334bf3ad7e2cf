"""What weeks ahead hold of MQLs, and the load under which answers keep their time."""

from __future__ import annotations

import warnings
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import statsmodels.api as sm
from numpy.typing import NDArray
from scipy import special, stats
from statsmodels.tools.sm_exceptions import (
    DomainWarning,
    PerfectSeparationError,
    PerfectSeparationWarning,
)

Row = Mapping[str, Any]

# A figure is kept to the digits that mean anything, so that it never differs by a bit.
_DIGITS = 10
_CHANCE_ALONE = 1 + 1e-9
_NO_DIFFERENCE = 1e-9

INTERVALS = pa.schema(
    [
        ("origin_week", pa.date32()),
        ("team", pa.string()),
        ("expected_mqls", pa.float64()),
        ("expected_mqls_low", pa.int64()),
        ("expected_mqls_high", pa.int64()),
    ]
)
LOADS = pa.schema(
    [
        ("team", pa.string()),
        ("status", pa.string()),
        ("weeks", pa.int64()),
        ("answers", pa.int64()),
        ("in_time_rate", pa.float64()),
        ("lightest_load", pa.float64()),
        ("heaviest_load", pa.float64()),
        ("slope_p_value", pa.float64()),
        ("bearable_load", pa.float64()),
    ]
)


@dataclass(frozen=True)
class _Answers:
    """Weeks of a team: MQLs per rep and day, those answered in time, and those due."""

    load: NDArray[np.float64]
    met: NDArray[np.float64]
    due: NDArray[np.float64]


def expect_weeks(levels: pa.Table, methods: Sequence[Row]) -> pa.Table:
    """Return the MQLs that a week is expected to bring each team, with an interval.

    All MQLs come by the level of the weeks before, and a team has its share of them. A
    week of all is a negative binomial whose variance is dispersion times its mean, and
    the level is a mean of so many of them, which makes it as uncertain as that. A share
    of such a week, drawn by chance, has 1 + share * (dispersion - 1) in its place.

    Args:
        levels: rows of int_predictive__mql_levels.
        methods: the row of capacity_methods in force; its interval_level says how often
            a week should lie inside. Without one nothing is expected.
    """
    rows = []
    for level in levels.to_pylist() if methods else ():
        mean = low = high = None
        if level["weekly_mqls"] is not None and level["team_share"] is not None:
            mean = level["weekly_mqls"] * level["team_share"]
            own = 1 + level["team_share"] * ((level["dispersion"] or 1) - 1)
            own *= 1 + 1 / level["level_weeks"]
            low, high = _interval(mean, own, methods[0]["interval_level"])
        rows.append(
            {
                "origin_week": level["origin_week"],
                "team": level["team"],
                "expected_mqls": None if mean is None else _plain(mean),
                "expected_mqls_low": low,
                "expected_mqls_high": high,
            }
        )
    rows.sort(key=lambda row: (row["origin_week"], row["team"]))
    return pa.Table.from_pylist(rows, schema=INTERVALS)


def _interval(mean: float, dispersion: float, level: float) -> tuple[int, int]:
    """Return the least and the most events of a week, equal chances beyond each."""
    if mean <= 0:
        return 0, 0
    tails = (1 - level) / 2, 1 - (1 - level) / 2
    if dispersion > _CHANCE_ALONE:
        size = mean / (dispersion - 1)
        low, high = stats.nbinom.ppf(tails, size, size / (size + mean))
    else:
        low, high = stats.poisson.ppf(tails, mean)
    return int(low), int(high)


def judge_loads(
    weeks: pa.Table, targets: Mapping[str, float], methods: Sequence[Row]
) -> pa.Table:
    """Return for each team how many MQLs a rep can be given a day and keep the SLA.

    The share answered in time is fitted to MQLs per rep and day, week by week: a
    binomial regression whose errors are widened by how far weeks scatter
    (quasi-likelihood, McCullagh and Nelder 1989). A load is told only where more of it
    is shown to make answers late, or where the target was kept at every load seen.

    Args:
        weeks: rows of fct_team_weeks; those ahead are passed over.
        targets: share of answers in time that is asked of each team.
        methods: the row of capacity_methods in force: least_weeks, least_answers and
            significance. Without one nothing is judged.
    """
    teams: dict[str, list[Row]] = defaultdict(list)
    for row in weeks.to_pylist() if methods else ():
        teams[row["team"]].append(row)
    rows = [
        {"team": team, **_judge_load(own, targets[team], methods[0])}
        for team, own in sorted(teams.items())
        if team in targets
    ]
    return pa.Table.from_pylist(rows, schema=LOADS)


def _judge_load(weeks: Sequence[Row], target: float, method: Row) -> Row:
    used = [row for row in weeks if row["mqls_due"] and row["rep_days"]]
    used.sort(key=lambda row: row["week"])
    answers = _Answers(
        np.array([float(row["mqls"]) / float(row["rep_days"]) for row in used]),
        np.array([float(row["mqls_in_time"]) for row in used]),
        np.array([float(row["mqls_due"]) for row in used]),
    )
    due = answers.due.sum()
    verdict = {
        "weeks": len(used),
        "answers": int(due),
        "in_time_rate": _plain(answers.met.sum() / due) if used else None,
        "lightest_load": _plain(answers.load.min()) if used else None,
        "heaviest_load": _plain(answers.load.max()) if used else None,
    }
    if len(used) < method["least_weeks"] or due < method["least_answers"]:
        return {**verdict, "status": "too_little_history"}
    if np.ptp(answers.load) < _NO_DIFFERENCE:
        return {**verdict, "status": "load_never_varied"}
    slope_p_value, status, bearable = _bearable(answers, target, method["significance"])
    return {
        **verdict,
        "status": status,
        "slope_p_value": None if slope_p_value is None else _plain(slope_p_value),
        "bearable_load": None if bearable is None else _plain(bearable),
    }


def _bearable(
    answers: _Answers, target: float, significance: float
) -> tuple[float | None, str, float | None]:
    """Return the chance of such a slope by itself, the status, and the load."""
    lightest, heaviest = answers.load.min(), answers.load.max()
    fitted = _fit(answers)
    p_value = fitted[2] if fitted else None
    if fitted is None or fitted[1] >= 0 or fitted[2] >= significance:
        if answers.met.sum() >= target * answers.due.sum():
            return p_value, "kept_at_every_load", heaviest
        return p_value, "load_not_shown", None
    bearable = (special.logit(target) - fitted[0]) / fitted[1]
    if bearable < lightest:
        return p_value, "missed_at_every_load", None
    if bearable > heaviest:
        return p_value, "kept_at_every_load", heaviest
    return p_value, "estimated", bearable


def _fit(answers: _Answers) -> tuple[float, float, float] | None:
    """Return level, slope, and the chance of such a slope were load of no matter."""
    late = answers.due - answers.met
    if not (answers.met.sum() and late.sum()):
        return None
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore", DomainWarning)
        warnings.simplefilter("ignore", RuntimeWarning)
        warnings.simplefilter("error", PerfectSeparationWarning)
        try:
            fit = sm.GLM(
                np.column_stack([answers.met, late]),
                sm.add_constant(answers.load),
                family=sm.families.Binomial(),
            ).fit(scale="X2")
        except (PerfectSeparationError, PerfectSeparationWarning):
            return None
    level, slope = fit.params
    error = fit.bse[1]
    if not np.isfinite([level, slope, error]).all() or error <= 0:
        return None
    return level, slope, float(stats.t.cdf(slope / error, len(late) - 2))


def _plain(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")

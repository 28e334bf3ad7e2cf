"""Weeks out of the ordinary, held against oracles, noise and planted changes."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

import anomalies
from conftest import Warehouse, land, run_dbt, write_tables
from lib.anomalies import (
    GAPS,
    VERDICTS,
    SumOfDeals,
    exact_rate_tails,
    judge_cohorts,
    judge_weeks,
    rate_tails,
)

Row = dict[str, Any]
MONDAY = date(2024, 1, 1)
POLICY = anomalies.POLICY
BASELINE = POLICY["baseline_weeks"]


def series(
    numerators: Sequence[float],
    denominators: Sequence[float] | None = None,
    *,
    kind: str = "count",
    segment: str = "smb",
    channel: str = "event",
    judged: int = 1,
    logs: Sequence[tuple[float, float]] | None = None,
) -> list[Row]:
    """Return the weeks of a series, the last of which are judged, without seasons."""
    count = len(numerators)
    return [
        {
            "metric": kind,
            "kind": kind,
            "segment": segment,
            "channel": channel,
            "week": MONDAY + timedelta(weeks=week),
            "is_judged": week >= count - judged,
            "numerator": numerators[week],
            "denominator": denominators[week] if denominators else 0,
            "log_sum": logs[week][0] if logs else 0,
            "log_square_sum": logs[week][1] if logs else 0,
            "month_end_share": 0.0,
            "quarter_end_share": 0.0,
            "year_end_share": 0.0,
        }
        for week in range(count)
    ]


def judged(rows: Sequence[Row], **policy: Any) -> list[Row]:
    table = judge_weeks(
        pa.Table.from_pylist(list(rows)), pa.Table.from_pylist([POLICY | policy])
    )
    found: list[Row] = table.to_pylist()
    return found


def integral(function: Callable[[float], float], low: float, high: float) -> float:
    return float(quad(function, low, high, limit=500, epsabs=1e-13, epsrel=1e-10)[0])


def normal_tail(score: float) -> float:
    return math.erfc(score / math.sqrt(2)) / 2


def inverse(tail: Callable[[float], float], share: float) -> float:
    """Return where a falling tail has a share, by halving."""
    low, high = 0.0, 40.0
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if tail(middle) > share else (low, middle)
    return low


def student_tail(score: float, freedom: int) -> float:
    scale = math.gamma((freedom + 1) / 2) / (
        math.sqrt(freedom * math.pi) * math.gamma(freedom / 2)
    )
    return integral(
        lambda x: scale * (1 + x * x / freedom) ** (-(freedom + 1) / 2),
        score,
        score + 60,
    )


def two_sided(tail: float, freedom: int) -> float:
    return 2 * student_tail(inverse(normal_tail, tail), freedom)


def poisson_mixed(count: int, total: int, weeks: int) -> float:
    """Return the chance of so few events at a level known from so many of before.

    The level has a gamma distribution, and events are Poisson: by integration.
    """
    mean, deviation = total / weeks, math.sqrt(total) / weeks

    def weighed(level: float) -> float:
        log_density = (
            total * math.log(weeks)
            + (total - 1) * math.log(level)
            - weeks * level
            - math.lgamma(total)
        )
        few = sum(
            math.exp(k * math.log(level) - level - math.lgamma(k + 1))
            for k in range(count + 1)
        )
        return math.exp(log_density) * few

    return integral(weighed, max(mean - 12 * deviation, 1e-9), mean + 12 * deviation)


def test_a_count_is_judged_as_events_at_a_level_known_so_well() -> None:
    (row,) = judged(series([20] * BASELINE + [6]))
    lower = poisson_mixed(6, 20 * BASELINE, BASELINE)
    assert row["status"] == "judged"
    assert (row["expected"], row["difference"], row["observed"]) == (20, -14, 6)
    assert row["p_value"] == pytest.approx(two_sided(lower, BASELINE - 1), rel=1e-6)
    assert row["score"] == pytest.approx(-inverse(normal_tail, row["p_value"] / 2))
    assert row["q_value"] == row["p_value"]
    tail = normal_tail(inverse(lambda x: student_tail(x, BASELINE - 1), 0.05))
    chances = [poisson_mixed(k, 20 * BASELINE, BASELINE) for k in range(45)]
    assert row["expected_low"] == next(k for k, p in enumerate(chances) if p >= tail)
    high = next(k for k, p in enumerate(chances) if p >= 1 - tail)
    assert row["expected_high"] == high


def test_a_rate_is_judged_as_cases_at_a_rate_known_so_well() -> None:
    (row,) = judged(series([8] * BASELINE + [2], [10] * (BASELINE + 1), kind="rate"))
    rate = (8 * BASELINE + 0.5) / (10 * BASELINE + 1)
    # A beta distribution whose variance is that of the rate of so many cases.
    strength = 10 * BASELINE - 1
    shape, other = rate * strength, (1 - rate) * strength
    log_scale = math.lgamma(strength) - math.lgamma(shape) - math.lgamma(other)

    def weighed(level: float) -> float:
        density = math.exp(
            log_scale
            + (shape - 1) * math.log(level)
            + (other - 1) * math.log(1 - level)
        )
        few = sum(
            math.comb(10, k) * level**k * (1 - level) ** (10 - k) for k in range(3)
        )
        return density * few

    lower = integral(weighed, 0.6, 0.95)
    assert row["expected"] == pytest.approx(rate)
    assert row["difference"] == pytest.approx(2 - 10 * rate)
    assert row["observed"] == 0.2
    assert row["p_value"] == pytest.approx(two_sided(lower, BASELINE - 1), rel=1e-5)


def test_spend_is_judged_by_median_and_median_deviation() -> None:
    spends = [100 * 1.1 ** (week % 5 - 2) for week in range(BASELINE)]
    (row,) = judged(series([*spends, 250], kind="money"))
    logs = sorted(math.log(spend) for spend in spends)
    middle = logs[BASELINE // 2]
    deviations = sorted(abs(log - middle) for log in logs)
    spread = deviations[BASELINE // 2] / 0.6744897501960817
    width = spread * math.sqrt(1 + math.pi / 2 / BASELINE)
    tail = student_tail((math.log(250) - middle) / width, BASELINE - 1)
    assert row["expected"] == pytest.approx(100)
    assert row["p_value"] == pytest.approx(2 * tail, rel=1e-5)
    assert row["score"] > 0


def test_q_values_are_those_of_benjamini_and_hochberg() -> None:
    rows: list[Row] = []
    for place, last in enumerate((6, 20, 33, 12)):
        rows += series([20] * BASELINE + [last], channel=f"c{place}")
    found = judged(rows)
    p_values = sorted(row["p_value"] for row in found)
    for row in found:
        place = p_values.index(row["p_value"])
        later = [p_values[k] * 4 / (k + 1) for k in range(place, 4)]
        assert row["q_value"] == pytest.approx(min(1, *later))


def test_a_cost_is_mqls_by_spend() -> None:
    spends = [1000.0 + 10 * (week % 3) for week in range(BASELINE)] + [3000.0]
    (row,) = judged(series([20] * (BASELINE + 1), spends, kind="cost"))
    usual = sum(spends[:-1]) / (20 * BASELINE)
    assert row["observed"] == 150
    assert row["expected"] == pytest.approx(usual)
    assert row["difference"] == pytest.approx(20 - 3000 / usual)
    assert row["score"] > 4
    (none,) = judged(series([20] * BASELINE + [0], spends, kind="cost"))
    assert none["observed"] is None
    assert none["score"] > row["score"]


@pytest.mark.parametrize(("count", "excess"), [(0.8, 0.0), (5.0, 0.1), (40.0, 0.02)])
def test_the_sum_of_deals_is_distributed_as_drawn_sums_are(
    count: float, excess: float
) -> None:
    rng = np.random.default_rng(7)
    draws = 100_000
    if excess:
        numbers = rng.negative_binomial(1 / excess, 1 / (1 + excess * count), draws)
    else:
        numbers = rng.poisson(count, draws)
    values = rng.lognormal(9, 0.7, numbers.sum())
    owners = np.repeat(np.arange(draws), numbers)
    sums = np.bincount(owners, values, draws)
    law = SumOfDeals(count, excess, 9, 0.49)
    assert law.mean == pytest.approx(sums.mean(), rel=0.02)
    for share in (0.02, 0.3, 0.7, 0.98, 0.999):
        value = float(np.quantile(sums, share))
        lower, upper = law.tails(value)
        error = 4 * math.sqrt(share * (1 - share) / draws) + 0.002
        assert lower == pytest.approx(float((sums <= value).mean()), abs=error)
        assert upper == pytest.approx(float((sums >= value).mean()), abs=error)


def test_the_quick_tails_of_a_rate_are_near_the_exact_ones() -> None:
    counts, trials = np.arange(0.0, 31.0), np.full(31, 30.0)
    level, excess = np.full(31, 0.4), np.full(31, 0.02)
    for quick, exact in zip(
        rate_tails(counts, trials, level, excess),
        exact_rate_tails(counts, trials, level, excess),
        strict=True,
    ):
        assert np.abs(quick - exact).max() < 0.01


def test_a_change_in_the_past_neither_hides_nor_makes_another() -> None:
    calm = [17 + 11 * week % 7 for week in range(BASELINE)]
    surged = [*calm[:20], 200, 0, *calm[22:]]
    (before,) = judged(series([*calm, 4]))
    (after,) = judged(series([*surged, 4]))
    assert after["rejected_weeks"] == 2
    assert after["expected"] == pytest.approx(before["expected"], rel=0.02)
    assert after["p_value"] < 0.001
    (usual,) = judged(series([*surged, 20]))
    assert usual["p_value"] > 0.5


def test_a_month_of_no_spend_is_no_excuse_and_usual_gaps_are() -> None:
    spends = [900.0 + 20 * (week % 7) for week in range(BASELINE)]
    (stopped,) = judged(series([*spends, 0], kind="money"))
    assert stopped["q_value"] < 0.01
    with_one = [*spends[:30], 0.0, *spends[31:]]
    (again,) = judged(series([*with_one, 0], kind="money"))
    assert again["q_value"] < 0.01
    bursts = [spend if week % 3 else 0.0 for week, spend in enumerate(spends)]
    (pause,) = judged(series([*bursts, 0], kind="money"))
    assert pause["q_value"] > 0.5


def test_seasons_are_compared_with_like_weeks() -> None:
    rows = [
        row
        for row in anomalies.company(4, planting=False).rows
        if row["metric"] == "leads" and row["segment"] == row["channel"] == "all"
    ]
    christmas = next(
        row for row in rows if row["week"].year == 2025 and row["year_end_share"] > 0.5
    )
    until = [row | {"is_judged": row is christmas} for row in rows]
    until = [row for row in until if row["week"] <= christmas["week"]]
    (seen,) = judged(until)
    assert seen["status"] == "judged"
    usual = np.median([row["numerator"] for row in until[-12:-1]])
    assert seen["expected"] < 0.85 * usual
    assert seen["p_value"] > 0.05
    (unseen,) = judged([row for row in until if row["week"] >= date(2025, 1, 6)])
    assert unseen["status"] == "no like week"
    assert unseen["p_value"] is None


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), later=st.integers(1, 20))
def test_later_weeks_change_nothing_of_what_earlier_ones_say(
    seed: int, later: int
) -> None:
    rng = np.random.default_rng(seed)
    weeks = 60
    rows: list[Row] = []
    for kind, level in (("count", 12), ("rate", 9), ("money", 400), ("cost", 6)):
        for channel in ("event", "all"):
            trials = rng.poisson(level, weeks).astype(float) + 1
            figures = (
                rng.binomial(trials.astype(int), 0.4).astype(float)
                if kind in ("rate", "cost")
                else trials
            )
            rows += series(
                figures.tolist(), trials.tolist(), kind=kind, channel=channel, judged=0
            )
    last = MONDAY + timedelta(weeks=weeks - 1 - later)
    rows = [row | {"is_judged": row["week"] in (last, MONDAY)} for row in rows]
    then = judged([row for row in rows if row["week"] <= last])
    shuffled = [rows[place] for place in rng.permutation(len(rows))]
    assert judged(shuffled) == then


def test_what_cannot_be_judged_says_why() -> None:
    (young,) = judged(series([9] * 20))
    assert young["status"] == "too few weeks"
    (rare,) = judged(series([0, 0, 1] * 10))
    assert rare["status"] == "too few events"
    assert rare["q_value"] is None
    (idle,) = judged(series([5] * 30 + [0], [9] * 30 + [0], kind="rate"))
    assert idle["status"] == "too few events"
    assert idle["observed"] is None


def test_nothing_in_nothing_out() -> None:
    empty = pa.Table.from_pylist(series([1])).slice(0, 0)
    policies = pa.Table.from_pylist([POLICY])
    assert judge_weeks(empty, policies).num_rows == 0
    rows = pa.Table.from_pylist(series([1] * 50))
    assert judge_weeks(rows, policies.slice(0, 0)).num_rows == 0
    assert judge_weeks(empty, policies).schema == VERDICTS
    assert judge_cohorts(pa.table({"month": [], "segment": []})).schema == GAPS


@pytest.mark.parametrize("kind", ["count", "rate", "money", "deals"])
def test_p_values_of_noise_are_spread_as_they_claim(kind: str) -> None:
    p_values: list[float] = []
    for seed in range(3):
        rng = np.random.default_rng(seed)
        rows: list[Row] = []
        for place in range(12):
            counts = rng.negative_binomial(25, 25 / (25 + 30), 80).astype(float)
            amounts = [rng.lognormal(8, 0.8, int(count / 6)) for count in counts]
            logs = [(np.log(a).sum(), (np.log(a) ** 2).sum()) for a in amounts]
            figures = {
                "count": counts,
                "rate": rng.binomial(counts.astype(int), rng.beta(20, 20, 80)),
                "money": 100 * np.exp(rng.normal(0, 0.3, 80)),
                "deals": np.array([a.sum() for a in amounts]),
            }[kind]
            trials = [len(a) for a in amounts] if kind == "deals" else counts.tolist()
            rows += series(
                [float(figure) for figure in figures],
                trials,
                kind=kind,
                channel=f"c{place}" if place else "all",
                segment="smb" if place else "all",
                judged=20,
                logs=logs,
            )
        p_values += [row["p_value"] for row in judged(rows)]
    assert len(p_values) == 720
    assert 0.01 < np.mean(np.array(p_values) < 0.05) < 0.08
    assert np.mean(np.array(p_values) < 0.001) < 0.006


def test_planted_anomalies_are_found_and_little_else() -> None:
    planted = found_of_them = found_at_all = true = 0
    for seed in (101, 102):
        made = anomalies.company(seed, planting=True)
        found, _ = anomalies.judge(made)
        planted += len(made.planted)
        found_of_them += len(found & made.planted)
        found_at_all += len(found)
        true += sum(anomalies.is_true(key, made.planted) for key in found)
    assert found_of_them >= 0.9 * planted
    assert true >= 0.8 * found_at_all


def test_a_cohort_is_held_against_the_others_by_fishers_test() -> None:
    cohort = {"accounts": 10, "answered": 1, "status": "judged"}
    others = {"reference_accounts": 30, "reference_answered": 15}
    keys = [("smb", 1), ("enterprise", 1), ("smb", 2)]
    rows: list[Row] = [
        cohort | others | {"segment": segment, "month": date(2024, month, 1)}
        for segment, month in keys
    ]
    rows[1]["status"] = "immature"
    rows[2]["answered"] = 6
    found = judge_cohorts(pa.Table.from_pylist(rows)).to_pylist()

    def few(answered: int, all_answered: int) -> float:
        return sum(
            math.comb(all_answered, k) * math.comb(40 - all_answered, 10 - k)
            for k in range(answered + 1)
        ) / math.comb(40, 10)

    p_values = [few(1, 16), few(6, 21)]
    assert [row["p_value"] for row in found] == pytest.approx(p_values)
    assert [row["q_value"] for row in found] == pytest.approx(
        [min(2 * p_values[0], p_values[1]), p_values[1]]
    )


PLANTED = date(2025, 9, 15)
AS_OF = date(2025, 9, 30)
MARTS = ("fct_metric_weeks", "fct_anomalies", "fct_intent_gaps")
SELECTED = ("+rpt_anomalies", "+fct_intent_gap_accounts")


def leads_until(last: date) -> list[Row]:
    """Return 30 leads by web and 10 by partner a week; in one there is none by web."""
    rows = []
    monday = date(2024, 8, 5)
    while monday <= last:
        for number in range(40):
            source = "web" if number < 30 else "partner"
            day = monday + timedelta(days=number % 7)
            if day <= last and not (source == "web" and monday == PLANTED):
                rows.append(
                    {
                        "person_id": f"{day}-{number}",
                        "record_type": "lead",
                        "email": f"p{number}@c{day:%Y%m%d}.example",
                        "lead_source": source,
                        "created_at": f"{day} 12:00:00",
                    }
                )
        monday += timedelta(weeks=1)
    return rows


def test_a_drop_is_found_by_its_source_and_later_data_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "mops.duckdb"
    warehouse = Warehouse(path)

    def told() -> dict[str, list[tuple[Any, ...]]]:
        return {
            mart: warehouse.rows(f"from marts.{mart} order by all") for mart in MARTS
        }

    empty = tmp_path / "empty"
    empty.mkdir()
    assert land(empty, path, monkeypatch) == 0
    assert run_dbt(path, select=SELECTED, as_of=str(AS_OF))
    assert told() == {mart: [] for mart in MARTS}
    people = {"people": leads_until(AS_OF)}
    assert land(write_tables(tmp_path / "then", people), path, monkeypatch) == 0
    assert run_dbt(path, seeds=False, select=SELECTED, as_of=str(AS_OF))
    then = told()
    found = warehouse.rows(
        "select distinct metric, period_start, detected_on, direction, is_adverse, "
        "observed, driver_dimension, driver_value, driver_share "
        "from marts.fct_anomalies"
    )
    monday = PLANTED + timedelta(weeks=1)
    assert found == [
        ("leads", PLANTED, monday, "below", True, 10, "source", "website", 1.0)
    ]
    assert warehouse.value("select count(*) from reports.rpt_anomalies") == 4
    people = {"people": leads_until(AS_OF + timedelta(weeks=6))}
    assert land(write_tables(tmp_path / "later", people), path, monkeypatch) == 0
    assert run_dbt(path, seeds=False, select=SELECTED, as_of=str(AS_OF))
    assert told() == then

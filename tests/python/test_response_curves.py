"""Response curves and moves of money, held against worlds whose truth is known."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import duckdb
import jinja2
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import minimize

from lib.response_curves import (
    CURVES,
    Curve,
    fit_curve,
    fit_curves,
    fit_results,
    placebo_p_value,
    ratio_of_sums,
    simulate_moves,
)
from lib.warehouse import PROJECT_ROOT

Row = dict[str, Any]
Array = NDArray[np.float64]
MONDAY = date(2024, 1, 1)
TRAILING = 13
POLICY: dict[str, Any] = {
    "scope": "channels",
    "moved_share": 0.1,
    "trailing_weeks": TRAILING,
    "waiting_days": 90,
    "least_weeks": 26,
    "season_weeks": 104,
    "least_results": 20.0,
    "least_spend_variation": 0.1,
    "range_tail_share": 0.05,
    "interval_level": 0.8,
    "tolerated_loss_probability": 0.1,
    "check_level": 0.01,
}
SQL_MODELS = (
    "intermediate/finance/int_finance__channel_levels",
    "intermediate/finance/int_finance__curve_verdicts",
    "marts/finance/fct_response_curves",
    "intermediate/finance/int_finance__moves",
    "marts/finance/fct_reallocations",
    "reports/rpt_channel_efficiency",
)


def sqls() -> dict[str, str]:
    """Return the SQL of the models, each naming those it reads as they are."""
    environment = jinja2.Environment(autoescape=False)  # noqa: S701
    texts = {}
    for path in SQL_MODELS:
        template = (PROJECT_ROOT / "models" / f"{path}.sql").read_text("utf-8")
        texts[path.rpartition("/")[2]] = environment.from_string(template).render(
            ref=lambda name: name
        )
    return texts


MODELS = sqls()


def channel_weeks(
    channel: str,
    seed: int,
    *,
    weeks: int = 91,
    level: float = 6,
    elasticity: float = 0.5,
    variation: float = 0.35,
    dispersion: float = 1,
    deal: float = 10_000,
    spend: Array | None = None,
) -> list[Row]:
    """Return weeks whose opportunities follow spend as told; the last 13 are trailing.

    Deals are log-normal, and results over-dispersed and growing by a fifth a year.
    """
    rng = np.random.default_rng(seed)
    years = np.arange(weeks) / 52
    if spend is None:
        spend = 1000 * np.exp(variation * rng.normal(0, 1, weeks))
    expected = level * (spend / 1000) ** elasticity * np.exp(0.2 * years)
    rate = dispersion if dispersion else 1
    results = (
        rng.negative_binomial(expected / rate, 1 / (1 + rate))
        if dispersion
        else rng.poisson(expected)
    )
    pipeline = [deal * rng.lognormal(0, 0.8, count).sum() for count in results]
    return [
        week_row(channel, week, (spend[week], results[week], pipeline[week]), weeks)
        for week in range(weeks)
    ]


def week_row(
    channel: str, week: int, figures: tuple[float, float, float], weeks: int
) -> Row:
    """Return a week of spend, opportunities and pipeline, of so many weeks in all."""
    spend, results, pipeline = figures
    is_mature = week < weeks - TRAILING
    return {
        "channel": channel,
        "week": MONDAY + timedelta(weeks=week),
        "is_mature": is_mature,
        "is_trailing": not is_mature,
        "is_recent": is_mature and week >= weeks - TRAILING - 52,
        "is_in_reach": is_mature,
        "is_fitted": is_mature and spend > 0,
        "variable_spend_usd": float(spend),
        "unconverted_costs": 0,
        "mqls": 0.0,
        "opportunities": float(results),
        "pipeline_usd": float(pipeline),
    }


def conclude(rows: Sequence[Row], *wanted: str, **policy: Any) -> list[list[Row]]:
    """Return what the models and the library say of the weeks, by relation."""
    windows = pa.Table.from_pylist([POLICY | policy])
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.register("given_weeks", pa.Table.from_pylist(list(rows)))
        connection.register("int_finance__reallocation_windows", windows)
        connection.execute(
            "create table int_finance__channel_weeks as select * replace ("
            "cast(variable_spend_usd as decimal(28, 6)) as variable_spend_usd, "
            "cast(opportunities as decimal(38, 18)) as opportunities, "
            "cast(pipeline_usd as decimal(28, 10)) as pipeline_usd) from given_weeks"
        )

        def table(name: str, query: str | None = None) -> pa.Table:
            found = connection.execute(query or f"from {name}")
            return found.to_arrow_table()

        def model(name: str) -> None:
            connection.execute(f"create table {name} as {MODELS[name]}")

        def land(name: str, content: pa.Table) -> None:
            connection.register("content", content)
            connection.execute(f"create table {name} as from content")

        model("int_finance__channel_levels")
        curves = fit_curves(
            table("int_finance__channel_weeks"),
            table("int_finance__channel_levels"),
            windows,
        )
        land("int_finance__response_curves", curves)
        model("int_finance__curve_verdicts")
        model("fct_response_curves")
        model("int_finance__moves")
        judged = table("moves", "from int_finance__moves where is_judged")
        land("int_finance__move_outcomes", simulate_moves(judged, curves, windows))
        model("fct_reallocations")
        if "rpt_channel_efficiency" in wanted:
            model("rpt_channel_efficiency")
        return [table(name, f"from {name} order by all").to_pylist() for name in wanted]


def curve_of(rows: Sequence[Row], present: float = 1000) -> Curve:
    return fit_curve("c", list(rows), present, POLICY)


def verdicts_of(rows: Sequence[Row], **policy: Any) -> dict[str, str]:
    (curves,) = conclude(rows, "fct_response_curves", **policy)
    return {row["channel"]: row["verdict"] for row in curves}


def suggested(rows: Sequence[Row], **policy: Any) -> set[tuple[str, str]]:
    (moves,) = conclude(rows, "fct_reallocations", **policy)
    return {
        (row["from_channel"], row["to_channel"]) for row in moves if row["is_suggested"]
    }


@pytest.mark.parametrize(
    "world",
    [
        {},
        {"weeks": 43},
        {"weeks": 143},
        {"elasticity": 0.0},
        {"level": 1.5},
        {"dispersion": 3, "elasticity": 0.8},
    ],
    ids=str,
)
def test_four_of_five_intervals_hold_the_true_elasticity(world: dict[str, Any]) -> None:
    truth = world.get("elasticity", 0.5)
    hits = []
    for seed in range(200):
        curve = curve_of(channel_weeks("c", seed, **world))
        assert curve.elasticity_low is not None
        assert curve.elasticity_high is not None
        hits.append(curve.elasticity_low <= truth <= curve.elasticity_high)
    assert 0.72 <= np.mean(hits) <= 0.88


def test_nearly_without_noise_the_curve_is_the_truth() -> None:
    rows = channel_weeks("c", 1)
    for row in rows:
        years = (row["week"] - MONDAY).days / 365.25
        expected = 3 * (row["variable_spend_usd"] / 1000) ** 0.4 * math.exp(0.3 * years)
        row["opportunities"] = round(expected, 3)  # a perfect fit is refused as such
        row["pipeline_usd"] = 500 * row["opportunities"]
    curve = curve_of(rows)
    fitted = [row for row in rows if row["is_fitted"]]
    end = (fitted[-1]["week"] - MONDAY).days / 365.25
    assert curve.elasticity == pytest.approx(0.4, abs=1e-3)
    assert curve.log_level == pytest.approx(math.log(3) + 0.3 * end, abs=1e-3)
    assert curve.pipeline_per_opportunity_usd == pytest.approx(500)
    # The slope of 500 x level x (spend / 1000) ^ 0.4 at a spend of 1000.
    slope = 500 * 3 * math.exp(0.3 * end) * 0.4 / 1000
    assert curve.marginal_mid == pytest.approx(slope, rel=1e-3)


def bartlett(scores: Array, lags: int) -> Array:
    """Return the sum of the scores' autocovariances, weighted as by Newey and West."""
    total = scores.T @ scores
    for lag in range(1, lags + 1):
        product = scores[lag:].T @ scores[:-lag]
        total += (1 - lag / (lags + 1)) * (product + product.T)
    return np.asarray(total)


def test_the_fit_is_the_most_likely_and_its_errors_are_the_wider() -> None:
    """Likelihood by a general minimiser; errors by their formulas, in numpy."""
    rng = np.random.default_rng(5)
    count = 60
    design = np.column_stack([np.ones(count), rng.normal(0, 0.4, count)])
    design = np.column_stack([design, np.linspace(-1, 0, count)])
    results = rng.negative_binomial(4 * np.exp(0.5 * design[:, 1]), 0.5).astype(float)
    fit = fit_results(results, design)
    assert fit is not None

    def loss(parameters: Array) -> float:
        linear = design @ parameters
        return float((np.exp(linear) - results * linear).sum())

    best = minimize(loss, np.zeros(3), method="BFGS", tol=1e-12).x
    assert fit.parameters == pytest.approx(best, abs=1e-5)
    expected = np.exp(design @ best)
    inverse = np.linalg.inv(design.T @ (design * expected[:, None]))
    spread = ((results - expected) ** 2 / expected).sum() / (count - 3)
    scores = design * (results - expected)[:, None]
    robust = inverse @ bartlett(scores, 3) @ inverse * count / (count - 3)
    wider = max(inverse * spread, robust, key=lambda matrix: float(matrix[1, 1]))
    assert fit.dispersion == pytest.approx(spread, rel=1e-4)
    assert fit.covariance == pytest.approx(wider, rel=1e-3, abs=1e-7)


def test_errors_of_a_ratio_follow_its_linear_form() -> None:
    rng = np.random.default_rng(8)
    below = rng.uniform(1, 2, 50)
    above = 3 * below + rng.normal(0, 1, 50)
    ratio, error = ratio_of_sums(above, below)
    assert ratio == pytest.approx(above.sum() / below.sum())
    rest = (above - above.sum() / below.sum() * below)[:, None]
    variance = float(bartlett(rest, 3)[0, 0]) * 50 / 49
    assert error == pytest.approx(math.sqrt(variance) / above.sum(), rel=1e-9)


def known_curve(channel: str, elasticity: float, level: float, value: float) -> Row:
    """Return a curve that is known all but for sure."""
    return dict.fromkeys(CURVES.names, None) | {
        "channel": channel,
        "elasticity": elasticity,
        "log_level": math.log(level),
        "level_variance": 1e-12,
        "elasticity_variance": 1e-12,
        "covariance": 0.0,
        "degrees_of_freedom": 50,
        "pipeline_per_opportunity_usd": value,
        "log_value_error": 1e-9,
    }


def test_a_move_changes_pipeline_by_the_curves_of_both_ends() -> None:
    """From a 19 of 100 a week go, over ten weeks; to b 21 of 100 come, over nine.

    a: 10 weeks x 4 opportunities x 50 x (sqrt(0.81) - 1) = -200. b: 9 weeks x 2 x 100 x
    (sqrt(1.21) - 1) = 180.
    """
    curves = [known_curve("a", 0.5, 4, 50), known_curve("b", 0.5, 2, 100)]
    move = {"from_channel": "a", "to_channel": "b", "from_weeks": 10, "to_weeks": 9}
    move |= {"from_before_usd": 100.0, "from_after_usd": 81.0}
    move |= {"to_before_usd": 100.0, "to_after_usd": 121.0}
    (outcome,) = simulate_moves(
        pa.Table.from_pylist([move]),
        pa.Table.from_pylist(curves, CURVES),
        pa.Table.from_pylist([POLICY]),
    ).to_pylist()
    for end in ("low", "mid", "high"):
        assert outcome[f"change_{end}_usd"] == pytest.approx(-20, abs=0.01)
    assert outcome["gain_probability"] == 0
    assert outcome["to_gain_probability"] == 1


def test_a_change_without_bounds_has_no_figures() -> None:
    wild = known_curve("a", 0.5, 4, 50) | {"level_variance": 1e6}
    move = {"from_channel": "a", "to_channel": "b", "from_weeks": 10, "to_weeks": 9}
    move |= {"from_before_usd": 100.0, "from_after_usd": 81.0}
    move |= {"to_before_usd": 100.0, "to_after_usd": 121.0}
    (outcome,) = simulate_moves(
        pa.Table.from_pylist([move]),
        pa.Table.from_pylist([wild, known_curve("b", 0.5, 2, 100)], CURVES),
        pa.Table.from_pylist([POLICY]),
    ).to_pylist()
    assert {outcome[f"change_{end}_usd"] for end in ("low", "mid", "high")} == {None}


def test_a_channel_that_responds_better_is_found() -> None:
    found = 0
    for seed in range(10):
        rows = channel_weeks("dull", seed, elasticity=0.1, weeks=143)
        rows += channel_weeks("keen", 1000 + seed, elasticity=0.8, weeks=143)
        moves = suggested(rows)
        assert ("keen", "dull") not in moves
        found += ("dull", "keen") in moves
    assert found >= 8


@pytest.mark.parametrize(
    ("elasticity", "companies"), [(0.0, 200), (0.5, 50)], ids=["noise", "equals"]
)
def test_where_no_move_gains_few_companies_are_told_of_one(
    elasticity: float, companies: int
) -> None:
    """Spend does nothing, or the same in each channel: a move gains nothing."""
    misled = 0
    for company in range(companies):
        rows = [
            row
            for place, channel in enumerate("abc")
            for row in channel_weeks(
                channel, 10 * company + place, elasticity=elasticity, weeks=65
            )
        ]
        misled += bool(suggested(rows))
    assert misled / companies <= POLICY["tolerated_loss_probability"]


def good_pair() -> list[Row]:
    """Return two channels between which a move is suggested."""
    rows = channel_weeks("dull", 3, elasticity=0.1, weeks=143)
    return rows + channel_weeks("keen", 1003, elasticity=0.8, weeks=143)


def test_the_report_shows_the_move_and_why_there_is_none() -> None:
    report, moves = conclude(good_pair(), "rpt_channel_efficiency", "fct_reallocations")
    shown = {row["channel"]: row for row in report}
    assert shown["dull"]["suggested_to_channel"] == "keen"
    (move,) = (row for row in moves if row["is_suggested"])
    assert (move["from_channel"], move["to_channel"]) == ("dull", "keen")
    assert move["change_low_usd"] > 0
    assert shown["dull"]["reason"].startswith("Test it")
    assert shown["keen"]["suggested_to_channel"] is None
    assert "losing pipeline" in shown["keen"]["reason"] or (
        "not shown" in shown["keen"]["reason"]
    )
    assert sum(row["spend_share"] for row in report) == pytest.approx(1)


def test_nothing_is_said_of_spend_that_never_was() -> None:
    rows = good_pair()
    for row in rows:
        if row["channel"] == "keen" and row["is_trailing"]:
            row["variable_spend_usd"] *= 4
    (moves,) = conclude(rows, "fct_reallocations")
    assert not any(row["is_suggested"] for row in moves)
    assert {row["verdict"] for row in moves} == {
        "giving channel beyond the spend seen",
        "receiving channel beyond the spend seen",
    }
    assert all(row["change_mid_usd"] is None for row in moves)


def test_too_little_data_carries_no_suggestion() -> None:
    constant = np.full(143, 1000.0)
    rows = good_pair()
    rows += channel_weeks("constant", 1, weeks=143, spend=constant)
    growing = 1000 * np.exp(np.arange(143) / 100)
    rows += channel_weeks("trend", 1, weeks=143, spend=growing)
    rows += channel_weeks("short", 1, weeks=38)
    rows += channel_weeks("dry", 1, weeks=143, level=0.05)
    rows += channel_weeks("barren", 1, weeks=143, level=0.0, dispersion=0)
    free = np.zeros(143)
    rows += channel_weeks("organic", 1, weeks=143, spend=free, dispersion=0)
    rows += channel_weeks("unknown", 1, weeks=143)
    rows.append(week_row("new", 142, (100, 0, 0), 143))
    assert verdicts_of(rows) == {
        "barren": "too few results",
        "constant": "too little variation",
        "dry": "too few results",
        "dull": "usable",
        "keen": "usable",
        "new": "too few weeks",
        "organic": "no variable spend",
        "short": "too few weeks",
        "trend": "too little variation",
        "unknown": "no channel",
    }
    assert suggested(rows) == {("dull", "keen")}


def follow_results(seed: int) -> list[Row]:
    """Return a channel whose budget follows last week's demand and does nothing."""
    rng = np.random.default_rng(seed)
    demand = rng.normal(0, 0.5, 144)
    spend = 1000 * np.exp(np.insert(demand, 0, 0.0)[:144] + rng.normal(0, 0.1, 144))
    rows = channel_weeks("c", seed, weeks=143, elasticity=0, spend=spend[:143])
    for row, warmth in zip(rows, demand, strict=False):
        row["opportunities"] = float(rng.poisson(6 * math.exp(warmth)))
    return rows


def test_spend_that_follows_demand_is_found_out() -> None:
    found = [verdicts_of(follow_results(seed))["c"] for seed in range(10)]
    assert found.count("results precede spend") >= 9


def test_the_placebo_rarely_accuses_an_honest_channel() -> None:
    accused = 0
    for seed in range(200):
        rows = [row for row in channel_weeks("c", seed) if row["is_fitted"]]
        days = np.array([row["week"].toordinal() for row in rows], dtype=np.float64)
        spend = np.log([row["variable_spend_usd"] for row in rows])
        results = np.array([row["opportunities"] for row in rows])
        design = np.column_stack([np.ones(len(rows)), spend])
        p_value = placebo_p_value(results, design, days)
        assert p_value is not None
        accused += p_value < POLICY["check_level"]
    assert accused <= 8


def test_spend_that_tells_next_week_s_allows_no_placebo() -> None:
    """Weeks of 800 and 1250 take turns: this one's spend tells the next one's."""
    spend = np.where(np.arange(143) % 2, 800.0, 1250.0)
    curve = curve_of(channel_weeks("c", 1, weeks=143, spend=spend))
    assert curve.placebo_p_value is None
    assert curve.elasticity == pytest.approx(0.5, abs=0.3)


def test_good_months_that_follow_one_another_are_no_curve() -> None:
    rows = channel_weeks("c", 2, weeks=143)
    for place, row in enumerate(rows):
        row["opportunities"] *= 3 if place % 26 < 13 else 0.3
    assert verdicts_of(rows)["c"] == "results follow one another"


def test_neither_order_nor_neighbours_change_a_byte() -> None:
    rows = good_pair() + channel_weeks("third", 9)
    relations = ("fct_response_curves", "fct_reallocations", "rpt_channel_efficiency")
    before = conclude(rows, *relations)
    random.Random(4).shuffle(rows)  # noqa: S311
    assert conclude(rows, *relations) == before
    (alone,) = conclude(
        [row for row in rows if row["channel"] == "keen"], "fct_response_curves"
    )
    assert alone == [row for row in before[0] if row["channel"] == "keen"]


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([0.0, 1e-6, 1.0, 1000.0, 1e12]),
            st.sampled_from([0.0, 1e-18, 0.1, 5.0, 1e6]),
            st.sampled_from([0.0, 1.0, 1e12]),
        ),
        max_size=60,
    )
)
def test_no_figure_is_ever_infinite_or_not_a_number(
    weeks: list[tuple[float, float, float]],
) -> None:
    count = len(weeks)
    rows = [week_row("c", place, week, count) for place, week in enumerate(weeks)]
    rows += channel_weeks("d", 1, weeks=60)
    found = conclude(
        rows, "fct_response_curves", "fct_reallocations", "rpt_channel_efficiency"
    )
    for row in [row for relation in found for row in relation]:
        for name, figure in row.items():
            assert not isinstance(figure, float) or math.isfinite(figure), name


def test_a_company_without_weeks_has_no_curves() -> None:
    nothing = pa.Table.from_pylist([], pa.schema([("channel", pa.string())]))
    policies = pa.Table.from_pylist([POLICY])
    assert fit_curves(nothing, nothing, policies).num_rows == 0
    assert simulate_moves(
        nothing, fit_curves(nothing, nothing, policies), policies
    ) == (simulate_moves(nothing, nothing, policies))
    levels = pa.Table.from_pylist([{"channel": "new", "present_spend_usd": None}])
    (curve,) = fit_curves(nothing, levels, policies).to_pylist()
    assert {value for name, value in curve.items() if name != "channel"} == {None}


def test_twenty_channels_of_ten_years_take_seconds() -> None:
    rows = [
        row
        for place in range(20)
        for row in channel_weeks(f"c{place:02}", place, weeks=533, elasticity=0.4)
    ]
    started = time.process_time()
    conclude(rows, "fct_reallocations")
    assert time.process_time() - started < 15

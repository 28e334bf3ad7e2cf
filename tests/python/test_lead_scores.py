"""The predictive lead score: what it may know, what it is worth, when it counts."""

from __future__ import annotations

import csv
import math
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import score
from conftest import Warehouse, judge, run_dbt
from lib.cli import WRONG_USE, UserError
from lib.scoring import running, tables
from lib.scoring.challenger import boosted_probabilities
from lib.scoring.frame import Feature, Setting, lead_frame, listed_features
from lib.scoring.judging import area, decile_numbers, drifts, slices
from lib.scoring.judging import judge as judge_scores
from lib.scoring.scorecard import Bin, Scorecard, fit_scorecard
from lib.warehouse import PROJECT_ROOT

SETTING = Setting(after_days=14, horizon_days=90)
CREATED = datetime(2026, 1, 1, 10)
MOMENT = CREATED + timedelta(days=14)
END = datetime(2026, 12, 31)
# What hangs on what the script keeps.
CARRIED = "path:models/staging/predictions+"
SEEDS = {
    "score_features": "predictive",
    "score_policies": "predictive",
    "freemail_domains": "core",
    "role_mailboxes": "core",
}
MARTS = {
    "fct_lead_funnel": "funnel_cycle_id varchar, person_id varchar, "
    "cycle_number integer, lead_at timestamp",
    "fct_stage_transitions": "person_id varchar, stage varchar, is_imputed boolean, "
    "entered_at timestamp",
    "dim_person_profiles": "person_id varchar, account_id varchar, email varchar, "
    "email_domain varchar, seniority varchar, country varchar, segment varchar, "
    "lead_source varchar, created_at timestamp",
    "dim_accounts": "account_id varchar, industry varchar",
    "fct_touchpoints": "person_id varchar, touch_type varchar, channel varchar, "
    "is_stitched boolean, touched_at timestamp",
    "fct_intent_days": "domain varchar, observed_on date, intent_score double",
    "fct_lead_score_changes": "person_id varchar, score double, scored_at timestamp",
}
FIT = ("vp", "France", "smb", "webinar")
TOUCHES = (
    ("web_session", "direct"),
    ("web_session", "organic_search"),
    ("email_click", "email"),
    ("webinar", "webinar"),
    ("form_submit", "paid_social"),
    ("sales", "outbound"),
    (None, "unknown"),
)


@dataclass(frozen=True)
class World:
    """What happened, each event with its time last."""

    touches: Sequence[tuple[str, int, bool, datetime]] = ()
    stages: Sequence[tuple[str, str, datetime]] = ()
    intents: Sequence[tuple[float, date]] = ()
    changes: Sequence[tuple[str, float, datetime]] = ()
    colleagues: Sequence[datetime] = ()
    leads: Sequence[tuple[str, int, datetime]] = field(default=(("per1", 1, CREATED),))


@pytest.fixture(scope="module")
def room() -> Iterator[duckdb.DuckDBPyConnection]:
    """Return a database with the marts that features are made of, empty."""
    with duckdb.connect() as connection:
        connection.execute("create schema marts; create schema policy")
        for name, columns in MARTS.items():
            connection.execute(f"create table marts.{name} ({columns})")
        for name, folder in SEEDS.items():
            path = PROJECT_ROOT / "seeds" / folder / f"{name}.csv"
            connection.execute(
                f"create table policy.{name} as from read_csv(?, nullstr = '')",
                [str(path)],
            )
        connection.execute(
            "alter table policy.score_features alter window_days type integer"
        )
        yield connection


def features_of(room: duckdb.DuckDBPyConnection, world: World) -> pd.DataFrame:
    """Return the leads of a world with their features; all people share a domain."""
    for name in MARTS:
        room.execute(f"delete from marts.{name}")
    people: list[tuple[str, datetime]] = [("per1", CREATED), ("per2", CREATED)]
    people += [(f"col{place}", at) for place, at in enumerate(world.colleagues)]
    fill(
        room,
        "dim_person_profiles",
        [
            (person, "acc1", f"{person}@a.example", "a.example", *FIT, at)
            for person, at in people
        ],
    )
    fill(room, "dim_accounts", [("acc1", "Retail")])
    fill(
        room,
        "fct_lead_funnel",
        [(f"{person}#{n}", person, n, at) for person, n, at in world.leads],
    )
    fill(
        room,
        "fct_touchpoints",
        [
            (person, *TOUCHES[kind], is_stitched, at)
            for person, kind, is_stitched, at in world.touches
        ],
    )
    fill(
        room,
        "fct_stage_transitions",
        [(person, stage, False, at) for person, stage, at in world.stages],
    )
    fill(
        room,
        "fct_intent_days",
        {day: ("a.example", day, value) for value, day in world.intents}.values(),
    )
    fill(room, "fct_lead_score_changes", world.changes)
    return lead_frame(room, SETTING, END)


def fill(room: duckdb.DuckDBPyConnection, name: str, rows: Any) -> None:
    rows = list(rows)
    if rows:
        marks = ", ".join("?" for _ in rows[0])
        room.executemany(f"insert into marts.{name} values ({marks})", rows)


SECONDS = int(timedelta(days=40).total_seconds())
MOMENTS = st.integers(-SECONDS, SECONDS).map(
    lambda second: MOMENT + timedelta(seconds=second)
)
PEOPLE = st.sampled_from(["per1", "per2"])
TOUCHED = st.tuples(PEOPLE, st.integers(0, len(TOUCHES) - 1), st.booleans(), MOMENTS)
STAGED = st.tuples(PEOPLE, st.sampled_from(["mql", "opportunity"]), MOMENTS)
SIGNALS = st.tuples(st.integers(0, 100).map(float), MOMENTS.map(datetime.date))
CHANGED = st.tuples(PEOPLE, st.integers(0, 90).map(float), MOMENTS)
WORLDS = st.builds(
    World,
    touches=st.lists(TOUCHED, max_size=12),
    stages=st.lists(STAGED, max_size=3),
    intents=st.lists(SIGNALS, max_size=4),
    changes=st.lists(
        CHANGED, max_size=4, unique_by=lambda change: (change[0], change[2])
    ),
    colleagues=st.lists(MOMENTS, max_size=3),
)


def mixed(known: World, other: World) -> World:
    """Return the first world up to the moment, and the second one after it."""

    def parted(first: Sequence[Any], second: Sequence[Any]) -> list[Any]:
        def time(event: Any) -> Any:
            return event[-1] if isinstance(event, tuple) else event

        return [
            *(event for event in first if time(event) <= MOMENT),
            *(event for event in second if time(event) > MOMENT),
        ]

    return World(
        touches=parted(known.touches, other.touches),
        stages=parted(known.stages, other.stages),
        # A signal of the moment's own day may have been measured after it.
        intents=[
            *(signal for signal in known.intents if signal[1] < MOMENT.date()),
            *(signal for signal in other.intents if signal[1] >= MOMENT.date()),
        ],
        changes=parted(known.changes, other.changes),
        colleagues=parted(known.colleagues, other.colleagues),
        leads=[*known.leads, ("per1", 2, MOMENT + timedelta(days=30))],
    )


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(WORLDS, WORLDS)
def test_nothing_after_the_scoring_moment_changes_a_feature(
    room: duckdb.DuckDBPyConnection, world: World, later: World
) -> None:
    """Whatever comes after the moment, the lead looks the same."""
    outcome = ["is_positive"]
    before = features_of(room, world)
    after = features_of(room, mixed(world, later))
    first, second = (
        frame[frame["lead_id"] == "per1#1"].drop(columns=outcome).to_dict("records")
        for frame in (before, after)
    )
    assert str(first) == str(second)


def test_features_are_what_was_known_by_hand(
    room: duckdb.DuckDBPyConnection,
) -> None:
    day = timedelta(days=1)
    world = World(
        touches=[
            ("per1", 0, False, MOMENT),
            ("per1", 0, False, MOMENT + timedelta(seconds=1)),
            ("per1", 3, False, MOMENT - 10 * day),
            ("per1", 1, True, MOMENT - day),
            ("per2", 2, False, MOMENT - day),
            ("per2", 2, False, MOMENT - 31 * day),
        ],
        stages=[("per1", "opportunity", MOMENT + 90 * day)],
        intents=[(80.0, MOMENT.date()), (60.0, MOMENT.date() - day)],
        changes=[("per1", 5.0, MOMENT), ("per1", 9.0, MOMENT + day)],
        colleagues=[CREATED, MOMENT + day],
    )
    (lead,) = features_of(room, world).to_dict("records")
    assert lead["is_positive"]
    assert lead["rule_score"] == 5
    assert lead["email_kind"] == "work"
    assert lead["seniority"] == "vp"
    assert lead["industry"] == "retail"
    assert (lead["touches"], lead["touches_7_days"]) == (2, 1)
    assert (lead["direct_touches"], lead["webinars"]) == (1, 1)
    assert lead["organic_searches"] == 0  # stitched
    assert lead["people_known"] == 3  # per1, per2 and the first colleague
    assert lead["company_touches"] == 2  # the days before: a webinar, a click
    assert lead["intent"] == 60


def test_who_converted_by_the_moment_is_no_lead_any_more(
    room: duckdb.DuckDBPyConnection,
) -> None:
    second = timedelta(seconds=1)
    at = [("per1", "opportunity", MOMENT)]
    assert features_of(room, World(stages=at)).empty
    late = [("per1", "opportunity", MOMENT + timedelta(days=90) + second)]
    assert features_of(room, World(stages=late))["is_positive"].tolist() == [False]
    earlier = [("per1", "opportunity", CREATED - second)]
    assert len(features_of(room, World(stages=earlier))) == 1


# A world whose true probabilities are known

FEATURES = [
    Feature("role", "text", "free", "Role"),
    Feature("visits", "number", "up", "Visits"),
    Feature("mails", "number", "up", "Mails"),
    Feature("noise", "number", "free", "Noise"),
    Feature("age", "number", "down", "Age"),
    Feature("touches", "number", "up_if_any", "Touches"),
]
ROLES = {"vp": 0.9, "manager": 0.3, "intern": -1.0}


def true_world(seed: int, leads: int = 6000) -> tuple[pd.DataFrame, Any]:
    """Return leads and their true probabilities; mails truly do harm.

    Who has no touches converts as often as who has ten.
    """
    rng = np.random.default_rng(seed)
    role = rng.choice([*ROLES], leads)
    visits, mails = rng.poisson(1.5, leads), rng.poisson(1, leads)
    age = rng.integers(0, 5, leads)
    touches = rng.poisson(3, leads)
    odds = -2.9 + np.array([ROLES[name] for name in role]) + 0.8 * np.sqrt(visits)
    odds = odds - 0.15 * mails - 0.25 * age
    odds = odds + 0.15 * np.where(touches == 0, 10, touches) - 0.5
    chance = 1 / (1 + np.exp(-odds))
    frame = pd.DataFrame(
        {
            "role": np.where(rng.random(leads) < 0.1, "(unknown)", role),
            "visits": visits.astype(float),
            "mails": mails.astype(float),
            "noise": rng.poisson(2, leads).astype(float),
            "age": age.astype(float),
            "touches": touches.astype(float),
            "is_positive": rng.random(leads) < chance,
        }
    )
    return frame, chance


@pytest.fixture(scope="module")
def card() -> Scorecard:
    found = fit_scorecard(true_world(1)[0], FEATURES, 0.02)
    assert found is not None
    return found


def test_the_score_is_nearly_as_good_as_the_truth(card: Scorecard) -> None:
    later, chance = true_world(2, 20_000)
    happened = later["is_positive"].to_numpy()
    verdict = judge_scores(card.probabilities(later), happened)
    best = area(chance, happened)
    assert best is not None
    assert verdict.auc is not None
    assert verdict.auc > best - 0.03
    assert verdict.calibration_error < 0.03
    boosted = area(boosted_probabilities(true_world(1)[0], later, FEATURES), happened)
    assert boosted is not None
    assert best + 0.01 > boosted > 0.6


def test_points_never_run_against_their_direction(card: Scorecard) -> None:
    """Mails do harm in truth, but policy lets more of them never lower the score."""
    points = [part.points for part in card.bins["visits"]]
    assert points == sorted(points)
    assert points[-1] > 0
    fallen = [part.points for part in card.bins["age"]]
    assert fallen == sorted(fallen, reverse=True)
    assert "mails" not in card.bins
    for bins in card.bins.values():
        assert min(part.points for part in bins) == 0


def test_to_have_none_is_a_case_of_its_own_where_policy_says_so(
    card: Scorecard,
) -> None:
    none, *any_ = (part.points for part in card.bins["touches"])
    assert none > any_[0]
    assert any_ == sorted(any_)
    assert any_[-1] > any_[0]
    up = [replace(item, direction="up") for item in FEATURES]
    strict = fit_scorecard(true_world(1)[0], up, 0.02)
    assert strict is not None
    points = [part.points for part in strict.bins.get("touches", [])]
    assert points == sorted(points)


def test_an_unknown_value_is_worth_the_average_of_the_known() -> None:
    """Even where it goes with the outcome, since it may be known only because of it."""
    frame, _ = true_world(3)
    knowing = frame.copy()
    knowing.loc[~knowing["is_positive"], "role"] = "(unknown)"
    honest, leaking = (
        fit_scorecard(leads, FEATURES, 0.02) for leads in (frame, knowing)
    )
    assert honest is not None
    assert leaking is not None
    for found in (honest, leaking):
        parts = {part.text_value: part for part in found.bins.get("role", [])}
        if parts:
            listed = [part for text, part in parts.items() if text in ROLES]
            weights = [part.leads for part in listed]
            mean = np.average([part.points for part in listed], weights=weights)
            assert abs(parts["(unknown)"].points - mean) <= 1
    assert (
        area(leaking.probabilities(knowing), knowing["is_positive"].to_numpy()) or 0
    ) < 0.8


def test_the_same_leads_give_the_same_points(card: Scorecard) -> None:
    assert fit_scorecard(true_world(1)[0], FEATURES, 0.02) == card


def test_no_feature_that_tells_anything_gives_no_card() -> None:
    frame, _ = true_world(5, 500)
    frame["visits"] = 0.0
    assert fit_scorecard(frame, [FEATURES[1]], 0.02) is None


# Judgement by hand


def test_figures_by_hand() -> None:
    """Of ten leads the first two convert; the two best share a probability."""
    probability = np.array([0.5, 0.2, 0.5] + [0.1] * 7)
    happened = np.array([True, True] + [False] * 8)
    verdict = judge_scores(probability, happened)
    # 16 pairs: the first wins 7 and draws 1, the second wins 7 and loses 1.
    assert verdict.auc == pytest.approx((7.5 + 7) / 16)
    assert verdict.brier_score == pytest.approx((0.25 + 0.64 + 0.25 + 0.07) / 10)
    # Each lead is a decile; two tie for the one place, and one of them converts.
    assert verdict.top_decile_lift == pytest.approx(0.5 / 0.2)
    assert verdict.calibration_error == pytest.approx((0.5 + 0.8 + 0.5 + 0.7) / 10)
    assert decile_numbers(probability).tolist() == [0, 2, 1, *range(3, 10)]


def test_one_outcome_has_no_ranking() -> None:
    verdict = judge_scores(np.array([0.2, 0.3]), np.array([False, False]))
    assert verdict.auc is None
    assert verdict.top_decile_lift is None


def test_slices_hold_every_lead_once_each_way() -> None:
    rng = np.random.default_rng(0)
    probability, happened = rng.random(237), rng.random(237) < 0.3
    segments = pd.Series(rng.choice(["smb", "enterprise"], 237))
    parts = list(slices(probability, happened, segments))
    for kind in ("decile", "segment"):
        own = [part for part in parts if part["slice_type"] == kind]
        assert sum(part["leads"] for part in own) == 237
        assert sum(part["positives"] for part in own) == happened.sum()


def test_drift_by_hand() -> None:
    """Half and half becomes a quarter and three."""
    part = Bin("visits", "number", None, 0.0, 1.0, "none", 0, 1.0, 50, 5)
    more = replace(part, lower_bound=1.0, upper_bound=None, points=2)
    found = drifts(
        Scorecard({"visits": [part, more]}, 0, 1, 1),
        pd.DataFrame({"visits": [0.0, 1.0, 2.0, 7.0]}),
    )
    assert found["visits"] == pytest.approx(0.25 * math.log(1.5) - 0.25 * math.log(0.5))


# The commands, on a built company


def copied(warehouse: Warehouse, folder: Path) -> Warehouse:
    """Return a copy under the same name, which its views go by."""
    path = folder / warehouse.path.name
    shutil.copy(warehouse.path, path)
    return Warehouse(path)


def set_policy(warehouse: Warehouse, **figures: Any) -> None:
    with duckdb.connect(str(warehouse.path)) as connection:
        for name, figure in figures.items():
            connection.execute(f"update policy.score_policies set {name} = ?", [figure])


def command(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch, *arguments: str
) -> int:
    monkeypatch.setenv("MOPS_WAREHOUSE", str(warehouse.path))
    return score.main(arguments)


def who_is_busy_converts(warehouse: Warehouse) -> None:
    """Let deals come to those with many touches by their scoring moment, by a hash."""
    with duckdb.connect(str(warehouse.path)) as connection:
        connection.execute(
            "delete from marts.fct_stage_transitions "
            "where stage in ('opportunity', 'customer')"
        )
        connection.execute(
            "insert into marts.fct_stage_transitions by name "
            "select person_id, 'opportunity' as stage, false as is_imputed, "
            "lead_at + interval 30 day as entered_at "
            "from marts.fct_lead_funnel left join marts.fct_touchpoints as touches "
            "using (person_id) group by funnel_cycle_id, person_id, lead_at having "
            "ascii(md5(funnel_cycle_id)) % 16 < count(touches.touched_at) filter ("
            "where not is_stitched and touched_at <= lead_at + interval 14 day) * 4"
        )


@pytest.fixture(scope="module")
def trained(
    company_warehouse: Warehouse, tmp_path_factory: pytest.TempPathFactory
) -> Warehouse:
    """Return the company with a model in force and marts built on it."""
    company = copied(company_warehouse, tmp_path_factory.mktemp("scores"))
    who_is_busy_converts(company)
    set_policy(company, least_positives=20, least_later_positives=5)
    with pytest.MonkeyPatch.context() as monkeypatch:
        assert command(company, monkeypatch, "train", "--promote") == 0
        assert command(company, monkeypatch, "validate") == 0
    assert run_dbt(company.path, select=[CARRIED], as_of="2025-12-31")
    assert judge(company.path, ["path:models/marts/predictive"], as_of="2025-12-31")
    return company


def test_too_few_deals_keep_the_rule_score(
    company_warehouse: Warehouse,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    company = copied(company_warehouse, tmp_path)
    set_policy(company, least_positives=100_000)
    assert command(company, monkeypatch, "train", "--promote") == 0
    assert "too few to learn from" in capsys.readouterr().out
    assert command(company, monkeypatch, "validate") == 0
    with pytest.raises(UserError, match="train one first"):
        command(company, monkeypatch, "promote")
    for table in tables.KEPT:
        assert company.value(f"select count(*) from raw_predictions.{table}") == 0
    assert company.value("select count(*) from marts.fct_lead_scores") == 0


def one_lead_went_without(warehouse: Warehouse) -> None:
    """Let a deal come to everyone but one of the oldest leads."""
    with duckdb.connect(str(warehouse.path)) as connection:
        connection.execute(
            "delete from marts.fct_stage_transitions "
            "where stage in ('opportunity', 'customer')"
        )
        connection.execute(
            "insert into marts.fct_stage_transitions by name "
            "select person_id, 'opportunity' as stage, false as is_imputed, "
            "lead_at + interval 30 day as entered_at from marts.fct_lead_funnel "
            "order by lead_at, funnel_cycle_id offset 1"
        )


def test_too_few_leads_without_a_deal_keep_the_rule_score(
    company_warehouse: Warehouse,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    company = copied(company_warehouse, tmp_path)
    one_lead_went_without(company)
    set_policy(company, least_positives=20, least_later_positives=5)
    assert command(company, monkeypatch, "train", "--promote") == 0
    told = capsys.readouterr().out
    assert "too few to learn from: 1 of " in told
    assert "went without an opportunity" in told
    assert company.value("select count(*) from raw_predictions.score_models") == 0


def test_sql_gives_each_lead_the_points_that_python_does(trained: Warehouse) -> None:
    with duckdb.connect(str(trained.path)) as connection:
        as_of = running.moment_of(connection, None)
        (model,) = running._models(connection, "true", [])
        frame = lead_frame(connection, SETTING, as_of)
    scores = {
        lead: (points, probability, reasons)
        for lead, points, probability, reasons in trained.rows(
            "select lead_id, points, probability, top_reasons "
            "from marts.fct_lead_scores"
        )
    }
    points = model.card.points(frame)
    chances = model.card.probabilities(frame)
    compared = 0
    for lead, expected, chance in zip(frame["lead_id"], points, chances, strict=True):
        if lead in scores:
            found, probability, reasons = scores[lead]
            assert found == expected, lead
            assert probability == pytest.approx(chance, abs=1e-6)
            assert reasons
            compared += 1
    assert compared > 100
    assert len({found for found, _, _ in scores.values()}) > 3
    listed = {part.label for bins in model.card.bins.values() for part in bins}
    for _, _, reasons in scores.values():
        assert (
            reasons == "Nothing above the average" or set(reasons.split("; ")) <= listed
        )


def test_a_model_in_force_is_shown_with_its_windows(trained: Warehouse) -> None:
    ((version, margin, since, until),) = trained.rows(
        "select model_version, challenger_margin, window_from, window_until "
        "from marts.dim_score_models where is_in_force"
    )
    assert version.startswith("2025-12-31-")
    assert margin is not None
    assert since < until
    ((leads, auc, judged_from),) = trained.rows(
        "select leads, auc, window_from from marts.fct_score_validations"
    )
    assert judged_from > until
    assert auc > 0.6
    sums = trained.rows(
        "select slice_type, sum(leads) from marts.fct_score_calibrations group by all"
    )
    assert sorted(sums) == [("decile", leads), ("segment", leads)]
    drifted = trained.value("select count(*) from marts.fct_score_drifts")
    features = trained.value(
        "select count(distinct feature) from marts.fct_score_points"
    )
    assert drifted == features


def test_a_validation_is_added_once_per_moment(
    trained: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    history = "select model_version, validated_at, auc from "
    history += "raw_predictions.score_validations order by all"
    before = trained.rows(history)
    assert command(trained, monkeypatch, "validate") == 0
    assert trained.rows(history) == before
    assert command(trained, monkeypatch, "validate", "--as-of", "2025-12-30") == 0
    # The model was trained later than that, so there is none to judge.
    assert trained.rows(history) == before


def test_the_same_leads_train_no_second_model(
    trained: Warehouse,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert command(trained, monkeypatch, "train") == 0
    assert "is trained already" in capsys.readouterr().out
    assert command(trained, monkeypatch, "train", "--if-due") == 0
    assert "nothing to train" in capsys.readouterr().out
    assert command(trained, monkeypatch, "promote") == 0
    assert "in force already" in capsys.readouterr().out
    for table in ("score_models", "score_promotions"):
        assert trained.value(f"select count(*) from raw_predictions.{table}") == 1


def test_a_model_that_is_no_better_is_refused(
    trained: Warehouse,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with duckdb.connect(str(trained.path)) as connection:
        for name, points in (("same", "points"), ("worse", "100 - points")):
            connection.execute(
                "insert into raw_predictions.score_models "
                "select * replace (? as model_version) "
                "from raw_predictions.score_models where model_version like '2025%'",
                [name],
            )
            connection.execute(
                "insert into raw_predictions.score_points select * "
                f"replace (? as model_version, {points} as points) "
                "from raw_predictions.score_points where model_version like '2025%'",
                [name],
            )
    try:
        assert command(trained, monkeypatch, "promote", "--version", "worse") == 1
        assert "worse refused: it does not beat 2025-12-31" in capsys.readouterr().out
        assert command(trained, monkeypatch, "promote", "--version", "same") == 1
        set_policy(trained, least_later_positives=100_000)
        assert command(trained, monkeypatch, "promote", "--version", "same") == 1
        assert "it takes 100,000 to judge" in capsys.readouterr().out
        with pytest.raises(UserError, match="no model none"):
            command(trained, monkeypatch, "promote", "--version", "none")
    finally:
        set_policy(trained, least_later_positives=5)
        with duckdb.connect(str(trained.path)) as connection:
            for table in ("score_models", "score_points"):
                connection.execute(
                    f"delete from raw_predictions.{table} "
                    "where model_version in ('same', 'worse')"
                )
    assert trained.value("select count(*) from raw_predictions.score_promotions") == 1


def test_the_points_can_be_taken_to_a_marketing_tool(
    trained: Warehouse, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert command(trained, monkeypatch, "export", "--out", str(tmp_path)) == 0
    with (tmp_path / running.POINTS_FILE).open(newline="") as handle:
        exported = list(csv.DictReader(handle))
    kept = trained.rows(
        "select feature, label, points from raw_predictions.score_points"
    )
    assert sorted(
        (row["feature"], row["criterion"], int(row["points"])) for row in exported
    ) == sorted(kept)


def test_no_spreadsheet_runs_a_value_that_a_lead_has(
    trained: Warehouse, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    rename = "update raw_predictions.score_points set label = ? where label = ?"
    ((label,),) = trained.rows(
        "select min(label) from raw_predictions.score_points "
        "where model_version = (select min(model_version) "
        "from raw_predictions.score_promotions)"
    )
    with duckdb.connect(str(trained.path)) as connection:
        connection.execute(rename, ["=1+1", label])
    try:
        assert command(trained, monkeypatch, "export", "--out", str(tmp_path)) == 0
    finally:
        with duckdb.connect(str(trained.path)) as connection:
            connection.execute(rename, [label, "=1+1"])
    written = (tmp_path / running.POINTS_FILE).read_text("utf-8")
    assert ",'=1+1," in written
    assert ",=1+1," not in written


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["train", "--as-of", "yesterday"], "yesterday is no date"),
        (["train", "--as-of", "0001-01-01T00:00+05:00"], "is no date"),
        (["train", "--horizon-days", "0"], "1 or more"),
        (["train", "--horizon-days", "1000000"], "before the first date"),
        (["train", "--after-days", "1000000"], "before the first date"),
        (["train", "--after-days", "9999999999999"], "before the first date"),
    ],
)
def test_wrong_use_is_one_line(
    trained: Warehouse,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    message: str,
) -> None:
    with pytest.raises(UserError, match=message) as raised:
        command(trained, monkeypatch, *arguments)
    assert raised.value.exit_code == WRONG_USE
    assert "\n" not in str(raised.value)


def test_features_of_the_seed_are_all_computed(trained: Warehouse) -> None:
    with duckdb.connect(str(trained.path)) as connection:
        as_of = running.moment_of(connection, None)
        features = listed_features(connection, as_of)
        frame = lead_frame(connection, SETTING, as_of)
    assert {feature.name for feature in features} <= set(frame.columns)
    for feature in features:
        if feature.kind == "text" and feature.name in ("email_kind", "segment"):
            assert frame[feature.name].nunique() > 1, feature.name

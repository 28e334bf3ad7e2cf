"""A/B tests: counts against a plain reading, statistics against what is printed."""

from __future__ import annotations

import math
import random
from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import run_dbt
from lib.ab_tests import (
    compare_test,
    compare_variants,
    difference_interval,
    difference_p_value,
    holm,
    power_of,
)

POLICY = {"significance_level": 0.05, "target_power": 0.8, "minimum_effect": 0.02}
Row = dict[str, Any]


def variant(name: str, subjects: int, conversions: int, share: float = 0.5) -> Row:
    """Return a variant of one e-mail test; a is its control."""
    return {
        "test_id": "c1",
        "test_kind": "email",
        "variant": name,
        "is_control": name == "a",
        "planned_share": share,
        "subjects": subjects,
        "conversions": conversions,
    }


# Newcombe, Interval estimation for the difference between independent proportions,
# Statistics in Medicine 17 (1998), table II, method 10.
@pytest.mark.parametrize(
    ("cells", "low", "high"),
    [
        ((56, 70, 48, 80), 0.0524, 0.3339),
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((6, 7, 2, 7), 0.0582, 0.8062),
        ((5, 56, 0, 29), -0.0381, 0.1926),
        ((0, 10, 0, 20), -0.1611, 0.2775),
        ((0, 10, 0, 10), -0.2775, 0.2775),
        ((10, 10, 0, 20), 0.6791, 1.0),
        ((10, 10, 0, 10), 0.6075, 1.0),
    ],
)
def test_intervals_are_newcombes(
    cells: tuple[int, int, int, int], low: float, high: float
) -> None:
    found = difference_interval(*cells, 0.05)
    assert found == pytest.approx((low, high), abs=6e-5)


def test_two_large_samples_are_compared_by_the_pooled_z() -> None:
    """Heart attacks of 22,071 physicians: chi-square is 25.01.

    Agresti, Categorical Data Analysis: 189 of 11,034 on placebo, 104 of 11,037 on
    aspirin. With one degree of freedom the tail is erfc(sqrt(x / 2)).
    """
    p_value, method = difference_p_value(189, 11_034, 104, 11_037)
    assert method == "two_proportion_z"
    assert p_value == pytest.approx(math.erfc(math.sqrt(25.01 / 2)), rel=5e-3)


def test_a_small_table_is_compared_by_fishers_exact_test() -> None:
    """Fisher, The Design of Experiments (1935): tea in eight cups.

    Of the 70 ways to choose four cups 16 + 1 find three or four of the right ones, and
    as many find one or none.
    """
    p_value, method = difference_p_value(3, 4, 1, 4)
    assert method == "fisher_exact"
    assert p_value == pytest.approx(2 * 17 / 70)


def test_the_exact_test_ends_where_every_cell_expects_five() -> None:
    assert difference_p_value(4, 50, 6, 50)[1] == "two_proportion_z"
    assert difference_p_value(4, 50, 5, 50)[1] == "fisher_exact"


def test_several_variants_are_corrected_by_holm() -> None:
    """Holm-Bonferroni method, Wikipedia's example of four hypotheses."""
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])


def test_power_and_size_are_those_of_r() -> None:
    """The examples in the manual of R's power.prop.test: 0.740, and n = 76.7."""
    policy = POLICY | {"minimum_effect": 0.25, "target_power": 0.9}
    power, needed = power_of(50, 25, 50, policy)
    assert power == pytest.approx(0.740, abs=5e-4)
    assert needed == 77


def test_several_variants_take_the_subjects_that_their_correction_asks() -> None:
    """Fleiss, Statistical Methods for Rates and Proportions: size of two samples.

    Of three variants, two of which are held against the control, each has half the
    level of 0.05, whose two-sided normal quantile is 2.2414; that of the power is
    0.8416. One variant that nobody met is no comparison.
    """
    rows = [variant(name, 400, 40, 0.25) for name in "abc"]
    rows.append(variant("d", 0, 0, 0.25))
    mean = (0.10 + 0.12) / 2
    spread = 2.2414 * math.sqrt(2 * mean * (1 - mean))
    spread += 0.8416 * math.sqrt(0.10 * 0.90 + 0.12 * 0.88)
    compared = compare_test(rows, POLICY)
    needed = [one.required_subjects for one in compared]
    assert needed == [None, *[math.ceil((spread / 0.02) ** 2)] * 2, None]
    alone = compare_test([variant(name, 400, 40) for name in "ab"], POLICY)[1]
    assert alone.power_reached is not None
    assert compared[1].power_reached is not None
    assert compared[1].power_reached < alone.power_reached


def test_rounding_leads_no_interval_beyond_one() -> None:
    assert difference_interval(37, 37, 0, 1, 0.05)[1] == 1
    assert difference_interval(0, 1, 37, 37, 0.05)[0] == -1


@pytest.mark.parametrize(("base", "size"), [(0, 10), (10, 10), (1, 1)])
def test_power_is_told_at_the_ends_too(base: int, size: int) -> None:
    power, needed = power_of(size, base, size, POLICY)
    assert 0 < power < 1
    assert needed > size


def test_a_split_that_is_off_shows() -> None:
    """5,200 to 4,800 of an even split: chi-square is 16, and p erfc(4 / sqrt 2)."""
    rows = [variant("a", 5_200, 10), variant("b", 4_800, 10)]
    split = compare_test(rows, POLICY)[0].split_p_value
    assert split == pytest.approx(math.erfc(4 / math.sqrt(2)))
    rows = [variant("a", 5_200, 10, 0.52), variant("b", 4_800, 10, 0.48)]
    assert compare_test(rows, POLICY)[0].split_p_value == pytest.approx(1)


def test_no_rate_is_made_of_nobody() -> None:
    """One variant alone, variants that nobody met, and a control that nobody met."""
    lone = compare_test([variant("a", 10, 2, 1)], POLICY)[0]
    assert (lone.p_value, lone.split_p_value, lone.required_subjects) == (None,) * 3
    for counts in ((0, 0), (0, 5), (5, 0)):
        rows = [variant("a", counts[0], 0), variant("b", counts[1], 0)]
        assert [one.p_value for one in compare_test(rows, POLICY)] == [None, None]
    three = [variant("a", 9, 3, 0.4), variant("b", 0, 0, 0.3), variant("c", 9, 9, 0.3)]
    compared = compare_test(three, POLICY)
    assert compared[1].p_value is None
    assert compared[2].p_value == compared[2].raw_p_value  # one comparison, not two


# An exact test of ten times as many takes a hundred times as long.
COUNTS = st.tuples(st.integers(0, 120), st.integers(0, 120)).map(
    lambda pair: (max(pair), min(pair))
)


@settings(deadline=None, max_examples=25, derandomize=True)
@given(st.lists(COUNTS, min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_any_counts_give_the_same_sane_figures_in_any_order(
    counts: list[tuple[int, int]], chance: random.Random
) -> None:
    rows = [
        variant("abcd"[place], *pair, 1 / len(counts))
        for place, pair in enumerate(counts)
    ]
    policies = pa.Table.from_pylist([POLICY | {"test_kind": "email"}])
    found = compare_variants(pa.Table.from_pylist(rows), policies)
    base = rows[0]
    for row, one in zip(rows, found.to_pylist(), strict=True):
        if row is base or not row["subjects"] or not base["subjects"]:
            assert one["p_value"] is None
            continue
        lift = row["conversions"] / row["subjects"]
        lift -= base["conversions"] / base["subjects"]
        assert -1 <= one["lift_low"] <= lift + 1e-12
        assert lift - 1e-12 <= one["lift_high"] <= 1
        assert 0 <= one["raw_p_value"] <= one["p_value"] <= 1
    chance.shuffle(rows)
    assert compare_variants(pa.Table.from_pylist(rows), policies).equals(found)


@pytest.mark.parametrize(("rate", "size"), [(0.1, 400), (0.35, 150), (0.02, 120)])
def test_without_an_effect_one_test_in_twenty_shows_one(rate: float, size: int) -> None:
    """2,000 tests; the exact test may only be more careful than the level says."""
    rng = np.random.default_rng(20260630)
    draws = rng.binomial(size, rate, (2_000, 2))
    judged = [difference_p_value(int(a), size, int(b), size) for a, b in draws]
    false = np.mean([p_value < 0.05 for p_value, _ in judged])
    assert false < 0.065
    if all(method == "two_proportion_z" for _, method in judged):
        assert false > 0.035


@pytest.mark.parametrize(("rate", "lift"), [(0.1, 0), (0.3, 0.1), (0.03, 0.02)])
def test_nineteen_intervals_in_twenty_hold_the_truth(rate: float, lift: float) -> None:
    rng = np.random.default_rng(7)
    base, other = (rng.binomial(200, one, 2_000) for one in (rate, rate + lift))
    held = [
        low <= lift <= high
        for low, high in (
            difference_interval(int(b), 200, int(a), 200, 0.05)
            for a, b in zip(base, other, strict=True)
        )
    ]
    assert 0.935 < np.mean(held) < 0.98


# The counts: random e-mails and touches, read once more one at a time.
AS_OF = datetime(2026, 6, 30, 23, 59, 59, 999_999)
BEGIN = datetime(2026, 5, 1)
MAIL_DAYS, TOUCH_DAYS = timedelta(days=14), timedelta(days=30)
MODELS = (
    "int_campaigns__standing_ab_policies",
    "int_campaigns__variant_mails",
    "int_campaigns__mail_subjects",
    "int_campaigns__touch_subjects",
    "int_campaigns__test_subjects",
    "int_campaigns__variant_plans",
    "int_campaigns__variant_counts",
    "int_campaigns__variant_tests",
    "fct_ab_tests",
)
SEEDS = ("ab_test_policies", "ab_tests")
COLUMNS = {
    "intermediate.int_campaigns__email_events": (
        "email_event_id varchar, person_record_id varchar, email varchar, "
        "campaign_id varchar, event_type varchar, variant varchar, "
        "occurred_at timestamp"
    ),
    "staging.stg_hubspot__ab_emails": (
        "campaign_id varchar, test_campaign_id varchar, variant varchar"
    ),
    "intermediate.int_campaigns__person_records": (
        "person_record_id varchar, person_id varchar"
    ),
    "intermediate.int_campaigns__touch_records": (
        "touchpoint_id varchar, anonymous_id varchar, campaign_id varchar, "
        "touch_type varchar, variant varchar"
    ),
    "marts.fct_touchpoints": (
        "touchpoint_id varchar, person_id varchar, touched_at timestamp"
    ),
}
HUBSPOT = {"c7": ("c6", "b"), "c6": ("c6", "a")}


def random_world(chance: random.Random) -> dict[str, list[Row]]:
    """Return e-mails and touches full of ties, gaps and people of two variants."""

    def moment() -> datetime:
        return BEGIN + timedelta(hours=12 * chance.randrange(140))

    mails = [
        {
            "email_event_id": f"e{number}",
            "person_record_id": chance.choice([None, f"r{chance.randrange(60)}"]),
            "email": chance.choice([None, f"u{chance.randrange(60)}@x.com"]),
            "campaign_id": chance.choice([None, f"c{chance.randrange(8)}"]),
            "event_type": chance.choice(["sent", "delivered", "open", "click"]),
            "variant": None,
            "occurred_at": moment(),
        }
        for number in range(6_000)
    ]
    for row in mails:
        if row["campaign_id"] == "c5" and row["event_type"] == "delivered":
            row["event_type"] = "open"  # a source that tells of no deliveries
        if row["campaign_id"] in ("c1", "c2", "c3", "c5") and chance.random() < 0.8:
            # Nearly always one variant for one person.
            who = str(row["person_record_id"] or row["email"])
            stable = sum(who.encode()) % 3
            odd = chance.random() < 0.05
            row["variant"] = "xyz"[chance.randrange(3) if odd else stable]
    touches = [
        {
            "touchpoint_id": f"t{number}",
            "anonymous_id": chance.choice([None, f"v{chance.randrange(300)}"]),
            "campaign_id": chance.choice([None, "c1", "c9"]),
            "touch_type": chance.choice(["web_session", "web_session", "form_submit"]),
            "variant": chance.choice([None, "Control", "a"]),
            "person_id": chance.choice([None, None, f"p{chance.randrange(200)}"]),
            "touched_at": moment(),
        }
        for number in range(1_500)
    ]
    return {"mails": mails, "touches": touches}


def person_of(record: str | None) -> str | None:
    """Return the person of a record; every third record is nobody's."""
    if record is None or int(record[1:]) % 3 == 0:
        return None
    return f"p{int(record[1:]) // 2}"


@pytest.fixture(scope="module")
def world() -> dict[str, list[Row]]:
    """A random world, the same on every run."""
    return random_world(random.Random(20260630))  # noqa: S311


@pytest.fixture(scope="module")
def found(
    world: dict[str, list[Row]], tmp_path_factory: pytest.TempPathFactory
) -> dict[tuple[str, str, str], tuple[Any, ...]]:
    """What fct_ab_tests says of each variant of the world."""
    path = tmp_path_factory.mktemp("ab_tests") / "mops.duckdb"
    records = [f"r{number}" for number in range(60)]
    rows = {
        "email_events": world["mails"],
        "ab_emails": [
            {"campaign_id": one, "test_campaign_id": test, "variant": name}
            for one, (test, name) in HUBSPOT.items()
        ],
        "person_records": [
            {"person_record_id": record, "person_id": person}
            for record in records
            if (person := person_of(record))
        ],
        "touch_records": world["touches"],
        "fct_touchpoints": world["touches"],
    }
    with duckdb.connect(str(path)) as connection:
        for name, columns in COLUMNS.items():
            wanted = [column.split()[0] for column in columns.split(", ")]
            landed = [
                {column: row[column] for column in wanted}
                for row in rows[name.split("__")[-1].split(".")[-1]]
            ]
            connection.execute(f"create schema if not exists {name.split('.')[0]}")
            connection.execute(f"create table {name} ({columns})")
            connection.register("landed_rows", pa.Table.from_pylist(landed))
            connection.execute(f"insert into {name} from landed_rows")
    assert run_dbt(path, select=(*SEEDS, *MODELS), as_of="2026-06-30")
    with duckdb.connect(str(path), read_only=True) as connection:
        return {
            (test, kind, name): tuple(rest)
            for test, kind, name, *rest in connection.execute(
                "select test_id, test_kind, variant, is_control, subjects, "
                "conversions, contaminated_subjects, unassigned_subjects, "
                "started_at, ended_at from marts.fct_ab_tests"
            ).fetchall()
        }


Subject = tuple[str, str, str]  # test, kind, person
Meetings = dict[Subject, tuple[set[str], datetime]]


def mail_meetings(mails: list[Row]) -> tuple[Meetings, dict[Subject, list[datetime]]]:
    """Return who got which variants and when first, and when they clicked."""
    events = []
    for row in mails:
        campaign, when = row["campaign_id"], row["occurred_at"]
        if campaign is None or when > AS_OF:
            continue
        test, own = HUBSPOT.get(campaign, (campaign, None))
        record = row["person_record_id"]
        who = person_of(record) or row["email"] or record
        events.append((test, who, row["event_type"], row["variant"] or own, when))
    tried = {
        test
        for test, _, kind, name, _ in events
        if name and kind in ("sent", "delivered")
    }
    telling = {test for test, _, kind, _, _ in events if kind == "delivered"}
    names: dict[Subject, set[str]] = defaultdict(set)
    first: dict[Subject, datetime] = {}
    goals: dict[Subject, list[datetime]] = defaultdict(list)
    for test, who, kind, name, when in events:
        if test not in tried or who is None:
            continue
        key = (test, "email", who)
        if kind == "click":
            goals[key].append(when)
        if kind in ("sent", "delivered") and name:
            names[key].add(name)
        if kind == ("delivered" if test in telling else "sent"):
            first[key] = min(when, first.get(key, when))
    return {key: (names[key], when) for key, when in first.items()}, goals


def touch_meetings(touches: list[Row]) -> tuple[Meetings, dict[str, list[datetime]]]:
    """Return who met which variants and when first, and when they sent forms."""
    met: Meetings = {}
    goals: dict[str, list[datetime]] = defaultdict(list)
    for row in touches:
        who, when = row["person_id"] or row["anonymous_id"], row["touched_at"]
        if who is None:
            continue
        if row["touch_type"] == "form_submit":
            goals[who].append(when)
        elif row["variant"] and row["campaign_id"]:
            key = (row["campaign_id"], "touch", who)
            names, first = met.get(key, (set(), when))
            met[key] = (names | {row["variant"]}, min(first, when))
    return met, goals


def test_subjects_and_conversions_are_those_of_a_plain_reading(
    world: dict[str, list[Row]], found: dict[tuple[str, str, str], tuple[Any, ...]]
) -> None:
    mails, clicks = mail_meetings(world["mails"])
    touches, forms = touch_meetings(world["touches"])
    tests: dict[tuple[str, str], list[tuple[set[str], datetime, bool]]]
    tests = defaultdict(list)
    for key, (names, first) in mails.items():
        won = any(first <= when <= first + MAIL_DAYS for when in clicks.get(key, []))
        tests[key[:2]].append((names, first, won))
    for key, (names, first) in touches.items():
        won = any(first <= when <= first + TOUCH_DAYS for when in forms[key[2]])
        tests[key[:2]].append((names, first, won))
    wanted = {}
    for test, subjects in tests.items():
        named = sorted({name for names, _, _ in subjects for name in names})
        control = "Control" if "Control" in named else named[0]
        whole = (
            sum(len(names) > 1 for names, _, _ in subjects),
            sum(not names for names, _, _ in subjects),
            min(first for _, first, _ in subjects),
            max(first for _, first, _ in subjects),
        )
        for name in named:
            own = [won for names, _, won in subjects if names == {name}]
            wanted[(*test, name)] = (name == control, len(own), sum(own), *whole)
    assert found == wanted
    assert {key[0] for key in wanted} == {"c1", "c2", "c3", "c5", "c6", "c9"}
    assert any(row[3] for row in wanted.values())
    assert any(row[4] for row in wanted.values())

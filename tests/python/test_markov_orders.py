"""Markov chains of orders 1 to 3 against expanded ones, solved channel by channel."""

from __future__ import annotations

import random
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attribution_sql import TABLES
from conftest import Warehouse, read_yaml, run_dbt
from lib import markov
from lib.markov import CONVERSION, NULL, START, removal_effects
from lib.warehouse import PROJECT_ROOT

Journey = tuple[Sequence[str], bool]
State = tuple[str, ...]
Steps = Counter[tuple[State, State | bool]]


def walk(journeys: Iterable[Journey], order: int) -> Steps:
    """Count the steps from history to history, and the ends: True where it converts."""
    steps: Steps = Counter()
    for channels, is_converted in journeys:
        runs = [channel for channel, _ in groupby(channels)]
        states = [
            tuple(runs[max(place - order, 0) : place]) for place in range(len(runs) + 1)
        ]
        steps.update(pairwise(states))
        steps[states[-1], is_converted] += 1
    return steps


def told(steps: Steps, order: int) -> pa.Table:
    """Return steps as the warehouse tells of them."""
    rows = [
        {
            "conversion_type": "won",
            "chain_order": order,
            "from_state": " > ".join(before) or START,
            "to_state": (
                " > ".join(after)
                if isinstance(after, tuple)
                else (CONVERSION if after else NULL)
            ),
            "channel": after[-1] if isinstance(after, tuple) else None,
            "steps": count,
        }
        for (before, after), count in steps.items()
    ]
    return pa.Table.from_pylist(rows)


def found(journeys: Iterable[Journey], order: int) -> dict[str, float | None]:
    """Return the effects that the project finds."""
    table = removal_effects(told(walk(journeys, order), order))
    assert table.schema == markov.SCHEMA
    return {row["channel"]: row["removal_effect"] for row in table.to_pylist()}


def oracle(steps: Steps) -> dict[str, float]:
    """Send every step into a channel's states to null, and solve the chain anew."""
    states = sorted({before for before, _ in steps})
    count = len(states)
    place = {state: number for number, state in enumerate(states)}
    assert place[()] == 0
    chances = np.zeros((count, count + 2))
    for (before, after), taken in steps.items():
        if isinstance(after, tuple):
            target = place[after]
        else:
            target = count if after else count + 1
        chances[place[before], target] += taken
    chances /= chances.sum(axis=1, keepdims=True)

    def converts(chain: npt.NDArray[np.float64]) -> float:
        passing = np.eye(count) - chain[:, :count]
        return float(np.linalg.solve(passing, chain[:, count])[0])

    effects = {}
    for channel in sorted({state[-1] for state in states if state}):
        without = chances.copy()
        for number, state in enumerate(states):
            if state[-1:] == (channel,):
                without[:, -1] += without[:, number]
                without[:, number] = 0
        effects[channel] = 1 - converts(without) / converts(chances)
    return effects


# b converts after a, and alone: 2 of 3 and 1 of 1; c leads nowhere.
BY_HAND: list[Journey] = [
    ("ab", True),
    ("ab", True),
    ("ab", False),
    ("cb", False),
    ("b", True),
]


def test_order_1_does_not_see_what_led_to_a_channel() -> None:
    """Worked by hand.

    From b 3 of 5 convert, and all journeys come to b. Without a two of five journeys
    are left and convert as often, without c four.
    """
    assert found(BY_HAND, 1) == {"a": 0.6, "b": 1.0, "c": 0.2}


@pytest.mark.parametrize("order", [2, 3])
def test_order_2_sees_what_led_to_a_channel(order: int) -> None:
    """Worked by hand.

    Of three conversions the one that b began is left without a; c leads to none.
    """
    assert found(BY_HAND, order) == {"a": round(2 / 3, 12), "b": 1.0, "c": 0.0}


def test_order_3_sees_one_channel_further_back() -> None:
    journeys: list[Journey] = [("abc", True), ("dbc", False)]
    assert found(journeys, 2) == {"a": 0.5, "b": 1.0, "c": 1.0, "d": 0.5}
    assert found(journeys, 3) == {"a": 1.0, "b": 1.0, "c": 1.0, "d": 0.0}


@pytest.mark.parametrize("order", [1, 2, 3])
def test_the_simplest_journeys_are_told(order: int) -> None:
    assert found([("a", True), ("aaa", False)], order) == {"a": 1.0}
    assert found([("a", False), ("ba", False)], order) == {"a": None, "b": None}
    round_trip: list[Journey] = [("ababababab", True), ("baba", False), ("a", True)]
    wanted = oracle(walk(round_trip, order))
    assert found(round_trip, order) == pytest.approx(wanted, abs=1e-11)
    assert removal_effects(told(Counter(), order).cast(pa.schema([]))).num_rows == 0


JOURNEYS = st.lists(
    st.tuples(st.text("abcde", min_size=1, max_size=9), st.booleans()),
    min_size=1,
    max_size=25,
)


@settings(deadline=None, max_examples=120, derandomize=True)
@given(JOURNEYS, st.integers(1, 3), st.randoms(use_true_random=False))
def test_any_journeys_give_the_oracle_s_effects_in_any_order(
    journeys: list[Journey], order: int, chance: random.Random
) -> None:
    steps = walk(journeys, order)
    effects = found(journeys, order)
    if any(is_converted for _, is_converted in journeys):
        assert effects == pytest.approx(oracle(steps), abs=1e-11)
    else:
        assert set(effects.values()) == {None}
    rows = told(steps, order).to_pylist()
    chance.shuffle(rows)
    shuffled = removal_effects(pa.Table.from_pylist(rows)).to_pylist()
    assert {row["channel"]: row["removal_effect"] for row in shuffled} == effects


@settings(deadline=None, max_examples=60, derandomize=True)
@given(
    st.lists(
        st.tuples(st.permutations("abcd").map(lambda one: one[:3]), st.booleans()),
        min_size=1,
        max_size=25,
    )
)
def test_a_chain_that_remembers_whole_journeys_only_counts_them(
    journeys: list[Journey],
) -> None:
    """No chain is needed where the order is as long as journeys are."""
    converted = [channels for channels, is_converted in journeys if is_converted]
    for channel, effect in found(journeys, 3).items():
        if converted:
            lost = sum(channel in channels for channels in converted)
            assert effect == pytest.approx(lost / len(converted), abs=1e-11)


def random_journeys(channels: str, count: int, seed: int) -> list[Journey]:
    chance = random.Random(seed)  # noqa: S311
    return [
        (chance.choices(channels, k=chance.randint(1, 12)), chance.random() < 0.1)
        for _ in range(count)
    ]


LETTERS = "abcdefghijklmnopqrst"


@pytest.mark.parametrize("few", [0, 10**9])
@pytest.mark.parametrize("bounces", [0, 5_000])
def test_iterating_and_factorising_agree_with_the_oracle(
    monkeypatch: pytest.MonkeyPatch, few: int, bounces: int
) -> None:
    """Also where one journey goes to and fro so long that iterating settles late."""
    monkeypatch.setattr(markov, "_FEW_STATES", few)
    journeys = [*random_journeys(LETTERS[:9], 1_500, seed=3), ("ab" * bounces, False)]
    steps = walk(journeys, 3)
    assert len({before for before, _ in steps}) > 500
    assert found(journeys, 3) == pytest.approx(oracle(steps), abs=1e-10)


def test_what_iterating_leaves_open_is_factorised(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    journeys = random_journeys(LETTERS[:6], 300, seed=4)
    wanted = oracle(walk(journeys, 2))
    monkeypatch.setattr(markov, "_FEW_STATES", 0)
    monkeypatch.setattr(markov, "gmres", lambda _, rest, **__: (rest * 0.9, 1))
    assert found(journeys, 2) == pytest.approx(wanted, abs=1e-10)


def test_twenty_channels_of_order_3_take_seconds() -> None:
    journeys = random_journeys(LETTERS, 9_000, seed=5)
    steps = walk(journeys, 3)
    assert len({before for before, _ in steps}) > 5_000
    begun = time.perf_counter()
    effects = found(journeys, 3)
    assert time.perf_counter() - begun < 10
    conversions = sum(is_converted for _, is_converted in journeys)
    for channel in "t":
        left = 0.0
        moving: dict[State, float] = {(): 1.0}
        leaving = Counter[State]()
        onward: dict[State, list[tuple[State | bool, float]]] = defaultdict(list)
        for (before, _), taken in steps.items():
            leaving[before] += taken
        for (before, after), taken in steps.items():
            onward[before].append((after, taken / leaving[before]))
        # What is still on its way bounds what the sum can yet gain.
        while sum(moving.values()) > 1e-13:
            reached: dict[State, float] = defaultdict(float)
            for before, mass in moving.items():
                for after, share in onward[before]:
                    if after is True:
                        left += mass * share
                    elif isinstance(after, tuple) and after[-1] != channel:
                        reached[after] += mass * share
            moving = reached
        wanted = 1 - left / (conversions / len(journeys))
        assert effects[channel] == pytest.approx(wanted, abs=1e-10)


# The warehouse: 400 people, each the only one of an account, whose touches all lie
# before what they come to.
START_AT = datetime(2025, 3, 1)
CHANNELS = ("search", "mail", "social", "fair", "direct")
SELECTED = (
    "+fct_channel_contributions,path:models/intermediate/attribution",
    "fct_attribution_credits",
    "fct_channel_contributions",
)
Paths = dict[str, list[Journey]]


def random_world() -> tuple[dict[str, list[tuple[Any, ...]]], Paths]:
    """Return the rows of the tables, and the journeys of each conversion type."""
    chance = random.Random(8)  # noqa: S311
    rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in TABLES}
    paths: Paths = {"mql": [], "opportunity": [], "won": []}
    for number in range(400):
        person, account = f"p{number}", f"a{number}"
        rows["dim_people"].append((person, account, START_AT))
        life = []
        for place in range(chance.randrange(9)):
            at = START_AT + timedelta(days=chance.randrange(10))
            life.append((at, f"t{number}_{place}", chance.choice(CHANNELS)))
        for at, touch, channel in life:
            kinds = (channel != "direct", channel == "direct", False)
            rows["fct_touchpoints"].append(
                (touch, person, account, "c1", channel, *kinds, at)
            )
        way = [channel for _, _, channel in sorted(life) if channel != "direct"]
        # Search after a fair is what leads to something.
        odds = 0.8 if ("fair", "search") in pairwise(way) else 0.2
        reached = {kind for kind in paths if chance.random() < odds}
        reached |= {"opportunity"} if "won" in reached else set()
        later = START_AT + timedelta(days=30)
        if "mql" in reached:
            rows["fct_lead_funnel"].append((person, person, account, "smb", later))
        if "opportunity" in reached:
            deal = (f"o{number}", person, account, "smb", 100 + number)
            rows["fct_opportunity_outcomes"].append(
                (*deal, "won" in reached, later, later + timedelta(days=9))
            )
            rows["bridge_opportunity_people"].append((f"o{number}", person, None))
        for kind, journeys in paths.items():
            if way:
                journeys.append((way, kind in reached))
    return rows, paths


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> tuple[Warehouse, Paths]:
    """Build attribution with orders 2 and 3 switched on, and with one more of 3."""
    path = tmp_path_factory.mktemp("orders") / "mops.duckdb"
    rows, paths = random_world()
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema marts")
        for name, columns in TABLES.items():
            connection.execute(f"create table marts.{name} ({columns})")
            marks = ", ".join("?" for _ in rows[name][0])
            connection.executemany(
                f"insert into marts.{name} values ({marks})", rows[name]
            )
    assert run_dbt(path, select=("attribution_models", "contact_roles"))
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "update policy.attribution_models set is_active = true "
            "where chain_order > 1"
        )
        connection.execute(
            "insert into policy.attribution_models "
            "select * replace ('own_3' as attribution_model, 'X1' as model_id) "
            "from policy.attribution_models where attribution_model = 'markov_3'"
        )
    assert run_dbt(path, seeds=False, select=SELECTED, as_of="2025-12-31")
    return Warehouse(path), paths


def test_active_orders_give_the_oracle_s_effects(
    world: tuple[Warehouse, Paths],
) -> None:
    warehouse, paths = world
    effects: dict[tuple[str, str], dict[str, float]] = defaultdict(dict)
    for kind, model, channel, effect in warehouse.rows(
        "select conversion_type, attribution_model, channel, removal_effect "
        "from marts.fct_channel_contributions where attribution_model != 'shapley'"
    ):
        effects[kind, model][channel] = effect
    orders = {"markov": 1, "markov_2": 2, "markov_3": 3, "own_3": 3}
    assert effects.keys() == {(kind, model) for kind in paths for model in orders}
    for (kind, model), figures in effects.items():
        wanted = oracle(walk(paths[kind], orders[model]))
        assert figures == pytest.approx(wanted, abs=1e-11), (kind, model)
    assert effects["mql", "markov"] != pytest.approx(
        effects["mql", "markov_2"], abs=0.01
    )


def test_the_chain_of_order_1_has_the_same_effects(
    world: tuple[Warehouse, Paths],
) -> None:
    """The steps that SQL solves, solved by what solves the higher orders."""
    steps = [
        {
            "conversion_type": kind,
            "chain_order": 1,
            "from_state": before,
            "to_state": after,
            "channel": after if after[0] != "(" else None,
            "steps": count,
        }
        for kind, before, after, count in world[0].rows(
            "select * from intermediate.int_attribution__chain_steps"
        )
    ]
    effects = {
        (row["conversion_type"], row["channel"]): row["removal_effect"]
        for row in removal_effects(pa.Table.from_pylist(steps)).to_pylist()
    }
    by_sql = world[0].rows(
        "select * from intermediate.int_attribution__removal_effects"
    )
    assert len(by_sql) == 12
    assert effects == pytest.approx(
        {(kind, channel): effect for kind, channel, effect in by_sql}, abs=1e-12
    )


def test_every_order_credits_every_conversion_whole(
    world: tuple[Warehouse, Paths],
) -> None:
    warehouse, paths = world
    sums = warehouse.rows(
        "select conversion_type, attribution_model, count(*), "
        "max(abs(weight - 1)), max(abs(credit_usd - amount_usd)) from ("
        "select conversion_type, attribution_model, conversion_id, "
        "sum(weight) as weight, sum(credit_usd) as credit_usd "
        "from marts.fct_attribution_credits group by all) "
        "left join marts.fct_opportunity_outcomes on conversion_id = opportunity_id "
        "and conversion_type != 'mql' group by all"
    )
    assert (
        len([row for row in sums if row[1] in ("markov_2", "markov_3", "own_3")]) == 9
    )
    for kind, _, conversions, weight_error, money_error in sums:
        assert conversions == sum(is_converted for _, is_converted in paths[kind])
        assert weight_error < 1e-12
        assert kind == "mql" or money_error < 1e-6


@pytest.mark.parametrize(
    ("method", "order", "is_fine"),
    [
        ("markov", "1", True),
        ("markov", "3", True),
        ("markov", "", False),
        ("markov", "4", False),
        ("markov", "0", False),
        ("shapley", "", True),
        ("shapley", "2", False),
        ("positions", "1", False),
    ],
)
def test_an_order_that_no_model_can_have_is_refused(
    tmp_path: Path, method: str, order: str, *, is_fine: bool
) -> None:
    (seed,) = (
        seed
        for seed in read_yaml(PROJECT_ROOT / "seeds/attribution/_seeds.yml")["seeds"]
        if seed["name"] == "attribution_models"
    )
    text = (PROJECT_ROOT / "seeds/attribution/attribution_models.csv").read_text()
    first = 1 if method == "positions" else 0
    changed = tmp_path / "attribution_models.csv"
    changed.write_text(
        f"{text}X,x,{method},{order},{first},0,0,0,0,0,0,0,0,true,why,me@example.com\n"
    )
    conditions = [
        test["expression_holds"]["arguments"]["expression"]
        for test in seed["data_tests"]
        if "expression_holds" in test
    ]
    (listed,) = (
        column["data_tests"][0]["accepted_values"]["arguments"]
        for column in seed["columns"]
        if column["name"] == "chain_order"
    )
    allowed = ", ".join(map(str, listed["values"]))
    conditions.append(f"chain_order is null or chain_order in ({allowed})")
    with duckdb.connect() as connection:
        connection.read_csv(
            str(changed), header=True, dtype=seed["config"]["column_types"]
        ).create("attribution_models")
        refused = connection.execute(
            "select attribution_model from attribution_models where not coalesce("
            + " and ".join(f"({one})" for one in conditions)
            + ", false)"
        ).fetchall()
    assert refused == ([] if is_fine else [("x",)])

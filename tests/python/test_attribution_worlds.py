"""Random journeys through the SQL of attribution, against oracles that share nothing.

A chain is solved anew without each channel, a game summed over all sets of players.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from math import comb
from typing import Any

import duckdb
import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from attribution_sql import AttributionSql, compile_attribution
from test_attribution import (
    Conversion,
    Paths,
    Touch,
    removal_effects,
    shapley_values,
    weights,
)

BEGIN = datetime(2026, 1, 1)
CENT = Decimal("0.01")
Effects = dict[str, float | None]
WORLDS = settings(
    deadline=None,
    derandomize=True,
    max_examples=25,
    suppress_health_check=[HealthCheck.too_slow],
)


@pytest.fixture(scope="module")
def attribution(tmp_path_factory: pytest.TempPathFactory) -> AttributionSql:
    return compile_attribution(tmp_path_factory.mktemp("compiled"))


def effects(attribution: AttributionSql, paths: Paths) -> dict[str, Effects]:
    """Return what each data-driven model says of the channels of journeys to an MQL."""
    touches, people, cycles = [], [], []
    for number, (path, is_converted) in enumerate(paths):
        person = f"p{number}"
        people.append((person, None, BEGIN))
        for step, channel in enumerate(path):
            at = BEGIN + timedelta(minutes=step)
            touch = (f"t{number}_{step}", person, None, None, channel)
            touches.append((*touch, True, False, False, at))
        if is_converted:
            at = BEGIN + timedelta(days=1)
            cycles.append((f"{person}#1", person, None, "smb", at))
    with attribution.build(
        {"fct_touchpoints": touches, "dim_people": people, "fct_lead_funnel": cycles}
    ) as built:
        found: dict[str, Effects] = {"markov": {}, "shapley": {}}
        for model, channel, effect in built.execute(
            "select attribution_model, channel, "
            "coalesce(removal_effect, shapley_value) "
            "from mops.marts.fct_channel_contributions where conversion_type = 'mql'"
        ).fetchall():
            found.setdefault(model, {})[channel] = effect
        return found


def journeys(channels: int, most: int = 12) -> st.SearchStrategy[Paths]:
    """Return random journeys of some of so many channels, converted or not."""
    channel = st.integers(1, channels).map("c{:02}".format)
    path = st.lists(channel, min_size=1, max_size=8)
    return st.lists(st.tuples(path, st.booleans()), min_size=1, max_size=most)


def merged(paths: Paths, states: int) -> tuple[Paths, dict[str, tuple[str, float]]]:
    """Rename the rarest channels to one; return what each is, and its share of that.

    States is how many there may be; the arrivals that tell the rarest are steps into a
    channel from another one.
    """
    arrivals = Counter(
        after
        for path, _ in paths
        for before, after in pairwise(["", *path])
        if before != after
    )
    ranked = sorted(arrivals, key=lambda channel: (-arrivals[channel], channel))
    kept = set(ranked[: states - 1] if len(ranked) > states else ranked)
    rest = sum(arrivals[channel] for channel in ranked if channel not in kept)
    members = {
        channel: (channel, 1.0)
        if channel in kept
        else ("others", arrivals[channel] / rest)
        for channel in ranked
    }
    return [([members[each][0] for each in path], won) for path, won in paths], members


def markov_oracle(paths: Paths) -> Effects:
    renamed, members = merged(paths, states=39)
    if not any(is_converted for _, is_converted in paths):
        return dict.fromkeys(members)
    solved = removal_effects(renamed)
    return {key: solved[state] * share for key, (state, share) in members.items()}


def shapley_oracle(paths: Paths) -> Effects:
    """Sum over all subsets, as numbers whose bits are the players."""
    renamed, members = merged(paths, states=20)
    names = sorted({channel for path, _ in renamed for channel in path})
    players = len(names)
    counted = np.zeros((2, 2**players))
    for path, is_converted in renamed:
        held = sum(1 << names.index(channel) for channel in set(path))
        counted[:, held] += (1, is_converted)
    subsets = np.arange(2**players)
    for player in range(players):
        above = subsets[(subsets >> player) & 1 == 1]
        counted[:, above] += counted[:, above - (1 << player)]
    rates = counted[1] / np.maximum(counted[0], 1)
    sizes = sum((subsets >> player) & 1 for player in range(players))
    weight = 1 / (players * np.array([comb(players - 1, k) for k in range(players)]))
    solved = {}
    for player, name in enumerate(names):
        below = subsets[(subsets >> player) & 1 == 0]
        added = rates[below + (1 << player)] - rates[below]
        solved[name] = float((weight[np.asarray(sizes)[below]] * added).sum())
    return {key: solved[state] * share for key, (state, share) in members.items()}


def assert_same(found: Mapping[str, Any], wanted: Mapping[str, float | None]) -> None:
    assert found.keys() == wanted.keys()
    assert found == {
        key: None if value is None else pytest.approx(value, abs=1e-9)
        for key, value in wanted.items()
    }


@WORLDS
@example(paths=[(["a"], True)])
@example(paths=[(["a"], False)])
@example(paths=[(["a", "a", "a"], True), (["a"], False)])
@example(paths=[(["a", "b"], True), (["b", "a"], True)])
@example(paths=[(["a", "b"], False), (["b", "a"], False)])
@example(paths=[(["a", "b"], True), (["c", "d"], False)])
@given(paths=st.one_of(journeys(1), journeys(3), journeys(6)))
def test_effects_and_values_of_few_channels_equal_the_oracles(
    attribution: AttributionSql, paths: Paths
) -> None:
    found = effects(attribution, paths)
    assert_same(found["markov"], markov_oracle(paths))
    assert_same(found["shapley"], dict(shapley_values(paths)))
    assert_same(found["shapley"], shapley_oracle(paths))


@settings(WORLDS, max_examples=6)
@given(paths=journeys(14, 40))
def test_effects_and_values_of_more_channels_equal_the_oracles(
    attribution: AttributionSql, paths: Paths
) -> None:
    found = effects(attribution, paths)
    assert_same(found["markov"], markov_oracle(paths))
    assert_same(found["shapley"], shapley_oracle(paths))


def test_a_channel_without_which_nobody_converts_takes_all(
    attribution: AttributionSql,
) -> None:
    """A chain that goes round with a chance of 59 in 60 still ends."""
    paths: Paths = [(["a", "b"] * 30, True), (["a", "b"] * 30, False)]
    found = effects(attribution, paths)["markov"]
    assert_same(found, {"a": 1.0, "b": 1.0})
    assert_same(found, markov_oracle(paths))


def test_channels_that_never_meet_are_told_apart(attribution: AttributionSql) -> None:
    """Each of a pair, and who comes alone, loses a third of the conversions.

    e adds 1 to nothing, to any one channel and to four of six sets of two.
    """
    paths: Paths = [(["a", "b"], True), (["c", "d"], True), (["e"], True)]
    found = effects(attribution, paths)
    assert_same(found["markov"], dict.fromkeys("abcde", 1 / 3))
    alone = (1 + 1 + 4 / 6) / 5
    assert_same(found["shapley"], dict.fromkeys("abcd", (1 - alone) / 4) | {"e": alone})


def test_channels_with_equal_arrivals_have_one_order(
    attribution: AttributionSql,
) -> None:
    """Of 22 channels that come as often the last three by name are one player."""
    names = [f"c{number:02}" for number in range(22)]
    paths: Paths = [([name], number % 3 == 0) for number, name in enumerate(names)]
    found = effects(attribution, paths)["shapley"]
    assert_same(found, shapley_oracle(paths))
    assert len({found[name] for name in names[19:]}) == 1
    assert len({members[0] for members in merged(paths, 20)[1].values()}) == 20


def random_paths(channels: int, count: int, seed: int) -> Paths:
    """Return journeys of which some channels are much rarer than others."""
    chance = random.Random(seed)  # noqa: S311 - a reproducible test, not a secret
    names = [f"c{number:02}" for number in range(channels)]
    often = [1 / (1 + number) for number in range(channels)]
    paths = [([name], chance.random() < 0.5) for name in names]
    for _ in range(count):
        path = chance.choices(names, often, k=chance.randrange(1, 7))
        paths.append((path, chance.random() < 0.3))
    return paths


@pytest.mark.parametrize("channels", [20, 21, 25, 39, 45])
def test_of_too_many_channels_the_rarest_are_one(
    attribution: AttributionSql, channels: int
) -> None:
    """Twenty play the game, and 39 are states of the chain."""
    paths = random_paths(channels, 150, seed=channels)
    found = effects(attribution, paths)
    assert_same(found["markov"], markov_oracle(paths))
    assert_same(found["shapley"], shapley_oracle(paths))
    assert len(found["markov"]) == len(found["shapley"]) == channels


@dataclass(frozen=True)
class Deal:
    """A won deal: the seconds of its milestones, and its touches by second and kind."""

    lead: int
    created: int
    closed: int
    cents: int
    touches: list[tuple[int, str]]


# Few moments, so that ties happen, some days apart and some outside every lookback.
MOMENT = st.one_of(
    st.integers(0, 40).map(lambda day: day * 86_400),
    st.sampled_from((-90 * 86_400, -90 * 86_400 - 1, 41 * 86_400 + 1)),
    st.integers(0, 40 * 86_400),
)
KIND = st.sampled_from(("search", "email", "event", "direct", "sales"))
DEALS = st.lists(
    st.builds(
        Deal,
        MOMENT,
        MOMENT,
        MOMENT,
        st.integers(1, 10**9),
        st.lists(st.tuples(MOMENT, KIND), max_size=30),
    ),
    min_size=1,
    max_size=6,
)


def moment(second: int) -> datetime:
    return BEGIN + timedelta(seconds=second)


def conversions_of(deals: list[Deal]) -> list[Conversion]:
    """Return each deal twice: as it was made, and as it was won."""
    found = []
    for number, deal in enumerate(deals):
        touches = tuple(
            Touch(
                moment(second),
                f"t{number}_{place:02}",
                f"p{number}",
                f"a{number}",
                kind,
                kind not in {"direct", "sales"},
                kind == "direct",
                kind == "sales",
            )
            for place, (second, kind) in enumerate(deal.touches)
        )
        amount = Decimal(deal.cents) / 100
        way: dict[str, datetime | None] = {
            "lead": moment(deal.lead),
            "opportunity": moment(deal.created),
        }
        key, closed = f"o{number}", moment(deal.closed)
        created = moment(deal.created)
        found.append(Conversion("opportunity", key, created, amount, touches, way))
        way = way | {"close": closed}
        found.append(Conversion("won", key, closed, amount, touches, way))
    return found


def deals_built(
    attribution: AttributionSql, deals: list[Deal], conversions: list[Conversion]
) -> duckdb.DuckDBPyConnection:
    return attribution.build(
        {
            "fct_touchpoints": [
                (
                    touch.touchpoint_id,
                    touch.person_id,
                    touch.account_id,
                    None,
                    touch.channel,
                    touch.is_marketing,
                    touch.is_direct,
                    touch.is_sales,
                    touch.touched_at,
                )
                for conversion in conversions[::2]
                for touch in conversion.touches
            ],
            "dim_people": [
                (f"p{number}", f"a{number}", moment(deal.lead))
                for number, deal in enumerate(deals)
            ],
            "fct_opportunity_outcomes": [
                (
                    f"o{number}",
                    f"p{number}",
                    f"a{number}",
                    "smb",
                    Decimal(deal.cents) / 100,
                    True,
                    moment(deal.created),
                    moment(deal.closed),
                )
                for number, deal in enumerate(deals)
            ],
        }
    )


ALL_AT_ONCE = Deal(0, 0, 0, 10, [(0, "search")] * 30)
DIRECT_END = Deal(0, 1, 2, 100, [(0, "search"), (1, "email"), (2, "direct")])
AFTER_ALL = Deal(9, 0, 5, 33, [(6, "search"), (5, "direct"), (5, "sales")])


def assert_weights(
    built: duckdb.DuckDBPyConnection, conversions: list[Conversion]
) -> None:
    credited = built.execute(
        "select conversion_type, conversion_id, attribution_model, touchpoint_id, "
        "weight, credit_usd from mops.marts.fct_attribution_credits"
    ).fetchall()
    unattributed = set(
        built.execute(
            "select conversion_type, conversion_id "
            "from mops.marts.fct_unattributed_conversions"
        ).fetchall()
    )
    wanted = {
        (one.kind, one.id, model, touch): weight
        for one in conversions
        for model, shares in weights(one).items()
        for touch, weight in shares.items()
    }
    by_position = {key[2] for key in wanted}
    found = {tuple(row[:4]): row[4] for row in credited if row[2] in by_position}
    assert found.keys() == wanted.keys()
    assert found == pytest.approx(wanted, abs=1e-12)
    assert unattributed == {
        (one.kind, one.id) for one in conversions if not weights(one)
    }
    sums: dict[tuple[Any, ...], Decimal] = defaultdict(Decimal)
    for kind, key, model, _, _, credit in credited:
        sums[kind, key, model] += credit
    amounts = {(one.kind, one.id): one.amount for one in conversions}
    for (kind, key, _), credit in sums.items():
        assert credit.quantize(CENT, ROUND_HALF_UP) == amounts[kind, key]


def shape(conversion: Conversion) -> tuple[Any, ...] | None:
    """Return what the positions of a journey's touches hang on; null without any."""
    counted = [
        touch
        for touch in conversion.journey
        if not touch.is_direct and not touch.is_sales
    ]
    if not counted:
        return None
    literal = [touch for touch in conversion.journey if not touch.is_sales][-1]
    places = []
    for name in ("lead", "opportunity", "close"):
        at = conversion.milestones.get(name)
        places.append(sum(at is not None and one.touched_at <= at for one in counted))
    return (len(counted), *places, literal is counted[-1])


def assert_shapes(
    built: duckdb.DuckDBPyConnection, conversions: list[Conversion]
) -> None:
    found = {
        (kind, key): number
        for kind, key, number in built.execute(
            "select distinct conversion_type, conversion_id, shape "
            "from mops.intermediate.int_attribution__journey_positions "
            "join mops.intermediate.int_attribution__conversions "
            "using (conversion_key, conversion_type)"
        ).fetchall()
    }
    wanted = {(one.kind, one.id): told for one in conversions if (told := shape(one))}
    assert found.keys() == wanted.keys()
    pairs = {(found[key], wanted[key]) for key in wanted}
    assert len(pairs) == len(set(found.values())) == len(set(wanted.values()))


@WORLDS
@example(deals=[ALL_AT_ONCE, DIRECT_END, AFTER_ALL])
@given(deals=DEALS)
def test_weights_by_position_equal_the_oracle(
    attribution: AttributionSql, deals: list[Deal]
) -> None:
    """Journeys have one shape where positions fall alike, and only there."""
    conversions = conversions_of(deals)
    with deals_built(attribution, deals, conversions) as built:
        assert_weights(built, conversions)
        assert_shapes(built, conversions)

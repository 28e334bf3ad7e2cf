"""Attribution against an independent oracle: plain Python over the public marts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from itertools import combinations, pairwise
from math import comb
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from conftest import Warehouse

LOOKBACK = timedelta(days=90)
HALF_LIFE = timedelta(days=7)
AS_OF = datetime(2025, 12, 31, 23, 59, 59, 999999)
CENT = Decimal("0.01")


@dataclass(frozen=True, order=True)
class Touch:
    """A touchpoint, ordered as journeys are."""

    touched_at: datetime
    touchpoint_id: str
    person_id: str | None
    account_id: str | None
    channel: str
    is_marketing: bool
    is_direct: bool
    is_sales: bool


@dataclass(frozen=True)
class Conversion:
    """A conversion with every touch of the people whose journey it ends."""

    kind: str
    id: str
    at: datetime
    amount: Decimal | None
    touches: tuple[Touch, ...]
    milestones: dict[str, datetime | None]

    @property
    def journey(self) -> list[Touch]:
        return sorted(
            touch
            for touch in self.touches
            if self.at - LOOKBACK <= touch.touched_at <= self.at
        )


@pytest.fixture(scope="module")
def touches(company_warehouse: Warehouse) -> list[Touch]:
    return [
        Touch(*row)
        for row in company_warehouse.rows(
            "select touched_at, touchpoint_id, person_id, account_id, channel, "
            "is_marketing, is_direct, is_sales from marts.fct_touchpoints"
        )
    ]


@pytest.fixture(scope="module")
def opportunities(company_warehouse: Warehouse) -> list[dict[str, Any]]:
    names = [
        "opportunity_id",
        "account_id",
        "amount_usd",
        "is_won",
        "created_at",
        "closed_at",
        "is_marketing_sourced",
        "is_marketing_influenced",
        "source_basis",
        "sourced_channel",
        "first_touch_source_kind",
        "first_touch_channel",
    ]
    return [
        dict(zip(names, row, strict=True))
        for row in company_warehouse.rows(
            f"select {', '.join(names)} from marts.fct_opportunities"
        )
    ]


@pytest.fixture(scope="module")
def opportunity_touches(
    company_warehouse: Warehouse,
    touches: list[Touch],
    opportunities: list[dict[str, Any]],
) -> dict[str, tuple[Touch, ...]]:
    named = defaultdict(set)
    for opportunity, person in company_warehouse.rows(
        "select opportunity_id, person_id from marts.bridge_opportunity_people"
    ):
        named[opportunity].add(person)
    return {
        deal["opportunity_id"]: tuple(
            touch
            for touch in touches
            if touch.person_id is not None
            and (
                (
                    touch.account_id is not None
                    and touch.account_id == deal["account_id"]
                )
                or touch.person_id in named[deal["opportunity_id"]]
            )
        )
        for deal in opportunities
    }


@pytest.fixture(scope="module")
def conversions(
    company_warehouse: Warehouse,
    touches: list[Touch],
    opportunities: list[dict[str, Any]],
    opportunity_touches: dict[str, tuple[Touch, ...]],
) -> list[Conversion]:
    found = []
    created, members = {}, defaultdict(list)
    for person, account, created_at in company_warehouse.rows(
        "select person_id, account_id, created_at from marts.dim_people"
    ):
        created[person] = created_at
        members[account].append(created_at)
    named = defaultdict(list)
    for opportunity, person in company_warehouse.rows(
        "select opportunity_id, person_id from marts.bridge_opportunity_people"
    ):
        named[opportunity].append(created[person])
    for cycle, person, mql_at in company_warehouse.rows(
        "select person_id || '#' || cycle_number, person_id, mql_at "
        "from marts.fct_lead_funnel where mql_at is not null"
    ):
        own = tuple(touch for touch in touches if touch.person_id == person)
        found.append(
            Conversion("mql", cycle, mql_at, None, own, {"lead": created[person]})
        )
    for deal in opportunities:
        key = deal["opportunity_id"]
        mine = opportunity_touches[key]
        amount = deal["amount_usd"]
        leads = (deal["account_id"] and members[deal["account_id"]]) or named[key]
        way = {"lead": min(leads, default=None), "opportunity": deal["created_at"]}
        found.append(
            Conversion("opportunity", key, deal["created_at"], amount, mine, way)
        )
        if deal["is_won"]:
            at = deal["closed_at"]
            found.append(Conversion("won", key, at, amount, mine, way | {"close": at}))
    return found


# What the touch at a position earns by model; the rest goes evenly to the others.
POSITIONS: dict[str, dict[str, float]] = {
    "u_shaped": {"first": 40, "last": 40},
    "w_shaped": {"first": 30, "lead": 30, "opportunity": 30},
    "full_path": {"first": 22.5, "lead": 22.5, "opportunity": 22.5, "close": 22.5},
    "j_shaped": {"first": 20, "last": 60},
    "inverse_j": {"first": 60, "last": 20},
    "lead_creation": {"lead": 100},
}


def weights(conversion: Conversion) -> dict[str, dict[str, float]]:
    """Return the weight of each credited touch by model; nothing when none counts."""
    journey = conversion.journey
    counted = [touch for touch in journey if not touch.is_direct and not touch.is_sales]
    if not counted:
        return {}
    literal = [touch for touch in journey if not touch.is_sales][-1]
    places = {"first": counted[0], "last": counted[-1]}
    for name, moment in conversion.milestones.items():
        before = [touch for touch in counted if moment and touch.touched_at <= moment]
        places |= {name: before[-1]} if before else {}
    halved = [
        0.5 ** ((conversion.at - each.touched_at) / HALF_LIFE) for each in counted
    ]
    models = {
        "first_touch": {counted[0].touchpoint_id: 1.0},
        "last_touch": {literal.touchpoint_id: 1.0},
        "last_non_direct": {counted[-1].touchpoint_id: 1.0},
        "linear": {touch.touchpoint_id: 1 / len(counted) for touch in counted},
        "time_decay": {
            touch.touchpoint_id: share / sum(halved)
            for touch, share in zip(counted, halved, strict=True)
        },
    }
    for model, wanted in POSITIONS.items():
        earned: dict[str, float] = defaultdict(float)
        for name, points in wanted.items():
            if name in places:
                earned[places[name].touchpoint_id] += points
        others = [each for each in counted if each.touchpoint_id not in earned]
        left = 100 - sum(wanted.values()) or (0 if earned else 100)
        for touch in others:
            earned[touch.touchpoint_id] += left / len(others)
        total = sum(earned.values())
        models[model] = {key: each / total for key, each in earned.items() if each}
    return models


def counted_channels(touches: Iterable[Touch]) -> list[str]:
    """Return the channels of the touches that count, in order."""
    return [
        touch.channel for touch in touches if not touch.is_direct and not touch.is_sales
    ]


def open_paths(
    kind: str, conversions: list[Conversion], touches: list[Touch]
) -> list[list[str]]:
    """Return the channels of people without such a conversion, up to the last touch."""
    reached = {
        touch.person_id
        for conversion in conversions
        if conversion.kind == kind
        for touch in conversion.touches
    }
    lives = defaultdict(list)
    for touch in sorted(touches):
        if touch.person_id not in reached | {None} and counted_channels([touch]):
            lives[touch.person_id].append(touch)
    return [
        counted_channels(
            touch
            for touch in life
            if touch.touched_at >= life[-1].touched_at - LOOKBACK
        )
        for life in lives.values()
    ]


Paths = list[tuple[list[str], bool]]


def removal_effects(paths: Paths) -> dict[str, float]:
    """Remove each channel from the chain in turn and solve it anew."""
    channels = sorted({channel for path, _ in paths for channel in path})
    count = len(channels)
    steps = np.zeros((count + 3, count + 3))
    for path, is_converted in paths:
        states = [0, *(1 + channels.index(each) for each in path)]
        states.append(count + (1 if is_converted else 2))
        for before, after in pairwise(states):
            steps[before, after] += 1
    chances = steps / np.maximum(steps.sum(axis=1, keepdims=True), 1)

    def converts(chain: npt.NDArray[np.float64]) -> float:
        passing = np.eye(count + 1) - chain[: count + 1, : count + 1]
        solved = np.linalg.solve(passing, chain[: count + 1, count + 1])
        return float(solved[0])

    effects = {}
    for place, channel in enumerate(channels, 1):
        without = chances.copy()
        without[:, count + 2] += without[:, place]
        without[:, place] = 0
        effects[channel] = 1 - converts(without) / converts(chances)
    return effects


def shapley_values(paths: Paths) -> dict[str, float]:
    """Weigh what each channel adds to every set of the others."""
    channels = {channel for path, _ in paths for channel in path}

    @cache
    def rate(members: frozenset[str]) -> float:
        inside = [is_converted for path, is_converted in paths if members >= set(path)]
        return sum(inside) / len(inside) if inside else 0.0

    values: dict[str, float] = defaultdict(float)
    for channel in channels:
        others = channels - {channel}
        for size in range(len(others) + 1):
            weight = 1 / (len(channels) * comb(len(others), size))
            for members in combinations(sorted(others), size):
                known = frozenset(members)
                values[channel] += weight * (rate(known | {channel}) - rate(known))
    return values


@pytest.fixture(scope="module")
def effects(
    conversions: list[Conversion], touches: list[Touch]
) -> dict[tuple[str, str], dict[str, float]]:
    """Return what the data-driven models say of each channel, by kind and model."""
    found = {}
    for kind in ("mql", "opportunity", "won"):
        converted = [
            counted_channels(each.journey) for each in conversions if each.kind == kind
        ]
        paths = [(path, True) for path in converted if path]
        paths += [(path, False) for path in open_paths(kind, conversions, touches)]
        found[kind, "markov"] = removal_effects(paths)
        found[kind, "shapley"] = shapley_values(paths)
    return found


def test_channels_contribute_what_the_models_say(
    company_warehouse: Warehouse, effects: dict[tuple[str, str], dict[str, float]]
) -> None:
    found: dict[tuple[str, str], dict[str, float]] = defaultdict(dict)
    for kind, model, channel, effect, share in company_warehouse.rows(
        "select conversion_type, attribution_model, channel, "
        "coalesce(removal_effect, shapley_value), contribution_share "
        "from marts.fct_channel_contributions"
    ):
        found[kind, model][channel] = effect
        total = sum(effects[kind, model].values())
        assert share == pytest.approx(effects[kind, model][channel] / total, abs=1e-9)
    assert found.keys() == effects.keys()
    for key, wanted in effects.items():
        assert found[key] == pytest.approx(wanted, abs=1e-9), key
        assert len(wanted) > 3


def reason(conversion: Conversion) -> str:
    journey = conversion.journey
    if any(touch.is_direct for touch in journey):
        return "direct_only"
    if journey:
        return "sales_only"
    if any(touch.touched_at < conversion.at for touch in conversion.touches):
        return "outside_lookback"
    return "no_touch"


def by_channel(conversion: Conversion, effect: dict[str, float]) -> dict[str, float]:
    """Return the weights of a journey's touches by the effects of their channels."""
    earned = {
        touch.touchpoint_id: max(effect[touch.channel], 0)
        for touch in conversion.journey
        if counted_channels([touch])
    }
    total = sum(earned.values())
    if not total:
        return {key: 1 / len(earned) for key in earned}
    return {key: each / total for key, each in earned.items() if each}


def test_every_credit_equals_the_oracle(
    company_warehouse: Warehouse,
    conversions: list[Conversion],
    effects: dict[tuple[str, str], dict[str, float]],
) -> None:
    expected = {
        (conversion.kind, conversion.id, model, touch): weight
        for conversion in conversions
        for model, shares in weights(conversion).items()
        for touch, weight in shares.items()
    } | {
        (conversion.kind, conversion.id, model, touch): weight
        for conversion in conversions
        for (kind, model), effect in effects.items()
        if kind == conversion.kind
        for touch, weight in by_channel(conversion, effect).items()
    }
    found = {
        tuple(row[:4]): row[4]
        for row in company_warehouse.rows(
            "select conversion_type, conversion_id, attribution_model, touchpoint_id, "
            "weight from marts.fct_attribution_credits"
        )
    }
    assert found.keys() == expected.keys()
    assert found == pytest.approx(expected, abs=1e-12)
    assert len({key[:2] for key in expected}) > 200


def test_every_unattributed_conversion_has_the_oracle_s_reason(
    company_warehouse: Warehouse, conversions: list[Conversion]
) -> None:
    expected = {
        (conversion.kind, conversion.id): reason(conversion)
        for conversion in conversions
        if not weights(conversion)
    }
    found = {
        (kind, key): why
        for kind, key, why in company_warehouse.rows(
            "select conversion_type, conversion_id, reason "
            "from marts.fct_unattributed_conversions"
        )
    }
    assert found == expected
    assert set(expected.values()) == {
        "direct_only",
        "sales_only",
        "outside_lookback",
        "no_touch",
    }


def test_each_conversion_s_credit_rounds_to_its_amount(
    company_warehouse: Warehouse, conversions: list[Conversion]
) -> None:
    amounts = {(one.kind, one.id): one.amount for one in conversions}
    sums = company_warehouse.rows(
        "select conversion_type, conversion_id, sum(credit_usd) "
        "from marts.fct_attribution_credits group by "
        "conversion_type, conversion_id, attribution_model"
    )
    for kind, key, credit in sums:
        amount = amounts[kind, key]
        if amount is None:
            assert credit is None
        else:
            assert credit.quantize(CENT, ROUND_HALF_UP) == amount


@pytest.mark.parametrize("kind", ["opportunity", "won"])
def test_credited_and_unattributed_money_is_all_money(
    company_warehouse: Warehouse, conversions: list[Conversion], kind: str
) -> None:
    total = sum(one.amount for one in conversions if one.kind == kind and one.amount)
    unattributed = company_warehouse.value(
        "select coalesce(sum(amount_usd), 0) from marts.fct_unattributed_conversions "
        "where conversion_type = ?",
        [kind],
    )
    for model, credit in company_warehouse.rows(
        "select attribution_model, sum(credit_usd) from marts.fct_attribution_credits "
        "where conversion_type = ? group by 1",
        [kind],
    ):
        assert (credit + unattributed).quantize(CENT, ROUND_HALF_UP) == total, model


def test_influence_equals_the_oracle(
    opportunities: list[dict[str, Any]],
    opportunity_touches: dict[str, tuple[Touch, ...]],
) -> None:
    for deal in opportunities:
        reached = any(
            touch.is_marketing
            and deal["created_at"] - LOOKBACK
            <= touch.touched_at
            <= (deal["closed_at"] or AS_OF)
            for touch in opportunity_touches[deal["opportunity_id"]]
        )
        assert deal["is_marketing_influenced"] == (
            reached or deal["is_marketing_sourced"]
        )


def test_an_undeclared_source_is_the_first_touch_before_creation(
    opportunities: list[dict[str, Any]],
    opportunity_touches: dict[str, tuple[Touch, ...]],
) -> None:
    undeclared = [
        deal
        for deal in opportunities
        if deal["source_basis"] in {"first_touch", "none"}
    ]
    assert len(undeclared) > 20
    for deal in undeclared:
        touches = opportunity_touches[deal["opportunity_id"]]
        journey = Conversion("", "", deal["created_at"], None, touches, {}).journey
        assert (deal["source_basis"] == "none") == (not journey)
        assert deal["is_marketing_sourced"] == bool(journey and journey[0].is_marketing)
        assert deal["sourced_channel"] == (journey[0].channel if journey else None)


def test_the_first_touch_is_kept_whatever_decided(
    opportunities: list[dict[str, Any]],
    opportunity_touches: dict[str, tuple[Touch, ...]],
) -> None:
    for deal in opportunities:
        touches = opportunity_touches[deal["opportunity_id"]]
        journey = Conversion("", "", deal["created_at"], None, touches, {}).journey
        kind = None
        if journey:
            others = "sales" if journey[0].is_sales else "direct"
            kind = "marketing" if journey[0].is_marketing else others
        assert deal["first_touch_source_kind"] == kind
        assert deal["first_touch_channel"] == (journey[0].channel if journey else None)
    kinds = {deal["first_touch_source_kind"] for deal in opportunities}
    assert kinds == {"marketing", "sales", "direct", None}

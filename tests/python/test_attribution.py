"""Attribution against an independent oracle: plain Python over the public marts."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

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


def reason(conversion: Conversion) -> str:
    journey = conversion.journey
    if any(touch.is_direct for touch in journey):
        return "direct_only"
    if journey:
        return "sales_only"
    if any(touch.touched_at < conversion.at for touch in conversion.touches):
        return "outside_lookback"
    return "no_touch"


def test_every_credit_equals_the_oracle(
    company_warehouse: Warehouse, conversions: list[Conversion]
) -> None:
    expected = {
        (conversion.kind, conversion.id, model, touch): weight
        for conversion in conversions
        for model, shares in weights(conversion).items()
        for touch, weight in shares.items()
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

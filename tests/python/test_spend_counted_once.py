"""Money that several reports tell of counts once, by a second reading of the rules.

Costs of every kind are drawn at random, landed and built; then each day of each cost is
judged once more against every other cost, one at a time, and what the marts show, leave
out and list as late is held against that, to the cent. Each case that a reader would
ask about has a test with figures counted by hand.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from conftest import Warehouse, land, run_dbt, write_csv

AS_OF = date(2024, 3, 31)
FIRST = date(2024, 1, 1)
MODELS = ("+fct_spend_reconciliations", "+fct_late_spend_days", "+fct_excluded_records")
CONSERVED = (
    "assert_ad_platform_spend_is_conserved",
    "assert_campaigns_spend_is_conserved",
)
LEVELS = ("campaign", "ad_set", "ad", "account")
Row = dict[str, Any]
Tables = dict[str, list[Row]]


def built(folder: Path, tables: Tables, as_of: date = AS_OF) -> Warehouse:
    """Land tables named source/table and build what concerns spend."""
    for name, rows in tables.items():
        write_csv(folder / "raw" / f"{name}.csv", rows)
    path = folder / "mops.duckdb"
    with pytest.MonkeyPatch.context() as monkeypatch:
        assert land(folder / "raw", path, monkeypatch) == 0
    assert run_dbt(path, select=MODELS, as_of=str(as_of))
    assert run_dbt(path, tests=True, select=CONSERVED, as_of=str(as_of))
    return Warehouse(path)


@dataclass(frozen=True)
class Cost:
    """A cost as somebody tells of it; `daily` is its money per day, in whole units."""

    platform: str
    kind: str
    account: str | None
    campaign: int | None
    level: str
    divided: bool
    has_id: bool
    starts_on: date
    ends_on: date
    daily: int

    @property
    def days(self) -> list[date]:
        length = (self.ends_on - self.starts_on).days + 1
        return [self.starts_on + timedelta(days=number) for number in range(length)]

    @property
    def is_range(self) -> bool:
        return self.ends_on > self.starts_on

    @property
    def rank(self) -> tuple[int, ...]:
        """Tell how good the report is: the less the better."""
        if self.kind != "export":
            return (0,) if self.kind == "connector" else (9,)
        level = LEVELS.index(self.level) + (0 if self.campaign is not None else 4)
        return (1, level, int(self.divided), int(self.is_range))

    @property
    def order(self) -> tuple[Any, ...]:
        """Tell which of the reports of one rank and day stands."""
        span = (self.ends_on - self.starts_on).days
        return (self.rank, span, self.starts_on, not self.has_id, not self.account)


def month(day: date) -> tuple[int, int]:
    return day.year, day.month


class Judge:
    """Decides each day of a cost by looking at every other cost."""

    def __init__(self, costs: list[Cost]) -> None:
        self.told = [cost for cost in costs if cost.kind != "generic"]
        self.days: dict[Any, set[date]] = defaultdict(set)
        for cost in self.told:
            if not cost.is_range and cost.starts_on <= AS_OF:
                key = (cost.platform, cost.account, cost.rank)
                self.days[key].add(cost.starts_on)

    def is_superseded(self, cost: Cost, day: date) -> bool:
        if cost.kind == "connector":
            return False
        return any(self.replaces(other, cost, day) for other in self.told) or (
            cost.kind == "generic" and self.is_contained(cost, day)
        )

    def replaces(self, other: Cost, cost: Cost, day: date) -> bool:
        if other.platform != cost.platform or other.starts_on > AS_OF:
            return False
        if cost.account and other.account and cost.account != other.account:
            return False
        if not self.tells_of(other, cost):
            return False
        if other.kind == "export" and day in other.days and other.order < cost.order:
            return True
        reported = self.days[other.platform, other.account, other.rank]
        is_better = not other.is_range and other.rank < cost.rank
        return is_better and self.covers(reported, cost, day)

    @staticmethod
    def tells_of(other: Cost, cost: Cost) -> bool:
        """Tell whether a report names a cost's campaign, or all, where it has none."""
        if cost.campaign is not None:
            return other.campaign == cost.campaign
        if cost.kind == "generic":
            return other.kind == "export" and other.campaign is None
        return True

    @staticmethod
    def covers(reported: set[date], cost: Cost, day: date) -> bool:
        if month(day) not in {month(at) for at in reported}:
            return False
        return cost.is_range or min(reported) <= day <= max(reported)

    def is_contained(self, cost: Cost, day: date) -> bool:
        landed = [
            other
            for other in self.told
            if other.kind == "connector"
            and other.platform == cost.platform
            and other.starts_on <= AS_OF
        ]
        for account in {other.account for other in landed}:
            own = [other for other in landed if other.account == account]
            whole = {other.starts_on for other in own if other.level != "ad"}
            now = [other for other in own if month(other.starts_on) == month(day)]
            if month(day) not in {month(at) for at in whole}:
                continue
            alone = all(other.level == "account" for other in now)
            is_held = alone or cost.campaign is None
            if is_held and self.covers(whole, cost, day):
                return True
        return False


def some_day(chance: random.Random) -> date:
    return FIRST + timedelta(days=chance.randrange(100))


def drawn_costs(chance: random.Random) -> Iterator[Cost]:
    """Yield costs of ten campaigns of two platforms, five in each of two accounts."""
    used: set[Cost] = set()
    for number in range(420):
        platform = chance.choice(["meta_ads", "google_ads"])
        kind = chance.choice(["generic", "export", "export", "connector"])
        if platform == "google_ads" and kind == "export":
            kind = "generic"
        campaign: int | None = chance.randrange(10)
        account: str | None = f"{platform}:{campaign % 2}"
        starts_on = some_day(chance)
        length = chance.choice([1, 1, 3, 10, 31]) if kind != "connector" else 1
        level = "campaign"
        if kind == "connector":
            if campaign in {0, 1, 2, 3} or (starts_on.month == 2 and campaign < 8):
                continue
            if platform == "google_ads" and starts_on.month == 3:
                level, campaign = "account", None
        elif kind == "generic":
            account = None
            campaign = campaign if chance.random() < 0.8 else None
        else:
            level = chance.choice(LEVELS)
            account = account if chance.random() < 0.7 else None
            campaign = campaign if level != "account" else None
        cost = Cost(
            platform,
            kind,
            account,
            campaign,
            level,
            kind == "export" and chance.random() < 0.3,
            campaign is not None and chance.random() < 0.5,
            starts_on,
            starts_on + timedelta(days=length - 1),
            number + 1,
        )
        # A report has a row once.
        if cost.kind == "generic" or replace(cost, daily=0) not in used:
            yield cost
        used.add(replace(cost, daily=0))


def spelled(cost: Cost) -> str:
    """Return the name of the campaign, in another case by the day."""
    name = f"Campaign {cost.campaign}"
    return name.upper() if cost.starts_on.day % 2 else name


def generic_row(cost: Cost) -> Row:
    row = {
        "spend_date": cost.starts_on,
        "end_date": cost.ends_on,
        "platform": {"meta_ads": "Facebook", "google_ads": "Google"}[cost.platform],
        "amount": cost.daily * len(cost.days),
        "currency": "USD",
    }
    if cost.campaign is None:
        return row
    if cost.has_id:
        return row | {"campaign_id": str(cost.campaign)}
    return row | {"campaign_name": spelled(cost)}


def export_row(cost: Cost) -> Row:
    row: Row = {
        "reporting_starts": cost.starts_on,
        "reporting_ends": cost.ends_on,
        "account_id": cost.account.split(":")[1] if cost.account else "",
        "spend": cost.daily * len(cost.days),
        "currency": "USD",
        "breakdown": "age" if cost.divided else "",
        "adset_name": "Set" if cost.level == "ad_set" else "",
        "ad_name": "Ad" if cost.level == "ad" else "",
    }
    if cost.campaign is not None:
        row["campaign_name"] = f"Campaign {cost.campaign}"
        row["campaign_id"] = str(cost.campaign) if cost.has_id else ""
    return row | {
        "account_key": row["account_id"],
        "campaign_key": row.get("campaign_id") or row.get("campaign_name", ""),
        "adset_key": row["adset_name"],
        "ad_key": row["ad_name"],
    }


def connector_rows(costs: list[Cost]) -> Tables:
    tables: Tables = defaultdict(list)
    for cost in costs:
        if cost.kind != "connector" or cost.account is None:
            continue
        account = cost.account.split(":")[1]
        row = {"date": cost.starts_on}
        if cost.platform == "meta_ads":
            row |= {"campaign_id": cost.campaign, "account_id": account}
            tables["meta_ads/basic_campaign"].append(row | {"spend": cost.daily})
            continue
        row |= {"customer_id": account, "cost_micros": cost.daily * 1_000_000}
        if cost.level == "account":
            tables["google_ads/account_stats"].append(row)
        else:
            tables["google_ads/campaign_stats"].append(row | {"id": cost.campaign})
    return tables


def landed_tables(costs: list[Cost]) -> Tables:
    tables = connector_rows(costs)
    changed = {"updated_at": "2024-01-01", "updated_time": "2024-01-01"}
    for number in range(10):
        row = {"id": number, "name": f"Campaign {number}"} | changed
        account = str(number % 2)
        tables["meta_ads/campaign_history"].append(row | {"account_id": account})
        tables["google_ads/campaign_history"].append(row | {"customer_id": account})
    for number in range(2):
        account_row = {
            "id": number,
            "currency": "USD",
            "currency_code": "USD",
        } | changed
        tables["meta_ads/account_history"].append(account_row)
        tables["google_ads/account_history"].append(account_row)
    for cost in costs:
        if cost.kind == "generic":
            tables["generic/spend"].append(generic_row(cost))
        elif cost.kind == "export":
            tables["meta_ads/export_spend"].append(export_row(cost))
    return tables


PLACES = {
    "shown": "marts.fct_ad_spend_days",
    "superseded": "marts.fct_superseded_spend_days",
    "late": "marts.fct_late_spend_days",
}


@pytest.mark.parametrize("seed", [3, 4])
def test_every_day_of_every_cost_is_where_the_rules_put_it(
    tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 - a reproducible test, not a secret
    costs = list(drawn_costs(chance))
    judge = Judge(costs)
    expected: dict[Any, int] = defaultdict(int)
    for cost in costs:
        for day in cost.days:
            place = "late" if day > AS_OF else "shown"
            if place == "shown" and judge.is_superseded(cost, day):
                place = "superseded"
            source = "generic" if cost.kind == "generic" else cost.platform
            is_file = cost.kind != "connector"
            expected[place, source, cost.platform, is_file, day] += cost.daily
    warehouse = built(tmp_path, landed_tables(costs))
    found = {
        (place, *key): amount
        for place, name in PLACES.items()
        for *key, amount in warehouse.rows(
            "select source, platform, spend_level in ('entered', 'exported'), "
            f"spend_date, sum(spend_amount) from {name} group by all"
        )
    }
    assert found == expected
    totals: dict[str, int] = defaultdict(int)
    for (place, _, _, is_file, _), amount in expected.items():
        totals[place] += amount if is_file else 0
    assert min(totals.values()) > sum(totals.values()) / 20

"""Money that several reports tell of counts once, by a second reading of the rules.

Costs of every kind are drawn at random, landed and built; then each day of each cost is
judged once more against every other cost, one at a time, and what the marts show, leave
out and list as late is held against that, to the cent. Each case that a reader would
ask about has a test with figures counted by hand.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
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
PLACES = {
    "shown": "marts.fct_ad_spend_days",
    "superseded": "marts.fct_superseded_spend_days",
    "late": "marts.fct_late_spend_days",
}
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
        level = LEVELS.index(self.level) + (4 if self.level == "account" else 0)
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
        told = [cost for cost in costs if cost.starts_on <= AS_OF]
        self.connected = [cost for cost in told if cost.kind == "connector"]
        self.exported = [cost for cost in told if cost.kind == "export"]

    def is_superseded(self, cost: Cost, day: date) -> bool:
        if cost.kind == "connector":
            return False
        return (
            any(self.outranks(other, cost, day) for other in self.exported)
            or any(self.covers(other, cost, day) for other in self.connected)
            or self.is_contained(cost, day)
        )

    def kept(self, cost: Cost) -> Fraction:
        """Return the share of an account's total that no exported campaign tells."""
        days = [
            day
            for day in cost.days
            if day <= AS_OF and not self.is_superseded(cost, day)
        ]
        told = sum(
            other.daily
            for other in self.exported
            for day in other.days
            if other.campaign is not None
            and day in days
            and self.is_one_account(other, cost)
            and self.total_of(other, day) == cost
            and not self.is_superseded(other, day)
        )
        total = cost.daily * len(days)
        return max(Fraction(total - told, total), Fraction(0)) if total else Fraction(1)

    def total_of(self, cost: Cost, day: date) -> Cost | None:
        """Return the total that a campaign's day is a part of."""
        totals = [
            other
            for other in self.exported
            if other.campaign is None
            and day in other.days
            and self.is_one_account(cost, other)
            and not self.is_superseded(other, day)
        ]
        named = [other for other in totals if other.account and cost.account]
        assert len(named or totals) <= 1, "more than one total of an account and day"
        return next(iter(named or totals), None)

    @staticmethod
    def is_one_account(one: Cost, other: Cost) -> bool:
        if one.platform != other.platform:
            return False
        return not (one.account and other.account and one.account != other.account)

    def outranks(self, other: Cost, cost: Cost, day: date) -> bool:
        if not self.is_one_account(other, cost):
            return False
        if other.campaign is None:
            if cost.kind == "export" and cost.campaign is not None:
                return False
        elif other.campaign != cost.campaign:
            return False
        if day in other.days and other.order < cost.order:
            return True
        stands_for_months = not other.is_range and other.rank < cost.rank
        return (
            stands_for_months and cost.is_range and month(other.starts_on) == month(day)
        )

    def covers(self, other: Cost, cost: Cost, day: date) -> bool:
        if not self.is_one_account(other, cost):
            return False
        is_total = cost.kind == "export" and cost.campaign is None
        if not is_total and (cost.campaign is None or other.campaign != cost.campaign):
            return False
        return self.has(self.reported(other.platform, other.account), cost, day)

    def reported(self, platform: str, account: str | None) -> set[date]:
        return {
            cost.starts_on
            for cost in self.connected
            if (cost.platform, cost.account) == (platform, account)
        }

    @staticmethod
    def has(reported: set[date], cost: Cost, day: date) -> bool:
        if month(day) not in {month(at) for at in reported}:
            return False
        return cost.is_range or min(reported) <= day <= max(reported)

    def is_contained(self, cost: Cost, day: date) -> bool:
        landed = [o for o in self.connected if self.is_one_account(o, cost)]
        for account in {other.account for other in landed}:
            now = [
                other
                for other in landed
                if other.account == account and month(other.starts_on) == month(day)
            ]
            alone = all(other.level == "account" for other in now)
            is_lump = cost.kind == "generic" and cost.campaign is None
            reported = self.reported(cost.platform, account)
            if (alone or is_lump) and self.has(reported, cost, day):
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
        number_drawn = chance.randrange(10)
        campaign: int | None = number_drawn
        account: str | None = f"{platform}:{number_drawn % 2}"
        starts_on = some_day(chance)
        length = chance.choice([1, 1, 3, 10, 31]) if kind != "connector" else 1
        level = "campaign"
        if kind == "connector":
            if number_drawn < (8 if starts_on.month == 2 else 4):
                continue
            is_odd = bool(number_drawn % 2)
            if platform == "google_ads" and starts_on.month == 3 and is_odd:
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
            campaign is not None and chance.random() < 0.5 and kind != "connector",
            starts_on,
            starts_on + timedelta(days=length - 1),
            # A total is more than a campaign.
            (number + 1) * (1 if campaign is not None else 9),
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
        row: Row = {"date": cost.starts_on}
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
            tables[f"{cost.platform}/export_spend"].append(export_row(cost))
    return tables


def typed(platform: str, day: str, amount: str, **columns: str) -> Row:
    """Return a media cost in a generic file."""
    return {"platform": platform, "spend_date": day, "amount": amount} | columns


def exported(day: str, spend: str, **columns: str) -> Row:
    """Return a row of one of the platform's own reports, of a day unless it says."""
    row: Row = {"reporting_starts": day, "reporting_ends": day} | columns
    row |= {"spend": spend, "currency": "USD"}
    return row | {
        f"{name}_key": row.get(f"{name}_id") or row.get(f"{name}_name", "")
        for name in ("account", "campaign", "adset", "ad")
    }


def reported(day: str, **columns: str | int) -> Row:
    """Return a row of a Google report by the connector."""
    return {"customer_id": "1", "date": day, "device": "MOBILE"} | columns


MARCH = {"end_date": "2024-03-31"}
UNITS = 1_000_000
CASES: Tables = {
    "google_ads/account_history": [
        {"id": "1", "descriptive_name": "Main", "updated_at": "2024-01-01"},
        {"id": "2", "descriptive_name": "Side", "updated_at": "2024-01-01"},
    ],
    "google_ads/campaign_history": [
        {"id": "7", "customer_id": "1", "name": "X", "updated_at": "2024-01-01"},
        {"id": "8", "customer_id": "1", "name": "Late", "updated_at": "2024-01-01"},
    ],
    "google_ads/campaign_stats": [
        *(
            reported(f"2024-03-0{day}", id="7", cost_micros=100 * UNITS)
            for day in (5, 6, 7)
        ),
        reported("2024-03-16", id="8", cost_micros=10 * UNITS),
        reported("2024-04-02", id="7", cost_micros=55 * UNITS),
    ],
    "microsoft_ads/account_performance_daily_report": [
        {"account_id": "5", "date": f"2024-01-{day}", "spend": "400"}
        for day in ("01", "31")
    ],
    "google_ads/export_spend": [
        # X once more from the screens, by the account's name; Side has an X of its own.
        exported("2024-03-05", "90", account_name="MAIN", campaign_name="x"),
        exported("2024-03-05", "33", account_name="Side", campaign_name="X"),
    ],
    "microsoft_ads/export_spend": [
        # A campaign of the account whose total the connector has, and of another one.
        exported("2024-01-07", "70", account_id="5", campaign_name="B"),
        exported("2024-01-07", "90", account_id="6", campaign_name="B"),
    ],
    "meta_ads/ad_history": [
        {"id": "51", "campaign_id": "5", "updated_time": "2024-01-01"},
    ],
    "meta_ads/export_spend": [
        # By ad alone; the campaign of one of them is not known.
        exported("2024-01-07", "100", ad_id="51"),
        exported("2024-01-07", "50", ad_id="52"),
        exported("2024-02-01", "290", reporting_ends="2024-02-29", campaign_name="M"),
        exported("2024-02-01", "10", campaign_id="3", campaign_name="M"),
        exported("2024-02-20", "20", campaign_id="3", campaign_name="M"),
        # The same month with ids and without.
        exported(
            "2024-03-01",
            "62",
            reporting_ends="2024-03-31",
            campaign_id="4",
            campaign_name="N",
        ),
        exported("2024-03-01", "62", reporting_ends="2024-03-31", campaign_name="N"),
    ],
    "generic/spend": [
        typed("Google", "2024-03-01", "3100.00", campaign_name="X", **MARCH),
        typed("Google", "2024-02-01", "290", campaign_name="X", end_date="2024-02-29"),
        typed("Google", "2024-03-04", "4", campaign_name="Late"),
        typed("Google", "2024-03-10", "5", campaign_name="late"),
        typed("Google", "2024-03-01", "310", **MARCH),
        typed("Google", "2024-03-01", "31", cost_type="agency", **MARCH),
        typed("Google", "2024-03-01", "62", campaign_name="Never named", **MARCH),
        typed("Bing", "2024-01-01", "700", campaign_name="B", end_date="2024-01-31"),
        typed("Bing", "2024-02-01", "58", campaign_name="B", end_date="2024-02-29"),
    ],
}

MIXTURES: Tables = {
    "google_ads/export_spend": [
        # Two downloads: two days by campaign, and another day by ad.
        exported("2024-03-01", "10", account_id="1", campaign_name="X"),
        exported("2024-03-31", "10", account_id="1", campaign_name="X"),
        exported("2024-03-15", "500", account_id="1", campaign_name="X", ad_name="A"),
        exported("2024-03-31", "10", account_id="1", campaign_name="X", ad_name="A"),
    ],
    "microsoft_ads/export_spend": [
        # An account's total beside one of its campaigns.
        exported("2024-02-01", "1000", reporting_ends="2024-02-29", account_id="5"),
        exported(
            "2024-02-10",
            "100",
            reporting_ends="2024-02-12",
            account_id="5",
            campaign_name="B",
        ),
    ],
    # A connector that reports ads alone.
    "meta_ads/ad_history": [
        {"id": "51", "campaign_id": "5", "updated_time": "2024-01-01"},
    ],
    "meta_ads/basic_ad": [
        {"ad_id": "51", "account_id": "3", "date": "2024-03-05", "spend": "310"},
    ],
    # A group that was renamed, and one of its campaigns.
    "linkedin_ads/campaign_group_history": [
        {"id": "1", "account_id": "2", "name": name, "last_modified_time": changed_at}
        for name, changed_at in (("Former", "2024-01-01"), ("Now", "2024-02-01"))
    ],
    "linkedin_ads/campaign_history": [
        {
            "id": "11",
            "account_id": "2",
            "campaign_group_id": "1",
            "name": "Inner",
            "last_modified_time": "2024-01-01",
        },
    ],
    "linkedin_ads/ad_analytics_by_campaign": [
        {"campaign_id": "11", "day": "2024-03-05", "cost_in_local_currency": "100"},
    ],
    "linkedin_ads/export_spend": [exported("2024-03-05", "99", adset_name="Inner")],
    "generic/spend": [
        typed("Bing", "2024-02-01", "58", campaign_name="C", end_date="2024-02-29"),
        typed("Facebook", "2024-03-01", "310", **MARCH),
        typed("LinkedIn", "2024-03-01", "62", campaign_name="former", **MARCH),
        typed("LinkedIn", "2024-03-01", "93", campaign_name="Inner", **MARCH),
    ],
}


@pytest.fixture(scope="module")
def mixtures(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    return built(tmp_path_factory.mktemp("mixtures"), MIXTURES)


def test_a_day_that_was_not_downloaded_is_told_by_another_report(
    mixtures: Warehouse,
) -> None:
    assert sums(mixtures, "shown", "google_ads") == {("exported", "x", 3): 520}
    assert sums(mixtures, "superseded", "google_ads") == {("exported", "x", 3): 10}


def test_an_account_s_exported_total_holds_its_campaigns(mixtures: Warehouse) -> None:
    assert sums(mixtures, "shown", "microsoft_ads") == {
        ("exported", "", 2): 900,
        ("exported", "b", 2): 100,
    }
    assert sums(mixtures, "superseded", "microsoft_ads") == {
        ("exported", "", 2): 100,
        ("entered", "c", 2): 58,
    }


def test_a_typed_lump_is_within_what_ads_alone_report(mixtures: Warehouse) -> None:
    assert sums(mixtures, "shown", "meta_ads") == {("ads", "", 3): 310}
    assert sums(mixtures, "superseded", "meta_ads") == {("entered", "", 3): 310}


def test_a_campaign_is_known_by_earlier_names_and_by_its_parts(
    mixtures: Warehouse,
) -> None:
    assert sums(mixtures, "shown", "linkedin_ads") == {
        ("unattributed_to_ads", "now", 3): 100
    }
    assert sums(mixtures, "superseded", "linkedin_ads") == {
        ("exported", "now", 3): 99,
        ("entered", "now", 3): 155,
    }


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    return built(tmp_path_factory.mktemp("cases"), CASES)


def sums(cases: Warehouse, place: str, platform: str) -> dict[Any, Any]:
    """Return the amounts by level of spend and campaign's name in lower case."""
    found = cases.rows(
        "select spend_level, coalesce(lower(campaign_name), ''), month(spend_date), "
        f"sum(spend_amount) from {PLACES[place]} where platform = '{platform}' "
        "group by all"
    )
    return {tuple(key): amount for *key, amount in found}


def test_a_typed_month_is_not_added_to_three_reported_days(cases: Warehouse) -> None:
    # X: 300 by the connector. February it does not have, nor a campaign never named,
    # nor the fee. The 4th lies before the account's first day, the 5th, so that 4
    # stands; the 10th does not. Side's X is another account's.
    assert sums(cases, "shown", "google_ads") == {
        ("unattributed_to_ads", "x", 3): 300,
        ("unattributed_to_ads", "late", 3): 10,
        ("exported", "x", 3): 33,
        ("entered", "x", 2): 290,
        ("entered", "late", 3): 4,
        ("entered", "", 3): 31,
        ("entered", "never named", 3): 62,
    }
    assert sums(cases, "superseded", "google_ads") == {
        ("exported", "x", 3): 90,
        ("entered", "x", 3): 3100,
        ("entered", "late", 3): 5,
        ("entered", "", 3): 310,
    }
    days = cases.rows(
        "select count(*) from marts.fct_superseded_spend_days "
        "where source = 'generic' and campaign_name = 'X' and spend_amount = 100"
    )
    assert days == [(31,)]


def test_an_account_s_total_alone_holds_what_is_typed(cases: Warehouse) -> None:
    assert sums(cases, "shown", "microsoft_ads") == {
        ("not_in_campaign_report", "(not in a campaign report)", 1): 800,
        ("exported", "b", 1): 90,
        ("entered", "b", 2): 58,
    }
    assert sums(cases, "superseded", "microsoft_ads") == {
        ("exported", "b", 1): 70,
        ("entered", "b", 1): 700,
    }


def test_a_report_exported_twice_counts_once(cases: Warehouse) -> None:
    # M's days stand for its month, N's month with ids for the one without. Ads without
    # a campaign are not told by their neighbours in the same report.
    assert sums(cases, "shown", "meta_ads") == {
        ("exported", "", 1): 150,
        ("exported", "m", 2): 30,
        ("exported", "n", 3): 62,
    }
    assert sums(cases, "superseded", "meta_ads") == {
        ("exported", "m", 2): 290,
        ("exported", "n", 3): 62,
    }


def test_a_platform_s_day_after_as_of_is_listed(cases: Warehouse) -> None:
    assert sums(cases, "late", "google_ads") == {("unattributed_to_ads", "x", 4): 55}
    assert cases.rows(
        "select source, reason, excluded_days from marts.fct_excluded_records "
        "where entity = 'spend_days'"
    ) == [("google_ads", "after_as_of", 1)]


@pytest.mark.parametrize("seed", [3, 4])
def test_every_day_of_every_cost_is_where_the_rules_put_it(
    tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 - a reproducible test, not a secret
    costs = list(drawn_costs(chance))
    judge = Judge(costs)
    expected: dict[Any, Fraction] = defaultdict(Fraction)
    for cost in costs:
        source = "generic" if cost.kind == "generic" else cost.platform
        is_file = cost.kind != "connector"
        is_total = cost.kind == "export" and cost.campaign is None
        for day in cost.days:
            key = (source, cost.platform, is_file, day)
            amount = Fraction(cost.daily)
            if day > AS_OF:
                expected["late", *key] += amount
            elif judge.is_superseded(cost, day):
                expected["superseded", *key] += amount
            else:
                kept = judge.kept(cost) if is_total else Fraction(1)
                expected["shown", *key] += amount * kept
                expected["superseded", *key] += amount * (1 - kept)
    warehouse = built(tmp_path, landed_tables(costs))
    found = {
        (place, *key): amount
        for place, name in PLACES.items()
        for *key, amount in warehouse.rows(
            "select source, platform, spend_level in ('entered', 'exported'), "
            f"spend_date, sum(spend_amount) from {name} group by all"
        )
    }
    keys = {*found, *expected}
    wrong = {
        key: (found.get(key, 0), float(expected.get(key, 0)))
        for key in keys
        # What is left of a total is spread to the millionth.
        if abs(Fraction(found.get(key, 0)) - expected.get(key, 0)) > Fraction(5, 10**6)
    }
    assert not wrong
    exported_totals = [cost for cost in judge.exported if cost.campaign is None]
    assert any(0 < judge.kept(cost) < 1 for cost in exported_totals)
    days = Counter(place for (place, *_, is_file, _) in expected if is_file)
    assert min(days.values()) > days.total() / 20

"""Money that several reports tell of counts once, by a second reading of the rules.

Costs of every kind are drawn at random, landed and built; then each day of each cost is
judged once more against every other cost, one at a time, and what the marts show, leave
out and list as late is held against that, to the cent. Each case that a reader would
ask about has a test with figures counted by hand.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from conftest import Warehouse, judge, land, run_dbt, write_csv

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
    assert judge(path, CONSERVED, as_of=str(as_of))
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
        self.entered = [cost for cost in told if cost.kind == "generic"]
        self.reported: dict[Any, set[date]] = defaultdict(set)
        for cost in self.connected:
            self.reported[cost.platform, cost.account].add(cost.starts_on)
        self.standing: dict[Cost, list[date]] = {
            cost: [
                day
                for day in cost.days
                if day <= AS_OF and not self.is_superseded(cost, day)
            ]
            for cost in told
        }

    def is_superseded(self, cost: Cost, day: date) -> bool:
        if cost.kind == "connector":
            return False
        return self.is_connected(cost, day) or any(
            self.outranks(other, cost, day) and not self.is_connected(other, day)
            for other in self.exported
        )

    def is_connected(self, cost: Cost, day: date) -> bool:
        """Tell whether the connector reports a cost."""
        for (platform, account), days in self.reported.items():
            if platform != cost.platform:
                continue
            if cost.account and account and cost.account != account:
                continue
            if month(day) not in {month(at) for at in days}:
                continue
            if not cost.is_range and not min(days) <= day <= max(days):
                continue
            own = [
                other
                for other in self.connected
                if (other.platform, other.account) == (platform, account)
            ]
            if any(
                cost.campaign is None
                or other.campaign == cost.campaign
                or (other.level == "account" and month(other.starts_on) == month(day))
                for other in own
            ):
                return True
        return False

    def tells_of(self, other: Cost, cost: Cost) -> bool:
        """Tell whether an export has the campaign of a cost, or is a total of it."""
        if not is_one_account(other, cost):
            return False
        if other.campaign is None:
            return cost.kind == "generic" or cost.campaign is None
        return other.campaign == cost.campaign

    def outranks(self, other: Cost, cost: Cost, day: date) -> bool:
        return (
            self.tells_of(other, cost)
            and day in other.days
            and other.order < cost.order
            and (other.is_range or not cost.is_range)
        )

    def shown(self) -> dict[tuple[Cost, date], Fraction]:
        """Return what is shown of each day of each cost from a file."""
        amounts = {
            (cost, day): Fraction(cost.daily)
            for cost in (*self.exported, *self.entered)
            for day in self.standing[cost]
        }
        for report in self.reports(lambda cost: cost.is_range):
            days = {day for _, day in report}
            sample = report[0][0]
            told = sum(
                amounts[other, day]
                for other in self.exported
                if not other.is_range
                and other.rank < sample.rank
                and self.tells_of(other, sample)
                for day in self.standing[other]
                if day in days
            )
            take_off(amounts, report, told)
        totals = self.reports(lambda cost: cost.campaign is None)
        taken: dict[int, Fraction] = defaultdict(Fraction)
        sizes = [sum(amounts[at] for at in report) for report in totals]
        for other in self.exported:
            if other.campaign is None:
                continue
            for day in self.standing[other]:
                places = [
                    (
                        bool(other.account) and other.account == report[0][0].account,
                        sizes[number],
                        number,
                    )
                    for number, report in enumerate(totals)
                    if is_one_account(other, report[0][0])
                    and any(at == day for _, at in report)
                ]
                if places:
                    taken[max(places)[2]] += amounts[other, day]
        for number, told_of in taken.items():
            take_off(amounts, totals[number], told_of)
        return amounts

    def reports(self, is_one: Callable[[Cost], bool]) -> list[list[tuple[Cost, date]]]:
        """Return costs as reports: exported ranges alone, other costs by month."""
        reports: dict[Any, list[tuple[Cost, date]]] = defaultdict(list)
        for cost in (*self.exported, *self.entered):
            if not is_one(cost):
                continue
            for day in self.standing[cost]:
                key: Any = (cost.platform, cost.kind, cost.account, cost.campaign)
                if cost.kind == "export" and cost.is_range:
                    key = cost
                else:
                    key = (*key, cost.rank, month(day))
                reports[key].append((cost, day))
        return [*reports.values()]


def is_one_account(one: Cost, other: Cost) -> bool:
    if one.platform != other.platform:
        return False
    return not (one.account and other.account and one.account != other.account)


def take_off(
    amounts: dict[tuple[Cost, date], Fraction],
    report: list[tuple[Cost, date]],
    told: Fraction | int,
) -> None:
    """Take what is told off a report, day by day as it is spread."""
    total = sum(amounts[at] for at in report)
    share = max(1 - Fraction(told) / total, Fraction(0)) if total else Fraction(1)
    for at in report:
        amounts[at] *= share


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
    "google_ads/account_history": [
        {"id": "1", "descriptive_name": name, "updated_at": changed_at}
        for name, changed_at in (("Main", "2024-01-01"), ("Main EU", "2024-03-01"))
    ],
    "google_ads/campaign_history": [
        {"id": "7", "customer_id": "1", "name": "X", "updated_at": "2024-01-01"},
    ],
    "google_ads/account_stats": [reported("2024-01-05", cost_micros=1000 * UNITS)],
    "google_ads/campaign_stats": [
        reported("2024-01-05", id="7", cost_micros=600 * UNITS),
        reported("2024-02-05", id="7", cost_micros=600 * UNITS),
    ],
    "google_ads/export_spend": [
        # What the account's total holds beyond the connector's campaigns.
        exported("2024-01-05", "400", account_id="1", campaign_name="PMax"),
        # The account by the name that it had.
        exported("2024-02-05", "600", account_name="main", campaign_name="X"),
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
        *(
            exported(f"2024-03-0{day}", "100", account_id="5", campaign_name="B")
            for day in range(1, 10)
        ),
        # The same ad, downloaded without and with its ad group.
        exported("2024-01-05", "50", account_id="5", campaign_id="1", ad_name="A"),
        exported(
            "2024-01-05",
            "50",
            account_id="5",
            campaign_id="1",
            adset_name="G",
            ad_name="A",
        ),
    ],
    "meta_ads/export_spend": [
        # The account by day, its one campaign at once.
        exported("2024-01-01", "10", account_id="4"),
        exported("2024-01-02", "10", account_id="4"),
        exported("2024-01-03", "280", account_id="4"),
        exported(
            "2024-01-01",
            "300",
            reporting_ends="2024-01-03",
            account_id="4",
            campaign_name="M",
        ),
        # Two ads of one report; the campaign of the first is not known.
        exported(
            "2024-02-01", "290", reporting_ends="2024-02-29", account_id="4", ad_id="61"
        ),
        exported("2024-02-20", "5", account_id="4", ad_id="51"),
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
    "linkedin_ads/export_spend": [
        exported("2024-03-05", "99", adset_name="Inner"),
        # One campaign under its two names.
        exported("2024-01-05", "98", account_id="2", campaign_name="Former"),
        exported("2024-01-05", "98", account_id="2", campaign_name="Now"),
        # A month, and one day of it without a cost.
        exported(
            "2024-02-01",
            "2900",
            reporting_ends="2024-02-29",
            account_id="2",
            campaign_name="C",
        ),
        exported("2024-02-29", "0", account_id="2", campaign_name="C"),
    ],
    "generic/spend": [
        typed("Bing", "2024-02-01", "58", campaign_name="C", end_date="2024-02-29"),
        typed("Bing", "2024-03-01", "927", end_date="2024-03-09"),
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
    # January and February are the connector's: the account's total holds PMax.
    assert sums(mixtures, "shown", "google_ads") == {
        ("unattributed_to_ads", "x", 1): 600,
        ("not_in_campaign_report", "(not in a campaign report)", 1): 400,
        ("unattributed_to_ads", "x", 2): 600,
        ("exported", "x", 3): 520,
    }
    assert sums(mixtures, "superseded", "google_ads") == {
        ("exported", "pmax", 1): 400,
        ("exported", "x", 2): 600,
        ("exported", "x", 3): 10,
    }


def test_a_total_holds_its_exported_campaigns(mixtures: Warehouse) -> None:
    # In March a lump is typed, of which the screens tell 900.
    assert sums(mixtures, "shown", "microsoft_ads") == {
        ("exported", "", 1): 50,
        ("exported", "", 2): 900,
        ("exported", "b", 2): 100,
        ("exported", "b", 3): 900,
        ("entered", "", 3): 27,
    }
    assert sums(mixtures, "superseded", "microsoft_ads") == {
        ("exported", "", 1): 50,
        ("exported", "", 2): 100,
        ("entered", "c", 2): 58,
        ("entered", "", 3): 900,
    }


def test_totals_and_ranges_are_held_against_their_parts(mixtures: Warehouse) -> None:
    assert sums(mixtures, "shown", "meta_ads") == {
        ("exported", "", 1): 0,
        ("exported", "m", 1): 300,
        ("exported", "", 2): 295,
        ("ads", "", 3): 310,
    }
    assert sums(mixtures, "superseded", "meta_ads") == {
        ("exported", "", 1): 300,
        ("entered", "", 3): 310,
    }


def test_a_campaign_is_known_by_earlier_names_and_by_its_parts(
    mixtures: Warehouse,
) -> None:
    assert sums(mixtures, "shown", "linkedin_ads") == {
        ("exported", "now", 1): 98,
        ("exported", "c", 2): 2900,
        ("unattributed_to_ads", "now", 3): 100,
    }
    assert sums(mixtures, "superseded", "linkedin_ads") == {
        ("exported", "now", 1): 98,
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
    # M's two days are a part of its month, N's month with ids stands for the one
    # without. Ads without a campaign are not told by their neighbours.
    assert sums(cases, "shown", "meta_ads") == {
        ("exported", "", 1): 150,
        ("exported", "m", 2): 290,
        ("exported", "n", 3): 62,
    }
    assert sums(cases, "superseded", "meta_ads") == {
        ("exported", "m", 2): 30,
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
    shown = judge.shown()
    expected: dict[Any, Fraction] = defaultdict(Fraction)
    for cost in costs:
        source = "generic" if cost.kind == "generic" else cost.platform
        is_file = cost.kind != "connector"
        for day in cost.days:
            key = (source, cost.platform, is_file, day)
            if day > AS_OF:
                expected["late", *key] += cost.daily
                continue
            here = shown.get((cost, day), Fraction(0)) if is_file else cost.daily
            expected["shown", *key] += here
            expected["superseded", *key] += cost.daily - here
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
    assert sum(expected.values()) == sum(cost.daily * len(cost.days) for cost in costs)
    wrong = {
        key: (found.get(key, 0), float(expected.get(key, 0)))
        for key in keys
        # What is left of a report is spread to the millionth.
        if abs(Fraction(found.get(key, 0)) - expected.get(key, 0)) > Fraction(5, 10**6)
    }
    assert not wrong
    parts = [0 < amount < cost.daily for (cost, _), amount in shown.items()]
    assert sum(parts) > len(parts) / 20
    days = Counter(place for (place, *_, is_file, _) in expected if is_file)
    assert min(days.values()) > days.total() / 20

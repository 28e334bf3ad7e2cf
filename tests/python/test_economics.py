"""Costs, margins, credit and budgets against plain Python over the public marts."""

from __future__ import annotations

import csv
import shutil
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest

from conftest import Warehouse, run_dbt
from lib.warehouse import PROJECT_ROOT
from random_company import Tables

AS_OF = date(2025, 12, 31)
CENT = Fraction(1, 100)
MILLIONTH = Fraction(2, 1_000_000)
MEASURES = (
    "spend_usd",
    "mqls",
    "opportunities",
    "won_deals",
    "new_customers",
    "margin_customers",
    "pipeline_usd",
    "revenue_usd",
    "contribution_margin_usd",
    "monthly_margin_usd",
)
PRICES = {
    "cost_per_mql_usd": "mqls",
    "cost_per_opportunity_usd": "opportunities",
    "cac_usd": "new_customers",
}
Row = dict[str, Any]
Sums = dict[tuple[Any, ...], Fraction]


def policy(name: str) -> list[dict[str, str]]:
    with (PROJECT_ROOT / f"seeds/finance/{name}.csv").open() as handle:
        return list(csv.DictReader(handle))


def relation(warehouse: Warehouse, name: str) -> list[Row]:
    schema, table = name.split(".")
    columns = [
        column
        for (column,) in warehouse.rows(
            "select column_name from information_schema.columns "
            "where table_schema = ? and table_name = ? order by ordinal_position",
            [schema, table],
        )
    ]
    rows = warehouse.rows(f"from {name}")
    return [dict(zip(columns, row, strict=True)) for row in rows]


def exact(value: Any) -> Fraction:
    return Fraction(0) if value is None else Fraction(value)


def month_of(day: date | datetime | None) -> date | None:
    return day and date(day.year, day.month, 1)


def close(found: Sums, wanted: Sums, tolerance: Fraction) -> None:
    """Hold sums to others, key by key; a sum of nothing may be missing."""
    for key in found.keys() | wanted.keys():
        gap = found.get(key, Fraction(0)) - wanted.get(key, Fraction(0))
        assert abs(gap) <= tolerance, (key, float(gap))


@pytest.fixture(scope="module")
def spend_days(company_warehouse: Warehouse) -> list[Row]:
    return relation(company_warehouse, "marts.fct_ad_spend_days")


@pytest.fixture(scope="module")
def loaded(spend_days: list[Row]) -> Sums:
    """Return what each channel spent by month, shared costs borne by policy."""
    charged: Sums = defaultdict(Fraction)
    shared: Sums = defaultdict(Fraction)
    for row in spend_days:
        month, cost = month_of(row["spend_date"]), exact(row["spend_usd"])
        names = {row["campaign_id"], row["campaign_name"]} - {None}
        if row["channel"] == "unknown" and not names:
            shared[month, row["cost_type"]] += cost
        else:
            charged[month, row["channel"]] += cost
    bases: dict[Any, Sums] = defaultdict(dict)
    for (month, channel), cost in charged.items():
        if channel != "unknown" and cost > 0:
            bases[month][(channel,)] = cost
    found = defaultdict(Fraction, charged)
    rules = {row["cost_type"]: row for row in policy("cost_allocations")}
    for (month, cost_type), cost in shared.items():
        rule = rules.get(cost_type)
        if rule is None or (rule["channel"] == "*" and not bases[month]):
            found[month, "unknown"] += cost
        elif rule["channel"] == "*":
            for (channel,), base in bases[month].items():
                found[month, channel] += cost * base / sum(bases[month].values())
        else:
            found[month, rule["channel"]] += cost
    assert len({cost_type for _, cost_type in shared}) > 5
    return found


def sums(rows: Iterable[Row], keys: tuple[str, ...], measure: str) -> Sums:
    found: Sums = defaultdict(Fraction)
    for row in rows:
        found[tuple(row[key] for key in keys)] += exact(row[measure])
    return found


def test_channels_bear_all_spend_as_the_policy_says(
    company_warehouse: Warehouse, loaded: Sums, spend_days: list[Row]
) -> None:
    rows = relation(company_warehouse, "marts.fct_spend_months")
    close(sums(rows, ("month", "channel"), "spend_usd"), loaded, MILLIONTH * 10)
    for measure in ("spend_usd", "direct_spend_usd"):
        assert sums(rows, (), measure) == sums(spend_days, (), "spend_usd")
    without_rate = sum(not row["has_exchange_rate"] for row in spend_days)
    assert sum(row["spend_days_without_rate"] for row in rows) == without_rate > 20


def test_every_reader_shows_one_spend_of_a_channel(
    company_warehouse: Warehouse,
) -> None:
    keys = ("month", "channel")
    marts = ("spend_months", "channel_months", "campaign_months", "pipeline_months")
    by_mart = []
    for name in marts:
        rows = relation(company_warehouse, f"marts.fct_{name}")
        found = sums(rows, keys, "spend_usd")
        by_mart.append({key: value for key, value in found.items() if value})
    assert all(found == by_mart[0] for found in by_mart)


class Rates:
    """The latest rate known on a day, dollars at 1."""

    def __init__(self, tables: Tables) -> None:
        self.rates = sorted(
            (row["rate_date"], Fraction(row["usd_per_unit"]))
            for row in tables["exchange_rates"]
        )

    def usd(self, amount: Any, currency: str, day: date) -> Fraction | None:
        if currency in {"", "USD"}:
            return Fraction(amount)
        known = [rate for since, rate in self.rates if since <= day]
        return Fraction(amount) * known[-1] if known and currency == "EUR" else None


@pytest.fixture(scope="module")
def rates(company: Tables) -> Rates:
    return Rates(company)


@pytest.fixture(scope="module")
def accounts(company_warehouse: Warehouse) -> dict[str, str]:
    return dict(
        company_warehouse.rows(
            "select account_record_id, account_id from marts.bridge_account_records"
        )
    )


@pytest.fixture(scope="module")
def payments(
    company: Tables,
    company_warehouse: Warehouse,
    rates: Rates,
    accounts: dict[str, str],
) -> dict[str, Row]:
    """Return what is staged up to as_of, in dollars, and given back as negative."""
    deals: dict[str, str | None] = dict(
        company_warehouse.rows(
            "select opportunity_id, account_id from marts.fct_opportunity_outcomes"
        )
    )
    found = {}
    for row in company["payments"]:
        day = row["paid_at"].date()
        if day > AS_OF:
            continue
        deal = row["opportunity_id"] and f"generic:{row['opportunity_id']}"
        back = row["kind"] == "Refund"
        usd = rates.usd(row["amount"], row["currency"], day)
        cost = row["cost_of_revenue"] and rates.usd(
            row["cost_of_revenue"], row["currency"], day
        )
        cost = cost if isinstance(cost, Fraction) else None
        found[f"generic:{row['payment_id']}"] = {
            "account_id": accounts.get(f"generic:{row['account_id']}", deals.get(deal)),
            "opportunity_id": deal or None,
            "is_refund": back,
            "usd": usd and (-usd if back else usd),
            "cost": cost and (-cost if back else cost),
            "paid_on": day,
        }
    return found


def paid_margins(
    payments: dict[str, Row], key: str
) -> dict[str, tuple[Fraction | None, Fraction, Fraction]]:
    """Return the margin of what an account or deal paid, what it paid and got back."""
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in payments.values():
        if row[key] and row["usd"] is not None:
            groups[row[key]].append(row)
    found = {}
    for name, rows in groups.items():
        paid = [row for row in rows if not row["is_refund"]]
        costed = [row for row in paid if row["cost"] is not None]
        back = sum(row["usd"] - (row["cost"] or 0) for row in rows if row["is_refund"])
        gross, base = sum(row["usd"] for row in paid), sum(row["usd"] for row in costed)
        margin = (
            1 - Fraction(sum(row["cost"] for row in costed)) / base if base else None
        )
        found[name] = (margin, Fraction(gross), Fraction(back))
    return found


def refunds_of_no_deal(payments: dict[str, Row], won: set[str]) -> dict[str, Fraction]:
    """Return what each account was given back that names no deal that is won."""
    found: dict[str, Fraction] = defaultdict(Fraction)
    for row in payments.values():
        if row["is_refund"] and row["usd"] and row["opportunity_id"] not in won:
            found[row["account_id"]] += row["usd"] - (row["cost"] or 0)
    return found


def test_payments_are_what_was_paid_and_what_is_left_of_it(
    company_warehouse: Warehouse, payments: dict[str, Row]
) -> None:
    rows = relation(company_warehouse, "marts.fct_payments")
    by_deal = paid_margins(payments, "opportunity_id")
    by_account = paid_margins(payments, "account_id")
    (general,) = policy("margin_policies")
    assert {row["payment_id"] for row in rows} == payments.keys()
    for row in rows:
        wanted = payments[row["payment_id"]]
        assert row["account_id"] == wanted["account_id"]
        assert row["has_exchange_rate"] == (wanted["usd"] is not None)
        if wanted["usd"] is None:
            assert row["contribution_margin_usd"] is row["amount_usd"] is None
            continue
        assert abs(exact(row["amount_usd"]) - wanted["usd"]) < MILLIONTH
        if wanted["cost"] is not None or wanted["is_refund"]:
            left = wanted["usd"] - (wanted["cost"] or 0)
        else:
            margins = [
                margin
                for margin, *_ in (
                    by_deal.get(wanted["opportunity_id"], (None,)),
                    by_account.get(wanted["account_id"], (None,)),
                )
                if margin is not None
            ]
            left = wanted["usd"] * (*margins, Fraction(general["margin_rate"]))[0]
        assert abs(exact(row["contribution_margin_usd"]) - left) < MILLIONTH
    bases = {row["margin_basis"] for row in rows}
    assert bases == {
        "cost_of_revenue",
        "deal_payments",
        "account_payments",
        "margin_policy",
    }


def test_a_deal_s_margin_and_its_new_customer_are_the_oracle_s(
    company: Tables,
    company_warehouse: Warehouse,
    payments: dict[str, Row],
    rates: Rates,
    accounts: dict[str, str],
) -> None:
    by_deal = paid_margins(payments, "opportunity_id")
    by_account = paid_margins(payments, "account_id")
    (general,) = policy("margin_policies")
    starts: dict[str, list[tuple[date, Fraction]]] = defaultdict(list)
    # One that began before any rate was kept converts at the first.
    first_rates: dict[str, date] = {}
    for row in company["exchange_rates"]:
        earliest = first_rates.get(row["currency"], row["rate_date"])
        first_rates[row["currency"]] = min(earliest, row["rate_date"])
    for row in company["subscriptions"]:
        account = accounts.get(f"generic:{row['account_id']}")
        if account and row["started_on"] <= AS_OF:
            day = max(row["started_on"], first_rates.get(row["currency"], date.min))
            usd = rates.usd(row["mrr"], row["currency"], day)
            starts[account].append((row["started_on"], usd or Fraction(-(10**9))))
    deals = relation(company_warehouse, "marts.fct_won_deals")
    of_no_deal = refunds_of_no_deal(payments, {row["opportunity_id"] for row in deals})
    assert any(of_no_deal.values())
    won: dict[str, Fraction] = defaultdict(Fraction)
    for row in deals:
        won[row["account_id"]] += exact(row["amount_usd"] or 0)
    first: dict[str, tuple[datetime, str]] = {}
    for row in deals:
        if row["account_id"]:
            moment = (row["closed_at"] or datetime.max, row["opportunity_id"])
            first[row["account_id"]] = min(moment, first.get(row["account_id"], moment))
    customers = months = 0
    for row in deals:
        deal, account = row["opportunity_id"], row["account_id"]
        of_deal, of_account = by_deal.get(deal), by_account.get(account)
        known = [each[0] for each in (of_deal, of_account) if each]
        margins = [margin for margin in known if margin is not None]
        margin = (*margins, Fraction(general["margin_rate"]))[0]
        if of_deal and (base := max(of_deal[1], exact(row["amount_usd"] or 0))):
            margin += of_deal[2] / base
        if of_account and (base := max(of_account[1], won[account])):
            margin += of_no_deal[account] / base
        assert row["margin_rate"] == pytest.approx(float(margin), abs=1e-9)
        if row["amount_usd"] is not None:
            left = exact(row["amount_usd"]) * margin
            assert abs(exact(row["contribution_margin_usd"]) - left) < CENT
        is_new = (
            account is not None
            and first[account][1] == deal
            and row["opportunity_type"] in {None, "new"}
        )
        assert row["is_new_customer"] == is_new
        customers += is_new
        begun = [
            usd for since, usd in starts[account] if since == min(starts[account])[0]
        ]
        if is_new and begun and min(begun) > 0:
            wanted = float(sum(begun) * margin)
            assert float(row["monthly_margin_usd"]) == pytest.approx(wanted, abs=1e-5)
            months += 1
        else:
            assert row["monthly_margin_usd"] is None
    assert customers > 10
    assert months > 2


@pytest.fixture(scope="module")
def credited(company_warehouse: Warehouse) -> list[Row]:
    """Return what the default model credits, and what none does, with its worth."""
    deals = {
        row["opportunity_id"]: row
        for row in relation(company_warehouse, "marts.fct_won_deals")
    }
    campaign_of_touch = dict(
        company_warehouse.rows(
            "select touchpoint_id, campaign_id from marts.fct_touchpoints"
        )
    )
    rows = [
        row | {"campaign_id": campaign_of_touch[row["touchpoint_id"]]}
        for row in relation(company_warehouse, "marts.fct_attribution_credits")
        if row["attribution_model"] == "linear"
    ]
    rows += [
        row
        | {"channel": "unattributed", "campaign_id": None, "weight": 1}
        | {"credit_usd": row["amount_usd"]}
        for row in relation(company_warehouse, "marts.fct_unattributed_conversions")
    ]
    found = []
    for row in rows:
        kind, share = row["conversion_type"], exact(row["weight"])
        money = exact(row["credit_usd"])
        deal = deals[row["conversion_id"]] if kind == "won" else {}
        monthly = deal.get("monthly_margin_usd")
        found.append(
            {
                "month": month_of(row["converted_at"]),
                "channel": row["channel"],
                "campaign_id": row["campaign_id"],
                "segment": row["segment"],
                "spend_usd": 0,
                "mqls": share * (kind == "mql"),
                "opportunities": share * (kind == "opportunity"),
                "won_deals": share * (kind == "won"),
                "new_customers": share * deal.get("is_new_customer", False),
                "margin_customers": share * (monthly is not None),
                "pipeline_usd": money * (kind == "opportunity"),
                "revenue_usd": money * (kind == "won"),
                "contribution_margin_usd": money * exact(deal.get("margin_rate")),
                "monthly_margin_usd": share * exact(monthly),
            }
        )
    return found


@pytest.mark.parametrize("measure", MEASURES[1:])
def test_channels_and_campaigns_are_credited_as_the_oracle_says(
    company_warehouse: Warehouse, credited: list[Row], measure: str
) -> None:
    for cut, keys in (
        ("channel", ("month", "channel", "segment")),
        ("campaign", ("month", "campaign_id", "channel")),
    ):
        rows = relation(company_warehouse, f"marts.fct_{cut}_months")
        found, wanted = sums(rows, keys, measure), sums(credited, keys, measure)
        close(found, wanted, Fraction(1, 10**5))
        assert any(key[keys.index("channel")] == "unattributed" for key in found)
        assert sum(found.values()) > 0


def test_channels_have_all_there_is(company_warehouse: Warehouse) -> None:
    for cut in ("channel", "campaign"):
        rows = relation(company_warehouse, f"marts.fct_{cut}_months")
        total = {name: float(sums(rows, (), name)[()]) for name in MEASURES}
        for name, query in {
            "mqls": "count(mql_at) from marts.fct_lead_funnel",
            "opportunities": "count(*) from marts.fct_opportunities",
            "pipeline_usd": "sum(amount_usd) from marts.fct_opportunities",
            "revenue_usd": "sum(amount_usd) from marts.fct_opportunities where is_won",
            "spend_usd": "sum(spend_usd) from marts.fct_ad_spend_days",
            "new_customers": "count_if(is_new_customer) from marts.fct_won_deals",
        }.items():
            whole = float(company_warehouse.value(f"select {query}"))
            assert total[name] == pytest.approx(whole, abs=0.005), name


def test_spend_is_spread_over_the_segments_that_were_touched(
    company_warehouse: Warehouse, loaded: Sums
) -> None:
    touches: Sums = defaultdict(Fraction)
    for touched_at, channel, segment in company_warehouse.rows(
        "select touched_at, channel, segment from marts.fct_touchpoints "
        "inner join marts.dim_people using (person_id)"
    ):
        touches[month_of(touched_at), channel, segment] += 1
    wanted: Sums = {}
    for (month, channel), spend in loaded.items():
        reached = {
            key[2]: count
            for key, count in touches.items()
            if key[:2] == (month, channel)
        } or {"unknown": Fraction(1)}
        for segment, count in reached.items():
            share = count / sum(reached.values())
            wanted[month, channel, segment] = spend * share
    rows = relation(company_warehouse, "marts.fct_channel_months")
    keys = ("month", "channel", "segment")
    close(sums(rows, keys, "spend_usd"), wanted, MILLIONTH * 10)
    assert len({key[2] for key in wanted}) > 2


@pytest.mark.parametrize("cut", ["channel", "segment", "campaign_id"])
def test_ratios_come_from_the_parts_of_the_quarter(
    company_warehouse: Warehouse, cut: str
) -> None:
    mart = "campaign" if cut == "campaign_id" else "channel"
    parts: dict[tuple[Any, ...], dict[str, Fraction]] = {}
    for row in relation(company_warehouse, f"marts.fct_{mart}_months"):
        month = row["month"]
        quarter = month and date(month.year, 3 * ((month.month - 1) // 3) + 1, 1)
        names = (*MEASURES, "earned_usd", "earned_margin_usd")
        total = parts.setdefault((quarter, row[cut]), dict.fromkeys(names, exact(0)))
        for name in MEASURES:
            total[name] += exact(row[name])
        if row["channel"] != "unattributed":
            total["earned_usd"] += exact(row["revenue_usd"])
            total["earned_margin_usd"] += exact(row["contribution_margin_usd"])
    name = cut.removesuffix("_id")
    rows = relation(company_warehouse, f"reports.rpt_{name}_economics")
    assert {(row["quarter_start"], row[cut]) for row in rows} == parts.keys()
    paid_back = unpriced = 0
    for row in rows:
        part = parts[row["quarter_start"], row[cut]]
        spend, left = part["spend_usd"], part["contribution_margin_usd"]
        earned = part["earned_margin_usd"]

        def ratio(over: Fraction, under: Fraction) -> Any:
            # A share of a conversion is a double: next to nothing is nothing.
            wanted = float(over / under) if under else None
            return wanted if wanted is None else pytest.approx(wanted, rel=1e-6)

        assert row["spend_usd"] == Decimal(spend.numerator) / spend.denominator
        for price, name in PRICES.items():
            wanted = ratio(spend, part[name]) if spend else None
            assert row[price] == wanted, row
            unpriced += bool(part[name] and not spend)
        assert row["romi"] == ratio(earned - spend, spend)
        assert row["revenue_per_usd"] == ratio(part["earned_usd"], spend)
        assert abs(exact(row["contribution_margin_usd"]) - left) <= CENT
        monthly = part["monthly_margin_usd"]
        has_price = spend and part["new_customers"]
        if has_price and part["margin_customers"] and monthly > 0:
            cac = spend / part["new_customers"]
            wanted = ratio(cac * part["margin_customers"], monthly)
            assert row["payback_months"] == wanted
            paid_back += 1
        else:
            assert row["payback_months"] is None
    assert paid_back > 0
    assert unpriced > 0 or cut == "segment"


def test_budgets_meet_what_was_charged(
    company: Tables, company_warehouse: Warehouse, spend_days: list[Row], rates: Rates
) -> None:
    budgets: Sums = defaultdict(Fraction)
    unknown: Counter[Any] = Counter()
    for row in company["budgets"]:
        usd = rates.usd(row["amount"], row["currency"], row["month"])
        key = row["month"], row["channel"].lower()
        budgets[key] += usd or 0
        unknown[key] += usd is None
    charged: Sums = defaultdict(Fraction)
    for row in spend_days:
        charged[month_of(row["spend_date"]), row["channel"]] += exact(row["spend_usd"])
    rows = relation(company_warehouse, "marts.fct_budget_months")
    keys = ("month", "channel")
    close(sums(rows, keys, "budget_usd"), budgets, CENT)
    close(sums(rows, keys, "direct_spend_usd"), charged, Fraction(0))
    for row in rows:
        key = row["month"], row["channel"]
        assert row["budgets_without_rate"] == unknown[key]
        known = key in budgets and bool(budgets[key] or not unknown[key])
        assert row["is_budgeted"] == known, row
    assert unknown.total() > 0
    assert any(row["is_budgeted"] and not row["direct_spend_usd"] for row in rows)
    assert any(not row["is_budgeted"] and row["direct_spend_usd"] for row in rows)


@pytest.fixture(scope="module")
def november(company_warehouse: Warehouse, tmp_path_factory: Any) -> Warehouse:
    """Return the company's budgets as of the middle of a quarter."""
    path = tmp_path_factory.mktemp("november") / "mops.duckdb"
    shutil.copy(company_warehouse.path, path)
    assert run_dbt(path, select=["+rpt_budget_pace"], as_of="2025-11-14")
    return Warehouse(path)


def known_to(charged: set[date], today: date, lookback: int) -> date:
    """Return the last day on which nothing that is due by the rhythm is missing."""
    days = sorted(charged)
    since = days[-1] - timedelta(days=lookback)
    pauses = [(day - before).days for before, day in pairwise(days) if before > since]
    if not pauses and len(days) == 1:
        return today
    longest = max(pauses or [(days[-1] - days[-2]).days])
    return min(today, days[-1] + timedelta(days=min(longest, lookback) - 1))


def paces(spend: list[Row], today: date) -> tuple[Sums, dict[str, date]]:
    """Return the daily cost of channels and types, and to when each type is known."""
    policies = policy("pace_policies")
    shipped = {row["cost_type"]: int(row["run_rate_days"]) for row in policies}
    lookback = {row["cost_type"]: shipped["*"] for row in spend} | shipped
    known = {
        cost_type: known_to(
            {row["spend_date"] for row in spend if row["cost_type"] == cost_type},
            today,
            lookback[cost_type],
        )
        for cost_type in {row["cost_type"] for row in spend}
        if lookback[cost_type]
    }
    pace: Sums = defaultdict(Fraction)
    for row in spend:
        cost_type, days = row["cost_type"], lookback[row["cost_type"]]
        if not days or (today - known[cost_type]).days >= days:
            continue
        if row["spend_date"] > known[cost_type] - timedelta(days=days):
            pace[row["channel"], cost_type] += exact(row["spend_usd"]) / days
    return pace, known


def test_the_quarter_will_end_where_pace_and_entries_lead(november: Warehouse) -> None:
    """As of 14 November: 16 and 31 days are left of the fourth quarter."""
    today, quarter = date(2025, 11, 14), date(2025, 10, 1)
    spend = relation(november, "marts.fct_ad_spend_days")
    pace, known = paces(spend, today)
    charged: Sums = defaultdict(Fraction)
    for row in spend:
        if row["spend_date"] >= quarter:
            charged[(row["channel"],)] += exact(row["spend_usd"])
    entered: Sums = defaultdict(Fraction)
    rate = november.value(
        "select max_by(reporting_per_unit, valid_from) from marts.dim_exchange_rates "
        "where currency = 'EUR'"
    )
    worth = {"USD": Fraction(1), "EUR": Fraction(rate), "XXX": Fraction(0)}
    for row in relation(november, "marts.fct_late_spend_days"):
        key = (month_of(row["spend_date"]), row["channel"], row["cost_type"])
        entered[key] += exact(row["spend_amount"]) * worth[row["currency"]]
    wanted = defaultdict(Fraction, charged)
    for (channel, cost_type), daily in pace.items():
        unknown = today - max(known[cost_type], quarter - timedelta(days=1))
        wanted[(channel,)] += max(daily, Fraction(0)) * unknown.days
    for month, left in ((date(2025, 11, 1), 16), (date(2025, 12, 1), 31)):
        kinds = pace.keys() | {key[1:] for key in entered if key[0] == month}
        for channel, cost_type in kinds:
            ahead = (month, channel, cost_type)
            paced = max(pace.get((channel, cost_type), Fraction(0)), Fraction(0)) * left
            options = [paced] if paced else []
            options += [entered[ahead]] if ahead in entered else []
            wanted[(channel,)] += max(options, default=Fraction(0))
    rows = relation(november, "reports.rpt_budget_pace")
    close(sums(rows, ("channel",), "expected_spend_usd"), wanted, CENT)
    for row in rows:
        ratio = row["pace_ratio"]
        if not row["is_budgeted"]:
            assert row["status"] == "unbudgeted"
        elif ratio is None:  # a budget of nothing
            named = "over" if row["expected_spend_usd"] > 0 else "on_pace"
            assert row["status"] == named
        else:
            named = "over" if ratio >= 1.1 else "on_pace" if ratio >= 0.9 else "under"
            assert row["status"] == named
    assert len({row["status"] for row in rows}) > 1

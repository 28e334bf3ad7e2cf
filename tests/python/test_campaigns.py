"""The campaigns domain against a second, plain reading of its rules.

Random touches, costs and consents, full of ties, shared devices, odd ranges and unknown
ids, are landed and built; then each touch, cost and person is judged once more, one at
a time, by code that shares nothing with the models but the seeds. Identity and staging
have tests of their own, so their results are taken as they are.
"""

from __future__ import annotations

import csv
import random
import re
from collections import defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any

import pytest

from conftest import Warehouse, judge, land, run_dbt, write_tables
from lib.warehouse import PROJECT_ROOT

AS_OF = "2025-06-30"
END = datetime(2025, 6, 30, 23, 59, 59, 999_999)
DAY_ONE = datetime(2025, 1, 1)
TESTS = (
    "assert_campaigns_touches_are_conserved",
    "assert_campaigns_spend_is_conserved",
    "assert_campaigns_consent_rules_are_unambiguous",
)
MILLIONTH = Decimal("0.000001")
Row = dict[str, Any]


def seed(name: str) -> list[dict[str, str]]:
    """Return the rows of one of the domain's seeds."""
    path = PROJECT_ROOT / "seeds" / "campaigns" / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def moment(chance: random.Random, days: int = 200) -> datetime:
    """Return one of few moments, so that many events share a second."""
    hours = chance.choice((0, 9, 9, 9, 17))
    return DAY_ONE + timedelta(days=chance.randrange(days), hours=hours)


def people(chance: random.Random) -> list[Row]:
    return [
        {
            "person_id": f"p{number}",
            "record_type": chance.choice(["lead", "contact"]),
            "email": chance.choice([f"u{chance.randrange(90)}@x{number % 7}.com", ""]),
            "country": chance.choice(["US", "Germany", "CA", "Singapore", "Oz", ""]),
            "created_at": moment(chance, 20),
            "merged_into_id": f"p{number - 1}" if number % 11 == 5 else "",
            "has_opted_out": "true" if chance.random() < 0.1 else "",
            "email_bounced_at": moment(chance) if chance.random() < 0.1 else "",
            "is_deleted": "true" if chance.random() < 0.1 else "",
        }
        for number in range(200)
    ]


def touches(chance: random.Random) -> list[Row]:
    kinds = [*(row["touch_type"] for row in touch_types()), "web_session", "fax"]
    pages = ["", "https://acme.com/?gclid=1", "/x?utm_source=LinkedIn&utm_medium=CPC"]
    hosts = ["", "", "https://www.google.de/", "https://acme.com/", "https://blog.io/"]
    return [
        {
            "touch_id": f"t{number}",
            "person_id": chance.choice(["", "", f"p{chance.randrange(210)}"]),
            "anonymous_id": chance.choice(["", f"v{chance.randrange(120)}"]),
            "touched_at": moment(chance, 30),
            "touch_type": chance.choice(kinds),
            "campaign_id": chance.choice(["", f"c{chance.randrange(9)}"]),
            "channel": chance.choice(["", "", "", "", "Direct", "Podcast Ads"]),
            "utm_source": chance.choice(["", "", "", "google", "Facebook", "hs_email"]),
            "utm_medium": chance.choice(["", "", "", "cpc", "Social", "email", "odd"]),
            "utm_term": chance.choice(["", "", "", "crm"]),
            "referrer": chance.choice(hosts),
            "landing_page": chance.choice(["https://www.acme.com/", *pages]),
        }
        for number in range(6_000)
    ]


def campaigns() -> list[Row]:
    given = ["", "webinar", "", "email", "", "", "event", ""]
    types = ["Email", "Trade Show", "Other", "", "Webinar", "", "Email", "Paid Social"]
    return [
        {"campaign_id": f"c{number}", "name": f"C{number % 6}", "channel": channel}
        | {"campaign_type": kind}
        for number, (channel, kind) in enumerate(zip(given, types, strict=True))
    ]


def spend(chance: random.Random) -> list[Row]:
    rows = []
    for number in range(400):
        first = (DAY_ONE + timedelta(days=chance.randrange(300))).date()
        length = chance.choice([0, 0, 1, 6, 30, 364, 1000])
        rows.append(
            {
                "spend_date": first,
                "end_date": chance.choice(["", first + timedelta(days=length)]),
                "platform": chance.choice(["Google Ads", "LinkedIn", "Podcast"]),
                "campaign_name": f"cost {number}",
                "amount": f"{chance.uniform(-50, 90_000):.{chance.randrange(7)}f}",
                "currency": chance.choice(["", "USD", "EUR", "XXX"]),
                "impressions": chance.choice(["", chance.randrange(10**6)]),
                "clicks": chance.choice(["", chance.randrange(50)]),
            }
        )
    return rows


def consents(chance: random.Random) -> dict[str, list[Row]]:
    def whom() -> Row:
        address = f" U{chance.randrange(90)}@X{chance.randrange(7)}.com"
        return {
            "person_id": chance.choice(["", f"p{chance.randrange(210)}"]),
            "email": chance.choice(["", address]),
            "occurred_at": moment(chance)
            + timedelta(milliseconds=chance.randrange(900)),
        }

    kinds = ["unsubscribe", "spam_report", "bounce", "open", "sent"]
    return {
        "consent_events": [
            whom()
            | {
                "channel": chance.choice(["email", "email", "all", "phone"]),
                "purpose": chance.choice(["", "marketing", "all", "product"]),
                "status": chance.choice(["opt_in", "opt_in", "opt_out"]),
            }
            for _ in range(250)
        ],
        "email_events": [
            whom()
            | {
                "email_event_id": f"e{number}",
                "event_type": chance.choice(kinds),
                "bounce_type": chance.choice(["hard", "soft"]),
            }
            for number in range(120)
        ],
    }


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """Land random files and build the domain, with the conservation tests."""
    chance = random.Random(20)  # noqa: S311 - a reproducible test, not a secret
    folder = tmp_path_factory.mktemp("campaigns")
    rates = [
        {"rate_date": f"2025-0{month}-10", "currency": "EUR", "usd_per_unit": rate}
        for month, rate in enumerate(["1.05", "1.0731", "1.1"], start=1)
    ]
    tables = {
        "people": people(chance),
        "touches": touches(chance),
        "campaigns": campaigns(),
        "spend": spend(chance),
        "exchange_rates": rates,
        **consents(chance),
    }
    path = folder / "mops.duckdb"
    with pytest.MonkeyPatch.context() as monkeypatch:
        assert land(write_tables(folder / "raw", tables), path, monkeypatch) == 0
    selected = ["+path:models/marts/campaigns", "+fct_excluded_records"]
    assert run_dbt(path, select=selected, as_of=AS_OF)
    assert judge(path, TESTS, as_of=AS_OF)
    return Warehouse(path)


def relation(warehouse: Warehouse, name: str) -> list[Row]:
    """Return every row of a relation under its columns' names."""
    names = [row[0] for row in warehouse.rows(f"describe {name}")]
    return [
        dict(zip(names, row, strict=True)) for row in warehouse.rows(f"from {name}")
    ]


def keyed(warehouse: Warehouse, name: str, key: str) -> dict[str, Row]:
    """Return every row of a relation by its key."""
    return {row[key]: row for row in relation(warehouse, name)}


def golden_records(warehouse: Warehouse) -> dict[str, tuple[str, str | None]]:
    """Return the golden person and account of each person record."""
    found = warehouse.rows(
        "select person_record_id, person_id, account_id "
        "from marts.bridge_person_records "
        "inner join marts.dim_person_profiles using (person_id)"
    )
    return {record: (person, account) for record, person, account in found}


@cache
def touch_types() -> list[dict[str, str]]:
    return seed("touch_types")


@cache
def like(pattern: str) -> re.Pattern[str]:
    """Return a LIKE pattern as a regular expression over the whole text."""
    parts = {"%": ".*", "_": "."}
    return re.compile("".join(parts.get(sign, re.escape(sign)) for sign in pattern))


@cache
def rules() -> list[dict[str, str]]:
    return sorted(seed("channel_rules"), key=lambda rule: int(rule["priority"]))


@cache
def ruled_channel(evidence: tuple[tuple[str, str | None], ...]) -> str | None:
    """Return the channel of the first rule that matches."""
    signals = dict(evidence)
    for rule in rules():
        asked = {name: rule[name] for name in signals if rule[name]}
        if all(
            like(pattern).fullmatch(signals[name] or "") and signals[name]
            for name, pattern in asked.items()
        ):
            return rule["channel"]
    return None


def signals_of(touch: Row, campaign_type: str | None) -> Row:
    def lower(value: str | None) -> str | None:
        return value.lower() if value else None

    host = None if touch["is_internal_referrer"] else touch["referrer_host"]
    return {
        "touch_type": touch["touch_type"],
        "utm_source": lower(touch["utm_source"]),
        "utm_medium": lower(touch["utm_medium"]),
        "click_id_type": touch["click_id_type"],
        "referrer_host": host,
        "campaign_type": lower(campaign_type),
    }


def expected_channel(touch: Row, campaigns_by_id: dict[str, Row]) -> str:
    """Judge one touch by the rules as they are written down."""
    campaign = campaigns_by_id.get(touch["campaign_id"] or "", {})
    typed = None if campaign.get("channel") else campaign.get("campaign_type")
    signals = signals_of(touch, typed)
    if touch["given_channel"]:
        return str(touch["given_channel"])
    evidence = [signals["click_id_type"], signals["referrer_host"]]
    evidence += [touch[f"utm_{name}"] for name in ("source", "medium", "campaign")]
    evidence += [touch["utm_content"], touch["utm_term"]]
    if touch["touch_type"] == "web_session" and not any(evidence):
        return "direct"
    alone = dict.fromkeys(signals) | {"campaign_type": signals["campaign_type"]}
    defaults = {row["touch_type"]: row["default_channel"] for row in touch_types()}
    return (
        ruled_channel(tuple(signals.items()))
        or campaign.get("channel")
        or ruled_channel(tuple(alone.items()))
        or defaults.get(touch["touch_type"])
        or "unknown"
    )


def test_every_touch_has_the_channel_that_its_evidence_tells(
    warehouse: Warehouse,
) -> None:
    campaigns_by_id = keyed(warehouse, "staging.stg_generic__campaigns", "campaign_id")
    types = {row["touch_type"]: row for row in touch_types()}
    facts = keyed(warehouse, "marts.fct_touchpoints", "touchpoint_id")
    staged = relation(warehouse, "staging.stg_generic__touches")
    assert len(staged) == 6_000
    for touch in staged:
        fact = facts[touch["touchpoint_id"]]
        channel = expected_channel(touch, campaigns_by_id)
        assert fact["channel"] == channel, touch
        kind = types.get(touch["touch_type"], {})
        sales = kind.get("is_sales") == "true"
        marketing = kind.get("is_marketing", "true") == "true" and not sales
        assert fact["is_sales"] is sales
        assert fact["is_direct"] is (channel == "direct" and not sales)
        assert fact["is_marketing"] is (marketing and channel != "direct")
    assert len({fact["channel"] for fact in facts.values()}) > 10


def test_every_visit_belongs_to_who_comes_next_else_to_who_came_last(
    warehouse: Warehouse,
) -> None:
    golden = golden_records(warehouse)
    staged = relation(warehouse, "staging.stg_generic__touches")
    known = defaultdict(list)
    for touch in staged:
        if touch["anonymous_id"] and touch["person_record_id"]:
            key = (touch["touched_at"], touch["touchpoint_id"])
            known[touch["anonymous_id"]].append((key, touch["person_record_id"]))
    facts = keyed(warehouse, "marts.fct_touchpoints", "touchpoint_id")
    stitched = 0
    for touch in staged:
        record = touch["person_record_id"]
        if record is None:
            others = sorted(known[touch["anonymous_id"]])
            later = [who for (at, _), who in others if at >= touch["touched_at"]]
            record = (later[:1] or [who for _, who in others[-1:]] or [None])[0]
        person, account = golden.get(record, (None, None))
        fact = facts[touch["touchpoint_id"]]
        assert (fact["person_id"], fact["account_id"]) == (person, account), touch
        anonymous = touch["person_record_id"] is None
        assert fact["is_stitched"] is (anonymous and person is not None)
        stitched += fact["is_stitched"]
    assert stitched > 1_000


def test_every_range_is_spread_evenly_and_converted_day_by_day(
    warehouse: Warehouse,
) -> None:
    days = defaultdict(list)
    for row in relation(warehouse, "marts.fct_ad_spend_days"):
        days[row["campaign_name"]].append(row)
    rates = dict(
        warehouse.rows(
            "select rate_date, usd_per_unit from staging.stg_generic__exchange_rates"
        )
    )

    def rate(currency: str, day: date) -> float | None:
        known = [at for at in rates if at <= day]
        euro = rates[max(known)] if known else None
        return {"USD": 1.0, "EUR": euro}.get(currency)

    costs = relation(warehouse, "staging.stg_generic__spend")
    assert len(costs) == 400
    late_days = []
    for cost in costs:
        spread = sorted(days[cost["campaign_name"]], key=lambda row: row["spend_date"])
        length = (cost["ends_on"] - cost["starts_on"]).days + 1
        assert [row["spend_date"] for row in spread] == [
            day for day in days_of(cost) if day <= END.date()
        ]
        late_days += [length - len(spread)] if length > len(spread) else []
        for name, staged, step in (
            ("spend_amount", "amount", MILLIONTH),
            ("impressions", "impressions", 1),
            ("clicks", "clicks", 1),
        ):
            shares = [row[name] for row in spread]
            if cost[staged] is None:
                assert set(shares) <= {None}
                continue
            if len(shares) == length:
                assert sum(shares) == cost[staged]
            even = Fraction(cost[staged]) / length
            assert all(abs(Fraction(share) - even) <= step for share in shares)
        for row in spread:
            factor = rate(row["currency"], row["spend_date"])
            assert row["has_exchange_rate"] is (factor is not None)
            if factor is None:
                assert row["spend_usd"] is None
            else:
                exact = Fraction(row["spend_amount"]) * Fraction(factor)
                assert abs(Fraction(row["spend_usd"]) - exact) <= MILLIONTH
    excluded = warehouse.rows(
        "select excluded_days from marts.fct_excluded_records "
        "where entity = 'spend_days' and reason = 'after_as_of'"
    )
    assert sorted(days for (days,) in excluded) == sorted(late_days)
    assert len(late_days) > 100


def days_of(cost: Row) -> list[date]:
    """Return every day that a cost is spread over."""
    length = (cost["ends_on"] - cost["starts_on"]).days + 1
    return [cost["starts_on"] + timedelta(days=day) for day in range(length)]


def standing(events: list[tuple[datetime, str]]) -> str | None:
    """Return which of a person's signals stands: the latest, an objection first."""
    if not events:
        return None
    seconds = [(at.replace(microsecond=0), what) for at, what in events]
    last = max(at for at, _ in seconds)
    final = {what for at, what in seconds if at == last}
    return "opt_in" if final == {"opt_in"} else "objection"


def signals_by_person(
    warehouse: Warehouse, profiles: list[Row]
) -> tuple[dict[str, list[tuple[datetime, str]]], set[str]]:
    """Return each golden person's signals, and whose address in use hard-bounced."""
    golden = {who: person for who, (person, _) in golden_records(warehouse).items()}
    staged = keyed(warehouse, "staging.stg_generic__people", "person_record_id")
    addresses = {record: row["email"] for record, row in staged.items()}
    owners = defaultdict(set)
    for record, person in golden.items():
        if addresses[record]:
            owners[addresses[record]].add(person)
    in_use = {row["person_id"]: row["email"] for row in profiles}
    signals: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
    bounced = {row["person_id"] for row in profiles if row["email_bounced_at"]}
    events = relation(warehouse, "staging.stg_generic__consent_events")
    events += relation(warehouse, "staging.stg_generic__email_events")
    for event in events:
        what = event.get("status") or event["event_type"]
        about_mail = event.get("channel", "all") in {"email", "all"}
        if not about_mail or event.get("purpose") == "product":
            continue
        if event["occurred_at"] > END:
            continue
        record = event["person_record_id"]
        reached = owners[event["email"]] | {golden[r] for r in [record] if r in golden}
        for person in reached:
            if what in {"opt_in", "opt_out", "unsubscribe", "spam_report"}:
                signals[person].append((event["occurred_at"], what))
            address = event["email"] or addresses.get(record)
            hard = what == "bounce" and event["bounce_type"] == "hard"
            if hard and address is not None and address == in_use[person]:
                bounced.add(person)
    return signals, bounced


def test_nobody_who_objected_is_marketable_and_everybody_else_is_judged_by_law(
    warehouse: Warehouse,
) -> None:
    profiles = relation(warehouse, "marts.dim_person_profiles")
    signals, bounced = signals_by_person(warehouse, profiles)
    flagged = {
        person
        for (person,) in warehouse.rows(
            "select person_id from marts.bridge_person_records "
            "inner join staging.stg_generic__people using (person_record_id) "
            "where has_opted_out"
        )
    }
    asks = {
        row["country"]: row["requires_opt_in"] == "true"
        for row in seed("consent_country_rules")
    }
    found = keyed(warehouse, "marts.dim_person_consents", "person_id")
    assert len(found) == len(profiles) > 100
    for profile in profiles:
        person = profile["person_id"]
        stands = standing(signals[person])
        suppressed = person in flagged | bounced or stands == "objection"
        needed = asks.get(profile["country"], asks["*"])
        consent = found[person]
        assert consent["is_suppressed"] is suppressed, (person, signals[person])
        assert consent["has_opt_in"] is (stands == "opt_in" and person not in flagged)
        assert consent["requires_opt_in"] is needed
        assert consent["is_marketable"] is (
            not suppressed
            and profile["is_email_usable"]
            and (stands == "opt_in" or not needed)
        )
    reasons = {row["suppression_reason"] for row in found.values()}
    assert reasons >= {None, "crm_opt_out", "consent_opt_out", "hard_bounce"}
    assert len({row["is_marketable"] for row in found.values()}) == 2


def test_holidays_fall_where_their_countries_observe_them() -> None:
    """Easter by its known dates, and what a weekend swallows moves on."""
    easters = [date(2022, 4, 17), date(2023, 4, 9), date(2024, 3, 31)]
    easters += [date(2025, 4, 20), date(2026, 4, 5), date(2027, 3, 28)]
    easters += [date(2028, 4, 16)]
    path = PROJECT_ROOT / "seeds" / "campaigns" / "holidays.csv"
    days: dict[tuple[str, str], list[date]] = defaultdict(list)
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            day = date.fromisoformat(row["holiday_date"])
            assert day.weekday() < 5, row["holiday_id"]
            days[row["country"], row["holiday"]].append(day)
    countries = {country for country, _ in days} - {"United States", "Singapore"}
    assert countries == {"Canada", "Australia", "New Zealand"}
    friday = [easter - timedelta(days=2) for easter in easters]
    assert days["Singapore", "Good Friday"] == friday[:5]
    for country in countries:
        assert days[country, "Good Friday"] == friday
        assert days[country, "Christmas"] == [
            date(2022, 12, 26 if country == "Canada" else 27),
            *(date(year, 12, 25) for year in (2023, 2024, 2025, 2026)),
            date(2027, 12, 27),
            date(2028, 12, 25),
        ]
    assert days["Australia", "Boxing Day"][4:6] == [
        date(2026, 12, 28),
        date(2027, 12, 28),
    ]
    assert days["New Zealand", "Day after New Year"][:2] == [
        date(2022, 1, 4),
        date(2023, 1, 2),
    ]
    assert all(day.weekday() == 0 for day in days["Canada", "Thanksgiving"])

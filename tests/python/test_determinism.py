"""The same input and the same as_of give the same rows, whatever happens after it."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import validate
from conftest import Builder, Warehouse, write_tables
from random_company import AS_OF, START, Tables

PAST = "2025-06-30"
LAST_MOMENT = datetime(2025, 6, 30, 23, 59, 59, 999_999)
# What lies after as_of is listed there, and nowhere else.
# What a list holds apart from rows that came after as_of.
LATE = {
    "marts.fct_excluded_records": " where reason != 'after_as_of'",
    "marts.fct_stage_event_exclusions": " where reason != 'after_as_of'",
    "marts.fct_late_spend_days": " where false",
    # What is entered ahead is part of what a quarter will have cost.
    "marts.fct_budget_months": " where month < date '2025-04-01'",
    "reports.rpt_budget_pace": " where false",
}
# The column that says since when a row is there.
TIMES = {
    "accounts": "created_at",
    "people": "created_at",
    "touches": "touched_at",
    "stage_events": "entered_at",
    "exchange_rates": "rate_date",
    "spend": "spend_date",
    "opportunities": "created_at",
    "opportunity_stage_events": "changed_at",
    "consent_events": "occurred_at",
    "email_events": "occurred_at",
    "intent_signals": "observed_on",
    "enrichments": "enriched_at",
    "payments": "paid_at",
    "subscriptions": "started_on",
}


def fingerprints(
    warehouse: Warehouse, *, without_late: bool = False
) -> dict[str, tuple[int, int]]:
    """Return rows and an order-free hash over all columns of every public relation."""
    return {
        relation: warehouse.rows(
            f"select count(*), coalesce(bit_xor(hash(each)), 0) from {relation} as each"
            + (LATE.get(relation, "") if without_late else "")
        )[0]
        for relation in warehouse.public_relations()
    }


def is_past(moment: Any) -> bool:
    """Return whether a time, where there is one, lies before the end of PAST."""
    if isinstance(moment, datetime):
        return moment <= LAST_MOMENT
    return not isinstance(moment, date) or moment <= LAST_MOMENT.date()


def eventful(company: Tables) -> Tables:
    """Return the company with events of every kind on both sides of PAST."""
    chance = random.Random(5)  # noqa: S311 - a reproducible test, not a secret
    tables = {name: [dict(row) for row in rows] for name, rows in company.items()}

    def moment() -> datetime:
        return START + timedelta(minutes=chance.randrange(360 * 1440))

    for row in tables["accounts"] + tables["people"]:
        if chance.random() < 0.3:
            row["created_at"] = moment()
        row["updated_at"] = chance.choice(["", moment()])
    for row in tables["people"]:
        row["email_bounced_at"] = moment() if chance.random() < 0.2 else ""
        row["converted_at"] = moment() if chance.random() < 0.5 else ""
        if row["converted_at"]:
            row["converted_opportunity_id"] = f"o{chance.randrange(200)}"
    for row in tables["spend"]:
        row["end_date"] = row["spend_date"] + timedelta(days=chance.randrange(60))
    tables["opportunity_stage_events"] = [
        {"opportunity_id": row["opportunity_id"], "stage": stage, "changed_at": at}
        for row in tables["opportunities"]
        for stage, at in (("Open", row["created_at"]), ("Closed", row["closed_at"]))
        if at
    ]
    people = [row["person_id"] for row in tables["people"]]
    tables["consent_events"] = [
        {
            "person_id": chance.choice(people),
            "channel": "email",
            "occurred_at": moment(),
        }
        | {"status": chance.choice(["opt_in", "opt_out"])}
        for _ in range(150)
    ]
    tables["email_events"] = [
        {"email_event_id": f"e{number}", "person_id": chance.choice(people)}
        | {"event_type": chance.choice(["unsubscribe", "bounce"])}
        | {"bounce_type": "hard", "occurred_at": moment()}
        for number in range(60)
    ]
    tables["intent_signals"] = [
        {"domain": f"c{number % 50}.com", "score": 50, "observed_on": moment().date()}
        for number in range(100)
    ]
    tables["enrichments"] = [
        {"domain": f"c{number % 50}.com", "enriched_at": moment()}
        | {"employee_count": chance.randrange(9_999), "country": "Germany"}
        for number in range(100)
    ]
    return tables


def known_by_past(tables: Tables) -> Tables:
    """Return what the sources would have exported at the end of PAST.

    Later rows are gone, and so are later times on earlier rows, with what they say: a
    deal that closed later is open, and a record merged into a later one stands. What
    carries no time cannot be taken back and stays as it is now: names, owners, amounts,
    other merges, deletions, the CRM opt-out flag, and who is named on an opportunity.
    """
    past = {
        name: [dict(row) for row in rows if is_past(row.get(TIMES.get(name, "")))]
        for name, rows in tables.items()
    }
    for row in past["accounts"] + past["people"]:
        row["updated_at"] = row["updated_at"] if is_past(row["updated_at"]) else ""
    later_ids = {row["person_id"] for row in tables["people"]}
    later_ids -= {row["person_id"] for row in past["people"]}
    for row in past["people"]:
        if row.get("merged_into_id") in later_ids:
            row |= {"merged_into_id": "", "is_deleted": "false"}
        if not is_past(row["email_bounced_at"]):
            row["email_bounced_at"] = ""
        if not is_past(row["converted_at"]):
            later = ("converted_at", "converted_contact_id", "converted_opportunity_id")
            row.update(dict.fromkeys(later, ""))
    for row in past["opportunities"]:
        if not is_past(row["closed_at"]):
            row |= {"closed_at": "", "is_closed": "false", "is_won": "false"}
            row["stage"] = "Open"
    return past


@pytest.fixture(scope="module")
def rewound(
    build: Builder, company: Tables, tmp_path_factory: pytest.TempPathFactory
) -> Warehouse:
    """Return the eventful company, all of it landed, as of the end of PAST."""
    raw = write_tables(tmp_path_factory.mktemp("rewound"), eventful(company))
    return build(raw, as_of=PAST)


def test_nothing_after_as_of_changes_a_mart(
    build: Builder,
    company: Tables,
    rewound: Warehouse,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    tables = eventful(company)
    past = known_by_past(tables)
    assert all(len(past[name]) < len(tables[name]) for name in TIMES)
    raw = write_tables(tmp_path_factory.mktemp("past"), past)
    then = build(raw, tests=(), as_of=PAST)
    assert fingerprints(rewound, without_late=True) == fingerprints(
        then, without_late=True
    )


def test_what_lies_after_as_of_is_listed(company: Tables, rewound: Warehouse) -> None:
    tables = eventful(company)
    found = dict(
        rewound.rows(
            "select entity, count(*) from marts.fct_excluded_records "
            "where reason = 'after_as_of' group by entity"
        )
    )
    wanted = {
        name: sum(not is_past(row[TIMES[name]]) for row in tables[name])
        for name in ("people", "accounts", "opportunities", "touches", "payments")
    }
    ends = (row["end_date"] for row in tables["spend"])
    wanted["spend_days"] = sum(not is_past(end) for end in ends)
    assert found == wanted
    assert min(wanted.values()) > 10


def test_the_marts_of_a_past_day_reconcile_with_the_sources(
    rewound: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOPS_WAREHOUSE", str(rewound.path))
    validate.main(["marts", "--out", str(tmp_path)])
    found = dict(
        rewound.rows(
            "select rule_id, success from raw_meta.validation_results "
            "where rule_id in ('revenue_reconciles', 'open_opportunities_not_overdue')"
        )
    )
    assert found["revenue_reconciles"]
    assert "open_opportunities_not_overdue" in found
    won_later = rewound.value(
        "select count(*) from staging.stg_generic__opportunities where is_won "
        f"and created_at <= date '{PAST}' and closed_at > date '{PAST}' + 1"
    )
    assert won_later > 0


def test_two_builds_are_identical_in_whatever_order_rows_landed(
    build: Builder, company: Tables, company_warehouse: Warehouse, tmp_path: Path
) -> None:
    shuffled = {name: list(reversed(rows)) for name, rows in company.items()}
    raw = write_tables(tmp_path, shuffled)
    again = build(raw, tests=(), as_of=AS_OF)
    first = fingerprints(company_warehouse)
    assert len(first) > 15
    assert fingerprints(again) == first

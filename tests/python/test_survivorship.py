"""Golden values equal a second reckoning, by the shipped rules and by others."""

from __future__ import annotations

import csv
import shutil
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from typing import Any

import duckdb
import pytest

from conftest import Warehouse, run_dbt
from lib.warehouse import PROJECT_ROOT
from random_company import AS_OF

SEED = PROJECT_ROOT / "seeds" / "core" / "survivorship_rules.csv"
FIELDS = {
    "people": [
        "email",
        "first_name",
        "last_name",
        "title",
        "company_name",
        "phone",
        "country",
        "state",
        "industry",
        "employee_count",
        "account_record_id",
        "owner_id",
        "lead_source",
    ],
    "accounts": [
        "account_name",
        "domain",
        "industry",
        "employee_count",
        "annual_revenue",
        "country",
        "state",
        "owner_id",
    ],
}
CHOOSERS = [
    "int_core__survivorship_policies",
    "int_core__chosen_person_values",
    "int_core__chosen_account_values",
    "int_core__golden_people",
    "int_core__golden_accounts",
    "fct_golden_values",
]
Record = dict[str, Any]
Rule = dict[str, str]


def shipped_rules() -> list[Rule]:
    """Return the rows of the seed."""
    with SEED.open(encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


def rule(entity: str, field: str, priority: int, name: str, order: str = "") -> Rule:
    """Return a row of the seed that always holds."""
    return {
        "survivorship_rule_id": f"{entity}.{field}.{priority}",
        "entity": entity,
        "field": field,
        "priority": str(priority),
        "rule": name,
        "source_order": order,
    }


def records_of(warehouse: Warehouse, entity: str) -> dict[str, list[Record]]:
    """Return the records of each golden person or account."""
    one = {"people": "person", "accounts": "account"}[entity]
    extra = "record_type, email_bounced_at, converted_contact_record_id"
    if entity == "accounts":
        extra = "null as record_type, null as email_bounced_at, null as converted"
    names = [
        "golden_id",
        "record_key",
        "source",
        "record_id",
        "is_deleted",
        "trust_rank",
        "merged",
        "created_at",
        "changed_at",
        "record_type",
        "email_bounced_at",
        "converted",
    ] + FIELDS[entity]
    # Without an account of its own, a record has that of its conversion.
    account = "coalesce(account_record_id, converted_account_record_id)"
    columns = [
        account if field == "account_record_id" else field for field in FIELDS[entity]
    ]
    found = warehouse.rows(
        f"select {one}_id, {one}_record_id, source, record_id, is_deleted, "
        "trust_rank, merged_into_record_id, created_at, "
        "coalesce(updated_at, created_at), "
        f"{extra}, {', '.join(columns)} "
        f"from intermediate.int_core__{one}_records "
        f"join intermediate.int_core__{one}_clusters using ({one}_record_id) "
        f"where is_live_{one}"
    )
    golden: dict[str, list[Record]] = defaultdict(list)
    for row in found:
        record = dict(zip(names, row, strict=True))
        golden[record["golden_id"]].append(record)
    return golden


def latest_first(moment: datetime) -> float:
    """Return a key that sorts later moments first."""
    return -(moment - datetime(2000, 1, 1)).total_seconds()


def sort_keys(entity: str, order: str) -> dict[str, Callable[[Record], Any]]:
    """Return what each rule sorts records by, the record to trust first."""
    sources = order.split()
    return {
        "trusted_source": lambda record: (
            sources.index(record["source"])
            if record["source"] in sources
            else len(sources)
        ),
        "unbounced_first": lambda record: record["email_bounced_at"] is not None,
        "standing_first": lambda record: (
            record["is_deleted"],
            record["merged"] is not None,
            record["converted"] is not None,
        ),
        "contact_first": lambda record: record["record_type"] != "contact",
        "most_recent": lambda record: latest_first(record["changed_at"]),
        "earliest": lambda record: record["created_at"],
    }


def expected(warehouse: Warehouse, rules: list[Rule]) -> set[tuple[Any, ...]]:
    """Return entity, golden id, field, record, rule and number of other values."""
    rows = set()
    for entity, fields in FIELDS.items():
        records = records_of(warehouse, entity)
        for field in fields:
            own = [r for r in rules if (r["entity"], r["field"]) == (entity, field)]
            rest = [r for r in rules if (r["entity"], r["field"]) == (entity, "*")]
            policy = sorted(own or rest, key=lambda each: each["priority"])
            for golden_id, group in records.items():
                left = [record for record in group if record[field] is not None]
                others = len({record[field] for record in left}) - 1
                decider = None
                for each in policy if others > 0 else []:
                    key = sort_keys(entity, each["source_order"])[each["rule"]]
                    before = {record[field] for record in left}
                    best = min(map(key, left), default=None)
                    left = [record for record in left if key(record) == best]
                    if len(before) > 1:
                        decider = each["survivorship_rule_id"]
                        if len({record[field] for record in left}) > 1:
                            decider = None
                if left:
                    last = "record_key" if others else "trust_rank"
                    winner = min(left, key=lambda record: record[last])
                    rows.add(
                        (
                            *(entity, golden_id, field, winner["source"]),
                            *(winner["record_id"], decider, others),
                        )
                    )
    return rows


def chosen(warehouse: Warehouse) -> set[tuple[Any, ...]]:
    """Return the same of the mart."""
    return set(
        warehouse.rows(
            "select entity, golden_id, field, source, record_id, "
            "survivorship_rule_id, differing_value_count from marts.fct_golden_values"
        )
    )


@pytest.fixture(scope="module")
def other_rules() -> list[Rule]:
    """Return rules that differ from those that are shipped."""
    return [
        rule("people", "*", 1, "trusted_source", "hubspot generic"),
        rule("people", "*", 2, "earliest"),
        rule("people", "title", 1, "contact_first"),
        rule("people", "title", 2, "unbounced_first"),
        rule("people", "title", 3, "most_recent"),
        rule("people", "lead_source", 1, "most_recent"),
        rule("accounts", "*", 1, "earliest"),
        rule("accounts", "domain", 1, "standing_first"),
    ]


@pytest.fixture(scope="module")
def other_warehouse(
    company_warehouse: Warehouse,
    other_rules: list[Rule],
    tmp_path_factory: pytest.TempPathFactory,
) -> Warehouse:
    """Return the company with its golden values chosen by the other rules."""
    path = tmp_path_factory.mktemp("survivorship") / "mops.duckdb"
    shutil.copy(company_warehouse.path, path)
    with duckdb.connect(str(path)) as connection:
        connection.execute("delete from policy.survivorship_rules")
        connection.executemany(
            "insert into policy.survivorship_rules (survivorship_rule_id, entity, "
            "field, priority, rule, source_order, effective_from) "
            "values (?, ?, ?, ?, ?, nullif(?, ''), '2000-01-01')",
            [list(each.values()) for each in other_rules],
        )
    assert run_dbt(path, select=CHOOSERS, as_of=AS_OF)
    return Warehouse(path)


def test_the_shipped_rules_choose_what_a_second_reckoning_does(
    company_warehouse: Warehouse,
) -> None:
    wanted = expected(company_warehouse, shipped_rules())
    assert chosen(company_warehouse) == wanted
    assert {row[5] for row in wanted} >= {"SVR-001", "SVR-003", None}


def test_other_rules_choose_other_winners(
    company_warehouse: Warehouse, other_warehouse: Warehouse, other_rules: list[Rule]
) -> None:
    wanted = expected(other_warehouse, other_rules)
    assert chosen(other_warehouse) == wanted
    places = "select entity, golden_id, field, source, record_id"
    before = set(company_warehouse.rows(f"{places} from marts.fct_golden_values"))
    after = set(other_warehouse.rows(f"{places} from marts.fct_golden_values"))
    moved = {field for _, _, field, _, _ in after - before}
    assert {"account_name", "first_name"} <= moved


def test_golden_people_hold_what_the_named_record_holds(
    other_warehouse: Warehouse,
) -> None:
    for field, column in [("email", "email"), ("lead_source", "declared_lead_source")]:
        assert (
            other_warehouse.value(
                f"""
                select count(*)
                from intermediate.int_core__golden_people as people
                left join marts.fct_golden_values as golden
                    on people.person_id = golden.golden_id
                    and golden.entity = 'people' and golden.field = '{field}'
                left join intermediate.int_core__person_records as records
                    on golden.source = records.source
                    and golden.record_id = records.record_id
                where people.{column} is distinct from records.{field}
                """
            )
            == 0
        )


def test_the_mart_shows_no_value(company_warehouse: Warehouse) -> None:
    columns = company_warehouse.rows(
        "select column_name from information_schema.columns "
        "where table_schema = 'marts' and table_name = 'fct_golden_values'"
    )
    assert ("field_value",) not in columns

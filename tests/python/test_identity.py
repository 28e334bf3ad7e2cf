"""Golden people against an independent union-find over the same records."""

from __future__ import annotations

import csv
from collections import defaultdict
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from conftest import Warehouse, land, run_dbt, write_tables
from lib.warehouse import PROJECT_ROOT
from random_company import Tables


class UnionFind:
    """Sets of keys that were said to be one."""

    def __init__(self) -> None:
        self.parents: dict[str, str] = {}

    def find(self, key: str) -> str:
        while self.parents.setdefault(key, key) != key:
            key = self.parents[key]
        return key

    def union(self, one: str, other: str) -> None:
        self.parents[self.find(one)] = self.find(other)


def role_mailboxes() -> set[str]:
    path = PROJECT_ROOT / "seeds" / "core" / "role_mailboxes.csv"
    with path.open() as handle:
        return {row["local_part"] for row in csv.DictReader(handle)}


def expected_groups(
    people: list[dict[str, Any]],
) -> tuple[set[frozenset[str]], set[frozenset[str]]]:
    """Return what rules make one: groups with a record not deleted, and the rest."""
    by_id = {person["person_id"]: person for person in people}
    by_email: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for person in people:
        if person["email"]:
            by_email[person["email"].lower()].append(person)
    sets = UnionFind()
    for person in people:
        sets.find(person["person_id"])
        for pointer in ("merged_into_id", "converted_contact_id"):
            if person[pointer] in by_id:
                sets.union(person["person_id"], person[pointer])
    for email, sharers in by_email.items():
        names = {
            f"{sharer['first_name']} {sharer['last_name']}".strip().lower()
            for sharer in sharers
        } - {""}
        if email.split("@")[0] in role_mailboxes() or len(names) > 3:
            continue
        for sharer in sharers:
            sets.union(sharers[0]["person_id"], sharer["person_id"])
    members: dict[str, set[str]] = defaultdict(set)
    for person in people:
        members[sets.find(person["person_id"])].add(person["person_id"])
    groups = {frozenset(group) for group in members.values()}
    live = {
        group
        for group in groups
        if any(by_id[record]["is_deleted"] != "true" for record in group)
    }
    return live, groups - live


def test_golden_people_equal_the_union_find(
    company: Tables, company_warehouse: Warehouse
) -> None:
    """What the rules alone make one; probability may only join whole such groups.

    Deleted records are shown where probability joins them to somebody alive.
    """
    expected, deleted = expected_groups(company["people"])
    found: dict[str, set[str]] = defaultdict(set)
    people: dict[str, set[str]] = defaultdict(set)
    for unit_id, record_id, person_id in company_warehouse.rows(
        "select unit_id, record_id, person_id from marts.bridge_person_records "
        "inner join intermediate.int_core__match_units using (person_record_id)"
    ):
        found[unit_id].add(record_id)
        people[unit_id].add(person_id)
    groups = {frozenset(group) for group in found.values()}
    assert expected <= groups
    assert groups <= expected | deleted
    assert all(len(persons) == 1 for persons in people.values())
    # The case is worth its name: chains, shared mailboxes and lone records all occur.
    sizes = [len(group) for group in expected]
    assert max(sizes) > 5
    assert sizes.count(1) > 50


def test_probability_joins_on_evidence_and_never_across_work_addresses(
    company: Tables, company_warehouse: Warehouse
) -> None:
    """Units of one person hang together, and no two have rival addresses."""
    by_id = {person["person_id"]: person for person in company["people"]}
    units: dict[str, set[str]] = defaultdict(set)
    addresses: dict[str, set[tuple[str, str]]] = defaultdict(set)
    phones: dict[str, set[str]] = defaultdict(set)
    for person_id, unit_id, record_id, work_email in company_warehouse.rows(
        "select person_id, unit_id, record_id, work_email "
        "from marts.bridge_person_records "
        "inner join intermediate.int_core__person_features using (person_record_id)"
    ):
        units[person_id].add(unit_id)
        phones[unit_id].add(by_id[record_id].get("phone") or record_id)
        if work_email:
            addresses[unit_id].add((work_email.split("@")[1], work_email))
    sets = UnionFind()
    for one, other in company_warehouse.rows(
        "select unit_id, other_unit_id from marts.fct_duplicate_candidates "
        "inner join intermediate.int_core__candidate_pairs "
        "using (person_record_id, other_person_record_id) where outcome = 'merged'"
    ):
        sets.union(one, other)
    for members in units.values():
        assert len({sets.find(unit) for unit in members}) == 1
        for one, other in combinations(sorted(members), 2):
            rivals = {
                (mine, theirs)
                for domain, mine in addresses[one]
                for other_domain, theirs in addresses[other]
                if domain == other_domain and mine != theirs
            }
            assert not rivals or phones[one] & phones[other]
    # Probability did join some, and rival addresses do occur among its candidates.
    assert max(len(members) for members in units.values()) > 1
    barred = "reason = 'other_work_address'"
    assert company_warehouse.value(
        f"select count(*) from marts.fct_duplicate_candidates where {barred}"
    )


def test_a_person_is_named_for_the_earliest_record(
    company: Tables, company_warehouse: Warehouse
) -> None:
    created = {row["person_id"]: row["created_at"] for row in company["people"]}
    for person_id, records in company_warehouse.rows(
        "select person_id, list(record_id) from marts.bridge_person_records group by 1"
    ):
        earliest = min(records, key=lambda record: (created[record], record))
        assert person_id == f"generic:{earliest}"


def test_every_record_is_shown_or_excluded(
    company: Tables, company_warehouse: Warehouse
) -> None:
    shown = company_warehouse.value("select count(*) from marts.bridge_person_records")
    excluded = company_warehouse.value(
        "select count(*) from marts.fct_excluded_records where entity = 'people'"
    )
    assert shown + excluded == len(company["people"])
    assert excluded > 0


def test_long_chains_and_large_stars_of_merges_are_one_person_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A chain of 2,000 and a star of 20,000, which no quadratic walk gets through."""
    chain = [f"c{number:05}" for number in range(2_000)]
    star = [f"s{number:05}" for number in range(20_000)]
    pointers = dict(zip(chain[1:], chain, strict=False)) | dict.fromkeys(
        star[:-1], star[-1]
    )
    people = [
        {"person_id": record, "record_type": "contact", "created_at": "2025-01-01"}
        | {"merged_into_id": pointers.get(record, "")}
        for record in [*chain, *star, "alone"]
    ]
    path = tmp_path / "mops.duckdb"
    raw = write_tables(tmp_path / "raw", {"people": people})
    assert land(raw, path, monkeypatch) == 0
    assert run_dbt(path, select=["+int_core__group_components"])
    found = Warehouse(path).rows(
        "select component_id, count(*), min(group_id), max(group_id) "
        "from intermediate.int_core__group_components group by all order by all"
    )
    assert found == [
        ("generic:c00000", len(chain), "generic:c00000", "generic:c01999"),
        ("generic:s00000", len(star), "generic:s00000", "generic:s19999"),
    ]


@pytest.mark.parametrize("relation", ["dim_people", "dim_person_profiles"])
def test_there_is_one_row_per_person(
    company_warehouse: Warehouse, relation: str
) -> None:
    people = company_warehouse.value(
        "select count(distinct person_id) from marts.bridge_person_records"
    )
    rows = company_warehouse.value(f"select count(*) from marts.{relation}")
    assert rows == people

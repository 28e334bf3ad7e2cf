"""The data audit of a messy company: what was planted in it comes out on top."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import pytest

import demo
from conftest import Builder, Warehouse

UNTIL = "2026-08-31"
ARGUMENTS = ["--people", "500", "--seed", "3", "--until", UNTIL, "--messy"]


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("messy")
    assert demo.main(["--out", str(folder), *ARGUMENTS]) == 0
    return folder


@pytest.fixture(scope="module")
def warehouse(build: Builder, raw: Path) -> Warehouse:
    return build(raw, tests=(), select=["+rpt_data_audit"], as_of=UNTIL)


@pytest.fixture(scope="module")
def planted(raw: Path) -> set[str]:
    with (raw / "_truth" / "problems.csv").open(newline="") as handle:
        return {row["problem"] for row in csv.DictReader(handle)}


def test_the_planted_problems_are_the_top_five(
    warehouse: Warehouse, planted: set[str]
) -> None:
    ranked = warehouse.rows(
        "select problem, revenue_at_risk_usd from reports.rpt_data_audit order by rank"
    )
    assert len(planted) == 5
    assert {problem for problem, _ in ranked[:5]} == planted, ranked
    assert ranked[4][1] > 1.5 * float(ranked[5][1]), ranked


def test_what_was_spent_untraced_is_at_risk_to_the_cent(warehouse: Warehouse) -> None:
    # 6 USD a person and month, of which the first of September 2025 to that of August
    # 2026 lie in the year up to as_of.
    ((records, value),) = warehouse.rows(
        "select records_affected, value_usd from reports.rpt_data_audit "
        "where problem = 'untracked_spend'"
    )
    assert (records, value) == (12, Decimal(12 * 6 * 500))


def test_every_planted_deal_is_found(warehouse: Warehouse, raw: Path) -> None:
    with (raw / "salesforce" / "Opportunity.csv").open(newline="") as handle:
        unnamed = {
            f"salesforce:{row['Id']}"
            for row in csv.DictReader(handle)
            if row["IsWon"] == "true"
            and row["IsDeleted"] == "false"
            and not row["AccountId"]
            and "2025-09-01" <= row["CloseDate"] <= UNTIL
        }
    found = {
        key
        for (key,) in warehouse.rows(
            "select record_id from marts.fct_data_problems "
            "where problem = 'unattributed_revenue'"
        )
    }
    assert unnamed
    assert unnamed <= found


def test_everybody_mailed_against_an_objection_is_found(warehouse: Warehouse) -> None:
    # As the objections of the letter are planted, so is the mail that follows them.
    mailed = warehouse.value(
        "select count(distinct violations.person_id) "
        "from marts.fct_consent_violations as violations "
        "where opt_out_evidence = 'letter'"
    )
    ((listed,),) = warehouse.rows(
        """
        select count(distinct violations.person_id)
        from marts.fct_data_problems as problems
        inner join marts.fct_consent_violations as violations
            on problems.record_id = violations.violation_id
        where problems.problem = 'consent_violations'
            and violations.opt_out_evidence = 'letter'
        """
    )
    assert mailed > 20
    assert listed == mailed

"""Quality measured each day: kept for good, and one number wherever it is read."""

from __future__ import annotations

import json
import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

import dbt_process
import random_company
import validate
from conftest import Warehouse
from lib.quality.standards import read_seed
from lib.warehouse import PROJECT_ROOT

CHECKS = PROJECT_ROOT / "seeds" / "quality" / "quality_checks.csv"
# Checks that a suite of the marts judges too, by the name of the rule there.
RULES = {
    "contact_completeness_rate": "contact_completeness_rate",
    "usable_email_rate": "usable_email_rate",
    "duplicate_rate": "duplicate_rate",
    "unmerged_duplicate_rate": "unmerged_duplicate_rate",
    "enrichment_coverage_rate": "enrichment_coverage_rate",
    "peopleless_opportunity_share": "opportunities_person_known",
    "anonymous_touch_share": "touches_person_known",
    "unknown_channel_share": "touches_channel_known",
}


def rows_of(warehouse: Warehouse) -> dict[date, list[tuple[Any, ...]]]:
    """Return the checks by day."""
    found: dict[date, list[tuple[Any, ...]]] = {}
    for row in warehouse.rows(
        "select checked_on, check_name, dimension, dimension_value, numerator, "
        "denominator, threshold, checked_at from marts.fct_quality_checks order by all"
    ):
        found.setdefault(row[0], []).append(row[1:])
    return found


@pytest.fixture(scope="module")
def measured(
    company_warehouse: Warehouse, tmp_path_factory: pytest.TempPathFactory
) -> Warehouse:
    """Return the company in a warehouse that a test may change."""
    path = tmp_path_factory.mktemp("measured") / "mops.duckdb"
    shutil.copy(company_warehouse.path, path)
    return Warehouse(path)


def build_checks(warehouse: Warehouse, as_of: str) -> None:
    """Build the checks anew, with a full refresh."""
    arguments = ["build", "--full-refresh"]
    arguments += ["--target-path", str(warehouse.path.parent / "target")]
    arguments += ["--log-path", str(warehouse.path.parent / "logs")]
    arguments += ["--select", "int_quality__people", "int_quality__touch_checks"]
    arguments += ["int_quality__check_sums", "int_quality__check_totals"]
    arguments += ["fct_quality_checks"]
    arguments += ["--indirect-selection", "cautious"]
    arguments += ["--exclude-resource-type", "unit_test"]
    arguments += ["--vars", json.dumps({"as_of": as_of})]
    assert dbt_process.invoke(arguments, warehouse.path)


def test_each_suite_shows_the_number_that_is_kept(
    measured: Warehouse, tmp_path: Path
) -> None:
    suites = tmp_path / "suites"
    suites.mkdir()
    for relation in (
        "bridge_person_records",
        "dim_accounts",
        "dim_person_profiles",
        "fct_opportunity_outcomes",
        "fct_touchpoints",
    ):
        name = f"marts__{relation}.json"
        (suites / name).write_text((validate.SUITES / name).read_text())
    validate.validate("marts", measured.path, tmp_path / "out", suites)
    verdicts = {
        rule: (passed, observed)
        for rule, passed, observed in measured.rows(
            "select rule_id, success, observed_value from raw_meta.validation_results"
        )
    }
    kept = {
        check: (passed, value)
        for check, passed, value in measured.rows(
            "select check_name, is_passed, measured_value "
            "from marts.fct_quality_checks where dimension = 'all'"
        )
    }
    for check, rule in RULES.items():
        passed, value = verdicts[rule]
        assert kept[check] == (passed, pytest.approx(value)), check
    assert any(0 < value < 1 for _, value in kept.values() if value is not None)


def test_checks_and_rules_say_the_same() -> None:
    """Severity, owner, fix and threshold stand once in effect."""
    rules = {}
    for path in validate.SUITES.glob("marts__*.json"):
        for expectation in json.loads(path.read_text())["expectations"]:
            meta = expectation["meta"]
            rules[meta["rule_id"]] = meta
    checks = {row["check_name"]: row for row in read_seed(CHECKS)}
    for check, rule in RULES.items():
        for column in ("severity", "owner", "fix", "threshold_id"):
            assert checks[check][column] == rules[rule][column], (check, column)
    query = (validate.SUITES / "marts__fct_quality_checks.json").read_text()
    assert set(RULES) == {check for check in checks if f"'{check}'" in query}


def test_parts_of_a_dimension_add_up_to_all(measured: Warehouse) -> None:
    apart = measured.rows(
        "select check_name, dimension, sum(numerator), sum(denominator) "
        "from marts.fct_quality_checks where denominator is not null "
        "and dimension != 'all' group by all except "
        "select check_name, dimensions.dimension, numerator, denominator "
        "from marts.fct_quality_checks cross join "
        "(values ('source'), ('segment'), ('owner')) as dimensions (dimension) "
        "where fct_quality_checks.dimension = 'all'"
    )
    assert apart == []


def test_a_day_stays_and_a_later_one_is_added(measured: Warehouse) -> None:
    before = rows_of(measured)
    [day] = before
    assert day.isoformat() == random_company.AS_OF[:10]
    with duckdb.connect(str(measured.path)) as connection:
        connection.execute("update marts.dim_people set account_id = null")
    build_checks(measured, random_company.AS_OF)
    assert rows_of(measured) == before
    later = day + timedelta(days=1)
    build_checks(measured, later.isoformat())
    after = rows_of(measured)
    assert after[day] == before[day]
    assert set(after) == {day, later}

    def accountless(day: date) -> tuple[float, float]:
        [parts] = [
            row[3:5]
            for row in after[day]
            if row[:2] == ("accountless_person_share", "all")
        ]
        return parts

    assert accountless(day)[0] < accountless(day)[1]
    assert accountless(later)[0] == accountless(later)[1] > 0
    # What is built as of a day gone by is data of today: it is no day that was seen.
    build_checks(measured, (day - timedelta(days=30)).isoformat())
    assert rows_of(measured) == after

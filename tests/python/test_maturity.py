"""The stage of maturity: what the data shows, held against the rows behind it."""

from __future__ import annotations

import csv
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

import dashboard_view
import report
from conftest import Warehouse
from lib.warehouse import PROJECT_ROOT
from random_company import AS_OF
from report_page import Page, World

TODAY = date.fromisoformat(AS_OF)
Case = tuple[date | datetime | None, Any, Any]

# What each measure looks at, case by case: when, what counts, and out of what. The mart
# sums them in SQL by month.
CASES = {
    "documented_mql_rate": (
        "select entered_at, definition_version is not null, 1 "
        "from marts.fct_stage_transitions where stage = 'mql' and not is_imputed"
    ),
    "assigned_lead_rate": (
        "select created_at, person_id in (select person_id from "
        "marts.fct_lead_assignments where is_first), 1 from marts.dim_people"
    ),
    "lead_routing_accuracy": (
        "select assigned_at, is_correct, 1 from marts.fct_lead_assignments "
        "where is_first and is_correct is not null"
    ),
    "answered_mql_rate": (
        "select mql_at, first_response_at is not null, 1 "
        "from marts.fct_lead_responses where sla_status != 'pending'"
    ),
    "proven_stage_rate": (
        "select cohort_month, not is_skipped, 1 from marts.fct_funnel_steps "
        "where stage_order > 1"
    ),
    "attribution_criteria_rate": (
        "select null, coalesce(is_met, false), 1 from marts.fct_attribution_trust"
    ),
    "budgeted_spend_rate": (
        "select month, case when is_budgeted then direct_spend_usd else 0 end, "
        "direct_spend_usd from marts.fct_budget_months"
    ),
    "ranked_spend_rate": (
        "select null, case when pipeline_per_usd_low is null then 0 "
        "else recent_spend_usd end, recent_spend_usd from marts.fct_response_curves "
        "where recent_spend_usd > 0"
    ),
    "opportunity_people_rate": (
        "select null, opportunity_id in (select opportunity_id from "
        "marts.bridge_opportunity_people), 1 from marts.fct_opportunities"
    ),
    "traced_revenue_rate": (
        "select null, case when channel = 'unattributed' then 0 else mrr_usd end, "
        f"mrr_usd from marts.fct_retention_months where month = '{AS_OF[:7]}-01'"
    ),
}


@pytest.fixture(scope="module")
def policy() -> dict[str, dict[str, str]]:
    """Return the seed as an analyst reads it, by measure."""
    path = PROJECT_ROOT / "seeds" / "quality" / "maturity_criteria.csv"
    with path.open(newline="", encoding="utf-8") as handle:
        return {row["measure"]: row for row in csv.DictReader(handle)}


@pytest.fixture(scope="module")
def judged(company_warehouse: Warehouse) -> dict[str, dict[str, Any]]:
    """Return the mart's rows by measure."""
    names = ["measure", "measured_value", "is_judged", "is_met", "evidence", "stage"]
    rows = company_warehouse.rows(
        f"select {', '.join(names)} from marts.fct_maturity_criteria"
    )
    return {row[0]: dict(zip(names, row, strict=True)) for row in rows}


def first_day(months: str) -> date | None:
    """Return the first day of a window of so many months, the last that of today."""
    if not months:
        return None
    month = TODAY.year * 12 + TODAY.month - int(months)
    return date(month // 12, month % 12 + 1, 1)


def share(cases: list[Case], since: date | None) -> Fraction | None:
    """Return what counts of the cases since a day, exactly; None of none."""
    counted = whole = Fraction(0)
    for at, part, of in cases:
        day = at.date() if isinstance(at, datetime) else at
        if since is not None and (day is None or not since <= day <= TODAY):
            continue
        counted += Fraction(part)
        whole += Fraction(of)
    return counted / whole if whole else None


@pytest.mark.parametrize("measure", CASES)
def test_a_share_is_that_of_the_rows_behind_it(
    company_warehouse: Warehouse,
    policy: dict[str, dict[str, str]],
    judged: dict[str, dict[str, Any]],
    measure: str,
) -> None:
    asked = policy[measure]
    cases: list[Case] = [
        (at, part, of) for at, part, of in company_warehouse.rows(CASES[measure])
    ]
    expected = share(cases, first_day(asked["window_months"]))
    found = judged[measure]
    if expected is None:
        assert found["measured_value"] is None
        assert not found["is_judged"]
    else:
        assert found["measured_value"] == pytest.approx(float(expected), abs=1e-12)
    if found["is_judged"]:
        assert expected is not None
        assert found["is_met"] == (expected >= Fraction(asked["threshold"]))
    else:
        assert not found["is_met"]
        assert found["evidence"].startswith("Cannot be judged yet: ")


def test_the_shares_are_of_something(judged: dict[str, dict[str, Any]]) -> None:
    """Else the oracle would hold nothing against nothing."""
    told = [measure for measure in CASES if judged[measure]["is_judged"]]
    assert len(told) >= 6, told


def test_every_criterion_of_the_seed_is_told(
    company_warehouse: Warehouse, policy: dict[str, dict[str, str]]
) -> None:
    found = company_warehouse.rows("select criterion_id from reports.rpt_maturity")
    assert {key for (key,) in found} == {row["criterion_id"] for row in policy.values()}


def test_the_stage_is_the_last_before_anything_is_missed(
    company_warehouse: Warehouse,
) -> None:
    rows = company_warehouse.rows(
        "select stage, is_met, is_stage_reached, is_asked_next, to_do_rank, "
        "reached_stage from reports.rpt_maturity"
    )
    reached, missed_below = "reactive", False
    following = None
    for stage in ("operational", "strategic", "predictive"):
        missed_below |= any(not row[1] for row in rows if row[0] == stage)
        following = following or (stage if missed_below else None)
        reached = reached if missed_below else stage
        assert {row[2] for row in rows if row[0] == stage} == {not missed_below}
    assert {row[5] for row in rows} == {reached}
    assert all(row[3] == (not row[1] and row[0] == following) for row in rows)
    ranks = sorted(row[4] for row in rows if not row[1])
    assert ranks == list(range(1, len(ranks) + 1))
    assert all((row[4] is None) == row[1] for row in rows)


def criterion(number: int, stage: str, **more: Any) -> dict[str, list[Any]]:
    key = {"criterion_id": f"C{number}"}
    order = {"operational": 2, "strategic": 3, "predictive": 4}[stage]
    told = {
        "stage": stage,
        "is_met": False,
        "evidence": f"{number} of 10; at least 9 asked",
        "criterion": f"Criterion <{number}>",
        "fix": f"Mend {number}",
        "owner": "mops@example.com",
        "is_asked_next": False,
        "is_stage_reached": False,
        "reached_stage": "operational",
    }
    return {
        "reports.rpt_maturity": [{**key, **told, **more}],
        "marts.fct_maturity_criteria": [
            {**key, "stage_order": order, "criterion_order": 10 * number}
        ],
    }


SETTINGS = {
    "reporting_currency": "USD",
    "reporting_time_zone": "America/New_York",
    "fiscal_year_start_month": 1,
    "attribution_lookback_days": 90,
    "default_attribution_model": "linear",
    "as_of": "2026-11-20 12:00:00",
}
THREE = [
    criterion(1, "operational", is_met=True, is_stage_reached=True),
    criterion(2, "strategic", is_met=True),
    criterion(3, "strategic", is_asked_next=True, to_do_rank=1),
    criterion(4, "predictive", to_do_rank=2),
]


def reviewed(out: Path, *criteria: dict[str, list[Any]]) -> Page:
    rows: dict[str, list[Any]] = {"marts.dim_build_settings": [SETTINGS]}
    for one in criteria:
        for relation, added in one.items():
            rows.setdefault(relation, []).extend(added)
    world = World.make(out, rows)
    assert report.main(["--out", str(world.out), "--quarter", "2026Q3"]) == 0
    return Page.read(world.out / "report" / "quarter.html")


class TestReview:
    def test_the_quarter_tells_the_stage_and_what_is_missing(
        self, tmp_path: Path
    ) -> None:
        page = reviewed(tmp_path, *THREE)
        text = page.section("maturity")
        assert "On 20 Nov 2026 the data shows the stage operational." in text
        assert "for strategic, the next one, 1 of its 2 criteria is missing" in text
        assert (
            "1. Not yet: Criterion <3>. 3 of 10; at least 9 asked. "
            "Mend 3 (mops@example.com)." in text
        )
        assert "Mend 4" not in text
        assert page.table("table-maturity") == [
            {"Stage": "operational", "Reached": "yes", "Met": "1", "Asked": "1"},
            {"Stage": "strategic", "Reached": "no", "Met": "1", "Asked": "2"},
            {"Stage": "predictive", "Reached": "no", "Met": "0", "Asked": "1"},
        ]
        assert [row["Criterion"] for row in page.table("table-criteria")] == [
            "Criterion <1>",
            "Criterion <3>",
            "Criterion <2>",
            "Criterion <4>",
        ]

    def test_where_all_is_met_nothing_is_missing(self, tmp_path: Path) -> None:
        last = criterion(
            1,
            "predictive",
            is_met=True,
            is_stage_reached=True,
            reached_stage="predictive",
        )
        text = reviewed(tmp_path, last).section("maturity")
        assert "predictive, the last one: every criterion is met." in text
        assert "missing" not in text

    def test_what_was_not_assessed_says_so(self, tmp_path: Path) -> None:
        text = reviewed(tmp_path).section("maturity")
        assert text.endswith("Maturity was not assessed.")


def shown(path: Path, change: str = "") -> AppTest:
    """Publish what the page reads of a warehouse, with a change, and run the page."""
    folder = path.parent / "shown"
    folder.mkdir()
    (folder / "manifest.json").write_text("{}", encoding="utf-8")
    with duckdb.connect(str(folder / "mops_marts.duckdb")) as connection:
        connection.execute("create schema marts; create schema reports")
        connection.execute(f"attach '{path}' as built (read_only)")
        for relation in (
            "marts.dim_build_settings",
            "marts.fct_attribution_trust",
            "marts.fct_quality_checks",
            "reports.rpt_enrichment_queue",
            "reports.rpt_maturity",
        ):
            connection.execute(f"create table {relation} as from built.{relation}")
        if change:
            connection.execute(change)
    return dashboard_view.shown("data_quality", folder)


class TestDashboard:
    @pytest.fixture
    def path(self, company_warehouse: Warehouse, tmp_path: Path) -> Path:
        path = tmp_path / "mops.duckdb"
        path.symlink_to(company_warehouse.path)
        return path

    def test_it_shows_the_stage_and_every_criterion(
        self, path: Path, company_warehouse: Warehouse
    ) -> None:
        page = shown(path)
        assert not page.exception
        ((stage, met, asked),) = company_warehouse.rows(
            "select any_value(reached_stage), count_if(is_met), "
            "count_if(is_asked_next) from reports.rpt_maturity"
        )
        told = [one.value for one in page.markdown]
        assert f"Stage reached: **{stage}**. The next stage asks {asked} more." in told
        values = {one.label: one.value for one in page.metric}
        assert values["Criteria met"] == str(met)
        assert values["Missing for the next stage"] == str(asked)
        criteria = page.dataframe[-1].value
        assert len(criteria) == 16
        assert list(criteria["to_do_rank"].dropna()) == list(range(1, 17 - met))

    def test_without_criteria_it_says_so(self, path: Path) -> None:
        page = shown(path, "delete from reports.rpt_maturity")
        assert not page.exception
        assert "No criterion of maturity is in force." in [
            one.value for one in page.info
        ]

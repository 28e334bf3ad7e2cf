"""The Monday report and the quarter's review, on publications made by hand.

Every figure is worked out here by hand; test_whole_way holds those of the demo against
the marts.
"""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import report
from lib.cli import UserError
from lib.report.figures import change, money, percent
from lib.report.periods import (
    Settings,
    named_quarter,
    quarter_name,
    quarter_start,
    week_of,
)
from report_page import Page, World, unescaped

SETTINGS = {
    "reporting_currency": "USD",
    "reporting_time_zone": "America/New_York",
    "fiscal_year_start_month": 1,
    "attribution_lookback_days": 90,
    "default_attribution_model": "linear",
    "as_of": "2026-11-20 12:00:00",
}
HOSTILE = "<script>alert(1)</script> | `rm`"
READ = [
    "marts.dim_campaigns",
    "marts.dim_reps",
    "marts.fct_ad_spend_days",
    "marts.fct_attribution_credits",
    "marts.fct_attribution_trust",
    "marts.fct_budget_months",
    "marts.fct_lead_assignments",
    "marts.fct_lead_funnel",
    "marts.fct_lead_responses",
    "marts.fct_maturity_criteria",
    "marts.fct_mql_backtests",
    "marts.fct_opportunities",
    "marts.fct_quality_checks",
    "marts.fct_reallocations",
    "marts.fct_response_curves",
    "marts.fct_restatements",
    "marts.fct_stage_values",
    "marts.fct_unattributed_conversions",
    "reports.rpt_budget_pace",
    "reports.rpt_capacity_plan",
    "reports.rpt_channel_efficiency",
    "reports.rpt_data_audit",
    "reports.rpt_funnel_leaks",
    "reports.rpt_funnel_months",
    "reports.rpt_maturity",
    "reports.rpt_response_queue",
    "reports.rpt_restatements",
    "reports.rpt_source_overlap",
]


def opportunity(number: int, created_at: str, amount: int | None, **more: Any) -> Any:
    return {
        "opportunity_id": f"o{number}",
        "is_closed": False,
        "is_won": False,
        "is_marketing_sourced": True,
        "is_marketing_influenced": True,
        "has_exchange_rate": amount is not None,
        "amount_usd": amount,
        "sourced_channel": "email",
        "created_at": created_at,
        **more,
    }


def spend(day: str, channel: str, usd: float | None) -> Any:
    return {
        "spend_date": day,
        "channel": channel,
        "spend_usd": usd,
        "has_exchange_rate": usd is not None,
    }


def mql(number: int, mql_at: str, status: str, owner: str | None) -> list[Any]:
    cycle = f"p{number}#1"
    person = {"funnel_cycle_id": cycle, "person_id": f"p{number}", "cycle_number": 1}
    return [
        {**person, "lead_at": mql_at, "mql_at": mql_at},
        {**person, "mql_at": mql_at, "sla_status": status, "owner_id": owner},
    ]


def check(day: str, value: float, **more: Any) -> Any:
    return {
        "check_name": "peopleless_opportunity_share",
        "dimension": "all",
        "severity": "warning",
        "owner": "sales@example.com",
        "fix": "Add the buyers & <roles>",
        "unit": "share",
        "bound": "maximum",
        "is_passed": value <= 0.3,
        "measured_value": value,
        "threshold": 0.3,
        "checked_on": day,
        **more,
    }


def problem(
    rank: int,
    title: str,
    records: int,
    value: float,
    at_risk: float,
) -> Any:
    return {
        "rank": rank,
        "problem": title.lower(),
        "label": title,
        "records_affected": records,
        "value_usd": value,
        "revenue_at_risk_usd": at_risk,
        "basis": "Deals times <rate>" if rank == 1 else "MQLs of a month",
        "owner": "mops@example.com",
        "fix": "Mend them",
    }


Rows = dict[str, list[Any]]


def a_company() -> Rows:
    """Return one with something in every part of the week to 15 November 2026."""
    rows: Rows = defaultdict(list)
    for some in (_people(), _money(), _leads(), _quality(), _channels(), _quarters()):
        for relation, more in some.items():
            rows[relation] += more
    return rows


def _people() -> Rows:
    """Return whom and what others name."""
    return {
        "marts.dim_build_settings": [SETTINGS],
        "marts.dim_campaigns": [{"campaign_id": "c1", "campaign_name": HOSTILE}],
        "marts.dim_reps": [
            {"rep_id": "r1", "rep_name": "Ann Lee", "team": "SDR"},
            {"rep_id": "r2", "rep_name": "Bob Ray", "team": "SDR"},
        ],
    }


def _money() -> Rows:
    """Return deals, spend and the budget. 46 days before end with 15 August."""
    won = {"is_closed": True, "is_won": True, "closed_at": "2026-11-12 12:00:00"}
    budget = {
        "channel": "email",
        "is_budgeted": True,
        "budgets_without_rate": 0,
        "budget_usd": 400,
        "direct_spend_usd": 150,
    }
    return {
        "marts.fct_opportunities": [
            opportunity(1, "2026-08-15 12:00:00", 4000),
            opportunity(2, "2026-08-16 12:00:00", 9000),
            opportunity(3, "2026-10-05 12:00:00", 5000, sourced_campaign_id="c1"),
            opportunity(4, "2026-11-10 12:00:00", 1000, sourced_channel="<b>|"),
            opportunity(5, "2026-11-11 12:00:00", 700, is_marketing_sourced=False),
            opportunity(6, "2026-11-11 13:00:00", None),
            opportunity(7, "2026-05-01 12:00:00", 2500, **won),
            opportunity(8, "2026-11-16 12:00:00", 99_999),
        ],
        "marts.fct_ad_spend_days": [
            spend("2026-08-15", "email", 50),
            spend("2026-08-16", "email", 40),
            spend("2026-10-02", "email", 200),
            spend("2026-11-09", "email", 100),
            spend("2026-11-15", "paid_search", 100.4),
            spend("2026-11-16", "paid_search", 5000),
            spend("2026-11-10", "paid_search", None),
        ],
        "marts.fct_budget_months": [
            {"month": f"2026-{month}-01", **budget} for month in (10, 11)
        ],
        "reports.rpt_budget_pace": [
            {
                "quarter_start": "2026-10-01",
                "channel": "email",
                "budget_usd": 800,
                "expected_spend_usd": 1000,
                "over_budget_usd": 200,
                "status": "over",
            }
        ],
    }


def _leads() -> Rows:
    """Return three MQLs of the week, two before it, and who waits of them."""
    days = {1: "2026-11-09 14:00", 2: "2026-11-10 14:00", 3: "2026-11-11 14:00"}
    given = [
        mql(1, days[1], "met", "r1"),
        mql(2, days[2], "missed", "r2"),
        mql(3, days[3], "missed", "r2"),
        mql(10, "2026-10-13 14:00", "met", "r1"),
        mql(11, "2026-11-05 14:00", "met", "r1"),
    ]
    waiting = {"urgency": "overdue", "segment": "smb", "fallback_owner": "r1"}
    return {
        "marts.fct_lead_funnel": [lead for lead, _ in given],
        "marts.fct_lead_responses": [response for _, response in given],
        "marts.fct_attribution_credits": [
            {
                "conversion_type": "mql",
                "conversion_id": f"p{number}#1",
                "attribution_model": "linear",
                "channel": channel,
                "converted_at": days[number],
                "weight": weight,
            }
            for number, channel, weight in (
                (1, "email", 1.0),
                (2, "email", 0.5),
                (2, "paid_search", 0.5),
            )
        ],
        "marts.fct_unattributed_conversions": [
            {
                "conversion_type": "mql",
                "conversion_id": "p3#1",
                "converted_at": days[3],
            }
        ],
        "reports.rpt_response_queue": [
            {"rank": number, "funnel_cycle_id": f"p{number}#1", "mql_at": day} | waiting
            for number, day in ((2, days[2]), (3, days[3]), (90, "2025-01-01 10:00"))
        ],
        "marts.fct_stage_values": [
            {"stage": stage, "segment": segment, "expected_usd": usd}
            for stage, segment, usd in (
                ("mql", "smb", 300),
                ("mql", "all", 7),
                ("sql", "smb", 9),
            )
        ],
        "marts.fct_lead_assignments": [
            {"is_first": True, "is_correct": right, "assigned_at": days[1]}
            for right in (True, True, True, False, None)
        ],
        "reports.rpt_funnel_leaks": [
            {
                "dimension": "all",
                "rank": 1,
                "dimension_value": "all",
                "stage": "mql",
                "entered": 40,
                "progressed": 10,
                "dropped": 30,
                "median_days": 2.25,
                "value_lost_usd": 12_345,
            }
        ],
    }


def _quality() -> Rows:
    """Return a check that fails since 5 November, and what cannot be trusted."""
    return {
        "marts.fct_quality_checks": [
            check("2026-11-01", 0.2),
            check("2026-11-05", 0.4),
            check("2026-11-15", 0.45),
            check("2026-11-19", 0.42),
            # Of a day that as_of has not reached.
            check("2026-11-21", 0.1),
        ],
        "marts.fct_attribution_trust": [
            {
                "check_name": "unknown_channel_share",
                "trust_verdict": "not_trusted",
                "meaning": "Credit goes astray",
                "owner": "mops@example.com",
                "is_met": False,
            }
        ],
        "reports.rpt_data_audit": [
            problem(1, "Leads & co. answered late", 3, 5000, 2000.4),
            problem(2, "Spend", 1, 30, 30),
            *(problem(rank, f"Problem {rank}", 2, 20, 2) for rank in (3, 4, 5, 6)),
            problem(7, "Deals without a rate", 2, 0, 0),
        ],
    }


def _channels() -> Rows:
    """Return two channels, and a move of money from one to the other."""
    return {
        "reports.rpt_channel_efficiency": [
            {
                "channel": "event",
                "efficiency_rank": 2,
                "spend_share": 0.75,
                "pipeline_per_usd": 2,
                "pipeline_per_usd_low": 1,
                "pipeline_per_usd_high": 3,
            },
            {
                "channel": "email",
                "efficiency_rank": 1,
                "spend_share": 0.25,
                "pipeline_per_usd": 10,
                "pipeline_per_usd_low": 8,
                "pipeline_per_usd_high": 12,
                "suggested_to_channel": "event",
                "suggested_usd": 30,
            },
        ],
        "marts.fct_response_curves": [
            {
                "channel": channel,
                "recent_weeks": 52,
                "recent_spend_usd": cost,
                "recent_pipeline_usd": pipeline,
            }
            for channel, cost, pipeline in (("event", 150, 300), ("email", 50, 500))
        ],
        "marts.fct_reallocations": [
            {
                "from_channel": "email",
                "to_channel": "event",
                "trailing_weeks": 13,
                "change_low_usd": -20,
                "change_mid_usd": 150,
                "change_high_usd": 320,
                "gain_probability": 0.8,
            }
        ],
    }


def _quarters() -> Rows:
    """Return what the review of a quarter reads besides."""
    quarter = {
        "channel": "email",
        "sourced_opportunities": 2,
        "opportunities_without_rate": 0,
        "spend_days_without_rate": 0,
        "spend_usd": 100,
    }
    restated = {"month": "2026-10-01", "metric": "sourced_pipeline_usd"}
    return {
        "reports.rpt_pipeline_quarters": [
            {
                **quarter,
                "quarter_start": start,
                "is_current": start == "2026-10-01",
                "sourced_pipeline_usd": sourced,
                "influenced_pipeline_usd": sourced,
                "pipeline_usd": 2 * sourced,
            }
            for start, sourced in (
                ("2026-04-01", 150),
                ("2026-07-01", 300),
                ("2026-10-01", 600),
            )
        ],
        "reports.rpt_funnel_months": [
            {
                "cohort_month": "2026-10-01",
                "stage": stage,
                "stage_order": place,
                "is_mature": stage == "lead",
                "entered": 10,
                "progressed": 4,
                "dropped": 5,
                "value_lost_usd": 77,
            }
            for place, stage in enumerate(("lead", "mql"), 1)
        ],
        "reports.rpt_restatements": [
            {
                **restated,
                "channel": channel,
                "reported": 100,
                "restated": 100 + difference,
                "difference": difference,
            }
            for channel, difference in (("email", 25), ("event", -1))
        ],
        "marts.fct_restatements": [
            {**restated, "channel": channel, "reason": reason, "difference": difference}
            for channel, reason, difference in (
                ("email", "late_touch", 30),
                ("email", "merge", -5),
                ("event", "merge", -1),
            )
        ],
    }


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> World:
    made = World.make(tmp_path_factory.mktemp("company"), a_company())
    write(made, "--quarter", "2026Q4")
    return made


@pytest.fixture(scope="module")
def page(company: World) -> Page:
    return Page.read(company.out / "report" / "weekly.html")


@pytest.fixture(scope="module")
def review(company: World) -> Page:
    return Page.read(company.out / "report" / "quarter.html")


@pytest.fixture(scope="module")
def nothing(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Return a company of which nothing is known, but that it was built."""
    rows = {"marts.dim_build_settings": [SETTINGS]}
    return World.make(tmp_path_factory.mktemp("nothing"), rows)


@pytest.fixture
def world(company: World, tmp_path: Path) -> World:
    return company.copy(tmp_path)


@pytest.fixture
def bare(nothing: World, tmp_path: Path) -> World:
    return nothing.copy(tmp_path)


def write(world: World, *arguments: str) -> Page:
    """Report, and read the week's page."""
    assert report.main(["--out", str(world.out), *arguments]) == 0
    return Page.read(world.out / "report" / "weekly.html")


def reviewed(world: World, quarter: str) -> Page:
    """Report, and read the page of a quarter."""
    write(world, "--quarter", quarter)
    return Page.read(world.out / "report" / "quarter.html")


class TestTheWeek:
    def test_its_parts_stand_in_order(self, page: Page) -> None:
        assert page.parts == [
            "Pipeline health",
            "Channel performance",
            "Funnel",
            "Answers to MQLs, and routing",
            "Capacity to answer MQLs",
            "Data quality",
            "Data problems by revenue at risk",
            "Anomalies",
            "Forecast",
            "To do this week",
        ]

    def test_pipeline_is_held_against_the_same_days(self, page: Page) -> None:
        assert {
            key: value for key, value in page.facts.items() if key.startswith("pipe")
        } == {
            "pipeline-sourced": "$6,000",
            "pipeline-influenced": "$6,700",
            "pipeline-created": "$6,700",
            "pipeline-won": "$2,500",
            "pipeline-open": "$19,700",
            "pipeline-spend": "$400",
        }
        assert page.notes["pipeline-sourced"] == ("3 opportunities; up 50% from $4,000")
        assert page.notes["pipeline-won"] == (
            "1 deal, $2,500 sourced by marketing; none before"
        )
        assert page.notes["pipeline-spend"] == (
            "up 8.0-fold from $50; 50% of the quarter's budget of $800; $1,000 "
            "expected by its end"
        )
        # The deal that was won on 12 November was open on the 8th.
        assert page.notes["pipeline-open"] == (
            "6 opportunities on 15 Nov 2026; down 4% from $20,500 on 8 Nov 2026"
        )
        assert "No exchange rate is known for 1 opportunity and 1 row of spend" in (
            page.section("pipeline")
        )

    def test_what_is_expected_by_late_spend_is_the_least(self, world: World) -> None:
        world.execute(
            "update marts.fct_budget_months "
            "set is_spend_late = true, spend_known_to = '2026-11-01'"
        )
        note = write(world).notes["pipeline-spend"]
        assert "; at least $1,000 expected by its end: not every recurring " in note
        assert note.endswith(" cost is known after 1 Nov 2026")

    def test_the_headline_says_what_changed(self, page: Page) -> None:
        assert page.headline == [
            "Marketing sourced $6,000 of pipeline in quarter 2026Q4 to 15 Nov 2026, up "
            "50% on the same days of the quarter before ($4,000). The week itself "
            "brought $1,000, up 60% on the mean of the 8 weeks before ($625).",
            "Each $1 of the $400 spent in the quarter so far brought $14.99 of sourced "
            "pipeline ($80 on the same days of the quarter before), and each MQL cost "
            "$133; email leads with 83% of that pipeline (the data is too dirty to "
            "trust multi-touch credit).",
            "The week brought 3 MQLs, up 12-fold on the mean of the 8 weeks before "
            "(0.3); sales answered 33% of those due in time (100% in the 8 weeks "
            "before). Most is at stake, as of 20 Nov 2026: bring the peopleless "
            "opportunity share down from 42% to at most 30% ($119,699 of open pipeline "
            "behind it).",
        ]

    def test_channels_add_up(self, page: Page) -> None:
        rows = {row["Channel"]: row for row in page.table("table-channels")}
        assert list(rows) == [
            "email",
            "<b>|",
            "paid search",
            "unattributed",
            "all channels",
        ]
        assert list(rows["email"].values())[1:] == [
            "$100",
            "1.5",
            "$300",
            "1.5",
            "$200",
            "$5,000",
            "$4,000",
            "16.67",
        ]
        assert list(rows["all channels"].values())[1:] == [
            "$200",
            "3.0",
            "$400",
            "3.0",
            "$133",
            "$6,000",
            "$4,000",
            "14.99",
        ]
        assert rows["unattributed"]["Cost per MQL, QTD"] == "–"

    def test_the_trust_in_attribution_is_told(self, page: Page) -> None:
        assert (
            "Attribution: not trusted. 1 of 1 criterion missed, 0 not measured. "
            "Unknown channel share: Credit goes astray (mops@example.com)."
        ) in page.section("channels")

    def test_answers_routing_and_who_waits(self, page: Page) -> None:
        assert page.facts["sla-met"] == "33%"
        assert page.notes["sla-met"] == "1 of 3 due; 100% of 2 in the 8 weeks before"
        assert page.facts["sla-overdue"] == "3"
        assert page.notes["sla-overdue"] == (
            "on 20 Nov 2026: 2 since 14 Sep 2026, worth $600 by what MQLs of their "
            "segments brought on average; 1 older, not priced"
        )
        assert page.facts["routing"] == "75%"
        assert page.table("table-misses") == [
            {
                "Rep": "Bob Ray",
                "Team": "SDR",
                "Missed": "2",
                "Met": "0",
                "In time": "0%",
            }
        ]

    def test_a_failing_check_has_its_course(self, page: Page) -> None:
        (row,) = page.table("table-quality")
        assert list(row.values()) == [
            "peopleless opportunity share",
            "sales@example.com",
            "Add the buyers & <roles>",
            "45%",
            "at most 30%",
            "worse by 5.0 points (was 40%)",
            "5 Nov 2026",
            "$119,699",
        ]

    def test_an_earlier_week_has_the_checks_of_its_end(self, world: World) -> None:
        assert "1 of 1 check passed" in write(world, "--week", "2026-11-01").section(
            "quality"
        )

    def test_what_is_mended_since_is_no_task(self, world: World) -> None:
        world.execute(
            "update marts.fct_quality_checks set is_passed = true, "
            "measured_value = 0.1 where checked_on = '2026-11-19'"
        )
        page = write(world)
        (row,) = page.table("table-quality")
        assert row["Measured"] == "45%"
        assert row["What to do"] == "Nothing: 10% on 19 Nov 2026, it fails no more"
        assert row["Open pipeline now"] == "–"
        assert page.tasks[0][0].startswith("Call 2 overdue MQLs")

    def test_what_fails_since_is_a_task(self, world: World) -> None:
        page = write(world, "--week", "2026-11-01")
        assert (
            "By 19 Nov 2026 these have come to fail: peopleless opportunity share"
            in (page.section("quality"))
        )
        assert "$119,699" in page.tasks[0][0]

    def test_a_day_without_a_measure_mends_nothing(self, world: World) -> None:
        world.execute(
            "update marts.fct_quality_checks set is_passed = null, "
            "measured_value = null where checked_on = '2026-11-15'"
        )
        assert "It fails since 5 Nov 2026." in write(world).tasks[0][1]

    def test_the_worst_problems_of_the_data_are_told(self, page: Page) -> None:
        told = page.section("audit")
        assert (
            "On 20 Nov 2026 6 problems of the data put revenue at risk. They share "
            "deals, so that the figures do not add up. The first 5:"
        ) in told
        assert (
            "1. Leads & co. answered late: $2,000 at risk, of $5,000 behind 3 records "
            "(deals times <rate>). mops@example.com sees to it: mend them."
        ) in told
        assert "$30 behind 1 record (MQLs of a month)" in told
        assert "Problem 5" in told
        assert "Problem 6" not in told

    def test_data_without_problems_says_so(self, world: World) -> None:
        world.execute("delete from reports.rpt_data_audit where rank < 7")
        assert "On 20 Nov 2026 no problem of the data put revenue at risk." in write(
            world
        ).section("audit")

    def test_what_to_do_is_ranked_by_money(self, page: Page) -> None:
        assert [task[0] for task in page.tasks] == [
            "Bring the peopleless opportunity share down from 42% to at most 30% "
            "$119,699 of open pipeline behind it",
            "Call 2 overdue MQLs $600 of revenue expected",
            "Slow the spend on email down, or have more granted $200 over budget",
        ]
        assert [task[2] for task in page.tasks] == [
            # 20 November is a Friday: what is due this week is due the next one.
            "Who: sales@example.com. By: Friday 27 Nov 2026. Look at: "
            "reports.rpt_data_health, output/failing_rows/.",
            "Who: Ann Lee. By: Monday 23 Nov 2026. Look at: "
            "reports.rpt_response_queue.",
            "Who: demandgen@example.com. By: Friday 27 Nov 2026. Look at: "
            "reports.rpt_budget_pace.",
        ]
        assert (
            "Less is at stake in what else waits: Test moving $30 from email to event "
            "over 13 weeks ($150 of pipeline expected)."
        ) in page.section("actions")

    def test_names_that_are_not_published_are_told_by_key(self, world: World) -> None:
        world.execute("alter table marts.dim_reps drop column rep_name")
        page = write(world)
        assert page.table("table-misses")[0]["Rep"] == "r2"
        assert page.tasks[1][2].startswith("Who: r1.")

    def test_tools_to_renew_are_a_task_once_they_are_there(self, world: World) -> None:
        world.execute(
            "drop table if exists marts.fct_tools",
            "create table marts.fct_tools as select * from (values "
            "('t1', 'Mail', null, 'cut', 'Nobody uses it.', 30, true, 700::decimal(9)),"
            "('t2', 'Ads', null, 'keep', 'It pays.', 30, true, 900),"
            "('t3', 'Old', null, 'cut', 'Unused.', 300, false, 800)) as tools(tool_id,"
            " tool_name, tool_owner, recommendation, reason, days_to_renewal,"
            " is_renewal_due, saving_usd)",
        )
        assert write(world).tasks[1] == [
            "Cut Mail before it renews $700 a year to save",
            "Nobody uses it. It renews in 30 days, on 20 Dec 2026.",
            "Who: mops@example.com. By: Friday 27 Nov 2026. Look at: marts.fct_tools.",
        ]

    def test_anomalies_and_forecasts_show_once_they_are_there(
        self, world: World
    ) -> None:
        before = write(world)
        assert "No figure of the week broke its pattern" in before.section("anomalies")
        assert "Not yet forecast" in before.section("forecast")
        world.execute(
            "insert into marts.fct_anomalies by name select date '2026-11-12' as "
            "detected_on, 'mqls' as metric, 'smb' as segment, 12.0::double as expected,"
            " 3.0::double as observed, -4.5::double as score",
            "insert into marts.fct_pipeline_forecasts by name select "
            "date '2026-11-19' as forecast_date, date '2027-01-01' as quarter_start, "
            "segment, 'revenue_won' as measure, 100::decimal(18, 2) as p10_usd, "
            "200::decimal(18, 2) as p50_usd, 350::decimal(18, 2) as p90_usd "
            "from (values ('smb'), ('total')) as segments (segment)",
            "insert into reports.rpt_pipeline_forecast by name select "
            "forecast_date, quarter_start, segment, measure, 0.625 as "
            "held_interval_rate from marts.fct_pipeline_forecasts "
            "where segment = 'total'",
        )
        page = write(world)
        assert list(page.table("table-anomalies")[0].values()) == [
            "mqls",
            "smb",
            "12 Nov 2026",
            "12.00",
            "3.00",
            "-4.5",
        ]
        assert list(page.table("table-forecasts")[0].values()) == [
            "1 Jan 2027",
            "revenue won",
            "total",
            "$100",
            "$200",
            "$350",
            "63%",
        ]
        # Never tried on a past quarter.
        assert page.table("table-forecasts")[1]["Held before"] == "–"

    def test_what_is_not_watched_says_so(self, world: World) -> None:
        world.execute("drop table marts.fct_anomalies")
        assert "Not yet watched" in write(world).section("anomalies")


class TestDays:
    def test_a_week_over_a_quarters_end(self, bare: World) -> None:
        opportunities = [
            opportunity(1, "2026-09-30 12:00:00", 1000),
            opportunity(2, "2026-10-02 12:00:00", 500),
            # 30 September in New York.
            opportunity(3, "2026-10-01 03:59:59", 40),
            # The first four days of July.
            opportunity(4, "2026-07-04 12:00:00", 250),
            opportunity(5, "2026-07-05 12:00:00", 8000),
        ]
        bare.add({"marts.fct_opportunities": opportunities})
        page = write(bare, "--week", "2026-10-04")
        assert page.facts["pipeline-sourced"] == "$500"
        assert page.notes["pipeline-sourced"] == "1 opportunity; up 100% from $250"
        assert "marketing sourced $1,540 in 3 opportunities" in page.section("pipeline")
        (channel, total) = page.table("table-channels")
        assert (
            channel["Sourced pipeline, QTD"] == "$500" == total["Sourced pipeline, QTD"]
        )

    @pytest.mark.parametrize(
        ("moment", "counted"),
        [
            ("2026-10-26 03:59:59", 0),
            ("2026-10-26 04:00:00", 1),
            # Clocks go back on the Sunday: the week has 169 hours.
            ("2026-11-02 04:59:59", 1),
            ("2026-11-02 05:00:00", 0),
        ],
    )
    def test_a_week_in_which_clocks_change(
        self, bare: World, moment: str, counted: int
    ) -> None:
        lead, response = mql(1, moment, "met", None)
        bare.add(
            {"marts.fct_lead_funnel": [lead], "marts.fct_lead_responses": [response]}
        )
        page = write(bare, "--week", "2026-11-01")
        assert page.facts["funnel-mqls"] == str(counted)
        assert page.facts["sla-met"] == ("100%" if counted else "–")

    def test_a_week_in_the_future_is_refused(self, world: World) -> None:
        with pytest.raises(UserError, match="after as_of") as refusal:
            report.main(["--out", str(world.out), "--week", "2026-11-23"])
        assert refusal.value.exit_code == 2
        assert not (world.out / "report").exists()

    def test_a_day_that_is_none_is_refused(self, world: World) -> None:
        with pytest.raises(SystemExit) as refusal:
            report.main(["--out", str(world.out), "--week", "soon"])
        assert refusal.value.code == 2

    def test_the_week_of_as_of_is_told_to_be_unfinished(self, world: World) -> None:
        page = write(world, "--week", "2026-11-20")
        assert "The week is not over: it is known to 20 Nov 2026." in page.text(
            page.root
        )
        assert page.facts["pipeline-sourced"] == "$105,999"

    def test_a_week_before_any_data(self, world: World) -> None:
        page = write(world, "--week", "2020-01-01")
        assert page.headline == [
            "Nothing is known of this week: the first lead, opportunity or cost is of "
            "1 May 2026."
        ]
        assert page.facts["funnel-mqls"] == "0"

    @pytest.mark.parametrize(
        ("first_day", "weeks"),
        [
            ("2026-11-09", 0),
            ("2026-11-08", 1),
            ("2026-11-02", 1),
            ("2026-11-01", 2),
            ("2026-09-14", 8),
            ("2020-01-01", 8),
        ],
    )
    def test_weeks_before_the_first_are_in_no_mean(
        self, first_day: str, weeks: int
    ) -> None:
        known = settings(first_day=date.fromisoformat(first_day))
        assert week_of(None, known).trailing_weeks == weeks

    @pytest.mark.parametrize(
        ("last_whole_day", "monday"),
        [
            ("2026-11-15", "2026-11-09"),
            ("2026-11-14", "2026-11-02"),
            ("2026-11-16", "2026-11-09"),
            ("2026-11-22", "2026-11-16"),
        ],
    )
    def test_by_default_the_week_is_the_last_whole_one(
        self, last_whole_day: str, monday: str
    ) -> None:
        week = week_of(
            None, settings(last_whole_day=date.fromisoformat(last_whole_day))
        )
        assert week.span.first == date.fromisoformat(monday)
        assert week.is_whole

    @pytest.mark.parametrize(
        ("as_of", "last_day"),
        [
            # A date as as_of is the end of that day in UTC: afternoon in New York.
            ("2026-11-15 23:59:59.999999", "8 Nov 2026"),
            ("2026-11-16 04:59:59.999999", "15 Nov 2026"),
            ("2026-11-16 04:59:59", "8 Nov 2026"),
        ],
    )
    def test_a_day_is_whole_where_it_is_reported(
        self, bare: World, as_of: str, last_day: str
    ) -> None:
        bare.execute(f"update marts.dim_build_settings set as_of = '{as_of}'")
        page = write(bare)
        assert last_day in page.text(page.root)


def settings(**changes: Any) -> Settings:
    given: dict[str, Any] = {
        "currency": "USD",
        "time_zone": "UTC",
        "fiscal_start_month": 1,
        "attribution_model": "linear",
        "as_of": datetime(2026, 11, 30),
        "as_of_day": date(2026, 11, 30),
        "last_whole_day": date(2026, 11, 15),
        "first_day": date(2020, 1, 1),
    }
    return Settings(**{**given, **changes})


class TestPlainWords:
    def test_an_empty_company(self, bare: World) -> None:
        page = write(bare, "--quarter", "2026Q4")
        assert page.headline == ["No lead, opportunity or cost has been landed yet."]
        text = page.text(page.root)
        for sentence in (
            "no budget is known for the quarter",
            "No spend, no MQL and no sourced pipeline in the quarter so far.",
            "no earlier week to compare with",
            "no leak is known",
            "The week had no MQL to answer.",
            "No capacity was planned.",
            "No check was ever run.",
            "Nothing that these figures can price is waiting.",
        ):
            assert sentence in text
        review = Page.read(bare.out / "report" / "quarter.html")
        for sentence in (
            "Quarter 2026Q4 has neither pipeline nor spend.",
            "No budget was landed for the quarter.",
            "No channel has cost that goes with its use.",
            "No lead began in this quarter or the one before.",
            "No month of this quarter or the one before is closed",
            "Maturity was not assessed.",
        ):
            assert sentence in review.text(review.root)

    def test_a_company_of_one_week(self, bare: World) -> None:
        lead, response = mql(1, "2026-11-10 14:00", "met", None)
        bare.add(
            {
                "marts.fct_lead_funnel": [lead],
                "marts.fct_lead_responses": [response],
                "marts.fct_opportunities": [opportunity(1, "2026-11-11 14:00", 500)],
                "marts.fct_ad_spend_days": [spend("2026-11-09", "email", 100)],
                "marts.fct_unattributed_conversions": [
                    {
                        "conversion_type": "mql",
                        "conversion_id": "p1#1",
                        "converted_at": "2026-11-10 14:00",
                    }
                ],
            }
        )
        page = write(bare, "--quarter", "2026Q4")
        assert page.headline == [
            "Marketing sourced $500 of pipeline in quarter 2026Q4 to 15 Nov 2026, "
            "against none on the same days of the quarter before. The week itself "
            "brought $500.",
            "Each $1 of the $100 spent in the quarter so far brought $5 of sourced "
            "pipeline, and each MQL cost $100; email leads with 100% of that pipeline.",
            "The week brought 1 MQL; sales answered 100% of those due in time.",
        ]
        assert page.notes["sla-met"] == "1 of 1 due; none to compare with before"

    def test_a_quarter_without_anything_yet_is_no_error(
        self, bare: World, capsys: pytest.CaptureFixture[str]
    ) -> None:
        write(bare)
        told = "The quarter has neither opportunities nor spend yet."
        assert told in capsys.readouterr().out
        assert told in (bare.out / "report" / "pipeline.md").read_text()

    @pytest.mark.parametrize("relation", READ)
    def test_a_company_that_lacks_something(self, world: World, relation: str) -> None:
        world.execute(f"delete from {relation}")
        write(world, "--quarter", "2026Q4")
        for path in (world.out / "report").iterdir():
            text = re.sub(r"<svg.*?</svg>", "", path.read_text(), flags=re.DOTALL)
            assert not re.search(r"\b(nan|NaN|None|inf|Infinity|null)\b", text), path

    def test_a_publication_of_another_version_is_one_clear_error(
        self, world: World
    ) -> None:
        world.execute("alter table marts.fct_opportunities drop column amount_usd")
        with pytest.raises(UserError, match="publish again"):
            report.main(["--out", str(world.out)])

    @pytest.mark.parametrize(
        ("value", "text"),
        [
            (Decimal("1234.5"), "$1,235"),
            (Decimal("-1234.49"), "-$1,234"),
            (Decimal("12.345"), "$12.35"),
            (Decimal("12.00"), "$12"),
            (Decimal("-0.001"), "$0"),
            (99.999, "$100"),
            (None, "–"),
        ],
    )
    def test_money(self, value: Decimal | float | None, text: str) -> None:
        assert money(value, "USD") == text

    def test_other_currencies_keep_their_code(self) -> None:
        assert money(1500, "CHF") == "CHF 1,500"

    @pytest.mark.parametrize(
        ("value", "text"),
        [(0.5, "50%"), (0.123, "12%"), (0.0123, "1.2%"), (0.9996, "100%"), (1, "100%")],
    )
    def test_percent(self, value: float, text: str) -> None:
        assert percent(value) == text

    def test_change(self) -> None:
        assert change(3, 2) == "up 50%"
        assert change(1, 2) == "down 50%"
        assert change(1000, 1001) == "unchanged"
        assert change(399, 100) == "up 299%"
        assert change(731, 100) == "up 7.3-fold"
        assert change(-50, 100) == "down 150%"
        assert change(1, 0) == "none before"


class TestRenderings:
    @pytest.fixture
    def folder(self, company: World) -> Path:
        return company.out / "report"

    def test_names_are_texts(self, folder: Path) -> None:
        page = Page.read(folder / "weekly.html")
        assert page.table("table-campaigns")[0]["Campaign"] == HOSTILE
        assert not list(page.root.iter("script"))
        source = (folder / "weekly.html").read_text()
        assert "<script" not in source
        assert "<b>" not in source
        mail = (folder / "weekly.md").read_text()
        assert r"\<script\>alert(1)\</script\> \| \`rm\`" in mail
        assert not re.search(r"(?<!\\)[<>]", mail)

    @pytest.mark.parametrize("name", ["weekly", "quarter"])
    def test_a_page_needs_nothing_else(self, folder: Path, name: str) -> None:
        source = (folder / f"{name}.html").read_text()
        assert len(source.encode()) < 2_000_000
        assert set(re.findall(r"https?://[^\"' ]+", source)) <= {
            "http://www.w3.org/2000/svg"
        }
        assert not re.search(
            r"<(script|link|img|iframe|object)|@import|url\((?!#)", source
        )
        identities = re.findall(r'\bid="([^"]+)"', source)
        assert len(identities) == len(set(identities))
        assert "<svg" in source

    @pytest.mark.parametrize("name", ["weekly", "quarter"])
    def test_the_mail_has_the_same_figures(self, folder: Path, name: str) -> None:
        figures = Page.read(folder / f"{name}.html").figures
        mail = unescaped((folder / f"{name}.md").read_text())
        missing = [figure for figure in figures if figure not in " ".join(mail.split())]
        assert len(figures) > 20
        assert not missing

    def test_rows_of_a_table_stand_under_one_another(self, folder: Path) -> None:
        for path in folder.glob("*.md"):
            tables = re.findall(r"(?:^\|.*\n)+", path.read_text(), flags=re.MULTILINE)
            assert tables
            for table in tables:
                assert len({len(line) for line in table.splitlines()}) == 1

    def test_the_same_publication_gives_the_same_bytes(
        self, world: World, folder: Path
    ) -> None:
        write(world, "--quarter", "2026Q4")
        before, after = (
            {path.name: path.read_bytes() for path in at.iterdir()}
            for at in (folder, world.out / "report")
        )
        assert before == after
        assert len(before) == 5


class TestTheQuarter:
    def test_it_is_held_against_its_plan(self, review: Page) -> None:
        assert review.facts["plan-sourced"] == "$600"
        assert review.notes["plan-sourced"] == "2 opportunities; down 95% from $13,000"
        assert review.notes["plan-spend"] == "up 11% from $90"
        assert review.facts["plan-ratio"] == "$6"
        assert list(review.table("table-budgets")[0].values()) == [
            "email",
            "$800",
            "$300",
            "38%",
            "$1,000",
            "over",
        ]
        assert review.headline == [
            "Marketing sourced $600 of pipeline in quarter 2026Q4 to 20 Nov 2026, down "
            "95% on the same days of the quarter before ($13,000). That is 50% of all "
            "pipeline created, at a cost of $100: $6 of pipeline for each $1 spent, "
            "against $144 in the same days of the quarter before."
        ]
        assert (
            "against the same days of the quarter before, 1 Jul 2026 to 20 Aug 2026. "
            "The quarter is not over."
        ) in review.section("plan")

    def test_a_budget_of_nothing_is_a_budget(self, bare: World) -> None:
        nothing = {"budget_usd": 0, "direct_spend_usd": 0, "outlook_usd": 0}
        bare.add(
            {
                "marts.fct_budget_months": [
                    {
                        "month": "2026-10-01",
                        "channel": "email",
                        "is_budgeted": True,
                        "budgets_without_rate": 0,
                        **nothing,
                    }
                ]
            }
        )
        page = reviewed(bare, "2026Q4")
        (email, _) = page.table("table-budgets")
        assert (email["Channel"], email["Budget"]) == ("email", "$0")
        assert "No budget was landed" not in page.section("plan")

    def test_a_budget_without_a_rate_is_not_told_as_none(self, bare: World) -> None:
        unknown = {"is_budgeted": False, "budgets_without_rate": 1}
        nothing = {"budget_usd": 0, "direct_spend_usd": 0, "outlook_usd": 0}
        month = {"month": "2026-10-01", "channel": "email", **unknown, **nothing}
        bare.add({"marts.fct_budget_months": [month]})
        plan = reviewed(bare, "2026Q4").section("plan")
        assert "1 budget of the quarter: their value is in no figure here." in plan
        assert "No budget of the quarter has an exchange rate." in plan
        assert "No budget was landed" not in plan

    @pytest.mark.parametrize(
        ("as_of", "against"),
        [
            ("2026-12-31 12:00", "the same days of the quarter before, 1 Jul 2026"),
            ("2027-01-01 04:59:59.999998", "the same days of the quarter before"),
            ("2027-01-01 04:59:59.999999", "the quarter before, 1 Jul 2026"),
        ],
    )
    def test_a_quarter_is_whole_once_its_last_day_is_over(
        self, world: World, as_of: str, against: str
    ) -> None:
        world.execute(f"update marts.dim_build_settings set as_of = '{as_of}'")
        plan = reviewed(world, "2026Q4").section("plan")
        assert f"31 Dec 2026, against {against}" in plan
        assert ("The quarter is not over." in plan) == ("same days" in against)

    def test_efficiency_cohorts_and_restatements(self, review: Page) -> None:
        assert list(review.table("table-efficiency")[0].values()) == [
            "email",
            "$50",
            "25%",
            "$500",
            "10.00",
            "8.00 to 12.00",
        ]
        assert "moving $30 from email to event: between -$20 and $320" in (
            review.section("efficiency")
        )
        assert review.table("table-cohorts") == [
            {
                "Month": "Oct 2026",
                "Leads": "10",
                "From lead": "40%",
                "From MQL": "too early",
                "Value lost": "$154",
            }
        ]
        assert review.table("table-restated") == [
            {
                "Month": "Oct 2026",
                "Figure": "sourced pipeline",
                "Mostly for": "late touch",
                "Reported": "$200",
                "Now": "$224",
                "Difference": "$24",
            }
        ]

    def test_by_default_it_is_the_last_whole_one(self, world: World) -> None:
        write(world, "--quarter")
        page = Page.read(world.out / "report" / "quarter.html")
        assert page.text(page.root).startswith("Marketing quarter 2026Q3")
        assert page.facts["plan-sourced"] == "$300"
        # A whole quarter is held against the whole one before.
        assert page.headline[0].startswith(
            "Marketing sourced $300 of pipeline in quarter 2026Q3, up 100% on the "
            "quarter before ($150)."
        )

    @pytest.mark.parametrize("name", ["2026", "Q4", "2026Q5", "2027Q1"])
    def test_a_quarter_that_is_none_is_refused(self, world: World, name: str) -> None:
        with pytest.raises(UserError, match=f"--quarter {name}"):
            report.main(["--out", str(world.out), "--quarter", name])

    @pytest.mark.parametrize(
        ("day", "month", "start", "name"),
        [
            ("2026-11-20", 1, "2026-10-01", "2026Q4"),
            ("2026-01-15", 2, "2025-11-01", "2026Q4"),
            ("2026-02-01", 2, "2026-02-01", "2027Q1"),
            ("2026-11-20", 7, "2026-10-01", "2027Q2"),
            ("2026-02-28", 12, "2025-12-01", "2026Q1"),
        ],
    )
    def test_fiscal_years_have_the_number_of_their_end(
        self, day: str, month: int, start: str, name: str
    ) -> None:
        found = quarter_start(date.fromisoformat(day), month)
        assert found == date.fromisoformat(start)
        assert quarter_name(found, month) == name
        known = settings(fiscal_start_month=month, as_of_day=date(2030, 1, 1))
        assert named_quarter(name, known).start == found

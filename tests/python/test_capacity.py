"""The capacity plan: expected MQLs, the load that an SLA bears, and the headcount."""

from __future__ import annotations

import csv
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from scipy import stats

import demo
import report
from conftest import Warehouse, judge, land, run_dbt
from dashboard_view import shown
from lib.capacity import expect_weeks, judge_loads
from lib.warehouse import PROJECT_ROOT
from report_page import Page, World

Row = dict[str, Any]
AS_OF = "2026-08-31"
ARGUMENTS = ["--people", "800", "--seed", "3", "--until", AS_OF]
MARTS = ("fct_team_weeks", "fct_mql_backtests", "fct_capacity_plan")
MONDAY = date(2026, 1, 5)
METHOD = {
    "least_weeks": 20,
    "least_answers": 60,
    "significance": 0.05,
    "interval_level": 0.8,
}


def level(mean: float, share: float | None, dispersion: float, weeks: int = 13) -> Row:
    return {
        "origin_week": MONDAY,
        "team": "SDR",
        "level_weeks": weeks,
        "weekly_mqls": mean,
        "team_share": share,
        "dispersion": dispersion,
    }


def expected(*levels: Row) -> list[Row]:
    rows: list[Row] = expect_weeks(
        pa.Table.from_pylist(list(levels)), [METHOD]
    ).to_pylist()
    return rows


def quantile(mean: float, dispersion: float, chance: float) -> int:
    """Return a quantile of a negative binomial, summed up from its definition."""
    size = mean / (dispersion - 1)
    below, events = 0.0, 0
    while True:
        below += math.exp(
            math.lgamma(events + size)
            - math.lgamma(size)
            - math.lgamma(events + 1)
            + size * math.log(size / (size + mean))
            + events * math.log(mean / (size + mean))
        )
        if below >= chance:
            return events
        events += 1


class TestExpectedWeeks:
    @pytest.mark.parametrize("mean", [0.4, 3.0, 14.4, 250.0])
    @pytest.mark.parametrize("share", [0.05, 0.31, 1.0])
    @pytest.mark.parametrize("dispersion", [1.0, 1.75, 6.0])
    def test_an_interval_is_that_of_its_distribution(
        self, mean: float, share: float, dispersion: float
    ) -> None:
        (row,) = expected(level(mean, share, dispersion))
        own = (1 + share * (dispersion - 1)) * (1 + 1 / 13)
        assert row["expected_mqls"] == pytest.approx(mean * share)
        assert row["expected_mqls_low"] == quantile(mean * share, own, 0.1)
        assert row["expected_mqls_high"] == quantile(mean * share, own, 0.9)

    def test_all_leads_of_one_team_are_the_level(self) -> None:
        all_of_it, none = expected(
            level(14, 1.0, 2), {**level(14, 0.0, 2), "team": "AE"}
        )[::-1]
        assert (all_of_it["team"], all_of_it["expected_mqls"]) == ("SDR", 14)
        assert [none[key] for key in list(none)[2:]] == [0, 0, 0]

    @pytest.mark.parametrize(("mean", "share"), [(None, 0.5), (14, None)])
    def test_without_history_nothing_is_expected(
        self, mean: Any, share: float | None
    ) -> None:
        (row,) = expected(level(mean, share, 2))
        assert [row[key] for key in list(row)[2:]] == [None, None, None]

    def test_without_a_method_nothing_is_expected(self) -> None:
        levels = pa.Table.from_pylist([level(14, 1.0, 2)])
        assert expect_weeks(levels, []).num_rows == 0


def weeks(
    loads: Sequence[float], in_time: Callable[[float], float], *, due: int = 100
) -> list[Row]:
    """Return a week for each load, with that share of so many answers in time."""
    return [
        {
            "team": "SDR",
            "week": MONDAY + timedelta(weeks=number),
            "mqls": due,
            "mqls_due": due,
            "mqls_in_time": round(due * in_time(load)),
            "rep_days": due / load,
        }
        for number, load in enumerate(loads)
    ]


def judged(rows: list[Row], target: float = 0.8) -> Row:
    ((row),) = judge_loads(
        pa.Table.from_pylist(rows), {"SDR": target}, [METHOD]
    ).to_pylist()
    return dict(row)


def logistic(level: float, slope: float) -> Callable[[float], float]:
    return lambda load: 1 / (1 + math.exp(-level - slope * load))


def fitted(rows: list[Row]) -> tuple[float, float, float]:
    """Return level, slope and one-sided p-value by Newton's method, from scratch."""
    load = np.array([row["mqls"] / row["rep_days"] for row in rows])
    due = np.array([float(row["mqls_due"]) for row in rows])
    met = np.array([float(row["mqls_in_time"]) for row in rows])
    design = np.column_stack([np.ones_like(load), load])
    beta = np.zeros(2)
    for _ in range(60):
        share = 1 / (1 + np.exp(-design @ beta))
        weight = due * share * (1 - share)
        information = design.T @ (design * weight[:, None])
        beta = beta + np.linalg.solve(information, design.T @ (met - due * share))
    share = 1 / (1 + np.exp(-design @ beta))
    freedom = len(load) - 2
    scatter = ((met - due * share) ** 2 / (due * share * (1 - share))).sum() / freedom
    error = math.sqrt(np.linalg.inv(information)[1, 1] * scatter)
    return beta[0], beta[1], float(stats.t.cdf(beta[1] / error, freedom))


LOADS = [0.2 + 0.1 * number for number in range(30)]


class TestLoads:
    def test_a_load_is_where_the_fit_meets_the_target(self) -> None:
        chance = np.random.default_rng(7)
        rows = weeks(LOADS, logistic(3.0, -1.2))
        for row in rows:
            share = row["mqls_in_time"] / row["mqls_due"]
            row["mqls_in_time"] = int(chance.binomial(row["mqls_due"], share))
        found = judged(rows)
        at, slope, p_value = fitted(rows)
        assert found["status"] == "estimated"
        assert found["bearable_load"] == pytest.approx(
            (math.log(0.8 / 0.2) - at) / slope, rel=1e-6
        )
        assert found["slope_p_value"] == pytest.approx(p_value, rel=1e-4)
        # The truth that the weeks were drawn by.
        assert found["bearable_load"] == pytest.approx((3 - math.log(4)) / 1.2, rel=0.1)

    def test_the_order_of_rows_decides_nothing(self) -> None:
        rows = weeks(LOADS, logistic(3.0, -1.2), due=17)
        assert judged(rows) == judged(rows[::-1])

    def test_weeks_ahead_are_passed_over(self) -> None:
        rows = weeks(LOADS, logistic(3.0, -1.2))
        ahead = {**rows[0], "week": date(2027, 1, 4), "mqls": None, "mqls_due": None}
        assert judged([*rows, {**ahead, "mqls_in_time": None}]) == judged(rows)

    def test_a_load_that_is_not_shown_to_matter_gives_no_headcount(self) -> None:
        found = judged(weeks(LOADS, lambda _: 0.6))
        assert found["status"] == "load_not_shown"
        assert found["bearable_load"] is None

    def test_faster_answers_in_fuller_weeks_give_none_either(self) -> None:
        found = judged(weeks(LOADS, logistic(-2.0, 0.5)))
        assert found["status"] == "load_not_shown"

    def test_a_target_that_is_kept_throughout_is_borne_up_to_the_fullest(self) -> None:
        found = judged(weeks(LOADS, lambda _: 0.8))
        assert found["status"] == "kept_at_every_load"
        assert found["bearable_load"] == pytest.approx(LOADS[-1])

    def test_no_load_is_told_beyond_the_fullest_week(self) -> None:
        # Answers get later, and would miss the target at 4.1, which nobody has seen.
        found = judged(weeks(LOADS, logistic(5.5, -1.0)))
        assert found["slope_p_value"] < 0.05
        assert found["status"] == "kept_at_every_load"
        assert found["bearable_load"] == pytest.approx(LOADS[-1])

    def test_a_target_that_is_missed_in_the_lightest_week_has_no_load(self) -> None:
        found = judged(weeks(LOADS, logistic(1.0, -1.0)))
        assert found["status"] == "missed_at_every_load"
        assert found["bearable_load"] is None

    def test_every_answer_in_time_and_none_are_no_error(self) -> None:
        assert judged(weeks(LOADS, lambda _: 1.0))["status"] == "kept_at_every_load"
        assert judged(weeks(LOADS, lambda _: 0.0))["status"] == "load_not_shown"

    def test_a_wall_between_light_and_full_weeks_is_no_error(self) -> None:
        found = judged(weeks(LOADS, lambda load: float(load < 1.5)))
        assert found["status"] in {"load_not_shown", "estimated"}

    def test_too_few_weeks_tell_nothing(self) -> None:
        assert judged(weeks(LOADS[:19], logistic(3, -1.2)))["status"] == (
            "too_little_history"
        )
        assert judged(weeks(LOADS[:20], lambda _: 0.6))["status"] == "load_not_shown"

    def test_too_few_answers_tell_nothing(self) -> None:
        rows = weeks(LOADS[:20], lambda _: 1.0, due=3)
        assert judged(rows)["status"] == "kept_at_every_load"
        rows[0]["mqls_due"] = rows[0]["mqls_in_time"] = 2
        found = judged(rows)
        assert (found["status"], found["answers"]) == ("too_little_history", 59)

    def test_a_load_that_never_varied_tells_nothing(self) -> None:
        found = judged(weeks([1.0] * 30, lambda _: 0.6))
        assert found["status"] == "load_never_varied"

    def test_a_team_without_reps_or_mqls_has_no_weeks(self) -> None:
        rows = weeks(LOADS, lambda _: 0.6)
        for number, row in enumerate(rows):
            row["rep_days" if number % 2 else "mqls_due"] = 0
        found = judged(rows)
        assert (found["status"], found["weeks"]) == ("too_little_history", 0)
        assert found["in_time_rate"] is None


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """Return a company whose reps, in three parts of the world, keep what they aim at.

    Its target is one that its answers reach, so that there is a headcount to tell.
    """
    folder = tmp_path_factory.mktemp("reps")
    path = folder / "mops.duckdb"
    assert demo.main(["--out", str(folder / "raw"), *ARGUMENTS]) == 0
    with pytest.MonkeyPatch.context() as monkeypatch:
        assert land(folder / "raw", path, monkeypatch) == 0
    with duckdb.connect(str(path)) as connection:
        connection.execute("update policy.capacity_policies set sla_rate_target = 0.4")
    select = ["+rpt_capacity_plan", "+fct_mql_backtests"]
    assert run_dbt(path, select=select, as_of=AS_OF)
    assert judge(path, MARTS, as_of=AS_OF)
    return Warehouse(path)


@pytest.fixture(scope="module")
def team_weeks(built: Warehouse) -> list[Row]:
    names = ["team", "week", "is_ahead", "mqls", "mqls_due", "mqls_in_time"]
    names += ["reps", "rep_days", "available_minutes"]
    rows = built.rows(
        f"select {', '.join(names)} from marts.fct_team_weeks order by team, week"
    )
    return [dict(zip(names, row, strict=True)) for row in rows]


def monday(moment: datetime | date) -> date:
    day = moment.date() if isinstance(moment, datetime) else moment
    return day - timedelta(days=day.weekday())


THIS_WEEK = monday(date.fromisoformat(AS_OF))


class TestCompany:
    """A demo company, as of the end of August."""

    def test_every_mql_of_a_past_week_counts_for_one_team(
        self, built: Warehouse, team_weeks: list[Row]
    ) -> None:
        teams = dict(built.rows("select rep_id, team from marts.dim_reps"))
        counted: dict[tuple[str, date], list[int]] = defaultdict(lambda: [0, 0, 0])
        for owner, status, at in built.rows(
            "select owner_id, sla_status, mql_at from marts.fct_lead_responses"
        ):
            cell = counted[teams.get(owner) or "no team", monday(at)]
            cell[0] += 1
            cell[1] += status != "pending"
            cell[2] += status == "met"
        found = {
            (row["team"], row["week"]): [
                row["mqls"],
                row["mqls_due"],
                row["mqls_in_time"],
            ]
            for row in team_weeks
            if not row["is_ahead"] and row["mqls"]
        }
        assert len(found) > 20
        assert found == {
            key: cell for key, cell in counted.items() if key[1] < THIS_WEEK
        }

    def test_weeks_are_whole_and_leave_out_that_of_today(
        self, team_weeks: list[Row]
    ) -> None:
        by_team = Counter(row["team"] for row in team_weeks)
        assert len(set(by_team.values())) == 1
        ahead = sorted({row["week"] for row in team_weeks if row["is_ahead"]})
        assert ahead == [THIS_WEEK + timedelta(weeks=n) for n in range(1, 9)]
        past = sorted({row["week"] for row in team_weeks if not row["is_ahead"]})
        assert past[-1] == THIS_WEEK - timedelta(weeks=1)
        assert len(past) == 104

    def test_who_is_there_works_their_calendar_less_holidays(
        self, built: Warehouse, team_weeks: list[Row]
    ) -> None:
        """By the shipped seeds: office hours of each rep's zone, without absences."""
        with (PROJECT_ROOT / "seeds/campaigns/holidays.csv").open() as handle:
            free = {
                date.fromisoformat(row["holiday_date"])
                for row in csv.DictReader(handle)
                if row["country"] == "United States"
            }
        leads = built.rows(
            "select owner_id from intermediate.int_lifecycle__assignments "
            "where owner_id is not null "
            "union select owner_id from marts.fct_lead_responses "
            "where owner_id is not null"
        )
        reps: dict[str, set[tuple[str, str]]] = defaultdict(set)
        for rep, team, email, zone, is_active in built.rows(
            "select rep_id, coalesce(team, 'no team'), coalesce(lower(email), rep_id), "
            "time_zone, is_active from marts.dim_reps"
        ):
            if is_active and (rep,) in leads:
                reps[team].add((email, zone or "America/New_York"))
        assert reps
        days: Counter[tuple[str, date]] = Counter()
        for team, members in reps.items():
            for _, zone in members:
                for number in range(7 * 10):
                    local = THIS_WEEK + timedelta(days=number)
                    if local.weekday() > 4 or local in free:
                        continue
                    opening = datetime(
                        local.year, local.month, local.day, 9, tzinfo=ZoneInfo(zone)
                    )
                    days[team, monday(opening.astimezone(UTC))] += 1
        ahead = [row for row in team_weeks if row["is_ahead"]]
        for row in ahead:
            key = row["team"], row["week"]
            assert row["rep_days"] == days[key], row
            assert row["available_minutes"] == 480 * days[key]
            assert row["reps"] == len(reps[row["team"]])
        assert len({row["rep_days"] for row in ahead if row["reps"]}) > 1

    def test_expectations_come_from_the_weeks_before_alone(
        self, built: Warehouse, team_weeks: list[Row]
    ) -> None:
        past = [row for row in team_weeks if not row["is_ahead"]]
        total: Counter[date] = Counter()
        own: dict[str, Counter[date]] = defaultdict(Counter)
        for row in past:
            total[row["week"]] += row["mqls"]
            own[row["team"]][row["week"]] += row["mqls"]
        first = min(week for week, mqls in total.items() if mqls)

        def mean(team: str, origin: date) -> Fraction | None:
            level = [origin - timedelta(weeks=n) for n in range(1, 14)]
            shared = [origin - timedelta(weeks=n) for n in range(1, 27)]
            if level[-1] < first or not any(total[week] for week in shared):
                return None
            share = Fraction(
                sum(own[team][week] for week in shared),
                sum(total[week] for week in shared),
            )
            return Fraction(sum(total[week] for week in level), 13) * share

        tried = built.rows(
            "select team, origin_week, week, expected_mqls, mqls "
            "from marts.fct_mql_backtests"
        )
        assert len(tried) > 100
        for team, origin, week, expectation, came in tried:
            assert origin < week < THIS_WEEK
            assert expectation == pytest.approx(float(mean(team, origin) or 0))
            assert came == own[team][week]
        for team, expectation in built.rows(
            "select distinct team, expected_mqls from marts.fct_capacity_plan"
        ):
            assert expectation == pytest.approx(float(mean(team, THIS_WEEK) or 0))

    def test_a_headcount_is_what_the_load_and_the_work_ask_for(
        self, built: Warehouse
    ) -> None:
        names = ["status", "is_enough", "reps", "rep_days", "available_minutes"]
        names += ["expected_mqls_high", "bearable_mqls_per_rep_day"]
        names += ["reps_by_work", "reps_needed"]
        rows = built.rows(f"select {', '.join(names)} from marts.fct_capacity_plan")
        assert sum(values[-1] is not None for values in rows) > 3
        for values in rows:
            row = dict(zip(names, values, strict=True))
            if not row["rep_days"]:
                assert row["reps_by_work"] is None
                assert row["reps_needed"] is None
                continue
            mqls = row["expected_mqls_high"]
            work = Fraction(row["available_minutes"]) / row["reps"] / 2 / 60
            by_work = math.ceil(mqls / work)
            assert row["reps_by_work"] == by_work
            bearable = row["bearable_mqls_per_rep_day"]
            if bearable is None:
                assert row["reps_needed"] is None
                assert row["status"] not in {"estimated", "kept_at_every_load"}
                continue
            by_sla = math.ceil(mqls / (bearable * float(row["rep_days"]) / row["reps"]))
            assert row["reps_needed"] == max(by_sla, by_work)
            assert row["is_enough"] == (row["reps"] >= row["reps_needed"])


def planned(team: str, week: str, **more: Any) -> Row:
    return {
        "team": team,
        "week": week,
        "reps": 2,
        "expected_mqls": 4.25,
        "expected_mqls_high": 8,
        "utilisation_rate": 0.0375,
        "reps_by_work": 1,
        "reason": "Because <of it>",
        **more,
    }


SETTINGS = {
    "reporting_currency": "USD",
    "reporting_time_zone": "America/New_York",
    "fiscal_year_start_month": 1,
    "attribution_lookback_days": 90,
    "default_attribution_model": "linear",
    "as_of": "2026-11-20 12:00:00",
}


def published(out: Path, plan: list[Row], inside: Sequence[bool] = ()) -> World:
    return World.make(
        out,
        {
            "marts.dim_build_settings": [SETTINGS],
            "reports.rpt_capacity_plan": plan,
            "marts.fct_mql_backtests": [
                {
                    "team": f"T{number}",
                    "expected_mqls": 0.5,
                    "is_inside_interval": held,
                }
                for number, held in enumerate(inside)
            ]
            # Where next to nothing was expected, every interval holds.
            + [{"team": "T", "expected_mqls": 0.4, "is_inside_interval": True}],
        },
    )


def reported(out: Path, plan: list[Row], inside: Sequence[bool]) -> Page:
    world = published(out, plan, inside)
    assert report.main(["--out", str(world.out)]) == 0
    return Page.read(world.out / "report" / "weekly.html")


class TestReport:
    def test_the_week_tells_who_is_short_of_reps(self, tmp_path: Path) -> None:
        plan = [
            planned("A", "2026-11-23", reps_needed=2, is_enough=True),
            planned("A", "2026-11-30", reps_needed=3, is_enough=False),
            planned("B", "2026-11-23"),
            planned("B", "2026-11-30", expected_mqls=3.25, utilisation_rate=0.05),
            planned("C", "2026-11-23", expected_mqls=0.1),
            planned("C", "2026-11-30", expected_mqls=0.1),
        ]
        page = reported(tmp_path, plan, [True, True, True, False])
        text = page.section("capacity")
        assert (
            "In the 2 weeks from 23 Nov 2026 on, 8.1 MQLs a week are expected" in text
        )
        assert "Of 4 such expectations of a team for a past week" in text
        assert "75% held within their interval." in text
        assert (
            "A needs 3 reps in the week of 30 Nov 2026 for its answers to come in "
            "time even with 8 MQLs, the upper end, and has 2." in text
        )
        assert "For 1 team past weeks do not tell" in text
        assert page.table("table-capacity") == [
            {
                "Team": "A",
                "What past weeks tell": "Because <of it>",
                "Reps": "2",
                "MQLs a week": "4.3",
                "Upper end": "8",
                "Hours used": "3.8%",
                "Reps by work": "1",
                "Reps for the SLA": "3",
            },
            {
                "Team": "B",
                "What past weeks tell": "Because <of it>",
                "Reps": "2",
                "MQLs a week": "3.8",
                "Upper end": "8",
                "Hours used": "5%",
                "Reps by work": "1",
                "Reps for the SLA": "–",
            },
        ]

    def test_where_nobody_is_short_it_says_so(self, tmp_path: Path) -> None:
        plan = [planned("A", "2026-11-23", reps_needed=2, is_enough=True)]
        text = reported(tmp_path, plan, []).section("capacity")
        assert "No team of which the need can be told lacks reps." in text
        assert "Nothing is known yet of how such expectations did." in text

    def test_a_week_without_anybody_is_told(self, tmp_path: Path) -> None:
        enough = {"reps_needed": 2, "is_enough": True}
        plan = [
            planned("A", "2026-11-23", **enough),
            planned("A", "2026-12-21", utilisation_rate=None, reps_by_work=None),
            planned("A", "2026-12-28", utilisation_rate=None, reps_by_work=None),
        ]
        text = reported(tmp_path, plan, []).section("capacity")
        assert (
            "A: nobody is there in the week of 21 Dec 2026, which should bring "
            "4.3 MQLs." in text
        )
        assert "28 Dec" not in text
        assert "lacks reps" not in text

    def test_what_cannot_be_expected_is_not_told_as_none(self, tmp_path: Path) -> None:
        unknown = {"expected_mqls": None, "expected_mqls_high": None}
        plan = [planned("A", "2026-11-23", **unknown), planned("B", "2026-11-23")]
        both = reported(tmp_path / "both", plan, []).section("capacity")
        assert "4.3 MQLs a week are expected" in both
        text = reported(tmp_path / "none", plan[:1], []).section("capacity")
        assert "it cannot be told yet how many MQLs to expect" in text
        assert "0.0 MQLs" not in text

    def test_teams_of_next_to_no_mqls_are_counted(self, tmp_path: Path) -> None:
        few = {"expected_mqls": 0.4}
        plan = [planned("A", "2026-11-23", **few), planned("B", "2026-11-23")]
        text = reported(tmp_path / "one", plan, []).section("capacity")
        assert "Of 1 team fewer than 0.5 MQLs a week are expected" in text
        text = reported(tmp_path / "none", plan[1:], []).section("capacity")
        assert "fewer than" not in text

    def test_without_a_plan_it_says_so(self, tmp_path: Path) -> None:
        text = reported(tmp_path, [], []).section("capacity")
        assert text.endswith("No capacity was planned.")


class TestDashboard:
    @pytest.mark.parametrize("rows", [0, 2])
    def test_it_lists_the_weeks_ahead_of_each_team(
        self, tmp_path: Path, rows: int
    ) -> None:
        plan = [
            planned("B", "2026-11-23"),
            planned("A", "2026-11-23", reps_needed=3, is_enough=False),
        ]
        world = published(tmp_path, plan[:rows])
        page = shown("lead_management", world.database.parent)
        assert not page.exception
        assert page.subheader[-1].value == "Capacity of the weeks ahead"
        listed = [one.value for one in page.dataframe if "reps_needed" in one.value]
        assert len(listed) == bool(rows)
        for table in listed:
            assert list(table["team"]) == ["A", "B"]
            assert list(table["reps_needed"].fillna(-1)) == [3, -1]

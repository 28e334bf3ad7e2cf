"""The pipeline forecast: its rates by hand, its intervals, what it must not know."""

from __future__ import annotations

import math
import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

import dashboard_view
import demo
import forecast
import forecast_backtests
from conftest import Warehouse, judge, land, run_dbt
from lib.cli import OK, UserError
from lib.forecast import arrivals, backtests, rates, simulation
from lib.forecast.history import (
    NEVER,
    Settings,
    Tables,
    as_date,
    as_known,
    day_number,
    recent,
    understand,
)

UNTIL = date(2026, 11, 28)
SETTINGS = Settings(day_number(UNTIL), 1, 182, 20, 26, 3653)
FORECASTS = (
    "stg_predictions__forecasts",
    "stg_predictions__forecast_backtests",
    "fct_pipeline_forecasts",
    "fct_forecast_backtests",
    "fct_forecast_accuracies",
    "rpt_pipeline_forecast",
)
SELECT = (
    "+rpt_pipeline_forecast",
    "+int_predictive__forecast_settings",
    "+int_predictive__deal_changes",
    "+int_predictive__lead_days",
    "+int_predictive__paying_months",
)


@pytest.fixture(scope="module")
def company() -> Tables:
    """Return the deals, leads and customers of a demo company."""
    return forecast_backtests.company(41, 2_000, UNTIL)


def deal(
    key: str, created: str, closed: str | None = None, **more: Any
) -> dict[str, Any]:
    return {
        "opportunity_id": key,
        "account_id": f"a{key}",
        "segment": "smb",
        "opportunity_type": "new",
        "is_won": False,
        "amount_usd": 100.0,
        "created_date": pd.Timestamp(created),
        "closed_date": pd.Timestamp(closed) if closed else pd.NaT,
    } | more


def change(key: str, day: str, stage: str, **more: Any) -> dict[str, Any]:
    return {
        "opportunity_id": key,
        "stage_name": stage,
        "open_amount_usd": 100.0,
        "closed_amount_usd": None,
        "close_date": pd.NaT,
        "changed_date": pd.Timestamp(day),
    } | more


def tables(deals: list[dict[str, Any]], changes: list[dict[str, Any]]) -> Tables:
    leads = pd.DataFrame({"lead_date": [], "opportunity_date": [], "leads": []})
    customers = pd.DataFrame(
        {"customer_id": [], "account_id": [], "segment": [], "month": [], "mrr_usd": []}
    )
    columns = list(deal("", "2026-01-01")), list(change("", "2026-01-01", ""))
    return Tables(
        pd.DataFrame(deals, columns=columns[0]),
        pd.DataFrame(changes, columns=columns[1]),
        leads,
        customers,
    )


class TestRates:
    def test_win_rates_and_times_are_those_counted_by_hand(self) -> None:
        # Five deals: lost in week 0, won in week 1, watched to week 1, won in week 3,
        # lost in week 3. At risk: 5, 4, 2, 2. Won: 1/4 of 4/5, then 1/2 of 4/5 × 3/4.
        days = np.array([3, 8, 10, 21, 27])
        ending = np.array([rates.LOST, rates.WON, 0, rates.WON, rates.LOST])
        everyone = np.arange(5)
        found = rates.curves(
            [np.zeros(5, int)], [np.zeros(1, int)],
            rates.Watched(days, ending, everyone), 10.0,
        )  # fmt: skip
        assert found.chances[0, :6] == pytest.approx([0, 0, 0.2, 0.2, 0.5, 0.5])
        assert found.ever[0] == pytest.approx(0.5)
        place = np.zeros(3, int)
        # Half of week 1, the end of week 1, and beyond what was watched.
        assert found.within(place, np.array([10.5, 14, 9_999])) == pytest.approx(
            [0.1, 0.2, 0.5]
        )

    def test_a_place_with_few_deals_leans_on_the_coarser_one(self) -> None:
        # Of all eight, four are won in week 0; the one in the fine place is lost. As if
        # ten had been seen with the coarse rate: 10 × 1/2 of 11.
        ending = np.array([1, 1, 1, 1, 2, 2, 2, 2])
        fine = np.array([1, 1, 1, 1, 1, 1, 1, 7])
        found = rates.curves(
            [np.zeros(8, int), fine], [np.zeros(2, int), np.array([7, 9])],
            rates.Watched(np.zeros(8, int), ending, np.arange(8)), 10.0,
        )  # fmt: skip
        assert found.ever == pytest.approx([5 / 11, 1 / 2])
        # One deal was seen in the first place, none in the second.
        assert found.deals[0] - found.deals[1] == 1

    def test_a_deal_stands_where_its_history_says(self) -> None:
        known = tables(
            [deal("1", "2026-01-01", "2026-03-01")],
            [
                change("1", "2026-01-01", "A", close_date=pd.Timestamp("2026-02-01")),
                change("1", "2026-01-20", "B"),
            ],
        )
        history = understand(known)
        days = [day_number(date(2026, 1, day)) for day in (1, 2, 20, 21)]
        states = history.at(np.zeros(4, int), np.array(days))
        # A change counts from the next day on; one without a day of close leaves it.
        assert states.stage.tolist() == [-1, 0, 0, 1]
        due = day_number(date(2026, 2, 1))
        assert states.due.tolist() == [NEVER, due, due, due]


class TestRivals:
    def test_stages_weigh_what_was_won_of_the_deals_that_were_in_them(self) -> None:
        won = {"is_won": True}
        known = tables(
            [
                deal("1", "2026-01-01", "2026-02-01", **won),
                deal("2", "2026-01-01", "2026-02-01"),
                deal("3", "2026-01-01", "2026-02-01"),
                deal("4", "2026-01-01"),
            ],
            [change(key, "2026-01-01", "A") for key in "1234"]
            + [change(key, "2026-01-15", "B") for key in "12"]
            # The closing stage is no stage that a deal was open in.
            + [change(key, "2026-02-01", "Closed") for key in "123"],
        )
        found = backtests.stage_win_rates(understand(known))
        # A: one of three; B: one of two; Closed and unknown: of all closed deals.
        assert found == pytest.approx([1 / 3, 1 / 2, 1 / 3, 1 / 3])


class TestIntervals:
    def test_an_interval_is_scaled_by_what_earlier_ones_missed(self) -> None:
        assert backtests.interval_factor([]) == 1
        # Twenty scores, the sixteenth smallest is at least the 0.8 quantile: 1.7 at
        # position 16 of 0 to 19; they are worth as much as the twenty leant on.
        scores = [place / 10 for place in range(20)]
        reach = sorted(scores)[math.ceil(0.8 * 19)]
        assert backtests.interval_factor(scores) == pytest.approx(1 + (reach - 1) / 2)

    @pytest.mark.parametrize(
        ("outcome", "expected"), [(10, 0), (20, 1), (5, 1), (30, 2), (0, 2)]
    )
    def test_distance_is_told_in_sides_of_the_interval(
        self, outcome: float, expected: float
    ) -> None:
        assert backtests.distance(outcome, 5, 10, 20) == expected

    def test_an_interval_without_width_tells_nothing(self) -> None:
        assert backtests.distance(11, 10, 10, 10) is None

    def test_the_total_of_each_draw_is_the_sum_of_its_segments(
        self, company: Tables
    ) -> None:
        day = day_number(date(2026, 5, 10))
        made = backtests.forecast(company, day, SETTINGS, [])
        drawn = simulation.simulate(understand(as_known(company, day)), day, 1, 26)
        for measure, horizon in np.ndindex(2, 2):
            draws = drawn.draws[measure, horizon]
            assert (draws >= drawn.so_far[measure, horizon] - 1e-6).all()
            by_segment = {
                one.segment: one
                for one in made
                if one.measure == simulation.MEASURES[measure]
                and one.horizon == simulation.HORIZONS[horizon]
            }
            sums = [math.fsum(draw) for draw in draws]
            for place, segment in enumerate(drawn.segments):
                assert by_segment[segment].quantiles == pytest.approx(
                    quantiles(draws[:, place].tolist()), abs=0.01
                )
            assert by_segment["total"].quantiles == pytest.approx(
                quantiles(sums), abs=0.01
            )

    def test_scaling_keeps_what_a_quarter_holds_already(self) -> None:
        draws = np.array([[10.0, 1.0], [12.0, 2.0], [20.0, 9.0]])
        found = backtests.scaled(draws, np.array([9.0, 0.0]), 2.0)
        assert found.tolist() == [[9, 0], [12, 2], [28, 16]]


def quantiles(values: list[float]) -> tuple[float, ...]:
    """Return 10, 50 and 90 % by the definition: between the two nearest in order."""
    ordered = sorted(values)
    found = []
    for share in (0.1, 0.5, 0.9):
        place = share * (len(ordered) - 1)
        low = math.floor(place)
        high = min(low + 1, len(ordered) - 1)
        part = place - low
        found.append(ordered[low] * (1 - part) + ordered[high] * part)
    return tuple(found)


class TestWhatWasKnown:
    @pytest.mark.parametrize("day", [date(2025, 9, 1), date(2026, 2, 14)])
    def test_nothing_that_comes_later_changes_a_forecast(
        self, company: Tables, day: date
    ) -> None:
        number = day_number(day)
        before = backtests.forecast(company, number, SETTINGS, [])
        assert before[0].basis == backtests.FORECAST
        for seed in range(3):
            other = perturbed(company, day, seed)
            assert backtests.forecast(other, number, SETTINGS, []) == before

    def test_back_tests_of_a_day_stand_whatever_comes(self, company: Tables) -> None:
        day = date(2026, 4, 2)
        _, tests, _ = backtests.run(company, SETTINGS)
        _, others, _ = backtests.run(perturbed(company, day, 5), SETTINGS)

        def made_by(rows: list[backtests.Forecast]) -> list[backtests.Forecast]:
            return [one for one in rows if one.day <= day_number(day)]

        assert made_by(tests) == made_by(others)
        # Intervals had been scaled by then, and what came later does matter later.
        assert any(one.factor not in (None, 1.0) for one in made_by(tests))
        assert tests != others

    def test_the_same_rows_in_another_order_give_the_same(
        self, company: Tables
    ) -> None:
        day = day_number(date(2026, 2, 1))
        mixed = Tables(
            company.deals,
            company.changes.sample(frac=1, random_state=1),
            company.leads.sample(frac=1, random_state=1),
            company.customers.sample(frac=1, random_state=1),
        )
        assert backtests.forecast(mixed, day, SETTINGS, []) == backtests.forecast(
            company, day, SETTINGS, []
        )

    def test_amounts_without_a_history_are_counted(self) -> None:
        known = tables(
            [deal("1", "2026-01-01"), deal("2", "2026-01-01", amount_usd=7.0)],
            [
                change("1", "2026-01-01", "A", open_amount_usd=90.0),
                change("1", "2026-01-05", "A", open_amount_usd=80.0),
                change("2", "2026-01-01", "A", open_amount_usd=None),
            ],
        )
        history = understand(as_known(known, day_number(date(2026, 1, 3))))
        assert history.amount.tolist() == [90, 7]
        assert history.has_amounts.tolist() == [True, False]


def perturbed(company: Tables, day: date, seed: int) -> Tables:
    """Return the tables with all that happened from a day on told differently."""
    rng = np.random.default_rng(seed)
    began = pd.Timestamp(day)
    deals = company.deals.copy()
    later = ~(deals["closed_date"] < began)
    count = int(later.sum())
    deals.loc[later, "is_won"] = rng.random(count) < 0.5
    closes = began + pd.to_timedelta(rng.integers(0, 200, count), "D")
    deals.loc[later, "closed_date"] = pd.Series(
        np.where(rng.random(count) < 0.8, closes, np.datetime64("NaT")),
        index=deals.index[later],
    )
    # All have a history of amounts, so that today's are nobody's.
    deals["amount_usd"] = rng.lognormal(9, 1, len(deals))
    kept = deals[(deals["created_date"] < began) | (rng.random(len(deals)) < 0.5)]
    more = deals.tail(30).assign(
        opportunity_id=[f"x{number}" for number in range(30)],
        segment="a segment of its own",
        opportunity_type="unknown",
        created_date=began + pd.to_timedelta(rng.integers(0, 90, 30), "D"),
    )
    deals = pd.concat([kept, more]).sort_values(["created_date", "opportunity_id"])
    changes = company.changes.copy()
    later = ~(changes["changed_date"] < began)
    changes.loc[later, "stage_name"] = "a stage of its own"
    changes.loc[later, "open_amount_usd"] *= 3
    changes.loc[later, "close_date"] = began
    changes = changes[changes["opportunity_id"].isin(deals["opportunity_id"])]
    # What is at the rate of the close is not known before it.
    open_then = deals.loc[~(deals["closed_date"] < began), "opportunity_id"]
    of_open = changes["opportunity_id"].isin(open_then)
    changes.loc[of_open, "closed_amount_usd"] *= 1.5
    leads = company.leads.copy()
    later = ~(leads["opportunity_date"] < began)
    leads.loc[later, "opportunity_date"] = began + pd.Timedelta(days=3)
    leads.loc[~(leads["lead_date"] < began), "leads"] *= 5
    customers = company.customers.copy()
    later = ~(customers["month"] < began.replace(day=1))
    customers.loc[later, "mrr_usd"] *= 9
    return Tables(deals.reset_index(drop=True), changes, leads, customers)


class TestArrivals:
    def test_leads_in_hand_let_more_deals_be_expected(self, company: Tables) -> None:
        day = day_number(date(2026, 3, 1))
        history = understand(as_known(company, day))
        usual = arrivals.lead_factors(history, day, 13, 26)
        leads = history.leads.copy()
        leads[history.lead_day >= day - 56] *= 2
        rush = understand(as_known(company, day))
        rush = type(rush)(**{**vars(rush), "leads": leads})
        assert (arrivals.lead_factors(rush, day, 13, 26)[:8] > usual[:8]).all()

    def test_renewals_come_around_the_anniversary(self, company: Tables) -> None:
        day, until = (day_number(date(2026, month, 1)) for month in (2, 7))
        history = understand(as_known(company, day))
        coming = arrivals.renewals(history, day, until)
        assert coming is not None
        renewal = history.renewal
        assert coming.matched.sum() > 0.9 * renewal.sum()
        assert not coming.matched[~renewal].any()
        # A customer renews for what it pays, and a little more.
        assert 0.9 < np.median(coming.ratios) < 1.2
        assert (coming.opens < until).all()


class TestTooLittleHistory:
    def test_nothing_is_forecast_from_nothing(self) -> None:
        forecasts, tests, missing = backtests.run(tables([], []), SETTINGS)
        assert (forecasts, tests, missing) == ([], [], "no opportunities are known")

    def test_a_short_history_says_so_and_makes_no_figures(
        self, company: Tables
    ) -> None:
        first = company.deals["created_date"].min()
        day = day_number((first + pd.Timedelta(days=100)).date())
        settings = Settings(day, 1, 182, 20, 26, 3653)
        forecasts, tests, missing = backtests.run(company, settings)
        assert forecasts == []
        assert missing == ("opportunities are known for 100 days; 182 are needed")
        assert {one.basis for one in tests} <= {backtests.TOO_LITTLE}

    def test_few_closed_deals_are_not_enough(self) -> None:
        known = tables([deal("1", "2025-01-01", "2025-02-01")], [])
        _, tests, missing = backtests.run(known, SETTINGS)
        assert missing == "1 opportunities have closed; 20 are needed"
        assert tests
        assert all(one.quantiles is None for one in tests)

    def test_deals_without_customers_leads_or_histories_are_enough(
        self, company: Tables
    ) -> None:
        bare = tables([], [])
        bare = Tables(company.deals, bare.changes, bare.leads, bare.customers)
        forecasts, _, missing = backtests.run(bare, SETTINGS)
        assert missing is None
        assert all(one.known_amount_rate == 0 for one in forecasts)
        widths = [one.quantiles for one in forecasts if one.segment == "total"]
        assert all(low < high for low, _, high in filter(None, widths))


class TestLongHistory:
    def test_a_mistyped_year_changes_nothing(self, company: Tables) -> None:
        first = company.leads.head(1)
        old = ["1970-01-01", "0202-05-01"]
        mistyped = Tables(
            with_more(
                company.deals,
                [
                    deal("x", old[0], old[0], is_won=True),
                    deal("y", old[1], opportunity_type="renewal", amount_usd=1e9),
                ],
            ),
            with_more(
                company.changes,
                [
                    change("y", old[1], "Discovery"),
                    change(
                        company.deals["opportunity_id"].iloc[7], old[1], "Discovery"
                    ),
                ],
            ),
            with_more(company.leads, [row(first, lead_date=old[1], leads=900)]),
            company.customers,
        )
        kept = recent(mistyped, SETTINGS)
        assert len(kept.deals) == len(company.deals)
        assert backtests.run(kept, SETTINGS) == backtests.run(company, SETTINGS)

    def test_a_mistyped_year_is_no_history(self) -> None:
        known = recent(tables([deal("1", "1970-01-01")], []), SETTINGS)
        assert backtests.run(known, SETTINGS)[2] == "no opportunities are known"

    def test_the_history_begins_with_a_day(self) -> None:
        first = UNTIL - timedelta(days=3653)
        days = [first - timedelta(days=1), first]
        rows = [deal(day.isoformat(), day.isoformat()) for day in days]
        kept = recent(tables(rows, []), SETTINGS)
        assert kept.deals["opportunity_id"].tolist() == [first.isoformat()]

    def test_old_customers_keep_their_anniversaries(self) -> None:
        """Ten years before are 2016-11: who pays since 1970-03 is seen from a March."""
        customers = pd.DataFrame(
            [
                {"customer_id": key, "account_id": key, "segment": "smb"}
                | {"month": month, "mrr_usd": 1.0}
                for key, start in (("old", "1970-03"), ("new", "2016-10"))
                for month in pd.date_range(start, "2026-10", freq="MS")
            ]
            + [
                {"customer_id": "young", "account_id": "young", "segment": "smb"}
                | {"month": pd.Timestamp("2020-05-01"), "mrr_usd": 1.0}
            ]
        )
        bare = tables([], [])
        kept = recent(Tables(bare.deals, bare.changes, bare.leads, customers), SETTINGS)
        starts = kept.customers.groupby("customer_id")["month"].min()
        assert {key: f"{start:%Y-%m}" for key, start in starts.items()} == {
            "old": "2017-03",
            "new": "2017-10",
            "young": "2020-05",
        }


def row(like: pd.DataFrame, **more: Any) -> dict[str, Any]:
    (found,) = like.to_dict("records")
    return {str(name): value for name, value in found.items()} | more


def with_more(table: pd.DataFrame, rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Return a table with rows more, of any year."""
    more = pd.DataFrame(rows)
    for name, kind in table.dtypes.items():
        if kind.kind == "M":
            more[name] = more[name].astype("datetime64[us]")
            table = table.assign(**{str(name): table[name].astype("datetime64[us]")})
    return pd.concat([table, more], ignore_index=True)


@pytest.mark.parametrize(
    ("day", "first_month", "expected"),
    [
        ("2026-03-31", 1, ["2026-01-01", "2026-04-01", "2026-07-01"]),
        ("2026-04-01", 1, ["2026-04-01", "2026-07-01", "2026-10-01"]),
        ("2026-01-31", 2, ["2025-11-01", "2026-02-01", "2026-05-01"]),
        ("2026-02-28", 6, ["2025-12-01", "2026-03-01", "2026-06-01"]),
        ("2026-12-31", 12, ["2026-12-01", "2027-03-01", "2027-06-01"]),
    ],
)
def test_quarters_begin_with_the_fiscal_year(
    day: str, first_month: int, expected: list[str]
) -> None:
    number = day_number(date.fromisoformat(day))
    starts = simulation.quarter_starts(number, first_month)
    assert [as_date(start).isoformat() for start in starts] == expected


def test_on_demo_companies_the_interval_holds_and_no_rival_is_nearer() -> None:
    rows = [forecast_backtests.back_tests(seed, 4_000, UNTIL) for seed in (51, 52, 53)]
    found = pd.concat(rows)
    # Three companies vary more than twenty, of which the benchmark asks 72 to 88 %.
    assert 0.68 <= forecast_backtests.verdict(found).held <= 0.92
    for _, of_measure in found.groupby("measure"):
        one = forecast_backtests.verdict(of_measure)
        assert one.error < np.nanmin([one.weighted, one.last_quarter])


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """Return a demo company's warehouse with its forecast carried into the marts."""
    folder = tmp_path_factory.mktemp("forecast")
    made = ["--people", "500", "--seed", "3", "--until", "2026-11-28"]
    with pytest.MonkeyPatch.context() as monkeypatch:
        assert demo.main([*made, "--out", str(folder / "raw")]) == OK
        path = folder / "mops.duckdb"
        assert land(folder / "raw", path, monkeypatch) == OK
        assert run_dbt(path, select=SELECT, as_of="2026-11-27")
        assert forecast.main([]) == OK
        assert run_dbt(path, select=FORECASTS, as_of="2026-11-27")
        yield Warehouse(path)


class TestMarts:
    def test_the_marts_hold_what_was_forecast(self, built: Warehouse) -> None:
        assert judge(
            built.path,
            (
                "fct_pipeline_forecasts",
                "fct_forecast_backtests",
                "fct_forecast_accuracies",
                "rpt_pipeline_forecast",
            ),
            as_of="2026-11-27",
        )
        kept = "select count(*), min(forecast_date) from raw_predictions.forecasts"
        assert built.rows(kept) == built.rows(
            kept.replace("raw_predictions.", "marts.fct_pipeline_")
        )
        quarters = "select distinct quarter_start from reports.rpt_pipeline_forecast"
        assert sorted(built.rows(quarters)) == [
            (date(2026, 10, 1),),
            (date(2027, 1, 1),),
        ]

    def test_outcomes_are_the_reported_figures(self, built: Warehouse) -> None:
        wrong = built.rows(
            "select * from marts.fct_forecast_backtests as tests left join ("
            "  select date_trunc('quarter', created_at)::date as quarter_start,"
            "  sum(amount_usd) as usd from marts.fct_opportunity_outcomes group by 1"
            ") as reported using (quarter_start) where segment = 'total' "
            "and measure = 'pipeline_created' and outcome_usd is distinct from usd"
        )
        assert wrong == []
        assert built.value("select count(*) from marts.fct_forecast_backtests") > 100

    def test_a_second_run_changes_nothing(
        self, built: Warehouse, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("MOPS_WAREHOUSE", str(built.path))
        queries = [
            f"select * from raw_predictions.{table} order by all"
            for table in ("forecasts", "forecast_backtests")
        ]
        before = [built.rows(query) for query in queries]
        assert forecast.main([]) == OK
        assert [built.rows(query) for query in queries] == before

    def test_deals_of_a_mistyped_year_are_left_out_and_told(
        self,
        built: Warehouse,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        queries = [
            f"select * from raw_predictions.{table} order by all"
            for table in ("forecasts", "forecast_backtests")
        ]
        before = [built.rows(query) for query in queries]
        copy = Warehouse(tmp_path / built.path.name)
        shutil.copy(built.path, copy.path)
        with duckdb.connect(str(copy.path)) as connection:
            for created in ("1970-01-01", "0202-05-01"):
                connection.execute(
                    "insert into marts.fct_opportunity_outcomes by name "
                    "from (from marts.fct_opportunity_outcomes order by all limit 1) "
                    "select * replace ($day as opportunity_id, "
                    "cast($day as timestamp) as created_at)",
                    {"day": created},
                )
        monkeypatch.setenv("MOPS_WAREHOUSE", str(copy.path))
        assert forecast.main([]) == OK
        assert (
            "2 opportunities and 0 leads created more than 3,653 days ago are left out"
            in capsys.readouterr().err
        )
        assert [copy.rows(query) for query in queries] == before


def shown(path: Path, folder: Path, relations: tuple[str, ...]) -> AppTest:
    """Publish relations of a warehouse as they are, and run the page on them."""
    folder.mkdir()
    (folder / "manifest.json").write_text("{}", encoding="utf-8")
    with duckdb.connect(str(folder / "mops_marts.duckdb")) as connection:
        connection.execute(f"attach '{path}' as built (read_only)")
        for relation in ("marts.dim_build_settings", *relations):
            connection.execute(f"create schema if not exists {relation.split('.')[0]}")
            connection.execute(f"create table {relation} as from built.{relation}")
    return dashboard_view.shown("forecast", folder)


class TestPage:
    def test_it_shows_the_forecast_and_how_past_ones_went(
        self, built: Warehouse, tmp_path: Path
    ) -> None:
        relations = (
            "reports.rpt_pipeline_forecast",
            "marts.fct_forecast_backtests",
            "marts.fct_forecast_accuracies",
        )
        page = shown(built.path, tmp_path / "version", relations)
        assert not page.exception
        assert any("27 November 2026" in words.value for words in page.markdown)
        assert [one.value for one in page.subheader] == [
            "Pipeline created, as forecast on the first day of past quarters",
            "Revenue won, as forecast on the first day of past quarters",
            "How past forecasts went, beside two plain rivals",
        ]
        forecasts, verdicts = (one.value for one in page.dataframe)
        assert len(forecasts) == built.value(
            "select count(*) from reports.rpt_pipeline_forecast"
        )
        assert verdicts["back_tests"].sum() == built.value(
            "select count(*) from marts.fct_forecast_backtests where basis = 'forecast'"
        )

    def test_without_a_forecast_it_says_so(
        self, built: Warehouse, tmp_path: Path
    ) -> None:
        page = shown(built.path, tmp_path / "version", ())
        assert not page.exception
        (told,) = page.info
        assert told.value == "There is no forecast: this publication holds none."


def test_an_empty_warehouse_has_no_forecast(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "mops.duckdb"
    (tmp_path / "raw").mkdir()
    assert land(tmp_path / "raw", path, monkeypatch) == OK
    assert run_dbt(path, select=SELECT)
    assert forecast.main([]) == OK
    assert "no forecast was made: no opportunities are known" in capsys.readouterr().err
    assert run_dbt(path, select=FORECASTS)
    for table in ("fct_pipeline_forecasts", "fct_forecast_backtests"):
        assert Warehouse(path).value(f"select count(*) from marts.{table}") == 0


def test_without_a_warehouse_it_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOPS_WAREHOUSE", str(tmp_path / "none.duckdb"))
    with pytest.raises(UserError, match="load and build first"):
        forecast.main([])

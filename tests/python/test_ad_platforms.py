"""The four ad platforms: their reports land, restate and add up to what was spent.

The figures of the files that nobody here wrote were added up outside the warehouse; the
property reads the rule of the greatest report once more, a day at a time, in Python.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from conftest import Warehouse, judge, land, run_dbt, write_csv

AS_OF = "2024-12-31"
SPEND_MODELS = (
    "+fct_spend_reconciliations",
    "+rpt_spend_reconciliation",
    "+fct_late_spend_days",
)
CONSERVED = (
    "assert_ad_platform_spend_is_conserved",
    "assert_campaigns_spend_is_conserved",
)
Tables = dict[str, list[dict[str, Any]]]


def write(raw: Path, tables: Tables) -> Path:
    """Write tables named source/table as CSV and return the folder."""
    for name, rows in tables.items():
        write_csv(raw / f"{name}.csv", rows)
    raw.mkdir(parents=True, exist_ok=True)
    return raw


def build_spend(path: Path) -> Warehouse:
    """Build what concerns spend and hold it to the tests of conservation."""
    assert run_dbt(path, select=SPEND_MODELS, as_of=AS_OF)
    assert judge(path, CONSERVED, as_of=AS_OF)
    return Warehouse(path)


def stat(cost: int, **columns: Any) -> dict[str, Any]:
    """Return a row of a Google report: cost in micros."""
    row = {"customer_id": "9", "date": "2024-01-10", "device": "MOBILE"}
    return row | {"cost_micros": cost} | columns


GOOGLE: Tables = {
    "google_ads/account_history": [
        {"id": "9", "currency_code": "EUR", "updated_at": "2023-01-01 00:00:00"}
        | {"time_zone": "Europe/Berlin", "descriptive_name": "Main"}
    ],
    "google_ads/campaign_history": [
        {"id": "1", "customer_id": "9", "name": name, "status": status}
        | {"advertising_channel_type": "PERFORMANCE_MAX", "updated_at": changed_at}
        for name, status, changed_at in (
            ("Newest", "REMOVED", "2024-03-01 00:00:00"),
            ("Oldest", "ENABLED", "2024-01-01 00:00:00"),
            ("Newer", "PAUSED", "2024-02-01 00:00:00"),
        )
    ],
    "google_ads/account_stats": [stat(150_000_000)],
    "google_ads/campaign_stats": [
        stat(60_000_000, id="1"),
        stat(40_000_000, id="1", device="DESKTOP"),
        stat(20_000_000, id="2"),
    ],
    "google_ads/ad_stats": [stat(70_000_000, campaign_id="1", ad_id="5")],
    "generic/exchange_rates": [
        {"rate_date": "2024-01-01", "currency": "EUR", "usd_per_unit": "1.1"}
    ],
    "generic/spend": [
        {"spend_date": "2024-01-10", "end_date": "2024-01-11", "platform": "Google"}
        | {"campaign_name": "newest", "amount": "30", "currency": "EUR"},
        {"spend_date": "2024-01-10", "platform": "Google Ads", "campaign_id": "2"}
        | {"amount": "5", "currency": "EUR"},
        {"spend_date": "2024-01-10", "platform": "Google Ads", "campaign_id": "1"}
        | {"amount": "7", "currency": "EUR", "cost_type": "agency"},
    ],
}


@pytest.fixture(scope="module")
def google(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """Land Google's reports, then the restated day, and build what concerns spend."""
    folder = tmp_path_factory.mktemp("google")
    path = folder / "mops.duckdb"
    first = {**GOOGLE, "google_ads/campaign_stats": [stat(1, id="1", **SYNCED[0])]}
    second = {
        "google_ads/campaign_stats": [
            row | SYNCED[1] for row in GOOGLE["google_ads/campaign_stats"]
        ]
    }
    stale = {"google_ads/campaign_stats": [stat(7, id="1", **SYNCED[0])]}
    with pytest.MonkeyPatch.context() as monkeypatch:
        for number, tables in enumerate((first, second, stale)):
            raw = write(folder / f"raw{number}", tables)
            assert land(raw, path, monkeypatch) == 0
    return build_spend(path)


SYNCED = (
    {"_fivetran_id": "x", "_fivetran_synced": "2024-01-11 00:00:00"},
    {"_fivetran_id": "x", "_fivetran_synced": "2024-02-11 00:00:00"},
)


def test_a_restated_day_replaces_the_older_one_whatever_lands_last(
    google: Warehouse,
) -> None:
    costs = google.rows(
        "select id, device, cost_micros from raw_google_ads.campaign_stats order by all"
    )
    assert costs == [
        ("1", "DESKTOP", 40_000_000),
        ("1", "MOBILE", 60_000_000),
        ("2", "MOBILE", 20_000_000),
    ]


def test_what_lies_between_the_reports_is_a_row_of_its_own(google: Warehouse) -> None:
    rows = google.rows(
        "select campaign_id, campaign_name, channel, spend_level, spend_amount, "
        "spend_usd from marts.fct_ad_spend_days where source = 'google_ads' "
        "order by spend_amount, spend_level"
    )
    rest = "not_in_campaign_report"
    assert rows == [
        ("google_ads:2", None, "paid_search", "unattributed_to_ads", 20, 22),
        (None, "(not in a campaign report)", "paid_search", rest, 30, 33),
        ("google_ads:1", "Newest", "paid_search", "unattributed_to_ads", 30, 33),
        ("google_ads:1", "Newest", "paid_search", "ads", 70, 77),
    ]


def test_a_file_s_cost_that_the_platform_reports_too_is_listed_and_not_counted(
    google: Warehouse,
) -> None:
    left_out = google.rows(
        "select campaign_id, spend_date, spend_amount, spend_usd "
        "from marts.fct_superseded_spend_days order by spend_amount, spend_date"
    )
    # The range of two days goes whole, since the platform reports the campaign in its
    # month. The campaign 2 has no history, so that the file's bare id stays the file's;
    # a name in another case names the campaign.
    assert left_out == [
        ("generic:2", date(2024, 1, 10), 5, Decimal("5.5")),
        ("google_ads:1", date(2024, 1, 10), 15, Decimal("16.5")),
        ("google_ads:1", date(2024, 1, 11), 15, Decimal("16.5")),
    ]
    counted = google.rows(
        "select cost_type, spend_date, spend_amount from marts.fct_ad_spend_days "
        "where source = 'generic' order by all"
    )
    assert counted == [("agency", date(2024, 1, 10), 7)]


def test_a_month_reconciles_report_by_report(google: Warehouse) -> None:
    rows = google.rows(
        "select ad_account_id, time_zone, is_reconciled, ad_level_spend, "
        "campaign_level_spend, account_level_spend, landed_spend, landed_spend_usd, "
        "unattributed_to_ads_spend, not_in_campaign_report_spend, entered_spend, "
        "superseded_spend from marts.fct_spend_reconciliations order by all"
    )
    assert rows == [
        ("google_ads:9", "Europe/Berlin", True, 70, 120, 150, 150, 165, 50, 30, 0, 0),
        (None, None, True, None, None, None, 0, 0, 0, 0, 0, 35),
    ]
    assert google.rows(
        "select platform, is_reconciled, landed_spend_usd, superseded_spend_usd "
        "from reports.rpt_spend_reconciliation"
    ) == [("google_ads", True, 165, Decimal("38.5"))]


DAYS = [date(2024, 1, 30) + timedelta(days=number) for number in range(3)]
CENTS = st.integers(min_value=0, max_value=50_000)
REPORT = st.dictionaries(
    st.tuples(st.sampled_from(DAYS), st.sampled_from(["1", "2", "3"])), CENTS
)
# Ads without a campaign's id belong to a campaign that nobody knows.
ADS = st.dictionaries(
    st.tuples(st.sampled_from(DAYS), st.sampled_from(["1", "2", "3", ""])), CENTS
)


def expected_truth(
    ads: dict[Any, int], campaigns: dict[Any, int], accounts: dict[Any, int]
) -> dict[date, int]:
    """Return the cents of each month by the rule of the greatest report."""
    days: dict[date, int] = defaultdict(int)
    days_by_campaign = {day for day, _ in campaigns}
    for key in ads.keys() | campaigns.keys():
        day, campaign = key
        # A report by campaign holds the ads of unknown campaigns of its day too.
        if campaign or day not in days_by_campaign:
            days[day] += campaigns.get(key, ads.get(key, 0))
    for day in days.keys() | accounts.keys():
        days[day] = max(days[day], accounts.get(day, 0))
    months: dict[date, int] = defaultdict(int)
    for day, cents in days.items():
        months[day.replace(day=1)] += cents
    return {month: cents for month, cents in months.items() if cents}


def spent(account: int, day: date, cents: int, **columns: str) -> dict[str, Any]:
    """Return a row of a Microsoft report."""
    money = {"spend": f"{Decimal(cents) / 100}", "currency_code": "GBP"}
    return {"account_id": account, "date": day} | money | columns


SCENARIO = st.tuples(ADS, REPORT, st.dictionaries(st.sampled_from(DAYS), CENTS))


# One build judges many accounts, since a build takes longer than all else.
@settings(
    max_examples=2,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(scenarios=st.lists(SCENARIO, min_size=40, max_size=40))
def test_whatever_is_reported_the_truth_is_shown(
    tmp_path_factory: pytest.TempPathFactory, scenarios: list[Any]
) -> None:
    report = "microsoft_ads/{}_performance_daily_report".format
    tables: Tables = {report(level): [] for level in ("ad", "campaign", "account")}
    expected: dict[tuple[str, date], int] = {}
    for number, (ads, campaigns, accounts) in enumerate(scenarios):
        for (day, campaign), cents in ads.items():
            ids = {
                "campaign_id": f"{number}_{campaign}" if campaign else "",
                "ad_id": f"{number}a{campaign}",
            }
            tables[report("ad")].append(spent(number, day, cents, **ids))
        for (day, campaign), cents in campaigns.items():
            ids = {"campaign_id": f"{number}_{campaign}"}
            tables[report("campaign")].append(spent(number, day, cents, **ids))
        for day, cents in accounts.items():
            tables[report("account")].append(spent(number, day, cents))
        for month, cents in expected_truth(ads, campaigns, accounts).items():
            expected[f"microsoft_ads:{number}", month] = cents
    tables["generic/exchange_rates"] = [
        {"rate_date": "2024-01-31", "currency": "GBP", "usd_per_unit": "1.25"}
    ]
    folder = tmp_path_factory.mktemp("truth")
    raw = write(folder / "raw", {name: rows for name, rows in tables.items() if rows})
    path = folder / "mops.duckdb"
    with pytest.MonkeyPatch.context() as monkeypatch:
        assert land(raw, path, monkeypatch) == 0
    shown = build_spend(path).rows(
        "select ad_account_id, month, landed_spend * 100 "
        "from marts.fct_spend_reconciliations where landed_spend != 0"
    )
    assert {(account, month): cents for account, month, cents in shown} == expected

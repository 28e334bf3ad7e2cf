"""Each of the 18 metrics equals what plain pandas makes of the raw files.

Beside the files and the policy in the seeds, one thing is taken from the warehouse:
which records are one person or account, and whom a person works for. That is a matter
of matching, which other tests hold to the demo's truth. No other model is read.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest

import demo_company
from conftest import Warehouse
from raw_company import Company
from raw_metrics import PARTS
from semantic_layer import METRICS

# The warehouse keeps six decimals of each day's spend, in reports and parts of reports.
SPEND = {"channel_cac", "cost_per_mql", "romi"}
Months = dict[datetime, tuple[float, float | None, float | None]]


@pytest.fixture(scope="module")
def company(demo_folder: Path, demo_warehouse: Warehouse) -> Company:
    """Return the raw files, with who is who by the warehouse."""
    records, accounts, employers = (
        dict(demo_warehouse.rows(f"select {columns} from marts.{relation}"))
        for columns, relation in (
            ("person_record_id, person_id", "bridge_person_records"),
            ("account_record_id, account_id", "bridge_account_records"),
            ("person_id, account_id", "dim_person_profiles"),
        )
    )
    end = pd.Timestamp(demo_company.UNTIL) + pd.Timedelta(days=1)
    return Company(demo_folder, end, records, accounts, employers)


@pytest.fixture(scope="module")
def reported(demo_warehouse: Warehouse) -> dict[str, Months]:
    """Return what the report shows, by metric and month."""
    found: dict[str, Months] = {}
    for metric, month, *figures in demo_warehouse.rows(
        "select metric, month, numerator, denominator, value "
        "from reports.rpt_metric_months"
    ):
        moment = datetime.combine(month, datetime.min.time())
        found.setdefault(metric, {})[moment] = (figures[0], figures[1], figures[2])
    return found


def computed(company: Company, metric: str) -> Months:
    """Return a metric by month from the raw files, as the report would show it."""
    parts = PARTS[metric](company)
    assert parts["month"].notna().all()
    assert parts["numerator"].notna().all()
    sums = parts.groupby("month").sum()
    months: Months = {}
    for month, row in sums.iterrows():
        numerator = float(row["numerator"])
        if "denominator" not in sums:
            months[month.to_pydatetime()] = (numerator, None, numerator)
            continue
        assert parts["denominator"].notna().all()
        denominator = float(row["denominator"])
        value = numerator / denominator if denominator else None
        months[month.to_pydatetime()] = (numerator, denominator, value)
    return months


def test_the_18_are_reported_and_computed(reported: dict[str, Months]) -> None:
    assert len(METRICS) == 18
    assert set(PARTS) == METRICS
    assert set(reported) == METRICS


@pytest.mark.parametrize("metric", sorted(METRICS))
def test_a_metric_is_what_the_raw_files_say(
    company: Company, reported: dict[str, Months], metric: str
) -> None:
    wanted = computed(company, metric)
    assert reported[metric].keys() == wanted.keys()
    absolute = 1e-4 if metric in SPEND else 1e-9
    wrong = {
        f"{month:%Y-%m}": (shown, wanted[month])
        for month, shown in reported[metric].items()
        if [part is None for part in shown] != [part is None for part in wanted[month]]
        or any(
            part != pytest.approx(true, rel=1e-9, abs=absolute)
            for part, true in zip(shown, wanted[month], strict=True)
            if true is not None
        )
    }
    assert not wrong
    assert len(wanted) >= 12


def test_no_part_of_a_metric_is_out_of_the_months(demo_warehouse: Warehouse) -> None:
    """What the report adds up is all that the warehouse counts."""
    undated = demo_warehouse.rows(
        "select metric, count(*) from marts.fct_metric_parts"
        " where month is null group by metric"
    )
    assert undated == []

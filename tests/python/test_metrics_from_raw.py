"""Each of the 18 metrics equals what plain pandas makes of the raw files.

Beside the files and the policy in the seeds, one thing is taken from the warehouse:
which records are one person or account, and whom a person works for. That is a matter
of matching, which other tests hold to the demo's truth. No other model is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import demo_company
from conftest import Warehouse
from raw_company import Company
from raw_metrics import PARTS
from semantic_layer import METRICS

# The warehouse keeps six decimals of each row of spend.
SPEND = {"channel_cac", "cost_per_mql", "romi"}
# A channel on which nothing was spent has none of these, not one of 0.
COSTS = {"channel_cac", "cost_per_mql"}
# What a metric is cut by: leads by the first touch, deals by their source, money and
# what it bought by credited touches.
CUTS = {
    "channel": {
        *SPEND,
        "lead_routing_accuracy",
        "lead_to_opportunity_rate",
        "marketing_influenced_pipeline",
        "marketing_sourced_pipeline",
        "marketing_sourced_revenue_pct",
        "mql_to_sql_rate",
        "sla_compliance_rate",
        "time_to_mql_days",
    }
}
CUTS["segment"] = CUTS["channel"] - SPEND
# Numerator and denominator, by month and whatever else.
Sums = dict[tuple[Any, ...], tuple[float, float | None]]
Shown = Mapping[tuple[Any, ...], tuple[float | None, float | None]]


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


def computed(company: Company, metric: str, *columns: str) -> Sums:
    """Return the parts of a metric from the raw files, by month and columns."""
    parts = PARTS[metric](company)
    assert parts.notna().all(axis=None)
    sums = parts.groupby(["month", *columns])[
        [name for name in ("numerator", "denominator") if name in parts]
    ].sum()
    return {
        (month.date(), *cut): (
            float(row["numerator"]),
            float(row["denominator"]) if "denominator" in row else None,
        )
        for (month, *cut), row in zip(
            (key if columns else (key,) for key in sums.index),
            sums.to_dict("records"),
            strict=True,
        )
    }


def differences(metric: str, shown: Shown, wanted: Shown) -> dict[tuple[Any, ...], Any]:
    """Return what only one side has, or both have otherwise, with both sides."""
    absolute = 1e-4 if metric in SPEND else 1e-9

    def is_same(left: float | None, right: float | None) -> bool:
        if left is None or right is None:
            return left is right
        return left == pytest.approx(right, rel=1e-9, abs=absolute)

    return {
        key: (shown.get(key), wanted.get(key))
        for key in sorted(shown.keys() | wanted.keys())
        if key not in shown
        or key not in wanted
        or not all(map(is_same, shown[key], wanted[key]))
    }


def test_the_18_are_reported_and_computed(demo_warehouse: Warehouse) -> None:
    assert len(METRICS) == 18
    assert set(PARTS) == METRICS
    reported = "select distinct metric from reports.rpt_metric_months"
    assert {metric for (metric,) in demo_warehouse.rows(reported)} == METRICS


@pytest.mark.parametrize("metric", sorted(METRICS))
def test_a_metric_is_what_the_raw_files_say(
    company: Company, demo_warehouse: Warehouse, metric: str
) -> None:
    reported = demo_warehouse.rows(
        "select month, numerator, denominator, value from reports.rpt_metric_months"
        " where metric = ?",
        [metric],
    )
    shown = {(month,): (above, below) for month, above, below, _ in reported}
    wanted = computed(company, metric)
    assert differences(metric, shown, wanted) == {}
    assert len(wanted) >= 12
    for month, *_, value in reported:
        above, below = wanted[month,]
        true = above if below is None else above / below if below else None
        if true is None:
            assert value is None, month
        else:
            tolerance = 1e-7 if metric in SPEND else 1e-9
            assert value == pytest.approx(true, rel=tolerance), month


@pytest.mark.parametrize(
    ("dimension", "metric"),
    [(dimension, metric) for dimension in CUTS for metric in sorted(CUTS[dimension])],
)
def test_a_part_of_a_metric_is_what_the_raw_files_say(
    company: Company, demo_warehouse: Warehouse, dimension: str, metric: str
) -> None:
    shown = {
        (month, cut): (above, below)
        for month, cut, above, below in demo_warehouse.rows(
            f"select month, {dimension}, cast(sum(numerator) as double),"
            " cast(sum(denominator) as double)"
            " from marts.fct_metric_parts where metric = ? group by all",
            [metric],
        )
    }
    # The mart leaves out what adds nothing.
    wanted = {
        key: (None if metric in COSTS and not above else above, below)
        for key, (above, below) in computed(company, metric, dimension).items()
        if above or below or below is None
    }
    assert differences(metric, shown, wanted) == {}
    assert len({cut for _, cut in wanted}) > 2


def test_no_part_of_a_metric_is_out_of_the_months(demo_warehouse: Warehouse) -> None:
    """What the report adds up is all that the warehouse counts."""
    undated = demo_warehouse.rows(
        "select metric, count(*) from marts.fct_metric_parts"
        " where month is null group by metric"
    )
    assert undated == []

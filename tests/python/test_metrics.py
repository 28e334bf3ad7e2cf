"""The 18 metrics: one name, one definition, one number wherever they are read."""

from __future__ import annotations

import re
import shutil
from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

import dbt_process
import semantic_layer
from conftest import Warehouse, run_dbt
from lib.warehouse import PROJECT_ROOT
from semantic_layer import METRICS, Values, answers_by

SUMS = {"marketing_sourced_pipeline", "marketing_influenced_pipeline"}
# The company has neither launches, tools nor records of owners, and is a year old. The
# demo, which has them all, is asked in test_whole_way.py.
NOT_IN_COMPANY = {
    "campaign_deployment_cycle_days",
    "data_decay_rate",
    "lead_routing_accuracy",
    "system_uptime_rate",
}
STATES = {
    "contact_completeness_rate",
    "data_decay_rate",
    "duplicate_rate",
    "enrichment_coverage_rate",
}
# What the metrics are made of, by name in the semantic layer.
INPUTS = {"flow_numerator", "flow_denominator", "state_numerator", "state_denominator"}
DIMENSIONS = {
    "channel": "channel",
    "segment": "segment",
    "campaign": "campaign_id",
    "owner": "owner_id",
    "source": "source",
}


def value_of(parts: list[tuple[Decimal | None, Decimal | None]]) -> float | None:
    """Return a metric from its parts, by its definition."""
    numerators = [part for part, _ in parts if part is not None]
    if not numerators:
        return None
    numerator = float(sum(numerators))
    denominators = [part for _, part in parts if part is not None]
    if not denominators:
        return numerator
    denominator = float(sum(denominators))
    return numerator / denominator if denominator else None


def values_by(warehouse: Warehouse, *columns: str) -> Values:
    """Return each metric by month and other columns, from the parts in the mart."""
    parts: dict[tuple[Any, ...], list[tuple[Decimal | None, Decimal | None]]]
    parts = defaultdict(list)
    for *key, numerator, denominator in warehouse.rows(
        f"select {', '.join(['metric', 'month', *columns])}, numerator, denominator "
        "from marts.fct_metric_parts where month is not null"
    ):
        parts[tuple(key)].append((numerator, denominator))
    valued = {key: value_of(found) for key, found in parts.items()}
    return {key: value for key, value in valued.items() if value is not None}


def test_the_18_have_one_name_in_every_place() -> None:
    project = dbt_process.parsed_project()
    metrics = {metric.name: metric for metric in project.metrics.values()}
    assert set(metrics) == METRICS | INPUTS
    text = (PROJECT_ROOT / "models/_metrics.md").read_text("utf-8")
    for name in METRICS:
        block = re.search(rf"{{% docs {name} %}}\n(.*?){{% enddocs %}}", text, re.S)
        assert block, name
        definition = block[1].strip()
        for part in ("**", "- Formula: ", "- Grain: ", "- Owner: "):
            assert part in definition, (name, part)
        assert metrics[name].description.strip() == definition
        assert metrics[name].label
    readme = (PROJECT_ROOT / "README.md").read_text("utf-8")
    assert not {name for name in METRICS if f"`{name}`" not in readme}


def test_the_report_holds_the_summed_parts(company_warehouse: Warehouse) -> None:
    reported = company_warehouse.rows(
        "select metric, month, numerator, denominator, value "
        "from reports.rpt_metric_months"
    )
    assert {metric for metric, *_ in reported} <= METRICS
    assert len(reported) > 120
    for metric, _, _, denominator, _ in reported:
        assert (denominator is None) == (metric in SUMS), metric
    values = {
        (metric, month): value
        for metric, month, *_, value in reported
        if value is not None
    }
    assert values == values_by(company_warehouse)


def test_the_semantic_layer_says_what_the_report_says(
    company_warehouse: Warehouse,
) -> None:
    reported = {
        (metric, month): value
        for metric, month, value in company_warehouse.rows(
            "select metric, month, value from reports.rpt_metric_months "
            "where value is not null"
        )
    }
    assert {metric for metric, _ in reported} == METRICS - NOT_IN_COMPANY
    assert answers_by(company_warehouse) == reported


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_a_metric_is_cut_by_any_dimension(
    company_warehouse: Warehouse, dimension: str
) -> None:
    wanted = values_by(company_warehouse, DIMENSIONS[dimension])
    assert len({key[-1] for key in wanted}) > 1
    assert answers_by(company_warehouse, f"metric_part__{dimension}") == wanted


def test_a_quarter_adds_flows_up_and_ends_states(company_warehouse: Warehouse) -> None:
    months = company_warehouse.rows(
        "select metric, month, numerator, denominator from reports.rpt_metric_months"
    )
    quarter = [row for row in months if date(2025, 4, 1) <= row[1] <= date(2025, 6, 1)]
    answers = {
        row["metric_time__quarter"].date(): row
        for row in semantic_layer.ask(
            company_warehouse,
            ["duplicate_rate", "mql_to_sql_rate"],
            ["metric_time__quarter"],
        )
        if row["metric_time__quarter"] is not None
    }
    answer = answers[date(2025, 4, 1)]
    flow = [row for row in quarter if row[0] == "mql_to_sql_rate"]
    assert len(flow) == 3
    assert answer["mql_to_sql_rate"] == sum(row[2] for row in flow) / sum(
        row[3] for row in flow
    )
    state = max(row[1:] for row in quarter if row[0] == "duplicate_rate")
    assert state[0] == date(2025, 6, 1)
    assert answer["duplicate_rate"] == state[1] / state[2]


@pytest.fixture(scope="module")
def long_after(
    company_warehouse: Warehouse, tmp_path_factory: pytest.TempPathFactory
) -> Warehouse:
    """Return the company's states years later, when nobody has been fresh for long."""
    path = tmp_path_factory.mktemp("long_after") / "mops.duckdb"
    shutil.copy(company_warehouse.path, path)
    select = ["path:models/intermediate/quality", "fct_metric_parts+"]
    assert run_dbt(path, select=select, as_of="2028-12-31")
    return Warehouse(path)


def test_a_state_of_nothing_is_not_that_of_an_earlier_month(
    long_after: Warehouse,
) -> None:
    states = {
        (metric, month): value
        for metric, month, value in long_after.rows(
            "select metric, month, value from reports.rpt_metric_months "
            f"where metric in {tuple(sorted(STATES))}"
        )
    }
    last = date(2028, 12, 1)
    assert states["data_decay_rate", last] is None
    assert any(value for (name, _), value in states.items() if "decay" in name)
    (answer,) = semantic_layer.ask(long_after, sorted(STATES), [])
    assert answer == {name: states[name, last] for name in sorted(STATES)}
    span = "metric_time__quarter"
    for row in semantic_layer.ask(long_after, sorted(STATES), [span]):
        if row[span] is not None:
            month = row[span].date().replace(month=row[span].month + 2)
            wanted = {name: states.get((name, month)) for name in STATES}
            assert {name: row[name] for name in STATES} == wanted, month


@pytest.mark.parametrize("cut", ["channel", "segment"])
def test_a_cut_costs_and_earns_what_the_economics_say(
    company_warehouse: Warehouse, cut: str
) -> None:
    """An MQL and a customer count where they are credited, in both; so does no cost."""
    names = ["cost_per_mql", "channel_cac", "romi"]
    wanted = {
        (quarter, value, name): figure
        for quarter, value, *figures in company_warehouse.rows(
            f"select quarter_start, {cut}, cost_per_mql_usd, cac_usd, romi "
            f"from reports.rpt_{cut}_economics where quarter_start is not null"
        )
        for name, figure in zip(names, figures, strict=True)
        if figure is not None
    }
    span, dimension = "metric_time__quarter", f"metric_part__{cut}"
    found = {
        (row[span].date(), row[dimension], name): row[name]
        for row in semantic_layer.ask(company_warehouse, names, [span, dimension])
        for name in names
        if row[span] is not None and row[name] is not None
    }
    # A row without a value is another one's gap: the keys are held to be the same.
    assert found == pytest.approx(wanted, rel=1e-8)
    assert len(found) > 20

"""Ask the semantic layer of a built warehouse, in the SQL that MetricFlow writes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from types import SimpleNamespace
from typing import Any

import duckdb
from dbt.contracts.graph.semantic_manifest import SemanticManifest
from metricflow.engine.metricflow_engine import (
    MetricFlowEngine,
    MetricFlowQueryRequest,
)
from metricflow.protocols.sql_client import SqlEngine
from metricflow.sql.render.duckdb_renderer import DuckDbSqlPlanRenderer
from metricflow_semantics.model.dbt_manifest_parser import (
    parse_manifest_from_dbt_generated_manifest,
)
from metricflow_semantics.model.semantic_manifest_lookup import SemanticManifestLookup

import dbt_process
from conftest import Warehouse

METRICS = {
    "contact_completeness_rate",
    "duplicate_rate",
    "enrichment_coverage_rate",
    "email_deliverability_rate",
    "data_decay_rate",
    "mql_to_sql_rate",
    "lead_to_opportunity_rate",
    "marketing_sourced_pipeline",
    "marketing_influenced_pipeline",
    "time_to_mql_days",
    "lead_routing_accuracy",
    "sla_compliance_rate",
    "campaign_deployment_cycle_days",
    "system_uptime_rate",
    "cost_per_mql",
    "marketing_sourced_revenue_pct",
    "romi",
    "channel_cac",
}
# By metric, month and whatever else is asked for.
Values = dict[tuple[Any, ...], float]


@cache
def engine() -> MetricFlowEngine:
    """Return MetricFlow over the metrics of the project, without a connection."""
    written = SemanticManifest(dbt_process.parsed_project())
    manifest = parse_manifest_from_dbt_generated_manifest(
        manifest_json_string=written._get_pydantic_semantic_manifest().json()
    )
    dialect: Any = SimpleNamespace(
        sql_engine_type=SqlEngine.DUCKDB, sql_plan_renderer=DuckDbSqlPlanRenderer()
    )
    return MetricFlowEngine(SemanticManifestLookup(manifest), dialect)


def ask(
    warehouse: Warehouse, metrics: Sequence[str], group_by: Sequence[str]
) -> list[dict[str, Any]]:
    """Return what `mf query` finds, each row by the names of its columns."""
    request = MetricFlowQueryRequest.create(
        metric_names=metrics, group_by_names=group_by
    )
    query = engine().explain(request).sql_statement.sql
    with duckdb.connect(str(warehouse.path), read_only=True) as connection:
        found = connection.execute(query)
        names = [column[0] for column in found.description or []]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def answers_by(warehouse: Warehouse, *group_by: str) -> Values:
    """Return each metric by month and dimensions, where it has a value."""
    found: Values = {}
    names = ["metric_time__month", *group_by]
    for row in ask(warehouse, sorted(METRICS), names):
        if row["metric_time__month"] is None:
            continue
        month = row["metric_time__month"].date()
        key = tuple(row[name] for name in group_by)
        for metric in METRICS:
            if row[metric] is not None:
                found[metric, month, *key] = float(row[metric])
    return found

"""The SQL of attribution, compiled once, on as many small worlds as a test likes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
from dbt.artifacts.resources.types import NodeType

import dbt_process
from lib.warehouse import PROJECT_ROOT

AS_OF = "2026-12-31"
WANTED = (
    "fct_attribution_credits",
    "fct_channel_contributions",
    "fct_unattributed_conversions",
)


def number(*columns: str) -> str:
    """Return what the macro content_print makes of columns.

    Were it something else, no journey would be found: conversions use the macro.
    """
    return f"cast(hash({', '.join(columns)}) >> 1 as bigint)"


def key(name: str, column: str) -> str:
    """Return a column that holds the number of another one, which nobody inserts."""
    computed = f"case when {column} is not null then {number(column)} end"
    return f"{name} bigint generated always as ({computed})"


# What the earlier domains give, as far as attribution reads it.
TABLES = {
    "fct_touchpoints": "touchpoint_id varchar, person_id varchar, account_id varchar, "
    "campaign_id varchar, channel varchar, is_marketing boolean, is_direct boolean, "
    "is_sales boolean, touched_at timestamp, "
    + key("person_key", "person_id")
    + ", touch_print bigint generated always as ("
    + number(
        *("touchpoint_id", "person_id", "campaign_id", "channel"),
        *("is_marketing", "is_direct", "is_sales", "touched_at"),
    )
    + ")",
    "dim_people": "person_id varchar, account_id varchar, created_at timestamp, "
    + key("person_key", "person_id")
    + ", "
    + key("account_key", "account_id"),
    "fct_lead_funnel": "funnel_cycle_id varchar, person_id varchar, "
    "account_id varchar, segment varchar, mql_at timestamp",
    "fct_opportunity_outcomes": "opportunity_id varchar, primary_person_id varchar, "
    "account_id varchar, segment varchar, amount_usd decimal(18, 2), is_won boolean, "
    "created_at timestamp, closed_at timestamp",
    "bridge_opportunity_people": "opportunity_id varchar, person_id varchar, "
    "role varchar",
}
# What the one model in Python gives while no active model asks for a higher order.
NO_HIGHER_EFFECTS = (
    "select null::varchar as conversion_type, null::bigint as chain_order, "
    "null::varchar as channel, null::double as removal_effect limit 0"
)
World = Mapping[str, Sequence[tuple[Any, ...]]]


@dataclass(frozen=True)
class AttributionSql:
    """The models behind the attribution marts, in an order in which they build."""

    seeds: list[str]
    models: list[tuple[str, str]]

    def build(
        self, world: World, policy: Sequence[str] = ()
    ) -> duckdb.DuckDBPyConnection:
        """Build a world in memory; tables that it lacks are empty.

        The statements of the policy change the seeds before anything reads them.
        """
        connection = duckdb.connect(config={"threads": 1})
        connection.execute("attach ':memory:' as mops")
        connection.execute("use mops")
        for schema in ("marts", "intermediate", "policy"):
            connection.execute(f"create schema mops.{schema}")
        for name, columns in TABLES.items():
            connection.execute(f"create table mops.marts.{name} ({columns})")
            if rows := world.get(name):
                marks = f"({', '.join('?' for _ in rows[0])})"
                connection.execute(
                    f"insert into mops.marts.{name} values "
                    + ", ".join([marks] * len(rows)),
                    [value for row in rows for value in row],
                )
        for statement in (*self.seeds, *policy):
            connection.execute(statement)
        for relation, query in self.models:
            connection.execute(f"create table {relation} as {query}")
        return connection


def compile_attribution(folder: Path, **variables: Any) -> AttributionSql:
    """Compile what builds the attribution marts of the marts of earlier domains."""
    warehouse = folder / "mops.duckdb"
    target = folder / "target"
    project = dbt_process.project_without_tests()
    nodes: dict[str, Any] = {}

    def gather(key: str) -> None:
        node = project.nodes[key]
        if key in nodes or node.name in TABLES:
            return
        # A seed stands on macros alone.
        for parent in getattr(node.depends_on, "nodes", []):
            gather(parent)
        nodes[key] = node

    for node in list(project.nodes.values()):
        if node.name in WANTED:
            gather(node.unique_id)
    models = [n for n in nodes.values() if n.resource_type == NodeType.Model]
    seeds = [n for n in nodes.values() if n.resource_type == NodeType.Seed]
    arguments = ["compile", "--select", *(model.name for model in models)]
    arguments += ["--target-path", str(target), "--log-path", str(folder)]
    arguments += ["--vars", str({"as_of": AS_OF} | variables)]
    assert dbt_process.invoke(arguments, warehouse, tests=False)
    compiled = target / "compiled" / str(project.metadata.project_name)
    return AttributionSql(
        [
            f"create table mops.{seed.schema}.{seed.name} as select * from read_csv("
            f"'{PROJECT_ROOT / seed.original_file_path}', "
            f"types = {dict(seed.config.column_types)})"
            for seed in seeds
        ],
        [
            (
                f"mops.{model.schema}.{model.name}",
                (compiled / model.original_file_path).read_text("utf-8")
                if model.language == "sql"
                else NO_HIGHER_EFFECTS,
            )
            for model in models
        ],
    )

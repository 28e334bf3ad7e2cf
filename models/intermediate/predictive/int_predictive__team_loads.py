# Grain: one row per team that is given leads: under how many MQLs per rep and day its
# answers keep to the SLA, or why that cannot be told.

from typing import Any

import pyarrow as pa

from lib.capacity import judge_loads


def model(dbt: Any, session: Any) -> pa.Table:
    """Hold the answers of past weeks against the load of each."""
    dbt.config(materialized="table")
    methods = dbt.ref("int_predictive__capacity_methods").to_arrow_table().to_pylist()
    policies = dbt.ref("int_predictive__team_policies").to_arrow_table().to_pylist()
    targets = {row["team"]: row["sla_rate_target"] for row in policies}
    weeks = dbt.ref("fct_team_weeks").to_arrow_table()
    return judge_loads(weeks, targets, methods)

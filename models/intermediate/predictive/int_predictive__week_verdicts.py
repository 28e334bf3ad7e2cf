# Grain: one row per watched metric, segment, channel and week that is judged: what it
# was expected to be; whose anomaly that is, and what it may cost, is SQL.

from typing import Any

import pyarrow as pa

from lib.anomalies import judge_weeks


def model(dbt: Any, session: Any) -> pa.Table:
    """Hold each week against the ones before it."""
    dbt.config(materialized="table")
    policies = dbt.ref("int_predictive__anomaly_policies").to_arrow_table()
    return judge_weeks(
        dbt.ref("int_predictive__metric_weeks").to_arrow_table(), policies
    )

# Grain: one row per segment and month of accounts with high intent that is judged: how
# likely so few MQLs are.

from typing import Any

import pyarrow as pa

from lib.anomalies import judge_cohorts


def model(dbt: Any, session: Any) -> pa.Table:
    """Hold each cohort against the others."""
    dbt.config(materialized="table")
    return judge_cohorts(dbt.ref("int_predictive__intent_cohorts").to_arrow_table())

# Grain: one row per team and Monday from which weeks are foretold: what each of the
# weeks after it is expected to bring; which of them came, and with what, is SQL.

from typing import Any

import pyarrow as pa

from lib.capacity import expect_weeks


def model(dbt: Any, session: Any) -> pa.Table:
    """Give the level of each team an interval."""
    dbt.config(materialized="table")
    methods = dbt.ref("int_predictive__capacity_methods").to_arrow_table().to_pylist()
    levels = dbt.ref("int_predictive__mql_levels").to_arrow_table()
    return expect_weeks(levels, methods)

# Grain: one row per test, kind of test and variant, with the statistics of its rate
# against the control's; what is counted and what is concluded is SQL.

from typing import Any

import pyarrow as pa

from lib.ab_tests import compare_variants


def model(dbt: Any, session: Any) -> pa.Table:
    """Compare each variant with the control of its test."""
    dbt.config(materialized="table")
    return compare_variants(
        dbt.ref("int_campaigns__variant_counts").to_arrow_table(),
        dbt.ref("int_campaigns__standing_ab_policies").to_arrow_table(),
    )

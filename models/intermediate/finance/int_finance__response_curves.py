# Grain: one row per channel, with the curve fitted to its weeks; what is counted and
# what is concluded is SQL.

from typing import Any

import pyarrow as pa

from lib.response_curves import fit_curves


def model(dbt: Any, session: Any) -> pa.Table:
    """Fit how the results of each channel follow its spend."""
    dbt.config(materialized="table")
    return fit_curves(
        dbt.ref("int_finance__channel_weeks").to_arrow_table(),
        dbt.ref("int_finance__channel_levels").to_arrow_table(),
        dbt.ref("int_finance__reallocation_windows").to_arrow_table(),
    )

# Grain: one row per move of money that the data can carry, with what it would be
# expected to do to pipeline; which moves those are, and what is concluded, is SQL.

from typing import Any

import pyarrow as pa

from lib.response_curves import simulate_moves


def model(dbt: Any, session: Any) -> pa.Table:
    """Simulate the moves that nothing speaks against beforehand."""
    dbt.config(materialized="table")
    return simulate_moves(
        dbt.ref("int_finance__moves").filter("is_judged").to_arrow_table(),
        dbt.ref("int_finance__response_curves").to_arrow_table(),
        dbt.ref("int_finance__reallocation_windows").to_arrow_table(),
    )

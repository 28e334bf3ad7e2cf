# Grain: one row per match unit that was joined to another, with the cluster that they
# form; Python since each join depends on those before it.

from typing import Any

import pyarrow as pa

from lib.matching.clustering import join_units


def model(dbt: Any, session: Any) -> pa.Table:
    """Join units by their edges, never across a barrier."""
    dbt.config(materialized="table")
    return join_units(
        dbt.ref("int_core__match_edges").to_arrow_table(),
        dbt.ref("int_core__match_barriers").to_arrow_table(),
    )

# Grain: one row per conversion type, order of the Markov chain above 1 and channel: the
# share of conversions that would be lost if every step into the channel ended in
# nothing; what steps there are is counted in SQL.

from typing import Any

import pyarrow as pa

from lib.markov import removal_effects


def model(dbt: Any, session: Any) -> pa.Table:
    """Solve each chain, whole and without each of its channels."""
    dbt.config(materialized="table")
    return removal_effects(dbt.ref("int_attribution__higher_steps").to_arrow_table())

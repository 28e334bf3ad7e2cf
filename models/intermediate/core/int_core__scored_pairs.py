# Grain: one row per pair of person records that may be one person, scored by Splink
# with the shipped parameters; all other matching is SQL.

from typing import Any

import pyarrow as pa

from lib.matching.scoring import score_pairs


def model(dbt: Any, session: Any) -> pa.Table:
    """Score the blocked pairs; a pair below the least threshold is no candidate."""
    dbt.config(materialized="table")
    profiles = dbt.ref("int_core__match_profiles")
    pairs = dbt.ref("int_core__blocked_pairs")
    parameters = dbt.ref("match_parameters")
    least = dbt.ref("int_core__match_limits").min("least_probability").fetchone()[0]
    return score_pairs(
        profiles.to_arrow_table(),
        pairs.to_arrow_table(),
        parameters.to_arrow_table(),
        least,
    )

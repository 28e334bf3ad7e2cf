"""Score candidate pairs of person records with Splink and the shipped parameters."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import Any

import duckdb
import pyarrow as pa
from splink import DuckDBAPI, Linker

from lib.matching.model import (
    COLUMNS,
    COMPARISONS,
    LEAST_POPULATION,
    PRIOR,
    UNIQUE_ID,
    Weight,
    Weights,
    settings,
    terms,
)
from lib.sql import columns

# A value is as common as it is among all others than the two that share it, with these
# pseudo-records behind it: in a small file a rare name is as rare as it was where the
# parameters come from.
_PSEUDO_RECORDS = 1000
# Records are joined by number, which is cheaper than by key, and only those in a pair.
_NUMBERED_RECORDS = (
    "create table records as "  # noqa: S608 - our own names
    f"select row_number() over () as record_number, {columns([UNIQUE_ID, *COLUMNS])} "
    "from arrow_features"
)
_NUMBERED_PAIRS = (
    "create table numbered_pairs as select '0' as match_key, "  # noqa: S608
    "records.record_number as join_key_l, others.record_number as join_key_r "
    "from arrow_pairs "
    f"inner join records on arrow_pairs.{UNIQUE_ID} = records.{UNIQUE_ID} "
    "inner join records as others "
    f"on arrow_pairs.other_{UNIQUE_ID} = others.{UNIQUE_ID}"
)
_PAIRED_RECORDS = (
    "create table paired_records as "  # noqa: S608 - our own names
    f"select record_number as {UNIQUE_ID}, {columns(COLUMNS)} from records "
    "where record_number in (select join_key_l from numbered_pairs) "
    "or record_number in (select join_key_r from numbered_pairs)"
)


def read_parameters(rows: Iterable[Mapping[str, Any]]) -> tuple[Weights, float]:
    """Return the weights of all levels, and the expected duplicates per record."""
    weights, duplicates = {}, 0.0
    for row in rows:
        if row["comparison"] == PRIOR:
            duplicates = row["m_probability"]
        else:
            key = (row["comparison"], row["level_name"])
            weights[key] = Weight(row["m_probability"], row["u_probability"])
    return weights, duplicates


def score_pairs(
    features: pa.Table, pairs: pa.Table, parameters: pa.Table, least: float
) -> pa.Table:
    """Return the pairs at or above a probability, with the evidence of each field.

    Args:
        features: one row per person_record_id with the columns that are compared.
        pairs: person_record_id and other_person_record_id of each candidate pair.
        parameters: rows of the seed match_parameters.
        least: probability below which a pair is left out, between 0 and 1.

    Returns:
        The pair's keys, match_probability, and per comparison its level and its weight
        in bits, sorted by the keys.
    """
    weights, duplicates = read_parameters(parameters.to_pylist())
    with duckdb.connect() as connection:
        connection.execute("set threads = 2")
        connection.register("arrow_features", features)
        connection.register("arrow_pairs", pairs)
        records = len(features)
        prior = duplicates / max(records, LEAST_POPULATION)
        if len(pairs) == 0:
            return _empty()
        connection.execute(_NUMBERED_RECORDS)
        connection.execute(_NUMBERED_PAIRS)
        connection.execute(_PAIRED_RECORDS)
        linker = new_linker(connection, "paired_records", weights, prior)
        api = linker._db_api
        for column, (level, counted) in terms().items():
            connection.execute(
                f"create table counted_{column} as "  # noqa: S608 - our own names
                f"select {column}, "
                f"(greatest({counted} - 2, 0) + ? * ?) / (? + ?) as tf_{column} "
                f"from records where {column} is not null group by {column}",
                [_PSEUDO_RECORDS, weights[level].u, records, _PSEUDO_RECORDS],
            )
            table = api.register(
                f"counted_{column}", dataset_display_name=f"tf_of_{column}"
            )
            linker.table_management.register_term_frequency_lookup(table, column)
        linker.table_management.register_blocked_pairs_for_predict(
            api.register("numbered_pairs", dataset_display_name="blocked")
        )
        scored = linker.inference.predict(
            threshold_match_probability=least, warning_mode="never"
        )
        return connection.execute(
            _evidence_query(scored.physical_name)
        ).to_arrow_table()


def new_linker(
    connection: duckdb.DuckDBPyConnection,
    features: pa.Table | str,
    weights: Weights | None,
    prior: float,
) -> Linker:
    """Return a Splink linker over the features, or the table of them, there."""
    api = DuckDBAPI(connection)
    table = api.register(features, dataset_display_name="people")
    linker = Linker(table, settings(weights, prior))
    logging.getLogger("splink").setLevel(logging.ERROR)
    return linker


def _evidence_query(scored: str) -> str:
    evidence = []
    for comparison in COMPARISONS:
        name, last = comparison.name, len(comparison.levels) - 1
        names = " ".join(
            f"when {last - place} then '{level.name}'"
            for place, level in enumerate(comparison.levels)
        )
        evidence.append(f"case gamma_{name} {names} else 'unknown' end as {name}_level")
        weight = f"mw_{name}"
        if any(level.term for level in comparison.levels):
            weight += f" + coalesce(mw_tf_adj_{name}, 0)"
        evidence.append(f"round({weight}, 2) as {name}_bits")
    return (
        f"select records.{UNIQUE_ID}, "  # noqa: S608 - our own names
        f"others.{UNIQUE_ID} as other_person_record_id, "
        "round(match_probability, 6) as match_probability, "
        f"{', '.join(evidence)} from {scored} as scored "
        f"inner join records on scored.{UNIQUE_ID}_l = records.record_number "
        f"inner join records as others on scored.{UNIQUE_ID}_r = others.record_number "
        "order by 1, 2"
    )


def _empty() -> pa.Table:
    names = [
        ("person_record_id", pa.string()),
        ("other_person_record_id", pa.string()),
        ("match_probability", pa.float64()),
    ]
    for comparison in COMPARISONS:
        names += [
            (f"{comparison.name}_level", pa.string()),
            (f"{comparison.name}_bits", pa.float64()),
        ]
    return pa.schema(names).empty_table()

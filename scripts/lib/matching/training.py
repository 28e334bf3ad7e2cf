"""Estimate what each level of agreement weighs, from records that were landed."""

from __future__ import annotations

import duckdb
import pyarrow as pa
from splink import block_on
from splink.internals.linker import Linker

from lib.cli import UserError
from lib.matching.model import COMPARISONS, PRIOR, Weight, Weights
from lib.matching.scoring import new_linker

SEED = 7
SAMPLED_PAIRS = 2_000_000
# Blocks in which most pairs are true: colleagues who share a family name, a site and a
# switchboard would pass for duplicates in wider ones.
_EM_BLOCKS = (
    ("email",),
    ("first_name", "last_name", "company"),
    ("first_name", "last_name", "postal_code"),
    ("last_name", "phone"),
)
_SURE_RULES = (("email",), ("first_name", "last_name", "phone"))
# The share of true duplicates that the sure rules find, by what is known of CRMs.
_SURE_RECALL = 0.6
# No level is held impossible, however rarely it occurs where the weights come from.
_LEAST_M, _LEAST_U = 0.0005, 1e-6


def estimate(
    features: pa.Table, sampled_pairs: int = SAMPLED_PAIRS
) -> tuple[Weights, float]:
    """Return each level's weights, and the expected duplicates per record.

    u is the share of random pairs at a level (Fellegi and Sunter 1969), m comes from
    expectation maximisation over blocks, the duplicates from rules that hardly err.

    Args:
        features: person_record_id and the columns that are compared, sorted by the key.
        sampled_pairs: how many random pairs u is estimated from.

    Raises:
        UserError: some level never occurs among records that are surely one person's.
    """
    with duckdb.connect() as connection:
        connection.execute("set threads = 1")
        linker = new_linker(connection, features, None, 1e-5)
        training = linker.training
        training.estimate_u_using_random_sampling(
            max_pairs=sampled_pairs, seed=SEED, min_count_per_level=None
        )
        training.estimate_probability_two_random_records_match(
            [block_on(*columns) for columns in _SURE_RULES], recall=_SURE_RECALL
        )
        found = linker._settings_obj._probability_two_random_records_match
        for columns in _EM_BLOCKS:
            try:
                training.estimate_parameters_using_expectation_maximisation(
                    block_on(*columns),
                    estimate_without_term_frequencies=True,
                    max_pairs=2_000_000,
                    record_sample_proportion=1,
                )
            except ValueError as error:
                # A level that no true pair reaches has no weight to find.
                raise UserError(
                    "the records are too much alike to estimate from: among those with "
                    f"one {' and '.join(columns)} some level never occurs"
                ) from error
        return _weights(linker), round(found * len(features), 4)


def _weights(linker: Linker) -> Weights:
    weights = {}
    for comparison in linker._settings_obj.core_model_settings.comparisons:
        # A level that was never seen has no estimate, only Splink's starting value.
        levels = [
            level.as_dict() for level in comparison._comparison_levels_excluding_null
        ]
        names = next(
            each.levels
            for each in COMPARISONS
            if each.name == comparison.output_column_name
        )
        m = _shares([level.get("m_probability") for level in levels], _LEAST_M)
        u = _shares([level.get("u_probability") for level in levels], _LEAST_U)
        for place, level in enumerate(names):
            weights[comparison.output_column_name, level.name] = Weight(
                m[place], u[place]
            )
    return weights


def _shares(values: list[float | None], least: float) -> list[float]:
    held = [max(value or 0, least) for value in values]
    return [float(f"{value / sum(held):.4g}") for value in held]


def parameter_rows(weights: Weights, duplicates: float, owner: str) -> list[list[str]]:
    """Return the rows of the seed match_parameters, its header first."""
    rows = [["parameter_id", "comparison", "level_name", "m_probability",
             "u_probability", "owner"]]  # fmt: skip
    rows.append(["MPR-001", PRIOR, "duplicates_per_record", f"{duplicates}", "", owner])
    for number, ((comparison, level), weight) in enumerate(weights.items(), start=2):
        rows.append([f"MPR-{number:03}", comparison, level, f"{weight.m:g}",
                     f"{weight.u:g}", owner])  # fmt: skip
    return rows

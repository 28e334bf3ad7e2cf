"""What scoring keeps in raw_predictions: models, points, validations, promotions.

Landing makes the tables, empty, so that every project builds. Nothing in them tells of
a person: leads are scored anew by each build, from the points.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import duckdb

from lib.sql import columns, quote_identifier, relation, table_definition

SCHEMA = "raw_predictions"
_MODEL = {"model_version": "varchar"}
_JUDGED = {**_MODEL, "validated_at": "timestamp"}
_FIGURES = {"leads": "bigint", "positives": "bigint", "auc": "double"}
_RATES = {"mean_probability": "double", "observed_rate": "double"}
KEPT: dict[str, dict[str, str]] = {
    "score_models": {
        **_MODEL,
        "after_days": "integer",
        "horizon_days": "integer",
        "features": "varchar",
        "data_hash": "varchar",
        "penalty": "double",
        "intercept": "double",
        "slope": "double",
        "leads": "bigint",
        "positives": "bigint",
        "later_leads": "bigint",
        "later_positives": "bigint",
        "later_auc": "double",
        "challenger_auc": "double",
        "window_from": "timestamp",
        "window_until": "timestamp",
        "trained_at": "timestamp",
    },
    "score_points": {
        **_MODEL,
        "feature": "varchar",
        "kind": "varchar",
        "bin_number": "integer",
        "text_value": "varchar",
        "lower_bound": "double",
        "upper_bound": "double",
        "label": "varchar",
        "points": "integer",
        "average_points": "double",
        "leads": "bigint",
        "positives": "bigint",
    },
    "score_validations": {
        **_JUDGED,
        **_FIGURES,
        **_RATES,
        "brier_score": "double",
        "log_loss": "double",
        "calibration_error": "double",
        "top_decile_lift": "double",
        "rule_auc": "double",
        "window_from": "timestamp",
        "window_until": "timestamp",
    },
    "score_calibrations": {
        **_JUDGED,
        "slice_type": "varchar",
        "slice": "varchar",
        **_FIGURES,
        **_RATES,
    },
    "score_drifts": {**_JUDGED, "feature": "varchar", "psi": "double"},
    "score_promotions": {
        "promotion_number": "integer",
        **_MODEL,
        "replaced_version": "varchar",
        "leads": "bigint",
        "auc": "double",
        "rival_auc": "double",
        "brier_score": "double",
        "rival_brier_score": "double",
        "promoted_at": "timestamp",
    },
}
TABLES = (
    f"create schema if not exists {quote_identifier(SCHEMA)}",
    *(table_definition(SCHEMA, table, types) for table, types in KEPT.items()),
)

Row = Mapping[str, Any]


def prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the tables where an older landing did not."""
    for statement in TABLES:
        connection.execute(statement)


def append(
    connection: duckdb.DuckDBPyConnection, table: str, rows: Iterable[Row]
) -> None:
    """Add rows, each with a value for every column."""
    names = list(KEPT[table])
    marks = ", ".join("?" for _ in names)
    target = relation(SCHEMA, table)
    for row in rows:
        connection.execute(
            f"insert into {target} ({columns(names)}) values ({marks})",  # noqa: S608
            [row[name] for name in names],
        )


def forget_validation(
    connection: duckdb.DuckDBPyConnection, model_version: str, moment: Any
) -> None:
    """Drop what a validation of the same model as of the same moment left."""
    for table in ("score_validations", "score_calibrations", "score_drifts"):
        connection.execute(
            f"delete from {relation(SCHEMA, table)} "  # noqa: S608
            "where model_version = ? and validated_at = ?",
            [model_version, moment],
        )


def read(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    condition: str = "true",
    parameters: Iterable[Any] = (),
) -> list[dict[str, Any]]:
    """Return the rows that a condition of ours lets through, in a total order."""
    cursor = connection.execute(
        f"select * from {relation(SCHEMA, table)} "  # noqa: S608
        f"where {condition} order by all",
        list(parameters),
    )
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

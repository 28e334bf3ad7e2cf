"""What validations found, kept in raw_meta.validation_results.

The table is append-only, one row per rule and run. It holds figures and the words of
the rules, never a value of the data.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb

from lib.quality.rules import CRITICAL, Verdict
from lib.sql import quote_identifier

RELATION = "raw_meta.validation_results"
_COLUMNS = {
    "run_id": "varchar",
    "build_id": "varchar",
    "layer": "varchar",
    "suite": "varchar",
    "rule_id": "varchar",
    "expectation_type": "varchar",
    "relation": "varchar",
    "column_name": "varchar",
    "severity": "varchar",
    "owner": "varchar",
    "success": "boolean",
    "observed_value": "double",
    "threshold": "double",
    "rows_checked": "bigint",
    "rows_failed": "bigint",
    "fix": "varchar",
    "validated_at": "timestamp",
}


@dataclass(frozen=True)
class Run:
    """One validation: build_id is the fingerprint of the marts that it judged."""

    run_id: str
    layer: str
    build_id: str | None
    validated_at: datetime


@dataclass(frozen=True)
class PastRun:
    """What the history says about a run."""

    run_id: str
    build_id: str | None
    validated_at: datetime
    failed_critical: tuple[str, ...]


def append(
    connection: duckdb.DuckDBPyConnection, run: Run, verdicts: Sequence[Verdict]
) -> None:
    """Add the verdicts of a run, all or none of them."""
    rows = [
        (
            run.run_id,
            run.build_id,
            run.layer,
            verdict.suite.name,
            verdict.rule.rule_id,
            verdict.rule.expectation_type,
            verdict.suite.relation,
            verdict.rule.column,
            verdict.rule.severity,
            verdict.rule.owner,
            verdict.success,
            verdict.observed,
            verdict.rule.threshold.value if verdict.rule.threshold else None,
            verdict.rows_checked,
            verdict.rows_failed,
            verdict.rule.fix,
            run.validated_at,
        )
        for verdict in verdicts
    ]
    columns = ", ".join(f"{name} {kind}" for name, kind in _COLUMNS.items())
    marks = ", ".join("?" for _ in _COLUMNS)
    connection.execute("begin")
    connection.execute("create schema if not exists raw_meta")
    connection.execute(f"create table if not exists {RELATION} ({columns})")
    connection.executemany(f"insert into {RELATION} values ({marks})", rows)  # noqa: S608
    connection.execute("commit")


def latest_run(
    connection: duckdb.DuckDBPyConnection, layer: str, catalog: str
) -> PastRun | None:
    """Return the last run of a layer that the attached catalog remembers, if any."""
    known = connection.execute(
        "select 1 from information_schema.tables where table_catalog = ? "
        "and table_schema = 'raw_meta' and table_name = 'validation_results'",
        [catalog],
    ).fetchone()
    if known is None:
        return None
    results = f"{quote_identifier(catalog)}.{RELATION}"
    row = connection.execute(
        f"select run_id, build_id, validated_at from {results} "  # noqa: S608
        "where layer = ? order by validated_at desc, run_id desc limit 1",
        [layer],
    ).fetchone()
    if row is None:
        return None
    failed = connection.execute(
        f"select rule_id from {results} "  # noqa: S608
        "where run_id = ? and severity = ? and not success order by rule_id",
        [row[0], CRITICAL],
    ).fetchall()
    run_id, build_id, validated_at = row
    names = tuple(rule_id for (rule_id,) in failed)
    return PastRun(run_id, build_id, validated_at, names)

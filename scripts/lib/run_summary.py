"""What one run did: for whoever was not there when it did it.

    OUT/run.json    of the last run, for its owner alone

It is written anew with every step, so that what a run did stands there even where it
was killed. It holds names, figures and the words of rules, no value of a row.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from lib.cli import CHECK_FAILED, OK, UserError
from lib.publish import latest_publication, read_manifest
from lib.quality.rules import CRITICAL
from lib.warehouse import connect

FILE = "run.json"
_OUTCOMES = {OK: "done", CHECK_FAILED: "a check failed"}


@dataclass(frozen=True)
class TakenStep:
    """A step that is over, how long it took, and the exit code that it ended with."""

    step: str
    seconds: float
    exit_code: int


@dataclass
class Summary:
    """What a run did so far.

    outcome is `under way` until the run ends, and stays so where it was killed; then it
    is `done`, `a check failed` (exit code 1) or `could not run` (2 and above).
    """

    process: int
    started_at: datetime
    outcome: str = "under way"
    exit_code: int | None = None
    seconds: float = 0
    steps: list[TakenStep] = field(default_factory=list)
    reason: str | None = None
    landed: dict[str, int] = field(default_factory=dict)
    rules: list[dict[str, Any]] = field(default_factory=list)
    failed_nodes: list[str] = field(default_factory=list)
    published: dict[str, Any] = field(default_factory=dict)

    def end(self, code: int, reason: str | None) -> None:
        """Say how it ended."""
        self.exit_code = code
        self.outcome = _OUTCOMES.get(code, "could not run")
        self.reason = reason

    def took(self, step: str, seconds: float, code: int) -> None:
        """Add a step that is over."""
        self.steps.append(TakenStep(step, round(seconds, 1), code))
        self.seconds = round((_now() - self.started_at).total_seconds(), 1)

    def look(self, out: Path) -> None:
        """Count what this run has landed, judged and published."""
        try:
            with connect(read_only=True) as connection:
                self.landed = _landed(connection, self.started_at)
                self.rules = _rules(connection, self.started_at)
        except (UserError, duckdb.Error):
            # There is none yet, or a step that ended badly has left nothing to read.
            pass
        if any(taken.step == "export" and not taken.exit_code for taken in self.steps):
            self.published = _published(out)

    def write(self, out: Path) -> Path:
        """Replace the file of the run before; return its path.

        Raises:
            UserError: it cannot be written.
        """
        path = out / FILE
        fresh = path.with_name(f".{FILE}.new")
        try:
            out.mkdir(parents=True, exist_ok=True)
            handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(asdict(self), file, indent=2, default=datetime.isoformat)
                file.write("\n")
            return fresh.replace(path)
        except OSError as error:
            raise UserError(f"{path} cannot be written: {error.strerror}") from error

    def in_words(self) -> str:
        """Return one line for who looks at the end of a log."""
        judged = sum(suite["checked"] for suite in self.rules)
        broken = sum(len(suite["critical"]) for suite in self.rules)
        warned = sum(len(suite["warnings"]) for suite in self.rules)
        facts = [
            f"{self.outcome} in {self.seconds:.0f} s",
            f"{self.landed.get('rows_landed', 0):,} rows of "
            f"{self.landed.get('files', 0)} files landed, "
            f"{self.landed.get('rows_rejected', 0):,} rejected",
            f"{judged} rules checked, {broken} critical failed, {warned} warnings",
            f"published {self.published['relations']} relations"
            if self.published
            else "nothing published",
        ]
        if self.failed_nodes:
            facts.insert(1, f"failed in dbt: {', '.join(self.failed_nodes)}")
        return "; ".join(facts)


def begun() -> Summary:
    """Return the summary of a run that begins now."""
    return Summary(os.getpid(), _now())


def _now() -> datetime:
    return datetime.now(UTC)


def _landed(connection: duckdb.DuckDBPyConnection, since: datetime) -> dict[str, int]:
    found = _rows(
        connection,
        """
        select
            count(*) as files, coalesce(sum(rows_read), 0) as rows_read,
            coalesce(sum(rows_landed), 0) as rows_landed,
            coalesce(sum(rows_rejected), 0) as rows_rejected
        from raw_meta.loads
        where loaded_at >= ?
        """,
        since,
    )
    return {name: int(count) for row in found for name, count in row.items()}


def _rules(
    connection: duckdb.DuckDBPyConnection, since: datetime
) -> list[dict[str, Any]]:
    """Return what each layer's validation of this run found."""
    judged = _rows(
        connection,
        """
        select layer, rule_id, severity, bool_and(success) as success
        from raw_meta.validation_results
        where validated_at >= ?
        group by layer, rule_id, severity
        order by layer desc, rule_id
        """,
        since,
    )
    layers = dict.fromkeys(str(row["layer"]) for row in judged)
    return [
        {
            "layer": layer,
            "checked": sum(row["layer"] == layer for row in judged),
            "critical": _broken(judged, layer, critical=True),
            "warnings": _broken(judged, layer, critical=False),
        }
        for layer in layers
    ]


def _broken(
    judged: Sequence[dict[str, Any]], layer: str, *, critical: bool
) -> list[str]:
    return [
        str(row["rule_id"])
        for row in judged
        if row["layer"] == layer
        and not row["success"]
        and (row["severity"] == CRITICAL) == critical
    ]


def _published(out: Path) -> dict[str, Any]:
    try:
        version = latest_publication(out)
    except UserError:
        # Somebody took it away since.
        return {}
    return {
        "version": version.name,
        "relations": len(read_manifest(version).get("relations", [])),
    }


def _rows(
    connection: duckdb.DuckDBPyConnection, query: str, since: datetime
) -> list[dict[str, Any]]:
    """Return the rows of a table that may not be there yet."""
    try:
        cursor = connection.execute(query, [since.replace(tzinfo=None)])
    except duckdb.CatalogException:
        return []
    names = [str(each[0]) for each in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

"""The failing rows of a rule as a CSV file that its owner can open in a spreadsheet."""

from __future__ import annotations

import csv
import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from lib.quality.rules import ROW_LIMIT, Verdict

_RULE_COLUMNS = ("rule_id", "severity", "owner", "fix")
# A spreadsheet takes a cell that starts with one of these for a formula.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def safe_cell(value: Any) -> Any:
    """Return the value so that no spreadsheet runs it; text alone can be a formula."""
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS):
        return f"'{value}"
    return value


def write_failing_rows(
    connection: Connection,
    verdicts: Iterable[Verdict],
    directory: Path,
    limit: int = ROW_LIMIT,
) -> dict[str, Path]:
    """Write <rule_id>.csv for each broken rule with rows, in place of an earlier run's.

    The files hold personal data: only their owner can read them.

    Args:
        connection: an open connection to the warehouse.
        verdicts: what the run found; kept rules are passed over.
        directory: the layer's directory; whatever it held before is gone afterwards.
        limit: most rows that a file gets.

    Returns:
        The files, by rule_id.
    """
    fresh = directory.with_name(f".{directory.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True, mode=0o700)
    files = {}
    for verdict in verdicts:
        if not verdict.success and verdict.rows_query is not None:
            name = f"{verdict.rule.rule_id}.csv"
            _write(connection, verdict, fresh / name, limit)
            files[verdict.rule.rule_id] = directory / name
    shutil.rmtree(directory, ignore_errors=True)
    fresh.rename(directory)
    return files


def _write(connection: Connection, verdict: Verdict, path: Path, limit: int) -> None:
    rule = verdict.rule
    front = [getattr(rule, column) for column in _RULE_COLUMNS]
    query = f"select * from ({verdict.rows_query}) as failing_rows limit {limit:d}"  # noqa: S608
    result = connection.exec_driver_sql(query)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([safe_cell(name) for name in [*_RULE_COLUMNS, *result.keys()]])
        for row in result:
            writer.writerow([safe_cell(value) for value in [*front, *row]])

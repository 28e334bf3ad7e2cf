"""The rejected rows that wait to be mended.

A reject is open while the file it came from has not landed again with other bytes: the
rejects of a file's latest landing are open, those of earlier ones are history. A row
that was turned away because its person was erased waits for nothing.
"""

# SQL is put together here from this package's own expressions.
# ruff: noqa: S608

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import duckdb

from lib.erasure.sift import REASON
from lib.landing.names import shown
from lib.sql import relation

OPEN_REJECTS = relation("raw_meta", "open_rejects")
VIEW = (
    f"create or replace view {OPEN_REJECTS} as "
    "with latest_loads as (select source, table_name, file, loaded_at "
    "from raw_meta.loads qualify row_number() over ("
    "partition by source, table_name, file order by rowid desc) = 1) "
    "select rejects.* from raw_meta.rejects as rejects "
    "inner join latest_loads using (source, table_name, file, loaded_at) "
    f"where rejects.error != '{REASON}'"
)

_MOST_LINES = 5
# The part of an error that differs from row to row, and what to do about it.
_REASONS = (
    (
        r"byte .* is not (UTF-8) .*",
        r"holds bytes that are not \1",
        "export the file as UTF-8",
    ),
    (r"line [\d,]+ holds (a NUL byte)", r"holds \1", "take the byte out"),
    (
        r"(is required but empty)",
        r"\1",
        "fill the column where the record is kept",
    ),
    (
        r"(is not (?:a|true) ?.*?)(?:: .*)?",
        r"\1",
        "correct the values, or the data_type in the source contract",
    ),
    (
        r"(has [\d,]+ values? where the header has [\d,]+)",
        r"\1",
        "quote values that hold the delimiter or a line break",
    ),
    (r"(a quote.*)", r"\1", "close the quote, and double quotes inside values"),
    (r"(is not JSON).*", r"\1", "write one JSON object a line"),
    (r"(.*)", r"\1", "correct the row"),
)


@dataclass(frozen=True)
class OpenRejects:
    """Open rejects of one file for one reason."""

    source: str
    table: str
    file: str
    reason: str
    advice: str
    count: int
    first_lines: tuple[int, ...]

    def __str__(self) -> str:
        lines = ", ".join(f"{line:,}" for line in self.first_lines)
        more = " …" if self.count > len(self.first_lines) else ""
        rows = "row" if self.count == 1 else "rows"
        plural = "line" if self.count == 1 else "lines"
        return (
            f"{self.source}.{self.table}  {shown(self.file, 200)}  "
            f"{self.count:,} {rows} ({plural} {lines}{more}): "
            f"{shown(self.reason, 120)} → {self.advice}"
        )


def open_rejects(connection: duckdb.DuckDBPyConnection) -> Iterator[OpenRejects]:
    """Yield the open rejects by source, table, file and reason."""
    if not _exists(connection, "rejects"):
        return
    view = OPEN_REJECTS if _exists(connection, "open_rejects") else None
    rows = connection.execute(
        "select source, table_name, file, column_name, error, line "
        f"from {view or relation('raw_meta', 'rejects')} "
        "order by source, table_name, file, line"
    )
    groups: dict[tuple[str, str, str, str, str], list[int]] = {}
    while batch := rows.fetchmany(10_000):
        for source, table, file, column, error, line in batch:
            reason, advice = _reason(error)
            named = f"{column} {reason}" if column else reason
            groups.setdefault((source, table, file, named, advice), []).append(line)
    for (source, table, file, reason, advice), lines in groups.items():
        first = tuple(lines[:_MOST_LINES])
        yield OpenRejects(source, table, file, reason, advice, len(lines), first)


def _exists(connection: duckdb.DuckDBPyConnection, name: str) -> bool:
    row = connection.execute(
        "select 1 from information_schema.tables "
        "where table_schema = 'raw_meta' and table_name = ?",
        [name],
    ).fetchone()
    return row is not None


def _reason(error: str) -> tuple[str, str]:
    text = error.split(" (only the first", 1)[0]
    for pattern, words, advice in _REASONS:
        match = re.fullmatch(pattern, text, re.DOTALL)
        if match is not None:
            return match.expand(words), advice
    return text, "correct the row"

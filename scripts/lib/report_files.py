"""Reports of a publication as files for a spreadsheet, one for each report.

No cell is run as a formula: in CSV such a text stands behind an apostrophe, in XLSX
every text is typed as text. Numbers stay numbers. Rows come in the order of the
columns, so that the same publication gives the same bytes. CSV begins with a byte order
mark, without which Excel reads UTF-8 as the machine's own code page.
"""

from __future__ import annotations

import csv
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb
from duckdb_extensions import import_extension

from lib.publish import DATABASE
from lib.quality.rows import safe_cell
from lib.sql import quote_identifier, quote_literal, relation
from lib.warehouse import connect

FOLDER = "reports"
_BATCH = 10_000
# XML cannot hold them, and a workbook with one does not open.
_CONTROL = r"[\x00-\x08\x0b\x0c\x0e-\x1f]"
_LONGEST_SHEET_NAME = 31

Writer = Callable[[duckdb.DuckDBPyConnection, str, Path], int]


@dataclass(frozen=True)
class ReportFiles:
    """The folder that was written, and the rows of each report by file."""

    folder: Path
    rows: dict[str, int]


def write_reports(version: Path, out: Path, suffix: str) -> ReportFiles:
    """Write OUT/reports/<report>.<suffix> of every report, in place of earlier ones.

    Args:
        version: folder of the publication.
        out: the output folder.
        suffix: a key of WRITERS; files of other kinds stay.
    """
    folder = out / FOLDER
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = folder / f".{suffix}.new"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    rows = {}
    with connect(version / DATABASE, read_only=True) as connection:
        names = connection.execute(
            "select table_name from information_schema.tables "
            "where table_catalog = current_database() and table_schema = 'reports' "
            "order by table_name"
        ).fetchall()
        for (name,) in names:
            path = fresh / f"{name}.{suffix}"
            rows[path.name] = WRITERS[suffix](connection, name, path)
            path.chmod(0o600)
    for path in folder.glob(f"*.{suffix}"):
        if path.name not in rows:
            path.unlink()
    for path in fresh.iterdir():
        path.replace(folder / path.name)
    fresh.rmdir()
    return ReportFiles(folder, rows)


def _write_csv(connection: duckdb.DuckDBPyConnection, name: str, path: Path) -> int:
    report = relation("reports", name)
    found = connection.execute(f"select * from {report} order by all")  # noqa: S608
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    count = 0
    with os.fdopen(handle, "w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([column[0] for column in found.description])
        while batch := found.fetchmany(_BATCH):
            writer.writerows([safe_cell(cell) for cell in row] for row in batch)
            count += len(batch)
    return count


def _write_xlsx(connection: duckdb.DuckDBPyConnection, name: str, path: Path) -> int:
    import_extension("excel")
    connection.execute("load excel")
    report = relation("reports", name)
    columns = []
    for column, kind, *_ in connection.execute(f"describe {report}").fetchall():
        quoted = quote_identifier(column)
        is_text = kind == "VARCHAR"
        shown = f"regexp_replace({quoted}, '{_CONTROL}', '', 'g')"
        columns.append(f"{shown} as {quoted}" if is_text else quoted)
    query = f"select {', '.join(columns)} from {report} order by all"  # noqa: S608
    written = connection.execute(
        f"copy ({query}) to {quote_literal(str(path))} (format xlsx, header true, "
        f"sheet {quote_literal(name[:_LONGEST_SHEET_NAME])})"
    ).fetchall()
    return int(written[0][0])


WRITERS: dict[str, Writer] = {"csv": _write_csv, "xlsx": _write_xlsx}

"""Write the tables as the files that systems export, byte for byte the same each time."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from lib.cli import UserError

_PART_ROWS = 500_000
_MARK = "_truth"


def clear(out: Path) -> None:
    """Empty the folder of an earlier demo; refuse one that holds anything else.

    Raises:
        UserError: the folder holds files that this command did not make.
    """
    if out.exists() and any(out.iterdir()):
        if not (out / _MARK).is_dir():
            raise UserError(f"{out} holds files that are no demo: name another folder")
        for name in ("salesforce", "generic", _MARK):
            shutil.rmtree(out / name, ignore_errors=True)
    try:
        (out / _MARK).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"cannot write to {out}: {error.strerror}") from error


def write_csv(tables: Mapping[str, pa.Table], folder: Path) -> None:
    """Write each table to a CSV file of its name."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        pa_csv.write_csv(rows, folder / f"{name}.csv")


def write_parquet(tables: Mapping[str, pa.Table], folder: Path) -> None:
    """Write each table to a Parquet file, a large one to a folder of parts."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        if rows.num_rows <= _PART_ROWS:
            pq.write_table(rows, folder / f"{name}.parquet", compression="zstd")
            continue
        parts = folder / name
        parts.mkdir()
        for number, start in enumerate(range(0, rows.num_rows, _PART_ROWS)):
            part = rows.slice(start, _PART_ROWS)
            path = parts / f"part-{number:03d}.parquet"
            pq.write_table(part, path, compression="zstd")


def write_summary(summary: Mapping[str, Any], folder: Path) -> None:
    """Write the counts and figures as JSON."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(summary, indent=2, sort_keys=False)
    (folder / "summary.json").write_text(text + "\n", encoding="utf-8")

"""Write the tables as files, byte for byte the same each time."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from lib.cli import UserError

TRUTH = "_truth"
_PART_ROWS = 500_000


@contextmanager
def replaced(out: Path) -> Iterator[Path]:
    """Give a folder to write to; it takes the place of out when all is written.

    Raises:
        UserError: out holds files that this command did not make, or it cannot be
            written.
    """
    out = out.resolve()
    part = out.with_name(f"{out.name}.part")
    try:
        if out.exists() and any(out.iterdir()) and not (out / TRUTH).is_dir():
            raise UserError(f"{out} holds files of its own: name another folder")
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        yield part
        shutil.rmtree(out, ignore_errors=True)
        part.rename(out)
    except OSError as error:
        raise UserError(f"cannot write to {out}: {error.strerror}") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


def write_csv(tables: Iterator[tuple[str, pa.Table]], folder: Path) -> dict[str, int]:
    """Write each table to a CSV file of its name; return the rows by file."""
    folder.mkdir(exist_ok=True)
    rows = {}
    for name, made in tables:
        pa_csv.write_csv(made, folder / f"{name}.csv")
        rows[f"{folder.name}/{name}"] = made.num_rows
    return rows


def write_parquet(
    tables: Iterator[tuple[str, pa.Table]], folder: Path
) -> dict[str, int]:
    """Write each table to a Parquet file, a large one to a folder of parts."""
    folder.mkdir(exist_ok=True)
    rows = {}
    for name, made in tables:
        rows[f"{folder.name}/{name}"] = made.num_rows
        if made.num_rows <= _PART_ROWS:
            pq.write_table(made, folder / f"{name}.parquet", compression="zstd")
            continue
        parts = folder / name
        parts.mkdir()
        for number, start in enumerate(range(0, made.num_rows, _PART_ROWS)):
            part = made.slice(start, _PART_ROWS)
            pq.write_table(
                part, parts / f"part-{number:03d}.parquet", compression="zstd"
            )
    return rows


def write_summary(summary: Mapping[str, Any], out: Path) -> None:
    """Write the counts and figures as JSON beside the truth."""
    text = json.dumps(summary, indent=2)
    (out / TRUTH / "summary.json").write_text(f"{text}\n", encoding="utf-8")

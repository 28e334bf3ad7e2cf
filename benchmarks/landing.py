"""How fast landing is, against what DuckDB alone takes for the same file.

    .venv/bin/python benchmarks/landing.py [--rows 5000000] [--rounds 3]

The two run by turns in one run, each in a process of its own and in a new database, and
the best round of each counts. Results are added to benchmarks/RESULTS.md.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import duckdb

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "RESULTS.md"
MOST_TIMES = 2.0
MOST_AGAIN = 2.0

_ROWS = """
    select
        't' || i as touch_id,
        'p' || i % 500000 as person_id,
        'a' || i % 700000 as anonymous_id,
        timestamp '2024-01-01' + to_seconds(i * 7) as touched_at,
        'web_session' as touch_type,
        'c' || i % 200 as campaign_id,
        '' as channel,
        'google' as utm_source,
        'cpc' as utm_medium,
        'brand-' || i % 50 as utm_campaign,
        'https://example.com/page/' || i % 1000 as landing_page
    from range({rows}) as numbers(i)
"""
_BARE = (
    "import duckdb, sys; connection = duckdb.connect(sys.argv[1]); "
    "connection.execute('set enable_progress_bar = false'); "
    "connection.execute('create table rows as select * from read_csv(?)', "
    "[sys.argv[2]]); connection.close()"
)


def main() -> int:
    """Measure, write the results, and return 1 if a limit is not kept."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rows", type=int, default=5_000_000)
    arguments.add_argument("--rounds", type=int, default=3)
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        file = folder / "raw" / "generic" / "touches.csv"
        file.parent.mkdir(parents=True)
        with duckdb.connect() as connection:
            rows = _ROWS.format(rows=options.rows)
            connection.execute(f"copy ({rows}) to '{file}' (header)")
        megabytes = file.stat().st_size / 1e6
        bare, landing, again = [], [], []
        for number in range(options.rounds):
            warehouse = folder / str(number) / "mops.duckdb"
            warehouse.parent.mkdir()
            database = folder / str(number) / "bare.duckdb"
            bare.append(_seconds("-c", _BARE, str(database), str(file)))
            database.unlink()
            landing.append(_load(folder / "raw", warehouse))
            again.append(_load(folder / "raw", warehouse))
            warehouse.unlink()
    times = min(landing) / min(bare)
    holds = times <= MOST_TIMES and min(again) <= MOST_AGAIN
    head = f"## Landing, {datetime.now(UTC):%Y-%m-%d}\n\n"
    text = (
        f"{head}{options.rows:,} rows, {megabytes:,.0f} MB of CSV, "
        f"best of {options.rounds}; "
        f"{_machine()}.\n\n"
        "| what | seconds | limit |\n|---|---|---|\n"
        f"| DuckDB alone, the file into a table | {min(bare):.1f} | |\n"
        f"| `scripts/load.py` | {min(landing):.1f} ({times:.2f} ×) "
        f"| {MOST_TIMES:g} × |\n"
        f"| the same files again | {min(again):.1f} | {MOST_AGAIN:g} s |\n\n"
    )
    sys.stdout.write(text)
    before = RESULTS.read_text("utf-8") if RESULTS.exists() else "# Benchmarks\n\n"
    RESULTS.write_text(before + text, "utf-8")
    return 0 if holds else 1


def _load(folder: Path, warehouse: Path) -> float:
    script = str(ROOT / "scripts" / "load.py")
    return _seconds(script, str(folder), "--quiet", warehouse=warehouse)


def _seconds(*command: str, warehouse: Path | None = None) -> float:
    environment = {**os.environ, "MOPS_WAREHOUSE": str(warehouse or ":memory:")}
    begin = time.perf_counter()
    subprocess.run([sys.executable, *command], env=environment, check=True)
    return time.perf_counter() - begin


def _machine() -> str:
    python = platform.python_version()
    return (
        f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}, "
        f"Python {python}, DuckDB {duckdb.__version__}"
    )


if __name__ == "__main__":
    sys.exit(main())

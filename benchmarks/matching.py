"""How fast person records are matched, and whether time grows as records do.

    .venv/bin/python benchmarks/matching.py [--records 1000000]

Made records (benchmarks/people.py, a tenth of them duplicates) are landed and prepared;
then the models from the blocking keys to the clusters are built in a process of their
own, dbt's start included, for a tenth of the records and for all of them. Results are
added to benchmarks/RESULTS.md.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import duckdb

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "RESULTS.md"

MOST_SECONDS = 90.0
MOST_GIGABYTES = 4.0
MOST_TIMES = 12.0
_MATCHING = (
    "int_core__match_profiles",
    "int_core__blocked_pairs",
    "int_core__scored_pairs",
    "int_core__candidate_pairs",
    "int_core__match_phones",
    "int_core__hard_negatives",
    "int_core__match_edges",
    "int_core__match_barriers",
    "int_core__match_clusters",
)
_PAIRS = """
    with
    records as (
        select bridge.person_id, truth.true_person_id
        from marts.bridge_person_records as bridge
        inner join read_csv(?, all_varchar = true) as truth
            on bridge.record_id = truth.record_id
    ),
    found as (
        select count(*) * (count(*) - 1) / 2 as pairs from records group by person_id
    ),
    truly as (
        select count(*) * (count(*) - 1) / 2 as pairs
        from records group by true_person_id
    ),
    both_ways as (
        select count(*) * (count(*) - 1) / 2 as pairs
        from records group by person_id, true_person_id
    )
    select
        (select sum(pairs) from both_ways) / (select sum(pairs) from found),
        (select sum(pairs) from both_ways) / (select sum(pairs) from truly)
"""


def main() -> int:
    """Measure, write the results, and return 1 if a limit is not kept."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--records", type=int, default=1_000_000)
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        few = _matched(Path(name) / "few", options.records // 10)
        many = _matched(Path(name) / "many", options.records)
    times = many[0] / few[0]
    gigabytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e6
    holds = (
        many[0] <= MOST_SECONDS and gigabytes <= MOST_GIGABYTES and times <= MOST_TIMES
    )
    text = (
        f"## Matching, {datetime.now(UTC):%Y-%m-%d}\n\n"
        f"{options.records:,} person records, a tenth of them duplicates; "
        f"{os.cpu_count()} cores, DuckDB {duckdb.__version__}. "
        f"Precision {many[1]:.4f}, recall {many[2]:.4f}.\n\n"
        "| what | measured | limit |\n|---|---|---|\n"
        f"| a tenth of the records | {few[0]:.1f} s | |\n"
        f"| all of them | {many[0]:.1f} s | {MOST_SECONDS:g} s |\n"
        f"| processor time of that, dbt's start included | {many[3]:.1f} s | |\n"
        f"| times as long for ten times as many | {times:.1f} | {MOST_TIMES:g} |\n"
        f"| memory, all of it | {gigabytes:.1f} GB | {MOST_GIGABYTES:g} GB |\n\n"
    )
    sys.stdout.write(text)
    with RESULTS.open("a", encoding="utf-8") as file:
        file.write(text)
    return 0 if holds else 1


def _matched(folder: Path, records: int) -> tuple[float, float, float, float]:
    """Return seconds, pairwise precision and recall, and processor seconds."""
    raw, warehouse = folder / "raw", folder / "mops.duckdb"
    _run("benchmarks/people.py", "--records", str(records), "--out", str(raw))
    (raw / "_truth").rename(folder / "truth")
    _run("scripts/load.py", str(raw), "--quiet", warehouse=warehouse)
    _dbt(warehouse, "+int_core__match_profiles", "match_parameters", "match_thresholds")
    begin, worked = time.perf_counter(), _processor_seconds()
    _dbt(warehouse, *_MATCHING, "int_core__block_keys", "int_core__match_limits")
    seconds = time.perf_counter() - begin
    worked = _processor_seconds() - worked
    _dbt(warehouse, "int_core__person_clusters", "+int_core__tie_rules",
         "bridge_person_records")  # fmt: skip
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        precision, recall = connection.execute(
            _PAIRS, [str(folder / "truth" / "people.csv")]
        ).fetchall()[0]
    warehouse.unlink()
    return seconds, precision, recall, worked


def _processor_seconds() -> float:
    """Return what the processes that were run have used of the processors."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _dbt(warehouse: Path, *models: str) -> None:
    dbt = Path(sys.executable).with_name("dbt")
    _run("build", "--quiet", "--exclude-resource-type", "test", "unit_test",
         "--target-path", str(warehouse.parent / "target"), "--log-path",
         str(warehouse.parent / "logs"), "--select", *models,
         warehouse=warehouse, program=dbt)  # fmt: skip


def _run(
    *command: str, warehouse: Path | None = None, program: Path | None = None
) -> None:
    environment = {
        **os.environ,
        "MOPS_WAREHOUSE": str(warehouse or ":memory:"),
        "DBT_PROFILES_DIR": ".",
    }
    begin = str(program or sys.executable)
    subprocess.run([begin, *command], env=environment, cwd=ROOT, check=True)


if __name__ == "__main__":
    sys.exit(main())

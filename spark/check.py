"""Build the project on a real Spark cluster, and hold it against DuckDB's build.

A demo company is landed and built on DuckDB. What was landed becomes Parquet tables of
a cluster on loopback, the same project is built there over Thrift with all its tests,
and every public relation is compared with DuckDB's, row for row.

exit code: 0 all is equal, 1 something is not, 2 the cluster or DuckDB's build failed.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

from cluster import HOST, WORKERS, Cluster
from compare import compare, views_as_files
from raw_tables import land

PROJECT_ROOT = Path(__file__).resolve().parents[1]
AS_OF = "2026-11-28"
# Tells a folder that may be emptied.
MARK = ".spark-test"
SPARK = PROJECT_ROOT / ".venv-spark"
NO_UNIT_TESTS = ("--exclude-resource-type", "unit_test")


def main() -> int:
    """Build on both engines and compare; return the exit code."""
    options = _options()
    folder: Path = options.folder.absolute()
    if folder.exists() and any(folder.iterdir()) and not (folder / MARK).exists():
        print(f"{folder} holds something else: name another folder", file=sys.stderr)
        return 2
    os.umask(0o077)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / MARK).touch()
    try:
        return _compared(folder, options)
    except (subprocess.CalledProcessError, RuntimeError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2


def _compared(folder: Path, options: argparse.Namespace) -> int:
    """Build on both engines and compare; return 0 if all is equal, else 1."""
    warehouse = options.warehouse or _built_on_duckdb(folder, options.people)
    with Cluster(SPARK, folder / "cluster") as cluster:
        _run_statements(cluster, land(warehouse, folder / "landed"))
        started = time.monotonic()
        is_built = _built_on_spark(cluster, folder, options.dbt)
        print(f"built on Spark in {time.monotonic() - started:.0f} s")
        _run_statements(cluster, views_as_files(warehouse, cluster.tables))
        differing = compared = 0
        for comparison in compare(warehouse, cluster.tables):
            compared += 1
            differing += comparison.fault is not None
            told = comparison.fault or "equal"
            print(f"{comparison.relation}  {comparison.rows} rows  {told}", flush=True)
        tasks = cluster.tasks_by_worker()
    told = ", ".join(f"worker {name}: {count}" for name, count in sorted(tasks.items()))
    print(f"{differing} of {compared} relations differ; tasks: {told}")
    is_equal = compared > 0 and differing == 0
    return int(not is_built or not is_equal or len(tasks) < WORKERS)


def _options() -> argparse.Namespace:
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=300, help="size of the demo")
    parser.add_argument(
        "--warehouse",
        type=Path,
        help=f"a DuckDB warehouse that one build made as of {AS_OF}, not a demo",
    )
    parser.add_argument(
        "--folder",
        type=Path,
        default=PROJECT_ROOT / "target" / "spark",
        help="what is written goes here; it is emptied first",
    )
    parser.add_argument("dbt", nargs="*", help="further arguments of dbt, after --")
    return parser.parse_args()


def _built_on_duckdb(folder: Path, people: int) -> Path:
    """Land a demo company and build it on DuckDB; return the warehouse."""
    warehouse = folder / "mops.duckdb"
    environment = {**os.environ, "MOPS_WAREHOUSE": str(warehouse)}
    demo = folder / "demo"
    for command in (
        [
            sys.executable,
            "scripts/demo.py",
            "--people",
            str(people),
            "--until",
            AS_OF,
            "--out",
            str(demo),
        ],
        [sys.executable, "scripts/load.py", str(demo)],
        _dbt("dbt", "duckdb", folder),
    ):
        subprocess.run(command, check=True, cwd=PROJECT_ROOT, env=environment)
    return warehouse


def _built_on_spark(cluster: Cluster, folder: Path, further: list[str]) -> bool:
    """Build the project on the cluster; return whether all went well."""
    environment = {
        **os.environ,
        "MOPS_SPARK_HOST": HOST,
        "MOPS_SPARK_PORT": str(cluster.port),
    }
    command = [str(SPARK / "bin" / "python"), "spark/build.py", sys.executable]
    command += [str(folder / "handover"), *_dbt("", "spark", folder)[1:], *further]
    built = subprocess.run(command, check=False, cwd=PROJECT_ROOT, env=environment)
    return built.returncode == 0


def _dbt(program: str, target: str, folder: Path) -> list[str]:
    """Return the command that builds a target."""
    return [
        *(program, "build", "--target", target, "--vars", f"{{as_of: '{AS_OF}'}}"),
        *("--target-path", str(folder / f"target_{target}")),
        *("--log-path", str(folder / f"logs_{target}"), *NO_UNIT_TESTS),
    ]


def _run_statements(cluster: Cluster, statements: Iterable[str]) -> None:
    """Run statements on the cluster."""
    subprocess.run(
        [SPARK / "bin" / "python", "spark/statements.py", HOST, str(cluster.port)],
        check=True,
        cwd=PROJECT_ROOT,
        input="\n".join(statements),
        text=True,
    )


if __name__ == "__main__":
    sys.exit(main())

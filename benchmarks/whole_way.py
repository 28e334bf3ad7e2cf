"""How long the whole way takes, from raw files to what is published, and how it grows.

    .venv/bin/python benchmarks/whole_way.py [--people 10000 100000 1000000]

Made companies, ten touches a person (company.py), are landed, judged, built layer by
layer, judged again and exported; then the files of a day more come, and all of it is
done again. Each step runs in a process of its own; dbt's layers share one, which
parses once. Beside them stands the bare limit of the same work: one script of plain SQL
by hand. Those of core, campaigns and lifecycle write the rows of their marts, all but
small ones, which are held against what dbt built (bare_rows.py), that of attribution
its credits. Results are added to benchmarks/RESULTS.md.
"""

from __future__ import annotations

import argparse
import itertools
import json
import math
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

import duckdb

from company import CUT_AT, DAY_AFTER, TOUCHES_OF_A_PERSON, write_company
from dbt_command import environment

ROOT = Path(__file__).resolve().parents[1]
HERE = ROOT / "benchmarks"
RESULTS = HERE / "RESULTS.md"

MOST_TIMES_BARE = 2.5
MOST_SECONDS, MOST_GIGABYTES = 360.0, 10.0
MOST_GROWTH = 11.0
MOST_OF_FULL = 0.1
PEOPLE = (10_000, 100_000, 1_000_000)
BARE = {
    "load": "load",
    "core": "bare_core.sql",
    "campaigns": "bare_campaigns.sql",
    "lifecycle": "bare_lifecycle.sql",
    "attribution": "attribution.sql",
}
# Which of them write marts.
OF_MARTS = ("core", "campaigns", "lifecycle")
# What is not dbt's.
AROUND = ("load", "validate raw", "validate marts", "export")
# What attribution.sql reads, where it stands.
_READ_BY_ATTRIBUTION = (
    "intermediate.int_attribution__channel_shares",
    "marts.bridge_opportunity_people",
    "marts.dim_people",
    "marts.fct_lead_funnel",
    "marts.fct_opportunity_outcomes",
    "marts.fct_touchpoints",
    "policy.attribution_models",
    "policy.contact_roles",
)

Figures: TypeAlias = dict[str, float]
Stages: TypeAlias = dict[str, Figures]


def main() -> int:
    """Measure each size, write the results, and return 1 if a limit is not kept."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--people", type=int, nargs="+", default=PEOPLE)
    arguments.add_argument(
        "--no-tests", action="store_true", help="build the models alone"
    )
    arguments.add_argument("--bare", type=Path, help=argparse.SUPPRESS)
    options = arguments.parse_args()
    if options.bare:
        return _bare_alone(options.bare)
    measured = {}
    for people in options.people:
        with tempfile.TemporaryDirectory(prefix="bench-") as name:
            measured[people] = _measured(Path(name), people, options.no_tests)
        _write(_table(people, *measured[people], options.no_tests))
    limits, holds = _limits(measured)
    _write(limits)
    return 0 if holds else 1


def _measured(folder: Path, people: int, no_tests: bool) -> tuple[Stages, Stages]:
    """Return what each stage of the full way took, bare ones with it, and of a day."""
    write_company(folder / "raw", people)
    without = ["--no-tests"] * no_tests
    full = _way(folder, folder / "raw" / "history", CUT_AT, without)
    for stage, script in BARE.items():
        full[f"bare {stage}"] = _process(
            folder, str(Path(__file__)), "--bare", str(folder / script)
        )
        made = folder / f"{script}.duckdb"
        if stage in OF_MARTS:
            compared = (str(HERE / "bare_rows.py"), stage, str(made))
            if _run(folder, *compared, str(folder / "mops.duckdb")).returncode:
                raise SystemExit(f"{script} does not write the rows of dbt's marts")
        made.unlink()
    day = _way(folder, folder / "raw" / "day", DAY_AFTER, without)
    return full, day


def _way(folder: Path, raw: Path, as_of: str, without: Sequence[str]) -> Stages:
    """Take all steps with these files."""
    to_out = ("--out", str(folder / "out"))
    scripts = ROOT / "scripts"
    stages = {
        "load": _process(folder, str(scripts / "load.py"), str(raw), "--quiet"),
        "validate raw": _process(folder, str(scripts / "validate.py"), "raw", *to_out),
    }
    layers = str(HERE / "build_layers.py")
    built = _run(folder, layers, "--as-of", as_of, *without)
    if built.returncode and without:
        raise SystemExit("a model was not built")
    for line in built.stdout.splitlines():
        if line.startswith('{"stage"'):
            told = json.loads(line)
            print(line, file=sys.stderr, flush=True)
            stages[told.pop("stage")] = told
    judged = _process(folder, str(scripts / "validate.py"), "marts", *to_out)
    stages["validate marts"] = judged
    # Of the smallest company one rule is broken, and nothing is published.
    if judged["code"] == 0:
        stages["export"] = _process(folder, str(scripts / "export.py"), *to_out)
    return stages


def _process(folder: Path, *command: str) -> Figures:
    """Run a script in a process of its own and return what it used, and its exit code.

    Raises:
        SystemExit: it did not end with 0, or 1 where it is to judge.
    """
    code = (
        "import json, resource, subprocess, sys, time; begin = time.perf_counter(); "
        "done = subprocess.run([sys.executable, *sys.argv[1:]], stdout=2); "
        "used = resource.getrusage(resource.RUSAGE_CHILDREN); "
        "print(json.dumps({'seconds': time.perf_counter() - begin, "
        "'cpu': used.ru_utime + used.ru_stime, 'gigabytes': used.ru_maxrss / 1e6, "
        "'megabytes_written': used.ru_oublock * 512 / 1e6, 'code': done.returncode}))"
    )
    figures: Figures = json.loads(_run(folder, "-c", code, *command).stdout)
    if not 0 <= figures["code"] <= (Path(command[0]).name == "validate.py"):
        raise SystemExit(f"{' '.join(command)} ended with {figures['code']}")
    print(Path(command[0]).name, command[-1], figures, file=sys.stderr, flush=True)
    return figures


def _run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=environment(folder / "mops.duckdb")
        | {"PYTHONPATH": str(ROOT / "scripts"), "GX_ANALYTICS_ENABLED": "false"},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )


def _bare_alone(work: Path) -> int:
    """Do the bare work of one stage, in a database beside the warehouse."""
    # Known to this process alone, which _run has told where the scripts are.
    from lib.warehouse import FILE_FORMAT  # noqa: PLC0415

    folder = work.parent
    made = folder / f"{work.name}.duckdb"
    with duckdb.connect(str(made), config=FILE_FORMAT) as connection:
        connection.execute("set preserve_insertion_order = false")
        connection.execute("set memory_limit = '8GB'")
        if work.name == "load":
            for table in sorted((folder / "raw" / "history" / "generic").iterdir()):
                rows = connection.read_csv(str(table / "history.csv"))
                rows.create(table.name)
            return 0
        connection.execute(f"attach '{folder / 'mops.duckdb'}' as built (read_only)")
        if work.name == "attribution.sql":
            for schema in ("intermediate", "marts", "policy"):
                connection.execute(f"create schema {schema}")
            for name in _READ_BY_ATTRIBUTION:
                connection.execute(f"create view {name} as from built.{name}")
        # The end of the day that the layers are built as of.
        connection.execute(
            f"set variable as_of = date '{CUT_AT}' + interval 1 day "
            "- interval 1 microsecond"
        )
        connection.execute((HERE / work.name).read_text("utf-8"))
    return 0


def _table(people: int, full: Stages, day: Stages, no_tests: bool) -> str:
    """Return what one size took, stage by stage, as Markdown."""
    lines = [
        f"\n## The whole way, {people * TOUCHES_OF_A_PERSON:,} touches, "
        f"{datetime.now(UTC):%Y-%m-%d}\n\n{people:,} people; {os.cpu_count()} cores, "
        f"DuckDB {duckdb.__version__}, load {os.getloadavg()[1]:.1f}. "
        f"{'Models without tests. ' if no_tests else ''}Bare: plain SQL by hand, for "
        "the same work, of attribution for its credits.\n\n"
        "| stage | s | processor s | GB | MB written | of it intermediate, s "
        "| marts, s | tests, s | bare, s | bare, processor s | a day more, s "
        "| processor s |\n"
        "|---|---|---|---|---|---|---|---|---|---|---|---|\n"
    ]
    for stage, used in full.items():
        if stage.startswith("bare "):
            continue
        bare, again = full.get(f"bare {stage}", {}), day.get(stage, {})
        lines.append(
            f"| {stage} | {used['seconds']:.1f} | {used['cpu']:.1f} "
            f"| {used['gigabytes']:.1f} | {used['megabytes_written']:,.0f} "
            f"| {_figure(used.get('intermediate'))} "
            f"| {_figure(used.get('marts'))} | {_figure(used.get('tests'))} "
            f"| {_figure(bare.get('seconds'))} "
            f"| {_figure(bare.get('cpu'))} "
            f"| {_figure(again.get('seconds'))} | {_figure(again.get('cpu'))} |\n"
        )
    return "".join(lines)


def _limits(measured: dict[int, tuple[Stages, Stages]]) -> tuple[str, bool]:
    """Return what was measured beside its limits, and whether all hold."""
    rows: list[tuple[str, float, float, str]] = []
    for people, (full, day) in measured.items():
        touches = f"{people * TOUCHES_OF_A_PERSON:,} touches"
        of_dbt, again = _of_dbt(full), _of_dbt(day)
        seconds = _sum(of_dbt, "seconds")
        is_largest = people == max(PEOPLE)
        rows += [
            (f"{touches}, all of it", _sum(full, "seconds"), math.inf, "s"),
            (f"{touches}, dbt's part without matching",
             seconds - _sum(of_dbt, "matching"),
             MOST_SECONDS if is_largest else math.inf, "s"),
            (f"{touches}, memory", _most(full),
             MOST_GIGABYTES if is_largest else math.inf, "GB"),
            (f"{touches}, dbt's part after a day more",
             _sum(again, "seconds") / seconds, MOST_OF_FULL, "of the full build"),
        ]  # fmt: skip
        for stage in BARE:
            used, bare = full[stage], full[f"bare {stage}"]
            models = used["seconds"] - used.get("tests", 0) - used.get("matching", 0)
            rows.append(
                (f"{touches}, {stage}", models / bare["seconds"], MOST_TIMES_BARE,
                 "× bare")
            )  # fmt: skip
    rows += _growth(measured)
    head = (
        "\n### Limits of the whole way\n\n| what | measured | limit |\n|---|---|---|\n"
    )
    text = "".join(
        f"| {name} | {figure:.2f} {unit} | {'' if limit == math.inf else limit} |\n"
        for name, figure, limit, unit in rows
    )
    return head + text, all(figure <= limit for _, figure, limit, _ in rows)


def _growth(
    measured: dict[int, tuple[Stages, Stages]],
) -> list[tuple[str, float, float, str]]:
    """Return how many times as long ten times as much takes, and its exponent."""
    rows = []
    sizes = sorted(measured)
    for few, many in itertools.pairwise(sizes):
        both = [stage for stage in measured[many][0] if stage in measured[few][0]]
        for stage in both:
            small, large = (measured[size][0][stage]["cpu"] for size in (few, many))
            exponent = math.log(large / small) / math.log(many / few)
            name = f"{few:,} to {many:,} people, {stage}, processor"
            is_limited = many == max(PEOPLE) and not stage.startswith("bare ")
            limit = MOST_GROWTH if is_limited else math.inf
            rows.append((name, large / small, limit, f"×, exponent {exponent:.2f}"))
    return rows


def _of_dbt(stages: Stages) -> Stages:
    """Return what dbt does, start and layers."""
    return {
        stage: used
        for stage, used in stages.items()
        if stage not in AROUND and not stage.startswith("bare ")
    }


def _sum(stages: Stages, figure: str) -> float:
    return sum(
        used.get(figure, 0)
        for stage, used in stages.items()
        if not stage.startswith("bare ")
    )


def _most(stages: Stages) -> float:
    return max(
        used["gigabytes"]
        for stage, used in stages.items()
        if not stage.startswith("bare ")
    )


def _figure(figure: float | None) -> str:
    return "" if figure is None else f"{figure:.1f}"


def _write(text: str) -> None:
    print(text, flush=True)
    with RESULTS.open("a", encoding="utf-8") as results:
        results.write(text)


if __name__ == "__main__":
    sys.exit(main())

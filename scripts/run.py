"""Load, build, validate, publish and report: all that `make run` does, in its order.

A step that fails ends the run, and nothing is published. Where the step does not do so
itself, the reason is noted in OUT/published/refused.json.

exit code: 0 done, else that of the step that failed.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import export
import forecast
import report
import score
import validate
from lib.cli import OK, exit_code, parser, run
from lib.refusals import note_refusal
from lib.warehouse import PROJECT_ROOT

EXAMPLE = "python scripts/run.py data/raw --as-of 2026-03-31"
BUILD = ("build", "--use-fast-test-edges", "--exclude-resource-type", "unit_test")
SILENTLY = ("--quiet", "--log-level", "warn")
# What dbt writes about the whole project stands already.
PREDICTIONS = ("--no-write-json", "--select", "path:models/staging/predictions+")


@dataclass(frozen=True)
class Step:
    """One step of the run.

    Attributes:
        take: does it and returns the exit code.
        refusal: what is noted where it fails, if it notes nothing itself.
    """

    take: Callable[[], int]
    refusal: str | None = None


def main(argv: Sequence[str] | None = None) -> int:
    """Take the steps in their order up to the first that fails; return its code."""
    arguments = parser(__doc__ or "", EXAMPLE)
    arguments.add_argument("data", type=Path, metavar="DIR", help="folder of sources")
    arguments.add_argument(
        "--out",
        type=Path,
        default=PROJECT_ROOT / "output",
        metavar="DIR",
        help="folder for all that is written (default: output)",
    )
    arguments.add_argument(
        "--as-of", metavar="DATE", help="what current means (default: now)"
    )
    options = arguments.parse_args(argv)
    data, out = options.data.absolute(), options.out.absolute()
    for step in steps(data, out, options.as_of):
        code = exit_code(step.take)
        if code != OK:
            if step.refusal is not None:
                note_refusal(out, [step.refusal])
            return code
    return OK


def steps(data: Path, out: Path, as_of: str | None) -> Iterator[Step]:
    """Yield one step after another, each when the one before it is done."""
    to_out = ("--out", str(out))
    with ThreadPoolExecutor(max_workers=1) as beside:
        # The project is parsed beside them, which reads nothing of what is landed.
        landed = beside.submit(_apart, "load.py", str(data))
        judged = beside.submit(
            lambda: landed.result() or _apart("validate.py", "raw", *to_out)
        )
        # dbt takes seconds to import.
        from lib.project import Project  # noqa: PLC0415

        project = Project({} if as_of is None else {"as_of": as_of})
        yield Step(project.parse, "the dbt project cannot be parsed")
        yield Step(landed.result, "the landing failed")
        yield Step(judged.result)
    yield Step(
        lambda: project.run(*SILENTLY, "source", "freshness"),
        "a source has landed nothing for too long",
    )
    yield Step(lambda: project.run(*BUILD), "a model or a test of the build failed")
    yield Step(lambda: score.main(["train", "--if-due", "--promote"]))
    yield Step(lambda: score.main(["validate"]))
    yield Step(lambda: forecast.main([]))
    yield Step(
        lambda: project.run("--quiet", *BUILD, *PREDICTIONS),
        "a model or a test of the predictions failed",
    )
    yield Step(lambda: project.run(*SILENTLY, "run-operation", "orphaned_relations"))
    yield Step(lambda: validate.main(["marts", *to_out]))
    yield Step(lambda: export.main(to_out))
    yield Step(lambda: report.main(to_out))


def _apart(script: str, *arguments: str) -> int:
    """Run a script in a process of its own and return its exit code."""
    command = [sys.executable, str(PROJECT_ROOT / "scripts" / script), *arguments]
    return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    run(main)

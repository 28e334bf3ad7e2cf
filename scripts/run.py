"""Load, build, validate, publish and report: all that `make run` does, in its order.

A step that fails ends the run, and nothing is published. Where the step does not do so
itself, the reason is noted in OUT/published/refused.json. What was landed, judged and
published, what failed, and how long each step took stands in OUT/run.json. One run at a
time works on a warehouse: a second one is refused.

exit code: 0 done, 1 a check failed, 2 a step could not run, or another run is at work.
"""

from __future__ import annotations

import gc
import re
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from pathlib import Path

from lib.cli import (
    INTERRUPTED,
    OK,
    WRONG_USE,
    UserError,
    exit_code,
    fail,
    parser,
    run,
    say,
    warn,
)
from lib.locks import handed_down
from lib.refusals import note_refusal
from lib.run_summary import Summary, begun
from lib.warehouse import PROJECT_ROOT, undisturbed

EXAMPLE = "python scripts/run.py data/raw --as-of 2026-03-31"
BUILD = ("build", "--use-fast-test-edges", "--exclude-resource-type", "unit_test")
TRAINING = ("train", "--if-due", "--promote", "--validate")
SILENTLY = ("--quiet", "--log-level", "warn")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d([ T]\d\d:\d\d:\d\d(\.\d{1,6})?Z?)?")
# What hangs on predictions is built once, when those are there.
PREDICTED = "path:models/staging/predictions+"
# What takes seconds to import, and is imported while there is a core to spare.
SLOW = ("lib.quality.engine", "validate", "score", "forecast", "export", "report")


# What is at work beside this process.
_BESIDE: list[subprocess.Popen[bytes]] = []


@dataclass(frozen=True)
class Step:
    """One step of the run.

    Attributes:
        name: what it is called in the summary.
        take: does it and returns the exit code.
        refusal: what is noted where it fails, if it notes nothing itself.
    """

    name: str
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
        "--as-of",
        type=date_or_moment,
        metavar="DATE",
        help="what current means: YYYY-MM-DD, its end, or a moment in UTC as "
        "YYYY-MM-DD HH:MM:SS (default: now)",
    )
    options = arguments.parse_args(argv)
    data, out = options.data.absolute(), options.out.absolute()
    try:
        out.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise UserError(f"{out} cannot be made: {error.strerror}") from error
    with undisturbed():
        return _summed_up(data, out, options.as_of)


def date_or_moment(text: str) -> str:
    """Return a date or moment, or now, as it was given.

    Raises:
        ValueError: it is none.
    """
    if text == "now":
        return text
    if not _MOMENT.fullmatch(text):
        raise ValueError(text)
    datetime.fromisoformat(text.removesuffix("Z"))
    return text


def _summed_up(data: Path, out: Path, as_of: str | None) -> int:
    """Take the steps, keep what they did, and return the exit code of the run."""
    summary = begun()
    code = WRONG_USE
    reason: str | None = "it broke off"
    try:
        code, reason = _taken(data, out, as_of, summary)
    except KeyboardInterrupt:
        code, reason = INTERRUPTED, "interrupted"
        raise
    except UserError as error:
        code, reason = error.exit_code, str(error)
        fail(reason)
    except Exception:
        # A fault of ours: whoever mends it needs all of it, and the readers a word.
        traceback.print_exc()
        _note(out, "the run broke off")
    finally:
        summary.end(code, reason)
        summary.look(out)
        _close(summary, out)
    return code


def _close(summary: Summary, out: Path) -> None:
    """Write what the run did, and say it."""
    try:
        where = str(summary.write(out))
    except UserError as error:
        where = str(error)
    say(f"{summary.in_words()}; {where}")


def _note(out: Path, reason: str) -> None:
    """Note why nothing was published; where there is no room for it, say that."""
    try:
        note_refusal(out, [reason])
    except OSError as error:
        warn(f"{out} keeps no note of why nothing was published: {error.strerror}")


def _taken(
    data: Path, out: Path, as_of: str | None, summary: Summary
) -> tuple[int, str | None]:
    """Take the steps; return the exit code of the run, and why it failed."""
    summary.write(out)
    for step in steps(data, out, as_of, summary):
        started = time.monotonic()
        with _passing_on():
            code = exit_code(step.take)
        summary.took(step.name, time.monotonic() - started, code)
        summary.write(out)
        if code != OK:
            if step.refusal is not None:
                _note(out, step.refusal)
            return code, step.refusal or f"{step.name} failed"
    return OK, None


def steps(data: Path, out: Path, as_of: str | None, summary: Summary) -> Iterator[Step]:
    """Yield one step after another, each when the one before it is done."""
    to_out = ("--out", str(out))
    with ThreadPoolExecutor(max_workers=1) as beside:
        # The project is parsed beside them, which reads nothing of what is landed.
        landed = beside.submit(_apart, "load.py", str(data))
        judged = beside.submit(
            lambda: landed.result() or _apart("validate.py", "raw", *to_out)
        )
        # dbt takes seconds to import.
        with _passing_on():
            from lib.project import Project  # noqa: PLC0415

            project = Project({} if as_of is None else {"as_of": as_of})
        summary.failed_nodes = project.failed
        yield Step("parse", project.parse, "the dbt project cannot be parsed")
        yield Step("load", landed.result, "the landing failed")
        with _passing_on():
            make_ready()
        yield Step("validate raw", judged.result)
    yield Step(
        "freshness",
        lambda: project.run(*SILENTLY, "source", "freshness", "--no-write-json"),
        "a source has landed nothing for too long",
    )
    yield Step(
        "build",
        lambda: project.run(*BUILD, "--exclude", PREDICTED),
        "a model or a test of the build failed",
    )
    yield Step("train", _own("score", *TRAINING))
    yield Step("forecast", _own("forecast"))
    yield Step(
        "build predictions",
        lambda: project.run(
            # What dbt writes about the whole project stands already.
            *("--quiet", *BUILD, "--no-write-json", "--select", PREDICTED)
        ),
        "a model or a test of the predictions failed",
    )
    yield Step(
        "look for orphans",
        lambda: project.run(*SILENTLY, "run-operation", "orphaned_relations"),
    )
    yield Step("validate marts", _own("validate", "marts", *to_out))
    yield Step("export", _own("export", *to_out))
    yield Step("report", _own("report", *to_out))


def make_ready() -> None:
    """Import what later steps need, while the landing is judged beside."""
    for module in SLOW:
        import_module(module)
    # As after parsing: what stays is not looked through for garbage.
    gc.freeze()


def _own(script: str, *arguments: str) -> Callable[[], int]:
    """Return what runs a script in this process and returns its exit code."""
    return lambda: int(import_module(script).main(arguments))


@contextmanager
def _passing_on() -> Iterator[None]:
    """Tell an interrupt to what is at work beside this process, too."""
    try:
        yield
    except KeyboardInterrupt:
        for process in _BESIDE:
            process.send_signal(signal.SIGINT)
        raise


def _apart(script: str, *arguments: str) -> int:
    """Run a script in a process of its own and return its exit code.

    Where this one is killed, it goes on, and no other run begins until it has ended.
    Where this one is interrupted, it is told so, and by nobody else.
    """
    command = [sys.executable, str(PROJECT_ROOT / "scripts" / script), *arguments]
    with subprocess.Popen(
        command, pass_fds=handed_down(), start_new_session=True
    ) as process:
        _BESIDE.append(process)
        code = process.wait()
        _BESIDE.remove(process)
    if code < 0:
        fail(f"{script} was killed by signal {-code} ({signal.strsignal(-code)})")
        return WRONG_USE
    return code


if __name__ == "__main__":
    run(main)

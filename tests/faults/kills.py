"""Kill the commands at random moments, run them again, and hold the end to a calm one.

A small demo company is landed, built, judged and published undisturbed. Then each
command, and whole runs, are killed (SIGKILL) at moments that a seed draws, and run
again until they are done. A kill is survived if the command completes after it, and the
warehouse then holds what the undisturbed run left, row for row, and the publication as
many rows of each relation. Only the process itself is killed: what it has started goes
on, as it would.

exit code: 0 all kills were survived; 1 one was not; 2 it could not be tried.
"""

from __future__ import annotations

import random
import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from lib.cli import CHECK_FAILED, OK, UserError, parser, run, say
from places import (
    Content,
    Place,
    differences,
    made_company,
    of_both,
    of_warehouse,
    whole_run,
)

# The steps of a run, in their order, and those in which it is killed in its trial.
ORDER = (
    *("parse", "load", "validate raw", "freshness", "build", "train"),
    *("forecast", "build predictions", "look for orphans", "validate marts"),
    *("export", "report"),
)
KILLED_IN = (
    *("load", "validate raw", "build", "build", "build", "build", "train"),
    *("build predictions", "validate marts", "export"),
)
KILLS_A_ROUND = 10


@dataclass(frozen=True)
class Stage:
    """Where a command is killed: within so many seconds, of a run's step if given."""

    name: str
    seconds: float
    step: str | None = None


@dataclass(frozen=True)
class Trial:
    """A command that is killed at each of some stages, and then let be.

    Attributes:
        place: where it begins; the trial works on a copy.
        command: script and arguments.
        stages: where it is killed, one after another.
        look: at what it leaves.
        calm: what the undisturbed one left.
    """

    place: Place
    command: Sequence[str]
    stages: Sequence[Stage]
    look: Callable[[Place], Content]
    calm: Content

    def survive(self, scratch: Path, chance: random.Random) -> Counter[str]:
        """Kill, let the command end, and return the kills of each stage.

        Raises:
            UserError: it did not end, or what it left is not what it should be.
        """
        place = self.place.copied(scratch)
        kills: Counter[str] = Counter()
        for stage in self.stages:
            while not self._is_killed(place, stage, chance.uniform(0.02, 0.95)):
                say(f"{stage.name}: it was done before it could be killed, once more")
                if stage.step is None:
                    place = self.place.copied(scratch)
            kills[stage.name] += 1
        place.done(self.command)
        wrong = differences(self.calm, self.look(place))
        if wrong:
            raise UserError(
                f"killed in {dict(kills)}: {'; '.join(wrong)}", CHECK_FAILED
            )
        say(f"survived: {', '.join(f'{name} {n}' for name, n in kills.items())}")
        return kills

    def _is_killed(self, place: Place, stage: Stage, moment: float) -> bool:
        """Start the command, kill it, and return whether it was at work still."""
        process = place.start(self.command)
        before = None if stage.step is None else ORDER[ORDER.index(stage.step) - 1]
        while before is not None and process.poll() is None:
            if before in (place.steps(process.pid) or {}):
                break
            time.sleep(0.01)
        try:
            process.wait(moment * stage.seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            return True
        if process.returncode != OK:
            raise UserError(
                f"{stage.name} ended with {process.returncode}, see {place.said}"
            )
        return False


def trials_of(folder: Path, people: int, kills: int) -> Iterator[Trial]:
    """Make the company, run it undisturbed, and yield what is to be tried.

    Of the kills two fifths are of whole runs, and a fifth of each command alone.
    """
    empty, landed, calm = (Place(folder / name) for name in ("empty", "landed", "calm"))
    data = made_company(folder / "data", people)
    load = ("load.py", data)
    whole = whole_run(data)
    validate = ("validate.py", "marts", "--out", "{out}")
    export = ("export.py", "--out", "{out}")
    say("an undisturbed landing and an undisturbed run")
    loading = landed.done(load)
    run_process = calm.start(whole)
    if run_process.wait() != OK:
        raise UserError(f"the undisturbed run failed, see {calm.said}")
    seconds = calm.steps(run_process.pid) or {}
    judging = calm.copied(folder / "timed").done(validate)
    unpublished = calm.copied(folder / "unpublished")
    shutil.rmtree(unpublished.out / "published")
    exporting = unpublished.copied(folder / "timed").done(export)
    alone = (
        (empty, load, Stage("load.py", loading), of_warehouse, of_warehouse(landed)),
        (calm, validate, Stage("validate.py", judging), of_both, of_both(calm)),
        (unpublished, export, Stage("export.py", exporting), of_both, of_both(calm)),
    )
    for _ in range(kills // KILLS_A_ROUND):
        for place, command, stage, look, left in alone:
            yield Trial(place, command, (stage, stage), look, left)
    # The project is parsed beside the landing, so that its seconds are of both.
    stages = [
        Stage(f"run.py: {step}", max(seconds[step], 3), step)
        for step in KILLED_IN
        if step != "load"
    ]
    stages.insert(0, Stage("run.py: load", seconds["parse"]))
    for _ in range(kills * 2 // 50):
        yield Trial(empty, whole, stages, of_both, of_both(calm))


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    arguments = parser(__doc__ or "", "python tests/faults/kills.py --kills 50")
    arguments.add_argument(
        "--kills", type=int, default=50, metavar="N", help="in all (default: 50)"
    )
    arguments.add_argument(
        "--people", type=int, default=300, metavar="N", help="of the demo company"
    )
    arguments.add_argument(
        "--seed", type=int, default=1, metavar="N", help="other moments (default: 1)"
    )
    options = arguments.parse_args(argv)
    if options.kills < KILLS_A_ROUND:
        raise UserError(f"--kills: {KILLS_A_ROUND} or more")
    chance = random.Random(options.seed)  # noqa: S311 - a clock, no secret
    tried, survived = Counter[str](), Counter[str]()
    with TemporaryDirectory(prefix="mops-kills-") as folder:
        for trial in trials_of(Path(folder), options.people, options.kills):
            tried.update(stage.name for stage in trial.stages)
            try:
                survived += trial.survive(Path(folder) / "scratch", chance)
            except UserError as error:
                say(f"not survived: {error}")
    for stage, count in tried.items():
        print(f"{survived[stage]:>4} of {count:>3}  {stage}")
    print(f"{survived.total()} of {tried.total()} kills survived")
    return OK if survived == tried else CHECK_FAILED


if __name__ == "__main__":
    run(main)

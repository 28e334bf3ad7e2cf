"""All of `make run`: the steps in their order, up to the first that fails."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

import export
import forecast
import lib.project
import report
import run
import score
import validate
from lib.cli import OK, UserError
from lib.refusals import last_refusal
from lib.warehouse import PROJECT_ROOT

BUILD = "dbt build --use-fast-test-edges --exclude-resource-type unit_test"
SILENT = "dbt --quiet --log-level warn"
PREDICTIONS = f"dbt --quiet {BUILD.removeprefix('dbt ')} --no-write-json --select"
STEPS = (
    "load.py DATA",
    "validate.py raw --out OUT",
    f"{SILENT} source freshness",
    BUILD,
    "score.py train --if-due --promote",
    "score.py validate",
    "forecast.py",
    f"{PREDICTIONS} path:models/staging/predictions+",
    f"{SILENT} run-operation orphaned_relations",
    "validate.py marts --out OUT",
    "export.py --out OUT",
    "report.py --out OUT",
)
# What notes by itself why nothing is published, or refuses nothing, has no reason here.
REASONS = {
    "dbt parse": "the dbt project cannot be parsed",
    STEPS[0]: "the landing failed",
    STEPS[2]: "a source has landed nothing for too long",
    STEPS[3]: "a model or a test of the build failed",
    STEPS[7]: "a model or a test of the predictions failed",
}


@dataclass
class Journal:
    """What was run, in its order, and what is to fail with which exit code."""

    folder: Path
    codes: Mapping[str, int | UserError] = field(default_factory=dict)
    steps: list[str] = field(default_factory=list)
    variables: Mapping[str, str] | None = None

    def enter(self, *words: str) -> int:
        """Write a step down and return the code that it is to end with."""
        step = " ".join(words)
        step = step.replace(str(self.folder / "out"), "OUT")
        step = step.replace(str(self.folder / "data"), "DATA")
        self.steps.append(step)
        code = self.codes.get(step, OK)
        if isinstance(code, UserError):
            raise code
        return code


@pytest.fixture
def journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Journal:
    """Return the journal of a run in which no step does anything."""
    kept = Journal(tmp_path)

    class Project:
        def __init__(self, variables: Mapping[str, str]) -> None:
            kept.variables = variables

        def parse(self) -> int:
            return kept.enter("dbt", "parse")

        def run(self, *arguments: str) -> int:
            return kept.enter("dbt", *arguments)

    monkeypatch.setattr(lib.project, "Project", Project)
    monkeypatch.setattr(run, "_apart", kept.enter)
    for script in (score, forecast, validate, export, report):
        name = f"{script.__name__}.py"
        monkeypatch.setattr(
            script, "main", lambda argv, name=name: kept.enter(name, *argv)
        )
    return kept


def take(journal: Journal, *more: str) -> int:
    folder = journal.folder
    return run.main([str(folder / "data"), "--out", str(folder / "out"), *more])


def test_every_step_is_taken_in_its_order(journal: Journal) -> None:
    assert take(journal) == OK
    assert [step for step in journal.steps if step != "dbt parse"] == list(STEPS)
    assert journal.steps.index("dbt parse") < journal.steps.index(STEPS[2])
    assert journal.variables == {}
    assert last_refusal(journal.folder / "out") is None


def test_a_day_is_what_dbt_takes_for_now(journal: Journal) -> None:
    assert take(journal, "--as-of", "2026-03-31") == OK
    assert journal.variables == {"as_of": "2026-03-31"}


@pytest.mark.parametrize("failing", ["dbt parse", *STEPS])
@pytest.mark.parametrize("code", [1, 2])
def test_a_step_that_fails_is_the_last_and_is_told(
    journal: Journal, failing: str, code: int
) -> None:
    journal.codes = {failing: code}
    assert take(journal) == code
    later = STEPS[STEPS.index(failing) + 1 :] if failing in STEPS else STEPS[2:]
    assert failing in journal.steps
    assert not set(later) & set(journal.steps)
    refused = last_refusal(journal.folder / "out")
    reason = None if refused is None else refused.reasons
    assert reason == ((REASONS[failing],) if failing in REASONS else None)


def test_a_mistake_of_the_user_is_one_line(
    journal: Journal, capsys: pytest.CaptureFixture[str]
) -> None:
    journal.codes = {"report.py --out OUT": UserError("no such folder")}
    assert take(journal) == 2
    assert capsys.readouterr().err.splitlines() == ["error: no such folder"]


@pytest.mark.parametrize(
    ("as_of", "more"), [("", ""), ("2026-03-31", " --as-of 2026-03-31")]
)
def test_make_run_is_this(as_of: str, more: str) -> None:
    make = shutil.which("make") or pytest.skip("there is no make")
    told = subprocess.run(
        [make, "--dry-run", "run", "DATA=in", "OUT=to", f"AS_OF={as_of}"],
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    step = told.splitlines()[-1].strip()
    assert step == f".venv/bin/python scripts/run.py in --out to{more}"

"""All of `make run`: the steps in their order, up to the first that fails."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import duckdb
import pytest

import export
import forecast
import lib.project
import report
import run
import score
import validate
from lib import run_summary
from lib.cli import CHECK_FAILED, OK, WRONG_USE, UserError
from lib.locks import alone
from lib.refusals import last_refusal
from lib.warehouse import PROJECT_ROOT

APART = run._apart
TESTED = "build --use-fast-test-edges --exclude-resource-type unit_test"
PREDICTED = "path:models/staging/predictions+"
BUILD = f"dbt {TESTED} --exclude {PREDICTED}"
SILENT = "dbt --quiet --log-level warn"
STEPS = (
    "load.py DATA",
    "validate.py raw --out OUT",
    f"{SILENT} source freshness --no-write-json",
    BUILD,
    "score.py train --if-due --promote --validate",
    "forecast.py",
    f"dbt --quiet {TESTED} --no-write-json --select {PREDICTED}",
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
    STEPS[6]: "a model or a test of the predictions failed",
}


@dataclass
class Journal:
    """What was run, in its order, and what is to fail with which exit code."""

    folder: Path
    codes: Mapping[str, int | UserError] = field(default_factory=dict)
    steps: list[str] = field(default_factory=list)
    variables: Mapping[str, str] | None = None
    failed: list[str] = field(default_factory=list)

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
            self.failed = kept.failed

        def parse(self) -> int:
            return kept.enter("dbt", "parse")

        def run(self, *arguments: str) -> int:
            return kept.enter("dbt", *arguments)

    monkeypatch.setenv("MOPS_WAREHOUSE", str(tmp_path / "in" / "mops.duckdb"))
    monkeypatch.setattr(lib.project, "Project", Project)
    monkeypatch.setattr(run, "_apart", kept.enter)
    monkeypatch.setattr(run, "make_ready", lambda: None)
    for script in (score, forecast, validate, export, report):
        name = f"{script.__name__}.py"
        monkeypatch.setattr(
            script, "main", lambda argv, name=name: kept.enter(name, *argv)
        )
    return kept


def summary(journal: Journal) -> dict[str, Any]:
    text = (journal.folder / "out" / "run.json").read_text(encoding="utf-8")
    told: dict[str, Any] = json.loads(text)
    return told


def take(journal: Journal, *more: str) -> int:
    folder = journal.folder
    return run.main([str(folder / "data"), "--out", str(folder / "out"), *more])


def test_every_step_is_taken_in_its_order(journal: Journal) -> None:
    assert take(journal) == OK
    assert [step for step in journal.steps if step != "dbt parse"] == list(STEPS)
    assert journal.steps.index("dbt parse") < journal.steps.index(STEPS[2])
    assert journal.variables == {}
    assert last_refusal(journal.folder / "out") is None


def test_the_landing_waits_for_no_import() -> None:
    slow = ("dbt", "great_expectations", "pandas", "sklearn")
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            f"import run, sys; print(set({slow}) & set(sys.modules))",
        ],
        env={**os.environ, "PYTHONPATH": str(PROJECT_ROOT / "scripts")},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert told.strip() == "set()"


def test_what_is_imported_meanwhile_is_there() -> None:
    assert all(find_spec(module) for module in run.SLOW)


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
    told, summed_up = capsys.readouterr().err.splitlines()
    assert told == "error: no such folder"
    assert summed_up.startswith("could not run in 0 s; 0 rows of 0 files landed")


def test_a_run_that_fails_says_what_and_where(journal: Journal) -> None:
    journal.codes = {BUILD: 1}
    journal.failed = ["rpt_funnel_months", "assert_it_adds_up"]
    assert take(journal) == 1
    told = summary(journal)
    assert told["outcome"] == "a check failed"
    assert told["exit_code"] == 1
    assert told["reason"] == REASONS[BUILD]
    assert told["failed_nodes"] == journal.failed
    assert [(step["step"], step["exit_code"]) for step in told["steps"]] == [
        *((name, 0) for name in ("parse", "load", "validate raw", "freshness")),
        ("build", 1),
    ]
    assert told["published"] == {}
    path = journal.folder / "out" / "run.json"
    assert path.stat().st_mode & 0o777 == 0o600


def test_what_was_landed_and_judged_in_the_run_alone_is_told(journal: Journal) -> None:
    warehouse = journal.folder / "in" / "mops.duckdb"
    warehouse.parent.mkdir()
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("create schema raw_meta")
        connection.execute(
            "create table raw_meta.loads as "
            "select * from (values "
            "(9, 9, 0, timestamp '2020-01-01'), "
            "(5, 4, 1, now()::timestamp + interval 1 minute), "
            "(2, 2, 0, now()::timestamp + interval 1 minute)"
            ") as t (rows_read, rows_landed, rows_rejected, loaded_at)"
        )
        connection.execute(
            "create table raw_meta.validation_results as "
            "select *, now()::timestamp + interval 1 minute as validated_at from ("
            "values ('marts', 'm1', 'critical', true), ('marts', 'm2', 'critical', "
            "false), ('marts', 'm3', 'warning', false), ('raw', 'r1', 'warning', true)"
            ") as t (layer, rule_id, severity, success)"
        )
        connection.execute(
            "insert into raw_meta.validation_results values "
            "('raw', 'r0', 'critical', false, '2020-01-01')"
        )
    journal.codes = {"validate.py marts --out OUT": 1}
    assert take(journal) == 1
    told = summary(journal)
    assert told["landed"] == {
        "files": 2,
        "rows_read": 7,
        "rows_landed": 6,
        "rows_rejected": 1,
    }
    assert told["rules"] == [
        {"layer": "raw", "checked": 1, "critical": [], "warnings": []},
        {"layer": "marts", "checked": 3, "critical": ["m2"], "warnings": ["m3"]},
    ]


def test_a_run_that_is_killed_is_seen_to_be_unfinished(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[dict[str, Any]] = []

    def look(argv: list[str]) -> int:
        seen.append(summary(journal))
        return OK

    monkeypatch.setattr(score, "main", look)
    monkeypatch.setattr(export, "main", lambda argv: 2)
    assert take(journal) == 2
    assert seen[0]["outcome"] == "under way"
    assert seen[0]["process"] == os.getpid()
    assert [step["step"] for step in seen[0]["steps"]][-1] == "build"
    assert summary(journal)["outcome"] == "could not run"


def test_what_breaks_off_is_not_told_as_done(
    journal: Journal,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def broken(argv: list[str]) -> int:
        raise ZeroDivisionError

    monkeypatch.setattr(forecast, "main", broken)
    assert take(journal) == 2
    assert "ZeroDivisionError" in capsys.readouterr().err
    assert summary(journal)["outcome"] == "could not run"
    assert summary(journal)["reason"] == "it broke off"
    refused = last_refusal(journal.folder / "out")
    assert refused is not None
    assert refused.reasons == ("the run broke off",)


def test_a_summary_that_cannot_be_written_ends_the_run_in_a_line(
    journal: Journal, capsys: pytest.CaptureFixture[str]
) -> None:
    (journal.folder / "out" / ".run.json.new").mkdir(parents=True)
    assert take(journal) == WRONG_USE
    assert journal.steps == []
    path = journal.folder / "out" / "run.json"
    unwritten = f"{path} cannot be written: Is a directory"
    told, summed_up = capsys.readouterr().err.splitlines()
    assert told == f"error: {unwritten}"
    assert summed_up.startswith("could not run in 0 s; ")
    assert summed_up.endswith(f"; nothing published; {unwritten}")


@pytest.mark.parametrize("breaks_off", [False, True])
def test_a_refusal_that_cannot_be_noted_is_said(
    journal: Journal,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    breaks_off: bool,
) -> None:
    def broken(argv: list[str]) -> int:
        raise ZeroDivisionError

    if breaks_off:
        monkeypatch.setattr(forecast, "main", broken)
    else:
        journal.codes = {BUILD: 1}
    (journal.folder / "out").mkdir()
    (journal.folder / "out" / "published").touch()
    assert take(journal) == (WRONG_USE if breaks_off else CHECK_FAILED)
    said = capsys.readouterr().err.splitlines()
    assert said[-2].startswith(
        f"warning: {journal.folder / 'out'} keeps no note of why nothing was published"
    )
    assert summary(journal)["exit_code"] == 1 + breaks_off


def test_an_interrupted_run_is_told(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(argv: list[str]) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(forecast, "main", interrupted)
    with pytest.raises(KeyboardInterrupt):
        take(journal)
    assert summary(journal)["exit_code"] == 130
    assert summary(journal)["reason"] == "interrupted"


def test_a_second_run_on_the_warehouse_is_refused(journal: Journal) -> None:
    lock = journal.folder / "in" / "mops.run.lock"
    lock.parent.mkdir()
    with alone(lock, "a first run"), pytest.raises(UserError) as refused:
        take(journal)
    who = f"{os.getpid()} {Path(sys.argv[0]).name}"
    assert str(refused.value) == (
        f"another run is at work on the warehouse {lock.parent / 'mops.duckdb'} "
        f"(process {who}): wait for it or stop it"
    )
    assert refused.value.exit_code == 2
    assert journal.steps == []
    assert not (journal.folder / "out" / "run.json").exists()
    assert take(journal) == OK


def test_a_warehouse_that_cannot_be_locked_is_one_line(journal: Journal) -> None:
    lock = journal.folder / "in" / "mops.run.lock"
    lock.mkdir(parents=True)
    with pytest.raises(UserError, match="lock cannot be written: Is a directory"):
        take(journal)
    assert journal.steps == []


@pytest.mark.parametrize("data", ["in", "my exports; $(touch x) & 'co'"])
@pytest.mark.parametrize("as_of", ["", "2026-03-31 12:00:00"])
def test_make_run_is_this(tmp_path: Path, data: str, as_of: str) -> None:
    make = shutil.which("make") or pytest.skip("there is no make")
    say = tmp_path / "say"
    say.write_text('#!/bin/sh\nprintf "<%s>" "$@"\n', encoding="utf-8")
    say.chmod(0o700)
    names = {"DATA": data.replace("$", "$$"), "OUT": "to", "AS_OF": as_of}
    told = subprocess.run(
        [
            *(make, "--no-print-directory", "--silent", "--old-file=setup", "run"),
            f"PY={say}",
            *(f"{name}={value}" for name, value in names.items()),
        ],
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    words = ["scripts/run.py", data, "--out", "to"]
    words += ["--as-of", as_of] if as_of else []
    assert told == "".join(f"<{word}>" for word in words)


@pytest.mark.parametrize(
    "as_of", ["tomorrow", "2026-02-30", "2026-03-31' as date)", ""]
)
def test_a_day_that_is_none_is_wrong_use(
    journal: Journal, capsys: pytest.CaptureFixture[str], as_of: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        take(journal, "--as-of", as_of)
    assert ended.value.code == WRONG_USE
    assert "argument --as-of: invalid date_or_moment value" in capsys.readouterr().err
    assert journal.steps == []


@pytest.fixture
def scripts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder in place of scripts/."""
    monkeypatch.setattr(run, "PROJECT_ROOT", tmp_path)
    (tmp_path / "scripts").mkdir()
    return tmp_path / "scripts"


def test_a_script_that_was_killed_is_told(
    scripts: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (scripts / "load.py").write_text("import os; os.kill(os.getpid(), 9)", "utf-8")
    assert run._apart("load.py") == WRONG_USE
    assert capsys.readouterr().err == (
        "error: load.py was killed by signal 9 (Killed)\n"
    )


@pytest.mark.parametrize("moment", ["__init__", "parse"])
def test_what_is_beside_an_interrupted_run_is_interrupted(
    scripts: Path, journal: Journal, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    (scripts / "load.py").write_text(
        "import pathlib, time\n"
        "try:\n"
        f"    pathlib.Path({str(scripts / 'begun')!r}).touch()\n"
        "    time.sleep(60)\n"
        "except KeyboardInterrupt:\n"
        "    raise SystemExit(130)\n",
        "utf-8",
    )

    def interrupted(self: object, *arguments: object) -> int:
        while not (scripts / "begun").exists():
            time.sleep(0.01)
        raise KeyboardInterrupt

    monkeypatch.setattr(run, "_apart", APART)
    monkeypatch.setattr(lib.project.Project, moment, interrupted)
    begin = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        take(journal)
    assert time.monotonic() - begin < 30
    assert run._BESIDE == []
    assert summary(journal)["reason"] == "interrupted"


def test_a_warehouse_that_cannot_be_read_leaves_the_summary_whole(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable(connection: object, since: object) -> dict[str, int]:
        raise duckdb.IOException("a block is damaged")

    warehouse = journal.folder / "in" / "mops.duckdb"
    warehouse.parent.mkdir()
    duckdb.connect(str(warehouse)).close()
    monkeypatch.setattr(run_summary, "_landed", unreadable)
    journal.codes = {STEPS[0]: WRONG_USE}
    assert take(journal) == WRONG_USE
    assert summary(journal)["exit_code"] == WRONG_USE

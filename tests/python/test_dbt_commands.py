"""Commands of dbt in one process: parsed once, and an exit code for each."""

from __future__ import annotations

import errno
from collections.abc import Callable, Sequence

import pytest
from dbt.cli.main import dbtRunnerResult
from dbt.contracts.graph.manifest import Manifest

import lib.project
from lib.cli import WRONG_USE, exit_code, run
from lib.project import Project

PARSED = Manifest()
Calls = list[tuple[Manifest | None, Sequence[str]]]


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Callable[[dbtRunnerResult], Calls]:
    """Return what has dbt end every command but the parsing in one way."""

    def answered(answer: dbtRunnerResult) -> Calls:
        made: Calls = []

        class Runner:
            def __init__(self, manifest: Manifest | None) -> None:
                self.manifest = manifest

            def invoke(self, arguments: Sequence[str]) -> dbtRunnerResult:
                made.append((self.manifest, arguments))
                if "parse" in arguments:
                    return dbtRunnerResult(success=True, result=PARSED)
                return answer

        monkeypatch.setattr(lib.project, "dbtRunner", Runner)
        return made

    return answered


def test_the_project_is_parsed_once_and_for_any_vars(
    calls: Callable[[dbtRunnerResult], Calls],
) -> None:
    made = calls(dbtRunnerResult(success=True))
    project = Project({"as_of": "2026-03-31"})
    assert [project.parse(), project.run("build"), project.run("test")] == [0, 0, 0]
    assert [manifest for manifest, _ in made] == [None, PARSED, PARSED]
    given = [arguments[arguments.index("--vars") + 1] for _, arguments in made]
    assert given == ["{}", '{"as_of": "2026-03-31"}', '{"as_of": "2026-03-31"}']


@pytest.mark.parametrize(
    ("answer", "code", "said"),
    [
        (dbtRunnerResult(success=False), 1, ""),
        (dbtRunnerResult(success=False, exception=ValueError("no")), 2, "no"),
    ],
)
def test_a_failure_has_the_exit_code_of_dbt(
    calls: Callable[[dbtRunnerResult], Calls],
    capsys: pytest.CaptureFixture[str],
    answer: dbtRunnerResult,
    code: int,
    said: str,
) -> None:
    calls(answer)
    assert Project({}).run("build") == code
    assert said in capsys.readouterr().err


def test_a_fault_of_a_command_is_no_failed_check(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(argv: Sequence[str] | None) -> int:
        raise ZeroDivisionError

    with pytest.raises(SystemExit) as ended:
        run(broken)
    assert ended.value.code == WRONG_USE
    assert "ZeroDivisionError" in capsys.readouterr().err


def test_a_disk_that_fills_up_beside_the_models_is_one_line(
    calls: Callable[[dbtRunnerResult], Calls], capsys: pytest.CaptureFixture[str]
) -> None:
    broken = RuntimeError("the hook failed")
    broken.__cause__ = OSError(errno.ENOSPC, "No space left on device", "target/x")
    calls(dbtRunnerResult(success=False, exception=broken))
    assert exit_code(lambda: Project({}).run("build")) == WRONG_USE
    assert capsys.readouterr().err == (
        "error: there is no room ([Errno 28] No space left on device: 'target/x'): "
        "make room and run it again\n"
    )


def test_who_interrupts_dbt_interrupts_the_run(
    calls: Callable[[dbtRunnerResult], Calls],
) -> None:
    calls(dbtRunnerResult(success=False, exception=KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        Project({}).run("build")

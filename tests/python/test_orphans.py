"""Relations of models that are gone: named in the log, and dropped when asked."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

import dbt_process

# A known mart, what models made once, and what is nobody's business here.
TABLES = ("marts.dim_people", "marts.fct_gone", "intermediate.int_core__gone")
VIEWS = ("staging.stg_generic__gone", "staging.stg_generic__people")
OTHERS = (
    "raw_generic.people",
    "raw_meta.closings",
    "policy.gone",
    "history.gone",
    "main.mine",
)
GONE = {
    "marts.fct_gone",
    "intermediate.int_core__gone",
    "staging.stg_generic__gone",
}


@pytest.fixture
def upgraded(tmp_path: Path) -> Path:
    """Return a warehouse with relations of models that were removed since."""
    path = tmp_path / "mops.duckdb"
    with duckdb.connect(str(path)) as connection:
        for kind, names in (("table", (*TABLES, *OTHERS)), ("view", VIEWS)):
            for name in names:
                schema = name.split(".")[0]
                connection.execute(f"create schema if not exists {schema}")
                connection.execute(f"create {kind} {name} as select 1 as one")
    return path


def standing(path: Path) -> set[str]:
    with duckdb.connect(str(path), read_only=True) as connection:
        rows = connection.execute(
            "select table_schema || '.' || table_name from information_schema.tables"
        ).fetchall()
    return {name for (name,) in rows}


def operate(path: Path, capsys: pytest.CaptureFixture[str], **arguments: bool) -> str:
    """Run the operation as a command does, and return what it printed."""
    command = ["run-operation", "orphaned_relations", "--no-use-colors"]
    command += ["--args", json.dumps(arguments)]
    command += ["--target-path", str(path.parent), "--log-path", str(path.parent)]
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(dbt_process, "LOG_NOTHING", ("--log-level-file", "none"))
        assert dbt_process.invoke(command, path)
    return capsys.readouterr().out


def test_nothing_is_dropped_unasked(
    upgraded: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    printed = operate(upgraded, capsys)
    for name in (*TABLES, *VIEWS, *OTHERS):
        assert (f"{name} is made by no model" in printed) == (name in GONE), name
    assert standing(upgraded) == {*TABLES, *VIEWS, *OTHERS}


def test_what_no_model_makes_is_dropped_and_nothing_else(
    upgraded: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    operate(upgraded, capsys, drop=True)
    assert standing(upgraded) == {*TABLES, *VIEWS, *OTHERS} - GONE
    assert "made by no model" not in operate(upgraded, capsys)

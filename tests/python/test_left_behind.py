"""What the commands leave behind is for its owner alone, and holds no secret.

Everything that writes is run as a process of its own, where others may read what is
made, with secrets in its environment; then all that it wrote and said is looked at.
"""

from __future__ import annotations

import csv
import os
import shutil
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from conftest import Warehouse, write_tables
from lib.cli import CHECK_FAILED, OK, WRONG_USE
from lib.warehouse import PROJECT_ROOT
from published_company import copy_of

SECRETS = {
    "MOPS_POSTGRES_DSN": "postgresql://bi:planted-dsn@127.0.0.1:1/none",
    "HUBSPOT_ACCESS_TOKEN": "planted-hubspot-token",
    "SALESFORCE_ACCESS_TOKEN": "planted-salesforce-token",
    "SALESFORCE_CLIENT_SECRET": "planted-client-secret",
    "MOPS_ERASURE_SALT": "planted-salt-" + "0123456789abcdef" * 3,
    "PGPASSWORD": "planted-pg-password",
}
ERASED = "ann@nowhere.example"
PLANTED = b"planted-"


@dataclass
class Left:
    """A folder in which all was written, what was said, and what `ps` showed."""

    folder: Path
    said: list[str] = field(default_factory=list)
    shown: set[bytes] = field(default_factory=set)

    def run(self, script: str, *arguments: str) -> int:
        """Run a script as others may see it; return the exit code."""
        process = subprocess.Popen(
            [sys.executable, str(PROJECT_ROOT / "scripts" / script), *arguments],
            env={
                **os.environ,
                **SECRETS,
                "MOPS_WAREHOUSE": str(self.folder / "mops.duckdb"),
                "DBT_TARGET_PATH": str(self.folder / "target"),
                "DBT_LOG_PATH": str(self.folder / "logs"),
                "HUBSPOT_API_URL": "http://127.0.0.1:1",
                "RUNTIME__REQUEST_MAX_ATTEMPTS": "1",
            },
            cwd=PROJECT_ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            umask=0o022,
        )
        done = threading.Event()
        watcher = threading.Thread(target=self.watch, args=(process.pid, done))
        watcher.start()
        said, _ = process.communicate()
        done.set()
        watcher.join()
        self.said.append(said)
        return process.returncode

    def watch(self, process: int, done: threading.Event) -> None:
        """Keep the command lines of a process and of those that it starts."""
        while not done.wait(0.05):
            for path in Path("/proc").glob("[0-9]*"):
                try:
                    parent = (path / "stat").read_text().rsplit(")", 1)[1].split()[1]
                    if str(process) in (path.name, parent):
                        self.shown.add((path / "cmdline").read_bytes())
                except OSError:
                    continue

    def files(self) -> Iterator[Path]:
        """Yield all that was written."""
        given = {self.folder / "raw", *(self.folder / "raw").rglob("*")}
        yield from (each for each in self.folder.rglob("*") if each not in given)


@pytest.fixture(scope="module")
def left(
    company_warehouse: Warehouse, tmp_path_factory: pytest.TempPathFactory
) -> Left:
    """Run every command that writes, beside a company that is built."""
    made = Left(tmp_path_factory.mktemp("left"))
    warehouse = copy_of(company_warehouse, made.folder)
    warehouse.chmod(0o644)
    raw = write_tables(
        made.folder / "raw",
        {
            "people": [
                {"person_id": "n1", "record_type": "lead", "email": ERASED}
                | {"created_at": "2025-01-02"},
                {"person_id": "n2", "record_type": "lead", "email": ""}
                | {"created_at": "never"},
            ]
        },
    )
    out = str(made.folder / "output")
    assert made.run("export.py", "--out", out) == OK, made.said[-1]
    assert made.run("export.py", "--out", out, "--reports", "csv") == OK
    assert made.run("export.py", "--out", out, "--queue") == OK, made.said[-1]
    assert made.run("export.py", "--out", out, "--audience", "newsletter") == OK
    assert made.run("export.py", "--out", out, "--postgres") == WRONG_USE
    assert made.run("report.py", "--out", out) == OK, made.said[-1]
    assert made.run("pull.py", "hubspot", "--tables", "deal") == WRONG_USE
    assert made.run("score.py", "export", "--out", f"{out}/scores") in (OK, WRONG_USE)
    assert made.run("load.py", str(raw)) == OK, made.said[-1]
    assert made.run("validate.py", "raw", "--out", out) in (OK, 1), made.said[-1]
    assert made.run("validate.py", "raw", "--out", out, "--sync") == OK
    assert made.run("forecast.py") == OK, made.said[-1]
    assert made.run("salvage.py") == OK, made.said[-1]
    erased = ("--email", ERASED, "--out", f"{out}/none")
    assert made.run("erase.py", *erased, "--no-build") == OK, made.said[-1]
    # It parses the project and stops, as there is nothing of that name to land.
    assert made.run("run.py", str(made.folder / "none"), "--out", out) == WRONG_USE
    return made


def test_all_of_it_is_for_its_owner_alone(left: Left) -> None:
    found = list(left.files())
    names = {path.relative_to(left.folder).parts[0] for path in found}
    assert names >= {"mops.duckdb", "mops.run.lock", "output", "target", "logs"}
    written = {path.name for path in (left.folder / "output").iterdir()}
    assert written >= {
        *("published", "reports", "queues", "audiences", "report", "data_docs"),
        *("failing_rows", "run.json"),
    }
    open_to_others = [
        str(path)
        for path in found
        if not path.is_symlink() and stat.S_IMODE(path.stat().st_mode) & 0o077
    ]
    assert open_to_others == []


def test_no_secret_is_written_said_or_shown(left: Left) -> None:
    holding = [
        str(path)
        for path in left.files()
        if path.is_file() and PLANTED in path.read_bytes()
    ]
    assert holding == []
    assert [said for said in left.said if "planted-" in said] == []
    assert any(b"export.py" in line for line in left.shown)
    assert [line for line in left.shown if PLANTED in line] == []


def test_words_of_a_seed_are_words(left: Left, tmp_path: Path) -> None:
    hostile = [
        "'; drop table raw_meta.loads; --",
        "$(touch hacked) `touch hacked`",
        "{{ 7 * 7 }}{batch}{now}{observed}{threshold} :name %s ?",
    ]
    seeds = tmp_path / "seeds"
    shutil.copytree(PROJECT_ROOT / "seeds", seeds)
    with (seeds / "quality" / "picklist_values.csv").open("a", newline="") as file:
        csv.writer(file).writerows(
            [f"PCK-X{number}", "country", text, text, text]
            for number, text in enumerate(hostile)
        )
    with (seeds / "quality" / "required_fields.csv").open("a", newline="") as file:
        csv.writer(file).writerow(
            ["RQF-X", "people", "email", "warning", "0", *hostile[:2], "1900-01-01", ""]
        )
    out = tmp_path / "output"
    begin = left.run("validate.py", "raw", "--out", str(out), "--seeds", str(seeds))
    assert begin in (OK, CHECK_FAILED), left.said[-1]
    assert "cannot be judged" not in left.said[-1]
    found = Warehouse(left.folder / "mops.duckdb")
    assert found.value("select count(*) from raw_meta.loads") > 0
    assert list(PROJECT_ROOT.glob("hacked")) == []

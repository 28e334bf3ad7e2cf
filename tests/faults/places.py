"""A folder in which commands are run, and what they leave in it, to be compared."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from lib.cli import OK, UserError
from lib.publish import latest_publication, read_manifest
from lib.sql import columns, relation
from lib.warehouse import PROJECT_ROOT

# What tells when, and in which run, and not what.
CLOCKS = ("loaded_at", "landed_at", "noticed_at", "validated_at", "run_id")
# When the last build began.
CLOCK = "intermediate.int_core__build_moments"
# A run that is broken off after it has judged has judged all the same.
HISTORY = "raw_meta.validation_results"
MADE_ANEW = ("main", "staging", "test_failures")
AS_OF = "2026-08-31"

Content = dict[str, tuple[int, int]]
Command = tuple[str, ...]


def content(warehouse: Path) -> Content:
    """Return rows and an order-free hash of every table, without its clocks."""
    found: Content = {}
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        tables = connection.execute(
            "select schema_name, table_name, list(column_name order by column_index) "
            "from duckdb_columns() where not internal and database_name = "
            "current_database() and not list_contains($1, schema_name) "
            "group by all order by all",
            [list(MADE_ANEW)],
        ).fetchall()
        for schema, table, names in tables:
            name = f"{schema}.{table}"
            if name == CLOCK:
                continue
            once = "distinct " if name == HISTORY else ""
            clocks = CLOCKS if schema == "raw_meta" else ()
            timeless = columns(each for each in names if each not in clocks)
            found[name] = connection.execute(
                "select count(*), coalesce(bit_xor(hash(each)), 0) from ("
                f"select {once}{timeless} from {relation(schema, table)}) as each"
            ).fetchall()[0]
    return found


def published(out: Path) -> Content:
    """Return each relation of the publication and its rows."""
    manifest = read_manifest(latest_publication(out))
    return {
        f"published {entry['relation']}": (entry["rows"], 0)
        for entry in manifest["relations"]
    }


def differences(calm: Content, after: Content) -> list[str]:
    """Say which relations differ."""
    return [
        f"{name} is {after.get(name)} instead of {calm.get(name)}"
        for name in sorted(calm.keys() | after.keys())
        if calm.get(name) != after.get(name)
    ]


@dataclass(frozen=True)
class Place:
    """A folder with a warehouse and what is written beside it.

    Attributes:
        folder: where both lie.
        settings: variables of the environment for what is run there.
        log: where what is said goes, log.txt of the folder if none is given.
    """

    folder: Path
    settings: Mapping[str, str] = field(default_factory=dict)
    log: Path | None = None

    @property
    def warehouse(self) -> Path:
        """Return the DuckDB file."""
        return self.folder / "mops.duckdb"

    @property
    def out(self) -> Path:
        """Return the folder of publications and reports."""
        return self.folder / "out"

    @property
    def said(self) -> Path:
        """Return the file of what was said."""
        return self.log or self.folder / "log.txt"

    def start(self, command: Sequence[str]) -> subprocess.Popen[bytes]:
        """Start a script; what it says is added to the log."""
        script, *arguments = (word.format(out=self.out) for word in command)
        self.folder.mkdir(parents=True, exist_ok=True)
        with self.said.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, str(PROJECT_ROOT / "scripts" / script), *arguments],
                env={
                    **os.environ,
                    **self.settings,
                    "MOPS_WAREHOUSE": str(self.warehouse),
                },
                cwd=PROJECT_ROOT,
                stdout=log,
                stderr=log,
            )

    def done(self, command: Sequence[str]) -> float:
        """Run a script to its end and return the seconds that it took.

        Raises:
            UserError: it did not end well.
        """
        begin = time.monotonic()
        code = self.start(command).wait()
        if code != OK:
            raise UserError(f"{command[0]} ended with {code}, see {self.said}")
        return time.monotonic() - begin

    def copied(self, folder: Path) -> Place:
        """Return a copy, in place of an earlier one; nothing need be here yet."""
        self.folder.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.folder, folder, symlinks=True)
        return Place(folder)

    def steps(self, process: int) -> Mapping[str, float] | None:
        """Return the seconds of each step that a run has done, None before it began."""
        try:
            told = json.loads((self.out / "run.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        if told["process"] != process:
            return None
        return {taken["step"]: taken["seconds"] for taken in told["steps"]}


def of_warehouse(place: Place) -> Content:
    """Look at the warehouse alone."""
    return content(place.warehouse)


def of_both(place: Place) -> Content:
    """Look at the warehouse and at what is published."""
    return {**content(place.warehouse), **published(place.out)}


def whole_run(data: str) -> Command:
    """Return the command of all that `make run` does with a folder of files."""
    return ("run.py", data, "--out", "{out}", "--as-of", AS_OF)


def made_company(folder: Path, people: int) -> str:
    """Make the files of a demo company and return their folder."""
    demo = ("demo.py", "--out", str(folder), "--people", str(people), "--seed", "3")
    Place(folder.with_name("made")).done((*demo, "--until", AS_OF))
    return str(folder)

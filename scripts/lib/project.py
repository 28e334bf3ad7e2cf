"""Run dbt in this process, which imports it and parses the project once.

Importing this module takes seconds, since dbt does: import it where it is needed.
"""

from __future__ import annotations

import gc
import json
from collections.abc import Iterable, Mapping, Sequence

import duckdb
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.artifacts.schemas.results import NodeResult, NodeStatus
from dbt.cli.main import dbtRunner, dbtRunnerResult
from dbt.contracts.graph.manifest import Manifest

from lib.cli import CHECK_FAILED, OK, WRONG_USE, UserError, warn
from lib.full_disk import is_full, words_of_full
from lib.warehouse import (
    PROJECT_ROOT,
    dbt_folders,
    is_corrupt,
    reason_of,
    warehouse_path,
)

_HERE = ("--project-dir", str(PROJECT_ROOT), "--profiles-dir", str(PROJECT_ROOT))
# A file of the log would put every event into words once more, which takes a third as
# long as running them; what fails is said, and the statements stand in target/run.
_LOG = ("--log-level-file", "none")
_FAILED = {NodeStatus.Error, NodeStatus.Fail, NodeStatus.RuntimeErr}


class Project:
    """The parsed project, to which one command after another is given.

    Attributes:
        failed: names of the models and tests that failed so far.
        results: what the last command says of each node that it ran.
    """

    def __init__(self, variables: Mapping[str, str]) -> None:
        """Take the vars that every command goes by, once the project is parsed.

        No config, ref or switch may depend on them: the project is parsed with those
        of dbt_project.yml alone, so that what was parsed serves any as_of.
        """
        self.failed: list[str] = []
        self.results: Sequence[NodeResult] = ()
        self._variables = json.dumps(dict(variables))
        self._manifest: Manifest | None = None

    def parse(self) -> int:
        """Parse the project, or read what was parsed before if nothing changed since.

        The warehouse is not opened.
        """
        for folder in dbt_folders():
            # A folder that dbt alone has made is open to all.
            try:
                folder.mkdir(parents=True, exist_ok=True)
                folder.chmod(0o700)
            except OSError as error:
                reason = f"dbt cannot write to {folder}: {error.strerror}"
                raise UserError(reason) from error
        parsed = self._invoke("--quiet", "parse", "--no-write-json", variables="{}")
        if not isinstance(parsed.result, Manifest):
            return _exit_code(parsed)
        self._manifest = parsed.result
        # What is parsed stays: looking for garbage among it takes longer than a model.
        gc.collect()
        gc.freeze()
        return OK

    def run(self, *arguments: str) -> int:
        """Run one dbt command and return its exit code.

        The warehouse is let go of afterwards, so that the next step can open it.
        """
        self.results = ()
        try:
            done = self._invoke(*arguments, variables=self._variables)
        finally:
            let_go()
        self.results = getattr(done.result, "results", None) or ()
        for each in self.results:
            if each.status in _FAILED:
                self.failed.append(str(each.node.name))
        _raise_fault(str(each.message) for each in self.results)
        return _exit_code(done)

    def _invoke(self, *arguments: str, variables: str) -> dbtRunnerResult:
        command = [*arguments, *_HERE, *_LOG, "--vars", variables]
        done = dbtRunner(manifest=self._manifest).invoke(command)
        met = done.exception
        # Of a disk that fills up between two models no result tells.
        if isinstance(met, KeyboardInterrupt) or (met and words_of_full(met)):
            raise met
        return done


def let_go() -> None:
    """Close what dbt has open of the warehouse, so that others can open it."""
    if DuckDBConnectionManager._ENV is not None:
        DuckDBConnectionManager._ENV.close()  # type: ignore[no-untyped-call]
    DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]


def _raise_fault(messages: Iterable[str]) -> None:
    """Say in one line what is wrong with the file, which many models stumble over."""
    for message in messages:
        for line in message.splitlines():
            if is_corrupt(line) or is_full(line):
                error = duckdb.Error(line.strip())
                raise UserError(reason_of(warehouse_path(), error))


def _exit_code(done: dbtRunnerResult) -> int:
    """Return what the command dbt would exit with, and say what it would say."""
    if done.success:
        return OK
    if done.exception is None:
        return CHECK_FAILED
    warn(str(done.exception))
    return WRONG_USE

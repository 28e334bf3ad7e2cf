"""Files into the raw tables: one after the other, each as a whole or not at all.

A file is skipped if what landed last under its name in its table has the same bytes.
Nothing else is: older bytes that come again after newer ones take a correction back,
and a copy under another name comes in the order of the names, like any file.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import duckdb

from lib.cli import UserError
from lib.contract import Contract, Table
from lib.landing import casts, publishing, staging
from lib.landing.errors import FileError, reason
from lib.landing.files import DataFile, check_regular, fingerprint, sha256_of
from lib.landing.names import some
from lib.landing.reading import Reader, Staged

_MOST_GIB = 4
_AMOUNT = re.compile(r"\d+(\.\d+)? ?[KMGT]i?B", re.IGNORECASE)


@dataclass
class Outcome:
    """What became of a file; `error` is None unless it could not be landed."""

    file: DataFile
    landed: int = 0
    rejected: int = 0
    first_lines: list[int] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    error: str | None = None
    is_unchanged: bool = False
    seconds: float = 0.0


class Landing:
    """Lands files in a warehouse by a contract."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        contract: Contract,
        progress: Callable[[int], None] = lambda characters: None,
    ) -> None:
        """Take a connection to the warehouse; `progress` is told what is read.

        Slow ways through a file report as they go; the fast one does not.
        """
        self.connection = connection
        self.contract = contract
        self.progress = progress
        self.last_landed: publishing.LastLanded = {}

    def prepare(self) -> list[str]:
        """Make the declared tables and the log, and return warnings about them.

        Raises:
            UserError: the warehouse cannot be written.
        """
        casts.install(self.connection)
        _limit_memory(self.connection)
        try:
            warnings = publishing.prepare(self.connection, self.contract)
            self.last_landed = publishing.last_landed(self.connection)
        except duckdb.Error as error:
            raise UserError(
                f"the warehouse cannot be written: {reason(error)}"
            ) from error
        return warnings

    def land(self, file: DataFile) -> Outcome:
        """Land one file and say what became of it.

        Raises:
            UserError: the warehouse cannot be written.
        """
        outcome = Outcome(file)
        begin = time.monotonic()
        try:
            self._land(file, outcome)
        except FileError as error:
            outcome.error = str(error)
        except duckdb.InterruptException:
            raise
        except duckdb.Error as error:
            raise UserError(
                f"{file.label}: the warehouse cannot be written: {reason(error)}"
            ) from error
        outcome.seconds = time.monotonic() - begin
        return outcome

    def _land(self, file: DataFile, outcome: Outcome) -> None:
        check_regular(file)
        before = fingerprint(file.path)
        sha256 = sha256_of(file.path)
        slot = (file.source, file.table, file.name)
        if self.last_landed.get(slot) == sha256:
            outcome.is_unchanged = True
            return
        source = self.contract.source(file.source)
        table = self.contract.table(file.source, file.table)
        raw_tables = publishing.stored_columns(self.connection)
        stored = raw_tables.get((source.schema, table.name), [])
        try:
            reader = Reader(self.connection, table, stored, self.progress)
            staged = reader.stage(file)
            if fingerprint(file.path) != before:
                raise FileError("was written to while it was read: load it again")
            outcome.landed, outcome.rejected = staged.landed, staged.rejected
            outcome.first_lines = staging.first_lines(self.connection)
            _compare(outcome, table, {name for name, _ in stored}, staged)
            publishing.publish(
                self.connection,
                file,
                sha256=sha256,
                source=source,
                table=table,
                layout=staged.layout,
                landed=staged.landed,
                rejected=staged.rejected,
            )
            self.last_landed[slot] = sha256
        finally:
            staging.drop(self.connection)


def _limit_memory(connection: duckdb.DuckDBPyConnection) -> None:
    """Keep DuckDB to MOPS_MEMORY_LIMIT, or to 4 GiB where it would take more.

    Raises:
        UserError: MOPS_MEMORY_LIMIT is no amount of memory.
    """
    wanted = os.environ.get("MOPS_MEMORY_LIMIT")
    if not wanted:
        row = connection.execute("select current_setting('memory_limit')").fetchone()
        amount, unit = str(row[0]).split() if row else ("0", "bytes")
        if unit != "TiB" and (unit != "GiB" or float(amount) <= _MOST_GIB):
            return
        wanted = f"{_MOST_GIB}GiB"
    if not _AMOUNT.fullmatch(wanted):
        raise UserError(f"MOPS_MEMORY_LIMIT is no amount of memory: {wanted}")
    # No parameter: the first one costs the import of pandas, half a second.
    connection.execute(f"set memory_limit = '{wanted}'")


def _compare(outcome: Outcome, table: Table, stored: set[str], staged: Staged) -> None:
    """Note where the file and the contract differ."""
    if not table.is_declared:
        name = f"{outcome.file.source}.{outcome.file.table}"
        outcome.warnings.append(f"{name} is not declared, landed as text")
        return
    declared = {column.name for column in table.columns}
    missing = [name for name in staged.layout.missing if name in declared]
    if missing:
        outcome.notes.append(f"declared but not in it, null: {some(missing)}")
    new = [item.name for _, item in staged.layout.present if item.name not in stored]
    if new:
        outcome.notes.append(f"not declared, added as text: {some(new)}")

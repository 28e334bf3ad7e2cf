"""Files into the raw tables: one after the other, each as a whole or not at all.

A file is skipped if what landed last under its name in its table has the same bytes.
Nothing else is: older bytes that come again after newer ones take a correction back,
and a copy under another name comes in the order of the names, like any file.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

import duckdb

from lib.cli import UserError
from lib.contract import Contract, Source, Table
from lib.erasure import salt
from lib.erasure.sift import Sieve, blank_rejects
from lib.landing import casts, drift, profiles, publishing, staging
from lib.landing.errors import FileError
from lib.landing.exports import Exports
from lib.landing.files import DataFile, check_regular, fingerprint, sha256_of
from lib.landing.names import some
from lib.landing.reading import Reader, Staged
from lib.sql import quote_identifier
from lib.warehouse import memory_limit, reason_of, warehouse_path

_MOST_GIB = 4


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


@dataclass(frozen=True)
class Digest:
    """What a file's bytes are, and what would change if it were written to."""

    sha256: str
    fingerprint: tuple[int, int, int]


class _NotWholeError(Exception):
    """A file that is not to be landed at full speed."""


class Landing:
    """Lands files in a warehouse by a contract."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        contract: Contract,
        progress: Callable[[int], None] = lambda characters: None,
        exports: Exports | None = None,
        categories: frozenset[str] = frozenset(),
    ) -> None:
        """Take a connection to the warehouse; `progress` is told what is read.

        The values of the columns in `categories` are counted in the files' profiles.

        Slow ways through a file report as they go; the fast one does not.
        """
        self.connection = connection
        self.contract = contract
        self.progress = progress
        self.exports = exports or Exports(())
        self.categories = categories
        # One moment for all files of a run: together they are a landing.
        self.landed_at = datetime.now(UTC).replace(tzinfo=None)
        self.last_landed: publishing.LastLanded = {}
        # Of a table that has landed before, a new column is news.
        self.known_tables: set[tuple[str, str]] = set()
        # Whether rows of erased people are to be told and turned away.
        self.is_sifted = False

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
            self.known_tables = {slot[:2] for slot in self.last_landed}
            path = _path_of(self.connection)
            self.is_sifted = path is not None and salt.use_if_needed(
                self.connection, path
            )
        except duckdb.Error as error:
            raise UserError(reason_of(warehouse_path(), error, "written")) from error
        return warnings

    def land_all(
        self,
        files: Sequence[DataFile],
        on_start: Callable[[DataFile], None] = lambda file: None,
    ) -> Iterator[Outcome]:
        """Land files that are sorted by source and table; yield what became of each.

        Those of a table that is loaded by snapshot land together or not at all.

        Raises:
            UserError: the warehouse cannot be written.
        """
        for (source, name), group in groupby(
            files, key=lambda file: (file.source, file.table)
        ):
            if self.contract.table(source, name).load == "snapshot":
                yield from self._land_snapshot([*group], on_start)
            else:
                for file in group:
                    on_start(file)
                    yield self.land(file)

    def land(self, file: DataFile) -> Outcome:
        """Land one file and say what became of it.

        Raises:
            UserError: the warehouse cannot be written.
        """
        outcome = Outcome(file)
        with self._outcome(outcome):
            digest = self._digest(file)
            slot = (file.source, file.table, file.name)
            if self.last_landed.get(slot) == digest.sha256:
                outcome.is_unchanged = True
                return outcome
            source = self.contract.source(file.source)
            table = self.contract.table(file.source, file.table)
            stored = self._stored(file)
            reader = self._reader(file, stored)
            try:
                if not self._land_whole(reader, digest, stored, outcome):
                    staged = self._sifted(file, reader.stage(file))
                    part = self._part(digest, stored, staged, outcome)
                    publishing.publish(self.connection, source, table, part)
                self.last_landed[slot] = digest.sha256
            finally:
                staging.drop(self.connection)
        return outcome

    def _land_snapshot(
        self, files: Sequence[DataFile], on_start: Callable[[DataFile], None]
    ) -> Iterator[Outcome]:
        """Land the files that are a whole table, unless they are those of last time."""
        source = self.contract.source(files[0].source)
        table = self.contract.table(files[0].source, files[0].table)
        outcomes = [Outcome(file) for file in files]
        digests: dict[str, Digest] = {}
        for outcome in outcomes:
            with self._outcome(outcome):
                digests[outcome.file.name] = self._digest(outcome.file)
        before = publishing.last_snapshot(self.connection, source.name, table.name)
        if {name: digest.sha256 for name, digest in digests.items()} == before:
            for outcome in outcomes:
                outcome.is_unchanged = True
            yield from outcomes
            return
        stored = self._stored(files[0])
        parts: list[publishing.Part] = []
        try:
            for outcome in outcomes:
                if outcome.error is not None:
                    continue
                on_start(outcome.file)
                with self._outcome(outcome):
                    digest = digests[outcome.file.name]
                    staged = self._reader(outcome.file, stored).stage(outcome.file)
                    staged = self._sifted(outcome.file, staged)
                    part = self._part(digest, stored, staged, outcome)
                    staging.put_aside(self.connection, len(parts))
                    parts.append(part)
                    have = {name for name, _ in stored}
                    stored += [
                        (field.name, field.stored_type)
                        for field in part.layout.fields
                        if field.name not in have
                    ]
            self._publish_snapshot(source, table, outcomes, parts)
        finally:
            staging.drop(self.connection)
            staging.drop_aside(self.connection, len(files))
        yield from outcomes

    def _publish_snapshot(
        self,
        source: Source,
        table: Table,
        outcomes: Sequence[Outcome],
        parts: Sequence[publishing.Part],
    ) -> None:
        broken = [outcome for outcome in outcomes if outcome.error is not None]
        for outcome in outcomes:
            if broken and outcome.error is None:
                outcome.error = (
                    "not landed, as the snapshot is not whole without "
                    f"{broken[0].file.label}"
                )
        if not broken:
            with self._outcome(outcomes[0]):
                publishing.publish_snapshot(self.connection, source, table, parts)

    @contextmanager
    def _outcome(self, outcome: Outcome) -> Iterator[None]:
        """Turn what goes wrong with a file into its outcome, and take the time.

        Raises:
            UserError: the warehouse cannot be written.
        """
        begin = time.monotonic()
        try:
            yield
        except FileError as error:
            outcome.error = str(error)
        except duckdb.InterruptException:
            raise
        except duckdb.Error as error:
            told = reason_of(warehouse_path(), error, "written")
            raise UserError(f"{outcome.file.label}: {told}") from error
        outcome.seconds += time.monotonic() - begin

    def _digest(self, file: DataFile) -> Digest:
        check_regular(file)
        before = fingerprint(file.path)
        return Digest(sha256_of(file.path), before)

    def _stored(self, file: DataFile) -> list[tuple[str, str]]:
        schema = self.contract.source(file.source).schema
        return publishing.stored_columns(self.connection).get((schema, file.table), [])

    def _reader(self, file: DataFile, stored: Sequence[tuple[str, str]]) -> Reader:
        table = self.contract.table(file.source, file.table)
        encodings = self.exports.encodings(file)
        return Reader(self.connection, table, stored, self.progress, encodings)

    def _land_whole(
        self,
        reader: Reader,
        digest: Digest,
        stored: Sequence[tuple[str, str]],
        outcome: Outcome,
    ) -> bool:
        """Land a file in an empty table at full speed, if it is sound throughout."""
        file = outcome.file
        source = self.contract.source(file.source)
        table = self.contract.table(file.source, file.table)
        if not publishing.is_empty(self.connection, source, table):
            return False
        schema = quote_identifier(source.schema)
        try:
            with publishing.transaction(self.connection):
                self.connection.execute(f"create schema if not exists {schema}")
                target = publishing.whole_target(source, table)
                staged = reader.stage_whole(file, target)
                # A column of that name hides what tells one row from another.
                if staged is None or "rowid" in staged.layout.names:
                    raise _NotWholeError
                names = {name: quote_identifier(name) for name in staged.layout.names}
                staged = self._sift(file, staged, target, names)
                found = self._profile(target, [*names.values()], staged)
                part = self._part(digest, stored, staged, outcome, found)
                publishing.publish_whole(self.connection, source, table, part)
        except duckdb.InterruptException:
            raise
        except (duckdb.Error, _NotWholeError):
            # The careful way finds what it is and names the line.
            outcome.notes.clear()
            outcome.warnings.clear()
            return False
        return True

    def _sifted(self, file: DataFile, staged: Staged) -> Staged:
        """Turn the staged rows of erased people away and say what is left."""
        layout = staged.layout
        columns = dict(zip(layout.names, layout.values, strict=True))
        sifted = self._sift(file, staged, staging.STAGED, columns)
        if self.is_sifted:
            staging.hash_again(self.connection, layout)
        return sifted

    def _sift(
        self, file: DataFile, staged: Staged, relation: str, columns: Mapping[str, str]
    ) -> Staged:
        if not self.is_sifted:
            return staged
        table = self.contract.table(file.source, file.table)
        sifted = Sieve(self.connection, file.source, table).sift(relation, columns)
        blank_rejects(
            self.connection,
            staging.REJECTED,
            file.source,
            table,
            positions=staged.layout.positions,
        )
        staging.turn_away(self.connection, sifted)
        return replace(
            staged,
            landed=staged.landed - sifted.count,
            rejected=staged.rejected + sifted.count,
        )

    def _part(
        self,
        digest: Digest,
        stored: Sequence[tuple[str, str]],
        staged: Staged,
        outcome: Outcome,
        found: profiles.Profile | None = None,
    ) -> publishing.Part:
        file = outcome.file
        if fingerprint(file.path) != digest.fingerprint:
            raise FileError("was written to while it was read: load it again")
        outcome.landed, outcome.rejected = staged.landed, staged.rejected
        outcome.first_lines = staging.first_lines(self.connection)
        outcome.notes += staged.notes
        outcome.warnings += staged.warnings
        names = {name for name, _ in stored}
        schema = self.contract.source(file.source).schema
        changes = drift.changes_of(self.connection, file, schema, names, staged)
        outcome.warnings += drift.warnings_of(file, changes)
        table = self.contract.table(file.source, file.table)
        self._compare(outcome, table, names, staged)
        return publishing.Part(
            file,
            digest.sha256,
            staged.layout,
            staged.landed,
            staged.rejected,
            found or self._profile(staging.STAGED, staged.layout.values, staged),
            self.landed_at,
            tuple(changes),
        )

    def _profile(
        self, rows: str, values: Sequence[str], staged: Staged
    ) -> profiles.Profile:
        return profiles.profile(
            self.connection, rows, values, staged.layout, self.categories
        )

    def _compare(
        self, outcome: Outcome, table: Table, stored: set[str], staged: Staged
    ) -> None:
        """Note where the file and the contract differ."""
        file = outcome.file
        name = f"{file.source}.{file.table}"
        if not table.is_declared:
            outcome.warnings.append(f"{name} is not declared, landed as text")
        declared = {column.name for column in table.columns}
        missing = [column for column in staged.layout.missing if column in declared]
        if missing:
            outcome.notes.append(f"declared but not in it, null: {some(missing)}")
        present = [field.name for _, field in staged.layout.present]
        new = [column for column in present if column not in stored]
        if new and (file.source, file.table) in self.known_tables:
            plural = "column" if len(new) == 1 else "columns"
            outcome.warnings.append(
                f"new {plural} in {name}, added as text: {some(new)}"
            )
        elif new and table.is_declared:
            outcome.notes.append(f"not declared, added as text: {some(new)}")


def _path_of(connection: duckdb.DuckDBPyConnection) -> Path | None:
    """Return the file of the warehouse, None of one in memory."""
    row = connection.execute(
        "select path from duckdb_databases() where database_name = current_database()"
    ).fetchone()
    return Path(row[0]) if row and row[0] else None


def _limit_memory(connection: duckdb.DuckDBPyConnection) -> None:
    """Keep DuckDB to 4 GiB where it would take more, and nobody has set a limit."""
    if not memory_limit():
        row = connection.execute("select current_setting('memory_limit')").fetchone()
        amount, unit = str(row[0]).split() if row else ("0", "bytes")
        if unit != "TiB" and (unit != "GiB" or float(amount) <= _MOST_GIB):
            return
        connection.execute(f"set memory_limit = '{_MOST_GIB}GiB'")

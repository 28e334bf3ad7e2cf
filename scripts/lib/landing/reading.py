"""One file into the staged table, by the way that its format and state ask for."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from lib.contract import Table
from lib.landing import csv_text, exports, json_lines, parquet, staging
from lib.landing.encodings import as_utf8
from lib.landing.errors import FileError, reason
from lib.landing.export_rows import Translation
from lib.landing.exports import Recognised
from lib.landing.files import DataFile, check_text
from lib.landing.records import Batch
from lib.landing.staging import Layout


@dataclass(frozen=True)
class Staged:
    """What is staged of a file: in which columns, and how many rows of each kind."""

    layout: Layout
    landed: int
    rejected: int
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


class Reader:
    """Stages the files of one table; `stored` are the raw table's columns and types.

    Text may be of one of `encodings`, UTF-8 where there are none.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        table: Table,
        stored: Sequence[tuple[str, str]],
        progress: Callable[[int], None],
        encodings: Sequence[str] = (),
    ) -> None:
        self.connection = connection
        self.table = table
        self.stored = stored
        self.progress = progress
        self.encodings = encodings
        # What the fast way has failed on it need not try again.
        self._is_careful = False
        # Without a key, a hash of each row tells which ones are there already.
        self.is_hashed = not table.is_upserted

    def stage(self, file: DataFile) -> Staged:
        """Stage the rows of a file that fit and set the others aside.

        Raises:
            FileError: the file cannot be read, or lacks a required column.
        """
        if file.format == "parquet":
            return self._stage_parquet(file)
        with as_utf8(file, self.encodings) as text:
            check_text(text)
            if file.format == "jsonl":
                return self._stage_json_lines(text)
            header = self._header(text)
            if header is not None:
                return self._stage_csv(text, header)
            assert text.export is not None  # noqa: S101 - else a header  # nosec B101
            return self._stage_export(text, text.export)

    def stage_whole(self, file: DataFile, target: str) -> Staged | None:
        """Make a sound file a table of its own; None if it is not that.

        Raises:
            FileError: the file cannot be read, or lacks a required column.
            duckdb.Error: something in it does not fit.
        """
        self._is_careful = True
        if file.format == "parquet":
            with _linked(file) as path:
                schema = parquet.read_schema(self.connection, file, path)
                layout = self._layout(schema.names, schema.types)
                relation = parquet.relation(schema)
                return Staged(layout, self._make(layout, relation, path, target), 0)
        if file.format != "csv":
            return None
        with as_utf8(file, self.encodings) as text:
            check_text(text)
            header = self._header(text)
            if header is None:
                return None
            layout = self._layout(header.names)
            texture = csv_text.scan(text, header.delimiter)
            if not texture.is_plain or len(header.names) == 1:
                return None
            with _linked(text) as path:
                count = self._make(layout, csv_text.fast_relation(header), path, target)
            if not csv_text.has_all_rows(text, header, texture, count):
                return None
        return Staged(layout, count, 0)

    def _make(self, layout: Layout, relation: str, path: str, target: str) -> int:
        return staging.stage_whole(self.connection, layout, relation, [path], target)

    def _header(self, file: DataFile) -> csv_text.Header | None:
        """Return the header of a CSV file, None if its rows are to be translated."""
        if file.export is None:
            declared = {column.name for column in self.table.columns}
            return csv_text.read_header(file, declared)
        filled = exports.fill(file.export)
        if not (file.export.export.is_plain and filled.is_plain):
            return None
        return _export_header(file.export, filled.names)

    def _stage_export(self, file: DataFile, recognised: Recognised) -> Staged:
        filled = exports.fill(recognised)
        header = _export_header(recognised, recognised.header[: filled.width])
        layout = self._layout(filled.names)
        texture = csv_text.scan(file, header.delimiter)
        translation = Translation(recognised, filled)
        translation.learn(csv_text.batches(file, header, texture))
        rows = translation.translate(csv_text.batches(file, header, texture))
        staged = self._stage_batches(layout, rows, self._once(recognised, filled))
        notes, warnings = translation.notes()
        name = recognised.export.name
        told_by = recognised.export.told_apart_by
        if told_by and not {*told_by} & {*filled.names}:
            warnings.append(
                f"has no {' or '.join(told_by)}: the like report of another account "
                "would overwrite its rows"
            )
        return replace(staged, notes=(f"is a {name}", *notes), warnings=tuple(warnings))

    def _once(
        self, recognised: Recognised, filled: exports.Filled
    ) -> staging.Once | None:
        """Return the key that a report has once; of versions the cursor decides."""
        table = self.table
        if not table.is_upserted or set(table.cursor) & set(filled.names):
            return None
        breakdowns = f"breakdowns in _{recognised.export.source}__exports.yml"
        if not recognised.export.breakdowns:
            reason = "repeats the key of an earlier row with other values"
            return staging.Once(table.key, reason)
        reason = (
            "repeats the key of an earlier row: the report is divided by a column that "
            "is not known, or holds the row twice. Name the column under "
            f"{breakdowns}, or export the report without it"
        )
        return staging.Once(table.key, reason, also_identical=True)

    def _stage_csv(self, file: DataFile, header: csv_text.Header) -> Staged:
        layout = self._layout(header.names)
        texture = csv_text.scan(file, header.delimiter)
        # Alone on its line, an empty value cannot be told from a blank line there.
        if texture.is_plain and len(header.names) > 1 and not self._is_careful:
            relation = csv_text.fast_relation(header)
            with _linked(file) as path:
                count = self._stage_all(layout, relation, path)
            if count is not None and csv_text.has_all_rows(
                file, header, texture, count
            ):
                return Staged(layout, count, 0)
        return self._stage_batches(layout, csv_text.batches(file, header, texture))

    def _stage_json_lines(self, file: DataFile) -> Staged:
        names = json_lines.read_names(file)
        # Without a single object there is nothing to tell the columns by.
        layout = self._layout(names, is_checked=bool(names))
        return self._stage_batches(layout, json_lines.batches(file, names))

    def _stage_parquet(self, file: DataFile) -> Staged:
        with _linked(file) as path:
            schema = parquet.read_schema(self.connection, file, path)
            layout = self._layout(schema.names, schema.types)
            if not self._is_careful:
                count = self._stage_all(layout, parquet.relation(schema), path)
                if count is not None:
                    return Staged(layout, count, 0)
            try:
                counts = staging.stage_fitting(
                    self.connection,
                    layout,
                    parquet.relation_with_text(schema),
                    [path],
                    is_hashed=self.is_hashed,
                )
            except duckdb.Error as error:
                cause = f"the Parquet file is damaged: {reason(error)}"
                raise FileError(cause) from error
        return Staged(layout, *counts)

    def _stage_all(self, layout: Layout, relation: str, path: str) -> int | None:
        """Stage a whole file in one pass; None if something in it does not fit.

        Whatever that is, the careful way finds it again and names the line.
        """
        try:
            return staging.stage_all(
                self.connection, layout, relation, [path], is_hashed=self.is_hashed
            )
        except duckdb.InterruptException:
            raise
        except duckdb.Error:
            return None

    def _stage_batches(
        self,
        layout: Layout,
        batches: Iterator[Batch],
        once: staging.Once | None = None,
    ) -> Staged:
        counts = staging.stage_batches(
            self.connection,
            layout,
            batches,
            is_hashed=self.is_hashed,
            progress=self.progress,
            once=once,
        )
        return Staged(layout, *counts)

    def _layout(
        self,
        names: Sequence[str],
        types: Sequence[str] | None = None,
        *,
        is_checked: bool = True,
    ) -> Layout:
        lacking = [name for name in self.table.required if name not in names]
        if lacking and is_checked:
            plural = "column" if len(lacking) == 1 else "columns"
            raise FileError(f"lacks the required {plural} {', '.join(lacking)}")
        return staging.layout_of(self.table, self.stored, names, types)


def _export_header(
    recognised: exports.Recognised, names: Sequence[str]
) -> csv_text.Header:
    return csv_text.Header(
        tuple(names),
        recognised.delimiter,
        first_line=recognised.line,
        data_line=recognised.line + 1,
    )


@contextmanager
def _linked(file: DataFile) -> Iterator[str]:
    """Give a path to a file that has no character with a meaning to DuckDB."""
    with tempfile.TemporaryDirectory(prefix="landing-") as folder:
        suffix = f".{file.format}" + (".gz" if file.is_gzip else "")
        link = Path(folder) / f"file{suffix}"
        link.symlink_to(file.path.resolve())
        yield str(link)

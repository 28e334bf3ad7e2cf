"""What a load says while it runs: one line a file, warnings, and a last line."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.progress import (
    BarColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)

from lib.cli import UserError, console, fail, say, warn
from lib.landing.files import DataFile, Discovery
from lib.landing.landing import Outcome
from lib.landing.names import shown, some


class Report:
    """Tells a load's course on stderr and keeps its totals."""

    def __init__(self, is_quiet: bool) -> None:
        self.is_quiet = is_quiet
        self.failed = 0
        self._files = self._rows = self._rejected = self._unchanged = 0
        self._begin = time.monotonic()
        self._bar: tuple[Progress, TaskID] | None = None
        self._bytes_done = 0
        self._bytes_within = 0

    def on_discovery(self, found: Discovery, folder: Path) -> None:
        """Tell what in the folder is no file to land.

        Raises:
            UserError: the folder holds data files, but none in a source's folder.
        """
        names = [file.name for file in found.misplaced]
        if names and not found.files and not found.unreadable:
            raise UserError(
                f"{folder} holds no folder of a source: {some(names)} "
                "should be in DIR/<source>/"
            )
        for file in found.misplaced:
            if "/" in file.name:
                self._fail(file.label, "its name makes no table name")
            else:
                warn(
                    f"{file.label}: is in no folder of a source and its header is of "
                    "no known export, skipped"
                )
        for name, cause in found.unreadable:
            self._fail(shown(name, 200), cause)
        if found.skipped:
            self._say(f"skipped, no data: {some(found.skipped)}")

    @contextmanager
    def progress(self, files: list[DataFile]) -> Iterator[None]:
        """Show a bar on a terminal, measured in bytes of the files."""
        if not console.is_terminal or self.is_quiet:
            yield
            return
        bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            TimeElapsedColumn(),
            console=console,
            transient=True,
        )
        with bar:
            self._bar = bar, bar.add_task("", total=sum(map(_size, files)))
            yield
            self._bar = None

    def on_start(self, file: DataFile) -> None:
        """Show which file is under way."""
        self._bytes_within = 0
        if self._bar:
            bar, task = self._bar
            description = shown(f"{file.source}.{file.table}")
            bar.update(task, description=description, completed=self._bytes_done)

    def on_characters(self, characters: int) -> None:
        """Move the bar by what was read of the file under way."""
        if self._bar:
            bar, task = self._bar
            self._bytes_within += characters
            bar.update(task, completed=self._bytes_done + self._bytes_within)

    def on_file(self, outcome: Outcome) -> None:
        """Tell what became of a file."""
        file = outcome.file
        self._bytes_done += _size(file)
        name = f"{file.source}.{file.table}  {file.label}"
        for warning in outcome.warnings:
            warn(f"{file.label}: {warning}")
        if outcome.error is not None:
            self._fail(file.label, outcome.error)
        elif outcome.is_unchanged:
            self._unchanged += 1
            self._say(f"{name}  landed before, skipped")
        else:
            self._files += 1
            self._rows += outcome.landed
            self._rejected += outcome.rejected
            self._say(
                f"{name}  {_count(outcome.landed, 'row')} landed, "
                f"{outcome.rejected:,} rejected, {outcome.seconds:.1f} s"
            )
            for note in outcome.notes:
                self._say(f"{file.label}: {note}")
            if outcome.rejected:
                warn(f"{file.label}: {_rejected(outcome)}")

    def summary(self) -> None:
        """Tell the totals."""
        parts = [
            f"{_count(self._rows, 'row')} of {_count(self._files, 'file')} landed",
            f"{self._rejected:,} rejected",
        ]
        if self._unchanged:
            parts.append(f"{_count(self._unchanged, 'file')} landed before")
        if self.failed:
            parts.append(f"{_count(self.failed, 'file')} not landed")
        seconds = time.monotonic() - self._begin
        self._say(f"{', '.join(parts)}, {seconds:.1f} s")

    def _say(self, message: str) -> None:
        if not self.is_quiet:
            say(message)

    def _fail(self, name: str, cause: str) -> None:
        self.failed += 1
        fail(f"{name}: {cause}")


def _rejected(outcome: Outcome) -> str:
    read = outcome.landed + outcome.rejected
    lines = ", ".join(f"{line:,}" for line in outcome.first_lines)
    more = " …" if outcome.rejected > len(outcome.first_lines) else ""
    plural = "line" if outcome.rejected == 1 else "lines"
    where = f" ({plural} {lines}{more})" if lines else ""
    return (
        f"{outcome.rejected:,} of {_count(read, 'row')} rejected{where}, "
        "see raw_meta.rejects"
    )


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def _size(file: DataFile) -> int:
    try:
        return file.path.stat().st_size
    except OSError:
        return 0

"""Records and the physical lines that they are made of, with bounded memory."""

from __future__ import annotations

import io
import re
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO

from lib.landing.errors import FileError
from lib.landing.files import DataFile, open_bytes, unpacking

# A record may span this many lines and characters; what is longer is no record.
MOST_LINES = 10_000
MOST_CHARACTERS = 32 << 20
# What the log of rejects keeps of a record.
MOST_TEXT = 1 << 20
TEXT_NOTE = f" (only the first {MOST_TEXT:,} characters of its text are kept)"

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
_BATCH_ROWS = 16_384
_BATCH_CHARACTERS = 32 << 20


@dataclass(frozen=True)
class Reject:
    """A record that cannot be landed, at the physical line where it begins."""

    line: int
    error: str
    text: str
    column: str | None = None


@dataclass
class Batch:
    """Records in the order of the file: a list of values for each that has any.

    `lines` and `texts` belong to `rows`; `rejects` are the records that are not rows.
    """

    lines: list[int] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    rows: list[Sequence[str | None]] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    characters: int = 0

    def add(self, line: int, text: str, row: Sequence[str | None]) -> None:
        """Add a record that has values."""
        self.lines.append(line)
        self.texts.append(text.rstrip("\r\n"))
        self.rows.append(row)
        self.characters += len(text)

    def reject(
        self, line: int, error: str, text: str, column: str | None = None
    ) -> None:
        """Add a record that has none, with the reason and the column at fault."""
        kept, note = kept_text(text)
        self.rejects.append(Reject(line, error + note, kept, column))
        self.characters += len(kept)

    @property
    def is_full(self) -> bool:
        """Whether it is time to hand the batch on."""
        return (
            len(self.rows) + len(self.rejects) >= _BATCH_ROWS
            or self.characters >= _BATCH_CHARACTERS
        )


class LongLine(str):
    """The beginning of a line that is too long to be read whole."""

    __slots__ = ()


class LineTooLongError(Exception):
    """A record that goes on beyond the limits."""


class Lines:
    r"""The physical lines of a text file, each with its ending, one after the other.

    A line ends with \n, \r\n or \r. Bytes that are not UTF-8 come as lone surrogates.
    `taken` holds the lines since `begin`; `put_back` returns all of them but the first.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        self._text = io.TextIOWrapper(
            stream,
            encoding="utf-8-sig",
            errors="surrogateescape",
            newline="",
        )
        self._waiting: deque[str] = deque()
        self._characters = 0
        self.taken: list[str] = []
        self.number = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        """Return the next line.

        Raises:
            LineTooLongError: the lines taken are more than a record may have.
            StopIteration: there is no further line.
        """
        line = self._waiting.popleft() if self._waiting else self._read()
        if not line:
            raise StopIteration
        self.number += 1
        self.taken.append(line)
        self._characters += len(line)
        if isinstance(line, LongLine) or self._characters > MOST_CHARACTERS:
            raise LineTooLongError(
                f"the record is longer than {MOST_CHARACTERS >> 20} MiB"
            )
        if len(self.taken) > MOST_LINES:
            raise LineTooLongError(
                f"a quoted value is not closed within {MOST_LINES:,} lines"
            )
        return line

    def begin(self) -> int:
        """Start a record at the next line and return its number."""
        self.taken = []
        self._characters = 0
        return self.number + 1

    def put_back(self) -> str:
        """Go back to the line after the record's first, which is returned."""
        first, *others = self.taken
        self._waiting.extendleft(reversed(others))
        self.number -= len(others)
        return first

    def rest(self) -> Iterator[str]:
        """Return the lines that are left without keeping account of them."""
        return iter(self._text)

    def _read(self) -> str:
        line = self._text.readline(MOST_CHARACTERS)
        if len(line) < MOST_CHARACTERS or line.endswith("\n"):
            return line
        rest = line
        while rest and not rest.endswith(("\n", "\r")):
            rest = self._text.readline(MOST_TEXT)
        return LongLine(line[: MOST_TEXT + 1])


@contextmanager
def read_lines(file: DataFile) -> Iterator[Lines]:
    """Open a file and give its lines.

    Raises:
        FileError: the file cannot be read to its end.
    """
    with unpacking(), open_bytes(file) as stream:
        yield Lines(stream)


def check_is_text(beginning: str) -> None:
    """Check the beginning of a file for characters that no text holds.

    Raises:
        FileError: there are some.
    """
    if _CONTROL.search(beginning):
        raise FileError("is not text but binary")


def flaw_of(text: str, line: int) -> str | None:
    """Return why text of a record cannot be stored, or None if it can.

    `line` is the number of its first line.
    """
    if "\0" in text:
        at = line + _breaks(text[: text.index("\0")])
        return f"line {at} holds a NUL byte"
    if text.isascii():
        return None
    try:
        text.encode()
    except UnicodeEncodeError as error:
        before = text[: error.start]
        begin = max(before.rfind("\n"), before.rfind("\r")) + 1
        position = len(before[begin:].encode("utf-8", "surrogateescape")) + 1
        byte = text[error.start].encode("utf-8", "surrogateescape").hex().upper()
        at = line + _breaks(before)
        return f"byte {position:,} of line {at} is not UTF-8 (0x{byte})"
    return None


def kept_text(text: str) -> tuple[str, str]:
    """Return what the log keeps of a record, and a note if that is not all of it."""
    kept = text.rstrip("\r\n")
    note = ""
    if len(kept) > MOST_TEXT:
        kept = kept[:MOST_TEXT]
        note = TEXT_NOTE
    if not kept.isascii():
        kept = kept.encode("utf-8", "surrogateescape").decode(
            "utf-8", "backslashreplace"
        )
    return kept.replace("\0", "\\x00"), note


def _breaks(text: str) -> int:
    return text.count("\n") + text.count("\r") - text.count("\r\n")

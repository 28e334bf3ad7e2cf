"""CSV: the header, and the records with the physical line where each begins.

There are two ways through a file, and both make the same table of a sound one. DuckDB
reads at full speed and only takes files in which every record is sound. Otherwise
`batches` goes record by record and tells the sound from the broken: a record is what
RFC 4180 says it is, and where it is not, only its first line is set aside and reading
goes on at the next, so that a stray quote does not swallow the lines after it.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from lib.landing.errors import FileError
from lib.landing.files import DataFile, blocks
from lib.landing.names import column_names, shown, snake_case
from lib.landing.records import (
    MOST_CHARACTERS,
    Batch,
    Lines,
    LineTooLongError,
    check_is_text,
    flaw_of,
    read_lines,
)

MOST_COLUMNS = 2_000

_DELIMITERS = (",", ";", "\t", "|")
_HEADER_LINES = 100
_HEADER_CHARACTERS = 4 << 20
_SPACE_AFTER_QUOTE = re.compile(rb"\"[ ]+[,;\t|\r\n\"]")
_OVERLAP = 64
# DuckDB takes no longer line, and repeats one that it does not take in its error. A
# line that ends within a block of the file more may be longer.
_LONGEST_LINE_BYTES = 2_000_000
_UNCLOSED = "unexpected end"

csv.field_size_limit(MOST_CHARACTERS + 1)


@dataclass(frozen=True)
class Header:
    """The header of a CSV file.

    `names` are the columns as the warehouse spells them, `first_line` is the physical
    line where the header begins, `data_line` the one after it.
    """

    names: tuple[str, ...]
    delimiter: str
    first_line: int
    data_line: int


@dataclass(frozen=True)
class Texture:
    """What a scan of the bytes tells about a CSV file.

    With `skips_space`, some value begins `, "…`: space before a value is then no part
    of it anywhere in the file. `is_plain` is whether DuckDB reads the file as `batches`
    does: no NUL, no space around quotes, no endless line. `line_count` counts physical
    lines.
    """

    skips_space: bool
    is_plain: bool
    line_count: int


def read_header(file: DataFile, declared: Collection[str]) -> Header:
    """Read the header, taking the delimiter that finds most of the declared columns.

    Raises:
        FileError: there is no header, or it is none that can be worked with.
    """
    with read_lines(file) as lines:
        head, first_line = _head(lines)
    best: tuple[tuple[int, int], list[str], str, int] | None = None
    is_torn = False
    for delimiter in _DELIMITERS:
        reader = csv.reader(iter(head), delimiter=delimiter, strict=True)
        try:
            fields = next(reader)
        except csv.Error as error:
            is_torn = is_torn or _UNCLOSED in str(error)
            continue
        known = sum(snake_case(name) in declared for name in fields)
        if best is None or (known, len(fields)) > best[0]:
            best = (known, len(fields)), fields, delimiter, reader.line_num
    if best is None or (is_torn and not best[0][0]):
        raise FileError("the header has a quote that is not closed")
    _, fields, delimiter, height = best
    text = "".join(head[:height])
    check_is_text(text)
    flaw = flaw_of(text, first_line)
    if flaw is not None:
        raise FileError(f"the header is not UTF-8 text: {flaw}")
    while len(fields) > 1 and not fields[-1].strip():
        # Delimiters at the end of each line make no column.
        fields.pop()
    if len(fields) > MOST_COLUMNS:
        raise FileError(
            f"the header has {len(fields):,} columns, more than {MOST_COLUMNS:,}"
        )
    try:
        names = column_names(fields)
    except ValueError as error:
        raise FileError(str(error)) from error
    return Header(tuple(names), delimiter, first_line, first_line + height)


def scan(file: DataFile, delimiter: str) -> Texture:
    """Look through the bytes of a file, a block at a time.

    Raises:
        FileError: the file cannot be read to its end.
    """
    before = re.escape(delimiter.encode())
    space_before_quote = re.compile(rb"[\r\n" + before + rb"][ ]+\"")
    has_nul = has_space_after = skips_space = has_endless_line = False
    line_count = line_bytes = 0
    tail = b""
    for block in blocks(file):
        has_nul = has_nul or b"\0" in block
        window = tail + block
        if not skips_space and b' "' in window:
            skips_space = space_before_quote.search(window) is not None
        if not has_space_after and b'" ' in window:
            has_space_after = _SPACE_AFTER_QUOTE.search(window) is not None
        line_count += block.count(b"\n") + block.count(b"\r")
        if b"\r" in window:
            line_count -= (tail[-1:] + block).count(b"\r\n")
        line_end = max(block.rfind(b"\n"), block.rfind(b"\r"))
        line_bytes = len(block) - line_end - 1 + (line_bytes if line_end < 0 else 0)
        has_endless_line = has_endless_line or line_bytes > _LONGEST_LINE_BYTES
        tail = window[-_OVERLAP:]
    if tail and not tail.endswith((b"\n", b"\r")):
        line_count += 1
        has_space_after = has_space_after or tail.endswith(b" ")
    is_plain = not (has_nul or has_space_after or skips_space or has_endless_line)
    return Texture(skips_space, is_plain, line_count)


def has_all_rows(
    file: DataFile, header: Header, texture: Texture, row_count: int
) -> bool:
    """Return whether a number of rows is that of the records in the file.

    The lines were counted already. Only where blank lines or line breaks inside values
    make the numbers differ are the records counted one by one.
    """
    if row_count == texture.line_count - header.data_line + 1:
        return True
    with read_lines(file) as lines:
        for _ in range(header.data_line - 1):
            lines.begin()
            next(lines)
        reader = csv.reader(lines.rest(), delimiter=header.delimiter, strict=True)
        try:
            return row_count == sum(1 for values in reader if values)
        except csv.Error:
            return False


def fast_relation(header: Header) -> str:
    """Return SQL for the file, whose path is the one parameter, as columns c0, c1, ….

    All values are text. The query fails where a record is not sound.
    """
    columns = ", ".join(f"c{index}: 'varchar'" for index in range(len(header.names)))
    delimiter = "\\t" if header.delimiter == "\t" else header.delimiter
    return (
        f"read_csv(?, auto_detect = false, header = true, strict_mode = true, "
        f"skip = {header.first_line - 1}, delim = '{delimiter}', quote = '\"', "
        f"escape = '\"', columns = {{{columns}}})"
    )


def batches(file: DataFile, header: Header, texture: Texture) -> Iterator[Batch]:
    """Yield the records of a file in batches, the broken ones with their reason.

    Raises:
        FileError: the file cannot be read to its end.
    """
    with read_lines(file) as lines:
        for _ in range(header.data_line - 1):
            lines.begin()
            next(lines)
        batch = Batch()
        for line, text, values, error in _records(lines, header, texture):
            if error is None:
                batch.add(line, text, values)
            else:
                batch.reject(line, error, text)
            if batch.is_full:
                yield batch
                batch = Batch()
        yield batch


def _records(
    lines: Lines, header: Header, texture: Texture
) -> Iterator[tuple[int, str, list[str], str | None]]:
    """Yield each record's first line, text and values, or what is wrong with it."""

    def new_reader() -> Iterator[list[str]]:
        return csv.reader(
            lines,
            delimiter=header.delimiter,
            skipinitialspace=texture.skips_space,
            strict=True,
        )

    reader = new_reader()
    # Lines up to this one belonged to a record that fell apart.
    suspect_until = 0
    while True:
        line = lines.begin()
        try:
            values = next(reader)
        except StopIteration:
            return
        except LineTooLongError as cause:
            error: str | None = str(cause)
        except csv.Error as cause:
            error = _in_words(cause)
        else:
            if not values:
                continue
            error = _misfit(values, header)
            if error is None and line <= suspect_until and _is_torn(lines, header):
                error = "a quote stands inside a value that is not quoted"
        if error is None:
            text = lines.taken[0] if len(lines.taken) == 1 else "".join(lines.taken)
            yield line, text, values, flaw_of(text, line)
        else:
            suspect_until = max(suspect_until, lines.number)
            yield line, lines.put_back(), [], error
            reader = new_reader()


def _misfit(values: list[str], header: Header) -> str | None:
    """Return what is wrong with the number of values; empty ones at the end go."""
    width = len(header.names)
    while len(values) > width and not values[-1]:
        values.pop()
    if len(values) == width:
        return None
    plural = "value" if len(values) == 1 else "values"
    return f"has {len(values):,} {plural} where the header has {width:,}"


def _head(lines: Lines) -> tuple[list[str], int]:
    """Return the first lines that are not blank, and the number of the first."""
    head: list[str] = []
    characters = 0
    first_line = 1
    while len(head) < _HEADER_LINES and characters < _HEADER_CHARACTERS:
        first = lines.begin()
        try:
            line = next(lines)
        except StopIteration:
            break
        except LineTooLongError:
            if not head:
                raise FileError(
                    f"the header is longer than {_HEADER_CHARACTERS >> 20} MiB"
                ) from None
            break
        if not head and not line.strip():
            continue
        if not head:
            first_line = first
        head.append(line)
        characters += len(line)
    if not head:
        raise FileError("the file holds nothing but blank lines")
    return head, first_line


def _in_words(error: csv.Error) -> str:
    text = str(error)
    if _UNCLOSED in text:
        return "a quoted value is not closed before the file ends"
    if "expected after" in text:
        return "a quoted value is followed by more text"
    return shown(text)


def _is_torn(lines: Lines, header: Header) -> bool:
    """Return whether a quote stands anywhere but around a whole value."""
    text = "".join(lines.taken)
    if '"' not in text:
        return False
    between = re.escape(header.delimiter)
    quoted = rf'(?:^|(?<={between}))"(?:[^"]|"")*"(?=$|{between}|[\r\n])'
    return '"' in re.sub(quoted, "", text)

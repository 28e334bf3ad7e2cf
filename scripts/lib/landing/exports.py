"""Native exports: report files as a vendor's own screens write them.

Such a file is told by its header. What the header is, which lines around it are no
rows, and which raw column each of its columns fills stand in
`models/staging/<source>/_<source>__exports.yml`, beside the source contract.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from lib.cli import UserError
from lib.landing.encodings import beginning
from lib.landing.errors import FileError
from lib.landing.files import DataFile, Discovery
from lib.landing.names import shown, snake_case
from lib.yaml_text import parsed

# The raw columns for the dimensions of a divided report and for a row's values of them.
BREAKDOWN_COLUMNS = ("breakdown", "breakdown_value")

_DELIMITERS = (",", "\t", ";", "|")
# The header stands within so many lines of the beginning.
_MOST_PREAMBLE = 40
_CAPTURED = re.compile(r"\\\{(\w+)\\\}")
_KEYS = {
    "export": {
        *("name", "description", "table", "recognised_by", "without", "place_first"),
        *("encodings", "nulls", "left_out", "total", "others", "columns"),
        *("breakdowns", "told_apart_by"),
    },
    "column": {"from", "number", "times", "dates", "values", "description"},
    "left_out": {"blank", "starts_with"},
}
_DEFAULT_ENCODINGS = ("utf-8", "utf-16", "cp1252")


@dataclass(frozen=True)
class ExportColumn:
    """A raw column and the headers that may fill it, the first of them that is there.

    `dates` are the forms that its dates may have, as strptime has them; numbers are
    multiplied by `times`, exactly; `values` translates values, in whatever case.
    """

    name: str
    headers: tuple[re.Pattern[str], ...]
    is_number: bool = False
    times: Decimal | None = None
    dates: tuple[str, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_plain(self) -> bool:
        """Whether values are taken as the file has them."""
        return not (self.is_number or self.dates or self.values)


@dataclass(frozen=True)
class LeftOut:
    """Rows that are no data: all of `blank` empty, the first value so beginning."""

    blank: tuple[re.Pattern[str], ...]
    starts_with: tuple[str, ...]


@dataclass(frozen=True)
class Export:
    """A kind of native export and the raw table that it lands in."""

    name: str
    source: str
    table: str
    # Of each group one header must be there, of `without` none.
    recognised_by: tuple[tuple[re.Pattern[str], ...], ...]
    without: tuple[re.Pattern[str], ...] = ()
    place_first: bool = False
    encodings: tuple[str, ...] = _DEFAULT_ENCODINGS
    nulls: frozenset[str] = frozenset()
    left_out: tuple[LeftOut, ...] = ()
    total: str | None = None
    others: str = "{name}"
    columns: tuple[ExportColumn, ...] = ()
    # The columns that divide the rows of a report further, where it has them.
    breakdowns: tuple[re.Pattern[str], ...] = ()
    # Raw columns of which one is to be filled, lest like files overwrite each other.
    told_apart_by: tuple[str, ...] = ()

    @property
    def is_plain(self) -> bool:
        """Whether the rows land as they are."""
        plain = all(column.is_plain for column in self.columns)
        return plain and not (self.nulls or self.left_out or self.breakdowns)

    def fits(self, header: Sequence[str]) -> bool:
        """Return whether a header is one of this kind of export."""
        return all(
            position_of(group, header) is not None for group in self.recognised_by
        ) and (position_of(self.without, header) is None)


@dataclass(frozen=True)
class Recognised:
    """A file's export and where its header is; `header` holds it as written."""

    export: Export
    header: tuple[str, ...]
    delimiter: str
    line: int


@dataclass(frozen=True)
class Filled:
    """The raw columns that a header fills.

    `sources` are (position in the file, raw column): a position may fill several.
    `captured` are the columns whose value stands in a header, such as a currency, and
    `breakdowns` the (position, dimension) by which the report is divided, by name.
    """

    sources: tuple[tuple[int, ExportColumn], ...]
    captured: Mapping[str, str]
    breakdowns: tuple[tuple[int, str], ...]
    width: int

    @property
    def names(self) -> tuple[str, ...]:
        """The raw columns in the order of the file, those of no position last."""
        divided = BREAKDOWN_COLUMNS if self.breakdowns else ()
        return (*(column.name for _, column in self.sources), *self.captured, *divided)

    @property
    def is_plain(self) -> bool:
        """Whether each column of the file is one of the raw table, and no other is."""
        positions = [position for position, _ in self.sources]
        return positions == [*range(self.width)] and not self.captured


class Exports:
    """Every kind of native export that is known."""

    def __init__(self, exports: Sequence[Export]) -> None:
        self.exports = tuple(exports)

    @classmethod
    def read(cls, folder: Path) -> Exports:
        """Read every `*/_*__exports.yml` below a folder.

        Raises:
            UserError: a file is not readable or an entry not as it should be.
        """
        exports: list[Export] = []
        for path in sorted(folder.glob("*/_*__exports.yml")):
            exports += _read_exports(path)
        return cls(exports)

    def encodings(self, file: DataFile) -> tuple[str, ...]:
        """Return the encodings that a file may have."""
        if file.export is not None:
            return file.export.export.encodings
        for export in self.exports:
            if (export.source, export.table) == (file.source, file.table):
                return export.encodings
        return ()

    def recognise(self, found: Discovery) -> Discovery:
        """Return what was found with each native export where it belongs."""
        if not self.exports:
            return found
        files = [self._placed(file) for file in found.files]
        misplaced: list[DataFile] = []
        for file in found.misplaced:
            placed = self._placed(file)
            (files if placed.export else misplaced).append(placed)
        files.sort(key=lambda file: (file.source, file.table, file.name))
        return replace(found, files=files, misplaced=misplaced)

    def _placed(self, file: DataFile) -> DataFile:
        if file.format != "csv":
            return file
        recognised = self._recognise(file)
        if recognised is None:
            return file
        export = recognised.export
        if export.place_first and any(
            (known.source, known.table) == (file.source, file.table)
            for known in self.exports
        ):
            return file
        return replace(
            file, source=export.source, table=export.table, export=recognised
        )

    def _recognise(self, file: DataFile) -> Recognised | None:
        """Return the export whose header stands near the beginning of a file.

        Of several that fit the one that asks for most is taken.
        """
        try:
            text = beginning(file)
        except (FileError, OSError):
            return None  # landing tells what is wrong with it
        by_most = sorted(self.exports, key=lambda export: -len(export.recognised_by))
        for line, delimiter, header in _rows(text):
            for export in by_most:
                if export.fits(header):
                    return Recognised(export, tuple(header), delimiter, line)
        return None


def fill(recognised: Recognised) -> Filled:
    """Return which raw column each column of a file fills.

    Raises:
        FileError: two of them fill the same.
    """
    export = recognised.export
    header = list(recognised.header)
    while len(header) > 1 and not header[-1].strip():
        header.pop()
    breakdowns = _breakdowns(export, header)
    chosen, captured = _chosen(export, header)
    taken = {position for position, _ in breakdowns}
    names: dict[str, str] = {}
    sources = []
    for position, given in enumerate(header):
        columns = chosen.get(position, [])
        if not columns and position not in taken:
            columns = _others(export, chosen, position, given)
        for column in columns:
            if column.name in names:
                raise FileError(
                    f"two columns fill {column.name}: "
                    f"{shown(names[column.name])!r} and {shown(given)!r}"
                )
            names[column.name] = given
            sources.append((position, column))
    captured = {name: text for name, text in captured.items() if name not in names}
    return Filled(tuple(sources), captured, breakdowns, len(header))


def _chosen(
    export: Export, header: Sequence[str]
) -> tuple[dict[int, list[ExportColumn]], dict[str, str]]:
    """Return declared columns by the position that fills them, and what is captured."""
    chosen: dict[int, list[ExportColumn]] = {}
    captured: dict[str, str] = {}
    for column in export.columns:
        for pattern in column.headers:
            position = position_of(pattern, header)
            if position is not None:
                chosen.setdefault(position, []).append(column)
                match = pattern.fullmatch(_plain(header[position]))
                captured |= {
                    name: text.upper()
                    for name, text in (match.groupdict() if match else {}).items()
                }
                break
    return chosen, captured


def _others(
    export: Export, chosen: Mapping[int, list[ExportColumn]], position: int, given: str
) -> list[ExportColumn]:
    """Return the column that a header fills which the mapping does not choose.

    That is none where another header is preferred for a column of that name.
    """
    name = snake_case(given) or f"column_{position + 1}"
    other = ExportColumn(export.others.format(name=name), ())
    for column in (column for columns in chosen.values() for column in columns):
        if column.name == other.name and position_of(column.headers, [given]) == 0:
            return []
    return [other]


def _breakdowns(export: Export, header: Sequence[str]) -> tuple[tuple[int, str], ...]:
    """Return position and name of the columns that divide a report, by name."""
    found = {
        snake_case(header[position]): position
        for pattern in export.breakdowns
        if (position := position_of(pattern, header)) is not None
    }
    return tuple((position, name) for name, position in sorted(found.items()))


def _rows(text: str) -> Iterator[tuple[int, str, list[str]]]:
    """Yield line, delimiter and values of each line that may be a header."""
    lines = io.StringIO(text, newline=None)
    for number, line in enumerate(lines, start=1):
        if number > _MOST_PREAMBLE:
            return
        for delimiter in _DELIMITERS:
            if delimiter in line:
                try:
                    (values,) = csv.reader([line], delimiter=delimiter)
                except (csv.Error, ValueError):
                    continue
                yield number, delimiter, values


def _plain(header: str) -> str:
    return " ".join(header.split())


def position_of(
    patterns: re.Pattern[str] | Sequence[re.Pattern[str]], header: Sequence[str]
) -> int | None:
    """Return where in a header the first column is that a pattern fits, one of some."""
    alternatives = [patterns] if isinstance(patterns, re.Pattern) else patterns
    for position, given in enumerate(header):
        if any(pattern.fullmatch(_plain(given)) for pattern in alternatives):
            return position
    return None


def _pattern(header: str) -> re.Pattern[str]:
    """Return a pattern for a header; `{currency}` in it stands for three letters."""
    escaped = re.escape(_plain(header))
    return re.compile(_CAPTURED.sub(r"(?P<\1>[A-Za-z]{3})", escaped), re.IGNORECASE)


def _read_exports(path: Path) -> Iterator[Export]:
    try:
        text = path.read_text(encoding="utf-8")
        document = parsed(text)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise UserError(
            f"{path}: cannot be read: {' '.join(str(error).split())}"
        ) from (error)
    entries = document.get("exports") if isinstance(document, Mapping) else None
    if not isinstance(entries, list):
        raise UserError(f"{path}: exports is not a list of entries")
    source = str(document.get("source") or path.parent.name)
    for entry in entries:
        yield _read_export(path, source, entry)


def _read_export(path: Path, source: str, entry: Any) -> Export:
    _check_keys(path, "export", entry)
    if not entry.get("table") or not entry.get("recognised_by"):
        raise UserError(f"{path}: an export lacks table or recognised_by")
    groups = tuple(_patterns(group) for group in entry["recognised_by"])
    left_out = []
    for rule in entry.get("left_out") or []:
        _check_keys(path, "left_out", rule)
        blank, starts = _patterns(rule.get("blank")), _texts(rule.get("starts_with"))
        left_out.append(LeftOut(blank, tuple(start.casefold() for start in starts)))
    columns = tuple(
        _read_column(path, name, given or {})
        for name, given in (entry.get("columns") or {}).items()
    )
    return Export(
        str(entry.get("name") or entry["table"]),
        source,
        str(entry["table"]),
        groups,
        without=_patterns(entry.get("without")),
        place_first=entry.get("place_first") is True,
        encodings=_texts(entry.get("encodings")) or _DEFAULT_ENCODINGS,
        nulls=frozenset(_texts(entry.get("nulls"))),
        left_out=tuple(left_out),
        total=entry.get("total"),
        others=str(entry.get("others") or "{name}"),
        columns=columns,
        breakdowns=_patterns(entry.get("breakdowns")),
        told_apart_by=_texts(entry.get("told_apart_by")),
    )


def _read_column(path: Path, name: str, given: Any) -> ExportColumn:
    if isinstance(given, str | list):
        given = {"from": given}
    _check_keys(path, "column", given)
    times = given.get("times")
    return ExportColumn(
        name,
        _patterns(given.get("from")),
        is_number=given.get("number") is True or times is not None,
        times=None if times is None else Decimal(str(times)),
        dates=_texts(given.get("dates")),
        values={
            str(key).casefold(): str(value)
            for key, value in (given.get("values") or {}).items()
        },
    )


def _check_keys(path: Path, kind: str, entry: Any) -> None:
    if not isinstance(entry, Mapping):
        raise UserError(f"{path}: {kind} is not a mapping: {shown(str(entry))}")
    unknown = sorted(str(key) for key in entry.keys() - _KEYS[kind])
    if unknown:
        raise UserError(f"{path}: {kind} has an unknown key {unknown[0]}")


def _texts(given: Any) -> tuple[str, ...]:
    if given is None:
        return ()
    return (given,) if isinstance(given, str) else tuple(str(item) for item in given)


def _patterns(given: Any) -> tuple[re.Pattern[str], ...]:
    return tuple(map(_pattern, _texts(given)))

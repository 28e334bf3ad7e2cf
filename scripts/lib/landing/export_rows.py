"""The rows of a native export in the raw table's columns and spelling.

Every file is gone through twice: once to learn how it writes numbers and dates, which
no single value can tell (`1.234`, `3/4/2026`), and once to translate its rows.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation

from lib.landing.exports import (
    ExportColumn,
    Filled,
    LeftOut,
    Recognised,
    position_of,
)
from lib.landing.names import shown, some
from lib.landing.records import Batch

_BLANKS = " \t\r\n\u00a0\u202f"
_SIGNS = re.compile(r"^([-+]?)(?:[$€£¥]|[A-Z]{3} )?\s*|\s*[$€£¥]$")
_POINT = re.compile(r"[-+]?(\d+|\d{1,3}(?:[,' ]\d{2,3})*[,' ]\d{3})?(\.\d*)?")
_COMMA = re.compile(r"[-+]?(\d+|\d{1,3}(?:[.' ]\d{2,3})*[.' ]\d{3})?(,\d*)?")
_ISO = re.compile(r"\d{4}-\d\d?-\d\d?([T ].*)?")
# So many different dates of a column are looked at.
_MOST_DATES = 50_000


class UnreadableError(ValueError):
    """A value that is none in the spelling of its file."""


@dataclass
class Findings:
    """What the rows of a file tell: its spelling, and its rows that are no data."""

    decimal_comma: bool = False
    dates: dict[tuple[str, ...], str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    left_out: int = 0
    totals: list[Decimal] = field(default_factory=list)
    sum: Decimal = Decimal(0)


class Translation:
    """Translates the batches of one file."""

    def __init__(self, recognised: Recognised, filled: Filled) -> None:
        self.export = recognised.export
        self.delimiter = recognised.delimiter
        self.filled = filled
        self.findings = Findings()
        header = recognised.header
        self._left_out = [
            (positions, rule.starts_with)
            for rule in self.export.left_out
            if (positions := _positions(rule, header)) or not rule.blank
        ]
        self._date_positions = {
            position for position, column in filled.sources if column.dates
        }
        self._dates: dict[tuple[tuple[str, ...], str], str] = {}

    def learn(self, batches: Iterable[Batch]) -> None:
        """Find out how the file writes numbers and dates."""
        numbers = _NumberStyle()
        # Columns that share their forms are written alike.
        dates: dict[tuple[str, ...], dict[str, None]] = {
            column.dates: {} for _, column in self.filled.sources if column.dates
        }
        for batch in batches:
            for row in batch.rows:
                if self._is_left_out(row):
                    continue
                for position, column in self.filled.sources:
                    text = self._given(row[position])
                    if column.is_number and text:
                        numbers.add(text)
                    elif (
                        column.dates and text and len(dates[column.dates]) < _MOST_DATES
                    ):
                        dates[column.dates][text] = None
        self.findings.decimal_comma = numbers.is_comma(self.delimiter)
        for forms, texts in dates.items():
            self._learn_dates(forms, [*texts])

    def translate(self, batches: Iterable[Batch]) -> Iterator[Batch]:
        """Yield the batches in the raw table's columns, without what is no data."""
        captured = self.filled.captured.values()
        names = ",".join(name for _, name in self.filled.breakdowns)
        for batch in batches:
            result = Batch()
            for line, text, row in zip(
                batch.lines, batch.texts, batch.rows, strict=True
            ):
                if self._is_left_out(row):
                    self._leave_out(row)
                    continue
                try:
                    values = [*self._row(row), *captured]
                except _RejectedError as error:
                    result.reject(line, str(error), text, error.column)
                    continue
                if names:
                    values += [names, self._breakdown_value(row)]
                result.add(line, text, values)
            for reject in batch.rejects:
                if self._is_left_out_text(reject.text):
                    self.findings.left_out += 1
                else:
                    result.rejects.append(reject)
                    result.characters += len(reject.text)
            yield result

    def notes(self) -> tuple[list[str], list[str]]:
        """Return what is worth a note and what is worth a warning, once all is read."""
        found = self.findings
        notes, warnings = [], list(found.warnings)
        if found.left_out:
            plural = "row" if found.left_out == 1 else "rows"
            notes.append(f"{found.left_out:,} total or footer {plural} left out")
        if found.totals and found.sum not in found.totals:
            total = max(found.totals)
            warnings.append(
                f"its rows add up to {found.sum:f} in {self.export.total}, "
                f"its total row says {total:f}"
            )
        return notes, warnings

    def _row(self, row: Sequence[str | None]) -> Iterator[str | None]:
        for position, column in self.filled.sources:
            text = row[position]
            if column.is_plain:
                yield None if (text or "").strip(_BLANKS) in self.export.nulls else text
                continue
            given = self._given(text)
            try:
                value = self._value(column, given) if given else None
            except UnreadableError as error:
                raise _RejectedError(str(error), column.name) from error
            if value is not None and column.name == self.export.total:
                self.findings.sum += Decimal(value)
            yield value

    def _breakdown_value(self, row: Sequence[str | None]) -> str:
        """Return a row's values of the dimensions, as a line of CSV has them."""
        target = io.StringIO()
        values = [self._given(row[position]) for position, _ in self.filled.breakdowns]
        csv.writer(target, lineterminator="").writerow(values)
        return target.getvalue()

    def _given(self, text: str | None) -> str:
        given = (text or "").strip(_BLANKS)
        return "" if given in self.export.nulls else given

    def _value(self, column: ExportColumn, given: str) -> str:
        if column.is_number:
            return number(given, self.findings.decimal_comma, column.times)
        if column.dates:
            return self._date(column, given)
        return column.values.get(given.casefold(), given)

    def _date(self, column: ExportColumn, given: str) -> str:
        known = self._dates.get((column.dates, given))
        if known is None:
            known = self._read_date(column, given)
            if len(self._dates) < _MOST_DATES:
                self._dates[column.dates, given] = known
        return known

    def _read_date(self, column: ExportColumn, given: str) -> str:
        if _ISO.fullmatch(given):
            return given  # the contract's own rule reads it
        chosen = self.findings.dates.get(column.dates)
        for form in (chosen, *filter(_is_clear, column.dates)):
            moment = _moment(given, form) if form else None
            if moment is not None:
                return moment.isoformat(" ")
        raise UnreadableError(f"is not a date as this file writes them: {shown(given)}")

    def _learn_dates(self, forms: tuple[str, ...], texts: list[str]) -> None:
        """Choose the form that reads most dates of a file, the first of several."""
        read: Counter[str] = Counter()
        for text in texts:
            if not _ISO.fullmatch(text):
                read.update(form for form in forms if _moment(text, form))
        if not read:
            return
        best = max(read.values())
        chosen, *others = [form for form in forms if read[form] == best]
        self.findings.dates[forms] = chosen
        names = [
            column.name for _, column in self.filled.sources if column.dates == forms
        ]
        for other in others:
            if any(_moment(text, chosen) != _moment(text, other) for text in texts):
                self.findings.warnings.append(
                    f"the dates of {some(names)} can be read in two ways, "
                    f"taken as {chosen} and not as {other}"
                )
                break

    def _is_left_out(self, row: Sequence[str | None]) -> bool:
        if not self._left_out:
            return False
        values = [self._given(value) for value in row]
        at, first = next(
            ((at, value) for at, value in enumerate(values) if value), (0, "")
        )
        # "Total" where a day belongs is no day.
        label = {at} & self._date_positions
        return any(
            first.casefold().startswith(starts or "")
            and not any(
                values[position]
                for position in blank
                if not (starts and position in label)
            )
            for blank, starts in self._left_out
        )

    def _is_left_out_text(self, text: str) -> bool:
        """Return whether a line of too few or too many values is a total or footer.

        A footer is alone on its line. Of a total the columns that tell it must be
        there: what is cut off before them may have been data.
        """
        try:
            values = next(csv.reader([text], delimiter=self.delimiter), [])
        except csv.Error:
            return False
        told_by = max((max(blank, default=0) for blank, _ in self._left_out), default=0)
        if len(values) == 1:
            values += [""] * told_by
        return len(values) > told_by and bool(values[0]) and self._is_left_out(values)

    def _leave_out(self, row: Sequence[str | None]) -> None:
        self.findings.left_out += 1
        for position, column in self.filled.sources:
            given = self._given(row[position])
            if given and column.name == self.export.total:
                try:
                    total = number(given, self.findings.decimal_comma, column.times)
                except UnreadableError:
                    continue
                self.findings.totals.append(Decimal(total))


class _RejectedError(ValueError):
    def __init__(self, error: str, column: str) -> None:
        super().__init__(error)
        self.column = column


class _NumberStyle:
    """Counts what tells a decimal comma from a decimal point."""

    def __init__(self) -> None:
        self.points = self.commas = 0

    def add(self, text: str) -> None:
        """Take a number into account."""
        point, comma = text.rfind("."), text.rfind(",")
        if point < 0 and comma < 0:
            return
        if point >= 0 and comma >= 0:
            is_comma = comma > point
        else:
            mark = "." if point >= 0 else ","
            _, *groups = text.split(mark)
            is_decimal = len(groups) == 1 and len(groups[0].rstrip("%€$ ")) != 3
            if len(groups) == 1 and not is_decimal and not text.startswith("0"):
                return  # 1.234 and 1,234 tell nothing
            is_comma = (mark == ",") == (len(groups) == 1)
        self.commas += is_comma
        self.points += not is_comma

    def is_comma(self, delimiter: str) -> bool:
        """Return whether the decimal mark is a comma.

        Where no number tells, a file that separates its values by semicolons does so
        because its numbers hold commas.
        """
        if self.points == self.commas:
            return delimiter == ";"
        return self.commas > self.points


def number(given: str, decimal_comma: bool, times: Decimal | None = None) -> str:
    """Return a number with digits and a point alone, multiplied exactly.

    Raises:
        UnreadableError: it is none in this spelling.
    """
    text = _SIGNS.sub(r"\1", given).replace("\u00a0", " ").replace("\u202f", " ")
    text = text.replace("\u2019", "'")
    pattern = _COMMA if decimal_comma else _POINT
    if pattern.fullmatch(text) is None or not any(map(str.isdigit, text)):
        raise UnreadableError(
            f"is not a number as this file writes them: {shown(given)}"
        )
    whole, mark, rest = text.partition("," if decimal_comma else ".")
    plain = re.sub(r"[,.' ]", "", whole) + (mark and "." + rest)
    if times is None:
        return plain
    try:
        product = Decimal(plain) * times
    except InvalidOperation as error:
        raise UnreadableError(f"is not a number: {shown(given)}") from error
    return f"{product.normalize():f}"


def _positions(rule: LeftOut, header: Sequence[str]) -> tuple[int, ...]:
    found = (position_of(pattern, header) for pattern in rule.blank)
    return tuple(position for position in found if position is not None)


def _is_clear(form: str) -> bool:
    """Return whether no other form reads the same text as another day."""
    return form.startswith("%Y") or "%b" in form or "%B" in form


def _moment(text: str, form: str) -> datetime | None:
    try:
        return datetime.strptime(text, form)
    except ValueError:
        return None

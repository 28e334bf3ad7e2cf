"""Records as an API tells them become flat rows of text.

What the text means is for the landing to judge, by the source contract: here nothing
is typed, rounded or left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from lib.contract import Table
from lib.pull.config import RowRule

if TYPE_CHECKING:
    import pyarrow as pa

Record = Mapping[str, Any]

_CONSTANT = "="
_EQUALS = " == "
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class RowMaker:
    """Makes the rows of one rule."""

    def __init__(self, rule: RowRule, table: Table) -> None:
        self.rule = rule
        self._moments = {
            column.name
            for column in table.columns
            if column.data_type in ("timestamp", "date")
        }

    def table(self, records: Iterable[Record]) -> pa.Table:
        """Return the rows of records; every column is text, also where it is empty."""
        import pyarrow as pa  # noqa: PLC0415 - half of the time to start

        names = list(self.rule.columns)
        rows = [row for record in records for row in self._rows(record)]
        values = zip(*rows, strict=True) if rows else [()] * len(names)
        return pa.table(
            {
                name: pa.array(column, pa.string())
                for name, column in zip(names, values, strict=True)
            }
        )

    def _rows(self, record: Record) -> Iterator[list[str | None]]:
        for path, wanted in self.rule.where.items():
            if value_at(record, path) != wanted:
                return
        if self.rule.each is None:
            yield self._row(record)
            return
        for item in items_of(value_at(record, self.rule.each)):
            yield self._row({**record, "each": item})

    def _row(self, record: Record) -> list[str | None]:
        return [
            text_of(value_at(record, path), is_moment=name in self._moments)
            for name, path in self.rule.columns.items()
        ]


def value_at(record: Record, path: str) -> Any:
    """Return the value at a dotted path, None where there is none.

    `=text` is the text, and `path == text` is whether the value there is the text.
    """
    if path.startswith(_CONSTANT):
        return path.removeprefix(_CONSTANT)
    if _EQUALS in path:
        path, _, text = path.partition(_EQUALS)
        return text_of(value_at(record, path)) == text
    value: Any = record
    for key in path.split("."):
        if not isinstance(value, Mapping):
            return None
        value = value.get(key)
    return value


def items_of(value: Any) -> list[Any]:
    """Return the items of a list, or of text with semicolons between them."""
    if isinstance(value, str):
        return [item for item in value.split(";") if item]
    return value if isinstance(value, list) else []


def text_of(value: Any, *, is_moment: bool = False) -> str | None:
    """Return a JSON value as text; a number that is a moment is milliseconds."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return iso_of(int(value)) if is_moment else repr(value)
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def milliseconds_of(value: Any) -> int | None:
    """Return a moment as milliseconds since 1970; None where it is none."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return int(value)
    if not isinstance(value, str) or not value:
        return None
    if value.isdigit():
        return int(value)
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def iso_of(milliseconds: int) -> str:
    """Return milliseconds since 1970 as ISO 8601 in UTC."""
    moment = _EPOCH + timedelta(milliseconds=milliseconds)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"

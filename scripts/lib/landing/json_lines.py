"""JSON lines: one object a line, nested values kept as JSON text."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lib.landing.csv_text import MOST_COLUMNS
from lib.landing.errors import FileError
from lib.landing.files import DataFile
from lib.landing.names import shown, snake_case
from lib.landing.records import (
    Batch,
    Lines,
    LineTooLongError,
    check_is_text,
    flaw_of,
    read_lines,
)

# So many different sets of fields are remembered; more are worked out again.
_MOST_SHAPES = 1_000


class Number(str):
    """A number as the file spells it, so that no digit is lost on the way."""

    __slots__ = ()


@dataclass(frozen=True)
class Shape:
    """The fields of an object as columns, and what is wrong with them, if anything."""

    names: tuple[str, ...]
    error: str | None = None


def read_names(file: DataFile) -> tuple[str, ...]:
    """Return the column names of a file, in the order in which they first appear.

    A line that is no object counts for nothing here.

    Raises:
        FileError: the file holds no text, no line, one JSON array, or more fields than
            a table may have columns.
    """
    fields: dict[str, None] = {}
    first_text = ""
    with read_lines(file) as lines:
        for _, text, _ in _texts(lines):
            if not first_text:
                first_text = text
                check_is_text(text)
            try:
                entry = json.loads(text)
            except (ValueError, RecursionError):
                continue
            if isinstance(entry, dict) and not entry.keys() <= fields.keys():
                fields.update(dict.fromkeys(entry))
                if len(fields) > MOST_COLUMNS:
                    raise FileError(f"the lines have more than {MOST_COLUMNS:,} fields")
    if not first_text:
        raise FileError("the file holds nothing but blank lines")
    if not fields and first_text.lstrip().startswith("["):
        raise FileError("is one JSON array; JSON lines hold one object a line")
    return tuple(dict.fromkeys(filter(None, map(snake_case, fields))))


def batches(file: DataFile, names: tuple[str, ...]) -> Iterator[Batch]:
    """Yield the lines of a file in batches, the broken ones with their reason.

    Raises:
        FileError: the file cannot be read to its end.
    """
    positions = {name: position for position, name in enumerate(names)}
    shapes: dict[tuple[str, ...], Shape] = {}
    with read_lines(file) as lines:
        batch = Batch()
        for line, text, error in _texts(lines):
            if error is not None:
                batch.reject(line, error, text)
            else:
                try:
                    shape, values = _parse(text, shapes)
                except json.JSONDecodeError as cause:
                    # Some of the messages end in "at", for the place to follow.
                    what = f"is not JSON: {cause.msg.removesuffix(' at')}"
                    batch.reject(line, f"{what} at character {cause.colno}", text)
                except RecursionError:
                    batch.reject(line, "is nested too deeply", text)
                except ValueError as cause:
                    batch.reject(line, str(cause), text)
                else:
                    batch.add(line, text, _row(shape, values, names, positions))
            if batch.is_full:
                yield batch
                batch = Batch()
        yield batch


def _texts(lines: Lines) -> Iterator[tuple[int, str, str | None]]:
    """Yield the number and text of each line that is not blank, and its flaw if any."""
    while True:
        line = lines.begin()
        try:
            text = next(lines)
        except StopIteration:
            return
        except LineTooLongError as error:
            yield line, lines.put_back(), str(error)
            continue
        if text.strip():
            yield line, text, flaw_of(text, line)


def _parse(
    text: str, shapes: dict[tuple[str, ...], Shape]
) -> tuple[Shape, list[str | None]]:
    """Return the columns and values of a line; `shapes` remembers those of others.

    Raises:
        ValueError: the line is no JSON object that can be stored.
    """
    entry = _DECODER.decode(text.rstrip("\r\n"))
    if not isinstance(entry, dict):
        raise ValueError("is JSON, but no object")
    fields = tuple(entry)
    shape = shapes.get(fields)
    if shape is None:
        if len(shapes) >= _MOST_SHAPES:
            shapes.clear()
        shape = shapes[fields] = _shape(fields)
    if shape.error is not None:
        raise ValueError(shape.error)
    values = [
        value if value is None or isinstance(value, str) else _as_json(value)
        for value in entry.values()
    ]
    if "\\u" in text:
        for name, value in zip(shape.names, values, strict=True):
            _check_storable(name, value or "")
    return shape, values


def _shape(fields: tuple[str, ...]) -> Shape:
    names: list[str] = []
    for field in fields:
        name = snake_case(field)
        if not name:
            return Shape((), f"the field {shown(field)!r} makes no column name")
        if name in names:
            return Shape((), f"two fields are called {name}")
        names.append(name)
    return Shape(tuple(names))


def _row(
    shape: Shape,
    values: list[str | None],
    names: tuple[str, ...],
    positions: dict[str, int],
) -> list[str | None]:
    """Return the values in the order of the file's columns."""
    if shape.names == names:
        return values
    row: list[str | None] = [None] * len(names)
    for name, value in zip(shape.names, values, strict=True):
        row[positions[name]] = value
    return row


def _as_json(value: Any) -> str:
    """Return a value as compact JSON, its numbers as they were written."""
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, dict):
        fields = (f"{json.dumps(key)}:{_as_json(item)}" for key, item in value.items())
        return "{" + ",".join(fields) + "}"
    if isinstance(value, list):
        return "[" + ",".join(_as_json(item) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("an object gives the same field twice")
    return fields


def _refuse(constant: str) -> None:
    raise ValueError(f"is not JSON: it holds {constant}")


def _check_storable(field: str, text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError(f"{shown(field)} holds half a surrogate pair") from error
    if "\0" in text:
        raise ValueError(f"{shown(field)} holds a NUL character")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_unique,
    parse_float=Number,
    parse_int=Number,
    parse_constant=_refuse,
)

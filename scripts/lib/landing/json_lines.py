"""JSON lines: one object a line, nested values kept as JSON text."""

from __future__ import annotations

import json
from collections.abc import Iterator
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


class Number(str):
    """A number as the file spells it, so that no digit is lost on the way."""

    __slots__ = ()


def read_names(file: DataFile) -> tuple[str, ...]:
    """Return the column names of a file, in the order in which they first appear.

    A line that is no object counts for nothing here.

    Raises:
        FileError: the file holds no text, no line, one JSON array, or more fields than
            a table may have columns.
    """
    names: dict[str, None] = {}
    first_text = ""
    has_objects = False
    with read_lines(file) as lines:
        for _, text, values, _ in _objects(lines):
            if not first_text:
                first_text = text
                check_is_text(text)
            if values is not None:
                has_objects = True
                names.update(dict.fromkeys(values))
                if len(names) > MOST_COLUMNS:
                    raise FileError(f"the lines have more than {MOST_COLUMNS:,} fields")
    if not first_text:
        raise FileError("the file holds nothing but blank lines")
    if not has_objects and first_text.lstrip().startswith("["):
        raise FileError("is one JSON array; JSON lines hold one object a line")
    return tuple(names)


def batches(file: DataFile, names: tuple[str, ...]) -> Iterator[Batch]:
    """Yield the lines of a file in batches, the broken ones with their reason.

    Raises:
        FileError: the file cannot be read to its end.
    """
    with read_lines(file) as lines:
        batch = Batch()
        for line, text, values, error in _objects(lines):
            if values is None:
                batch.reject(line, error, text)
            else:
                batch.add(line, text, [values.get(name) for name in names])
            if batch.is_full:
                yield batch
                batch = Batch()
        yield batch


def _objects(
    lines: Lines,
) -> Iterator[tuple[int, str, dict[str, str | None] | None, str]]:
    """Yield each line's number, text and values, or what is wrong with it."""
    known: dict[str, str] = {}
    while True:
        line = lines.begin()
        try:
            text = next(lines)
        except StopIteration:
            return
        except LineTooLongError as error:
            yield line, lines.put_back(), None, str(error)
            continue
        if not text.strip():
            continue
        flaw = flaw_of(text, line)
        if flaw is not None:
            yield line, text, None, flaw
            continue
        try:
            yield line, text, _parse(text, known), ""
        except json.JSONDecodeError as error:
            cause = f"is not JSON: {error.msg} at character {error.colno}"
            yield line, text, None, cause
        except RecursionError:
            yield line, text, None, "is nested too deeply"
        except ValueError as error:
            yield line, text, None, str(error)


def _parse(text: str, known: dict[str, str]) -> dict[str, str | None]:
    """Return the values of a line by column name; `known` remembers the names."""
    entry = json.loads(
        text,
        object_pairs_hook=_unique,
        parse_float=Number,
        parse_int=Number,
        parse_constant=_refuse,
    )
    if not isinstance(entry, dict):
        raise ValueError("is JSON, but no object")
    has_escapes = "\\u" in text
    values: dict[str, str | None] = {}
    for field, value in entry.items():
        name = known.get(field)
        if name is None:
            name = known[field] = snake_case(field)
        if not name:
            raise ValueError(f"the field {shown(field)!r} makes no column name")
        if name in values:
            raise ValueError(f"two fields are called {name}")
        written = _as_text(value)
        if has_escapes and written is not None:
            _check_storable(field, written)
        values[name] = written
    return values


def _as_text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, str):
        return value
    return _as_json(value)


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

"""Identifiers in SQL that is built: quoted in one place, never pasted bare."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def quote_identifier(name: str) -> str:
    """Return a name as a quoted SQL identifier, whatever characters it holds.

    Raises:
        ValueError: the name is empty or holds a NUL, which no identifier can.
    """
    if not name or "\0" in name:
        raise ValueError(f"not a usable SQL identifier: {name!r}")
    return '"' + name.replace('"', '""') + '"'


def quote_literal(text: str) -> str:
    """Return text as a SQL literal, for where no parameter can stand.

    Raises:
        ValueError: the text holds a NUL.
    """
    if "\0" in text:
        raise ValueError(f"not usable in SQL: {text!r}")
    return "'" + text.replace("'", "''") + "'"


def relation(schema: str, table: str) -> str:
    """Return schema and table as one qualified, quoted relation name."""
    return f"{quote_identifier(schema)}.{quote_identifier(table)}"


def columns(names: Iterable[str]) -> str:
    """Return names as a comma-separated list of quoted identifiers."""
    return ", ".join(quote_identifier(name) for name in names)


def table_definition(schema: str, table: str, columns: Mapping[str, str]) -> str:
    """Return the statement that makes a table, its types by column, where it lacks."""
    listed = ", ".join(
        f"{quote_identifier(name)} {data_type}" for name, data_type in columns.items()
    )
    return f"create table if not exists {relation(schema, table)} ({listed})"

"""A fingerprint of what a build made, so that what is judged is what is published.

It depends on the content alone: a rebuild that gives the same rows has the same
fingerprint, and one changed cell has another. The order of rows does not count.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from lib.sql import quote_identifier

PUBLIC_SCHEMAS = ("marts", "reports")

Query = Callable[[str, Sequence[Any]], Sequence[Sequence[Any]]]


def public_relations(query: Query, catalog: str) -> list[tuple[str, str]]:
    """Return schema and name of every table and view that is published, in order."""
    rows = query(
        "select table_schema, table_name from information_schema.tables "
        "where table_catalog = ? and table_schema in (?, ?) "
        "order by table_schema, table_name",
        (catalog, *PUBLIC_SCHEMAS),
    )
    return [(str(schema), str(name)) for schema, name in rows]


@dataclass(frozen=True)
class Content:
    """What a public relation holds: its columns with their types, and its rows.

    A sum of row hashes stands for the rows: it heeds repeated rows and not their order.
    """

    schema: str
    name: str
    shape: list[tuple[str, str]]
    rows: int
    hashes: int | None


def contents(query: Query, catalog: str) -> list[Content]:
    """Return what each public relation holds, in their order; reads all of them."""
    found = []
    for schema, name in public_relations(query, catalog):
        relation = ".".join(quote_identifier(part) for part in (catalog, schema, name))
        columns = query(f"describe {relation}", ())
        [[rows, hashes]] = query(content_of(relation), ())
        shape = [(column[0], column[1]) for column in columns]
        found.append(Content(schema, name, shape, rows, hashes))
    return found


def content_of(source: str) -> str:
    """Return SQL for the number of rows of a relation, or query, and their hashes."""
    return f"select count(*), sum(hash(public_row)) from {source} as public_row"  # noqa: S608


def fingerprint_of(held: Iterable[Content]) -> str:
    """Return the digest of what public relations hold, as 32 hexadecimal digits."""
    digest = hashlib.sha256()
    for each in held:
        content = (str(each.rows), str(each.hashes))
        digest.update(repr((each.schema, each.name, each.shape, *content)).encode())
    return digest.hexdigest()[:32]


def fingerprint(query: Query, catalog: str) -> str:
    """Return the digest of all rows, columns and types of the public relations.

    Args:
        query: runs SQL with parameters and returns its rows.
        catalog: name under which the database is attached.

    Returns:
        32 hexadecimal digits.
    """
    return fingerprint_of(contents(query, catalog))

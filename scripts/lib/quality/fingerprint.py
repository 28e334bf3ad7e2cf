"""A fingerprint of what a build made, so that what is judged is what is published.

It depends on the content alone: a rebuild that gives the same rows has the same
fingerprint, and one changed cell has another. The order of rows does not count.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
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


def fingerprint(query: Query, catalog: str) -> str:
    """Return the digest of all rows, columns and types of the public relations.

    Args:
        query: runs SQL with parameters and returns its rows.
        catalog: name under which the database is attached.

    Returns:
        32 hexadecimal digits. A sum of row hashes stands for the rows of a relation:
        it heeds repeated rows and not their order.
    """
    digest = hashlib.sha256()
    for schema, name in public_relations(query, catalog):
        relation = ".".join(quote_identifier(part) for part in (catalog, schema, name))
        columns = query(f"describe {relation}", ())
        shape = [(column[0], column[1]) for column in columns]
        content = query(
            f"select count(*), sum(hash(public_row)) from {relation} as public_row",  # noqa: S608
            (),
        )
        digest.update(repr((schema, name, shape, *map(str, content[0]))).encode())
    return digest.hexdigest()[:32]

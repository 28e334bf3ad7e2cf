"""What changes in the shape of a table's files from one to the next.

- added: a column that the table did not have, landed as text;
- vanished: a column that has values and that a file lacks, null in its rows;
- returned: such a column that a later file has again;
- type_changed: a column most of whose values in a file are none of its type; they are
  rejected row by row.
"""

# SQL is put together here from quoted identifiers; every value is a parameter.
# ruff: noqa: S608

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import duckdb

from lib.landing.files import DataFile
from lib.landing.names import some
from lib.landing.reading import Staged
from lib.landing.staging import REJECTED
from lib.sql import quote_identifier, relation

SCHEMA_CHANGES = relation("raw_meta", "schema_changes")
TABLE = (
    f"create table if not exists {SCHEMA_CHANGES} ("
    "source varchar, table_name varchar, column_name varchar, change varchar, "
    "file varchar, noticed_at timestamp)"
)

_WORDS = {
    "vanished": "lacks {columns} of {table}, null in its rows",
    "returned": "has {columns} of {table} again",
    "type_changed": "has values of another type in {columns} of {table}, rejected",
}


@dataclass(frozen=True)
class Change:
    """A column that a file has otherwise than its table."""

    column: str
    kind: str


def changes_of(
    connection: duckdb.DuckDBPyConnection,
    file: DataFile,
    schema: str,
    stored: Collection[str],
    staged: Staged,
) -> list[Change]:
    """Return how the staged file differs from its table, whose columns are `stored`."""
    if not stored:
        return []
    known = _last_changes(connection, file)
    present = [field.name for _, field in staged.layout.present]
    changes = [Change(name, "added") for name in present if name not in stored]
    for name in present:
        if known.get(name) == "vanished":
            changes.append(Change(name, "returned"))
    raw = relation(schema, file.table)
    # Another part of the same snapshot may have brought columns that are not there yet.
    there = {
        name
        for (name,) in connection.execute(
            "select column_name from duckdb_columns() where schema_name = ? "
            "and table_name = ? and database_name = current_database()",
            [schema, file.table],
        ).fetchall()
    }
    for name in filter(there.__contains__, staged.layout.missing):
        column = quote_identifier(name)
        if (
            known.get(name) != "vanished"
            and connection.execute(
                f"select 1 from {raw} where {column} is not null limit 1"
            ).fetchone()
        ):
            changes.append(Change(name, "vanished"))
    misfits = connection.execute(
        f"select column_name from {REJECTED} where error like 'is not %' "
        f"group by column_name having 2 * count(*) > {staged.landed + staged.rejected}"
    ).fetchall()
    changes += [Change(name, "type_changed") for (name,) in misfits if name]
    return changes


def warnings_of(file: DataFile, changes: Collection[Change]) -> list[str]:
    """Return a line for each kind of change that a reader should know of."""
    lines = []
    for kind, words in _WORDS.items():
        names = [change.column for change in changes if change.kind == kind]
        if names:
            table = f"{file.source}.{file.table}"
            lines.append(words.format(columns=some(names), table=table))
    return lines


def log(
    connection: duckdb.DuckDBPyConnection,
    file: DataFile,
    changes: Collection[Change],
    noticed_at: datetime,
) -> None:
    """Write the changes of a file to the log."""
    if changes:
        connection.executemany(
            f"insert into {SCHEMA_CHANGES} values (?, ?, ?, ?, ?, ?)",
            [
                (
                    *(file.source, file.table, change.column, change.kind),
                    *(file.name, noticed_at),
                )
                for change in changes
            ],
        )


def _last_changes(
    connection: duckdb.DuckDBPyConnection, file: DataFile
) -> dict[str, str]:
    rows = connection.execute(
        f"select column_name, change from {SCHEMA_CHANGES} "
        "where source = ? and table_name = ? order by rowid",
        [file.source, file.table],
    ).fetchall()
    return dict(rows)

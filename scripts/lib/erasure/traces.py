"""Search every table and file for an erased person, and say how much was searched."""

# SQL is put together here from quoted identifiers and this package's own expressions;
# every value is a parameter.
# ruff: noqa: S608

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from lib.contract import Contract, Table
from lib.erasure.person import Person
from lib.erasure.sift import key_of
from lib.sql import quote_identifier

_GAP = "\x1f"
_SEPARATORS = ',;|#"\t\r\n'
_LONG_KEY = 12
_CHUNK = 1 << 24


@dataclass
class Search:
    """What was searched, and in which places how much was found."""

    tables: int = 0
    rows: int = 0
    files: int = 0
    found: dict[str, int] = field(default_factory=dict)

    def add(self, place: str, count: int) -> None:
        """Note what was found in a place."""
        if count:
            self.found[place] = self.found.get(place, 0) + count

    @property
    def count(self) -> int:
        """All that was found."""
        return sum(self.found.values())


def search_database(
    path: Path, person: Person, contract: Contract, search: Search, place: str = ""
) -> None:
    """Search every column of every table and view of a DuckDB file."""
    with duckdb.connect() as connection:
        literal = str(path).replace("'", "''")
        connection.execute(f"attach '{literal}' as looked (read_only)")
        declared = {(s.schema, table.name): table for s, table in contract.all_tables()}
        sources = {source.schema: source.name for source in contract.sources.values()}
        tables = connection.execute(
            "select schema_name, table_name, list(column_name order by column_index) "
            "from duckdb_columns() where database_name = 'looked' and not internal "
            "and table_name in (select table_name from duckdb_tables() "
            "where database_name = 'looked') group by all order by all"
        ).fetchall()
        for schema, name, columns in tables:
            table = declared.get((schema, name))
            looked = [c for c in columns if not _is_staff(table, c)]
            target = ".".join(quote_identifier(n) for n in ("looked", schema, name))
            keys = _keys(table, sources.get(schema, ""), columns)
            rows, found = _search(connection, target, looked, person, keys)
            search.tables += 1
            search.rows += rows
            search.add(f"{place}{schema}.{name}", found)


def _is_staff(table: Table | None, name: str) -> bool:
    column = table.column(name) if table else None
    return column is not None and column.person == "staff"


def _keys(table: Table | None, source: str, columns: list[str]) -> list[str]:
    """Return SQL for the keys of person records in a raw table."""
    return [
        key_of(column.of or source, quote_identifier(column.name))
        for column in (table.columns if table else ())
        if column.person in {"record", "reference"} and column.name in columns
    ]


def search_files(
    folders: Iterable[Path], person: Person, contract: Contract, search: Search
) -> None:
    """Search every file below some folders."""
    for folder in folders:
        for path in sorted(folder.rglob("*")) if folder.is_dir() else [folder]:
            if not path.is_file() or path.is_symlink():
                continue
            search.files += 1
            if path.suffix == ".duckdb":
                search_database(path, person, contract, search, f"{path}: ")
            elif path.suffix == ".parquet":
                with duckdb.connect() as connection:
                    connection.execute(
                        "create view looked as from read_parquet("
                        f"'{str(path).replace(chr(39), chr(39) * 2)}')"
                    )
                    columns = connection.execute("describe looked").fetchall()
                    names = [column[0] for column in columns]
                    found = _search(connection, "looked", names, person)[1]
                search.add(str(path), found)
            search.add(str(path), search_bytes(path, person))


def search_bytes(path: Path, person: Person) -> int:
    """Return how many of the person's identifiers stand in a file's bytes."""
    needles = [email.encode() for email in person.emails]
    needles += [key.encode() for key in person.records if len(key) >= _LONG_KEY]
    needles += [f"{first} {last}".encode() for first, last in person.names]
    needles += [phone.lower().encode() for phone in person.phones]
    left = {needle.lower() for needle in needles}
    found = 0
    before = b""
    for chunk in _chunks(path):
        text = before + chunk.lower()
        met = {needle for needle in left if needle in text}
        found += len(met)
        left -= met
        before = text[-256:]
    return found


def _chunks(path: Path) -> Iterator[bytes]:
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk


def _search(
    connection: duckdb.DuckDBPyConnection,
    target: str,
    columns: list[str],
    person: Person,
    keys: Sequence[str] = (),
) -> tuple[int, int]:
    """Return the rows of a relation, and those in which the person stands."""
    cells = ", ".join(
        f"cast({quote_identifier(column)} as varchar)" for column in columns
    )
    spelled = f"'{_GAP}' || concat_ws('{_GAP}', {cells}) || '{_GAP}'"
    parted = f"translate({{}}, ?, repeat('{_GAP}', {len(_SEPARATORS)}))"
    plain = parted.format("looked_text")
    conditions: list[str] = []
    parameters: list[object] = []
    for email in person.emails:
        conditions.append("contains(looked_text, ?)")
        parameters.append(email)
    for phone in person.phones:
        conditions.append("contains(looked_text, ?)")
        parameters.append(phone.lower())
    for key in person.records:
        conditions.append(f"contains({parted.format('spelled_text')}, ?)")
        parameters += [_SEPARATORS, f"{_GAP}{key}{_GAP}"]
    for first, last in person.names:
        conditions.append(
            f"(contains(looked_text, ?) or (contains({plain}, ?) "
            f"and contains({plain}, ?)))"
        )
        parameters += [f"{first} {last}", _SEPARATORS, f"{_GAP}{first}{_GAP}"]
        parameters += [_SEPARATORS, f"{_GAP}{last}{_GAP}"]
    for key in keys:
        conditions.append(f"coalesce(list_contains(?, {key}), false)")
        parameters.append(list(person.records))
    row = connection.execute(
        "select count(*), count(*) filter "
        f"(where {' or '.join(conditions) or 'false'}) from ("
        f"select *, lower(spelled_text) as looked_text from (select *, {spelled} "
        f"as spelled_text from {target}))",
        parameters,
    ).fetchone()
    return (int(row[0]), int(row[1])) if row else (0, 0)

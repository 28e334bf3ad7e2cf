"""Search every table and file for an erased person, and say how much was searched."""

# SQL is put together here from quoted identifiers and this package's own expressions;
# every value is a parameter.
# ruff: noqa: S608

from __future__ import annotations

import codecs
import gzip
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from lib.contract import Contract, Table
from lib.erasure.person import Person
from lib.erasure.sift import key_of, short
from lib.erasure.spelling import (
    address_pattern,
    in_python,
    key_pattern,
    name_pattern,
    phone_pattern,
)
from lib.sql import quote_identifier

_GAP = "\x1f"
_SEPARATORS = ',;|#"\t\r\n'
_LONG_KEY = 12
_CHUNK = 1 << 24
_OVERLAP = 512
# An escaped line break in JSON is no letter of what follows.
_UNESCAPED = re.compile(r"\\(?:[nrtbf]|u[0-9a-fA-F]{4})")


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
            search.tables += 1
            if connection.execute(f"from {target} limit 1").fetchone() is None:
                continue
            keys = _keys(table, sources.get(schema, ""), columns)
            rows, found = _search(connection, target, looked, person, keys)
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
    left = [
        *(
            _Needle(email.split("@")[-1], address_pattern(email))
            for email in person.emails
        ),
        *(
            _Needle(first, name_pattern(words))
            for first, last in person.names
            for words in ((first, last), (last, first))
        ),
        *(_Needle(phone[:1], phone_pattern(phone)) for phone in person.phones),
    ]
    # A key's letters are told from each other by their case too.
    keys = [
        re.compile(f"{key_pattern(key)}(?![A-Za-z0-9])")
        for key in map(short, person.records)
        if len(key) >= _LONG_KEY
    ]
    # Unicode spells an accent in two ways.
    is_plain = all(word.isascii() for words in person.names for word in words)
    found = 0
    before = ""
    for chunk, is_last in _chunks(path):
        # A letter stands for what was before and for what comes, so that a word is
        # judged where it is whole.
        text = _UNESCAPED.sub(" ", before + chunk) + ("" if is_last else "x")
        lowered = text.lower()
        if not is_plain:
            lowered = unicodedata.normalize("NFC", lowered)
        met = [needle for needle in left if needle.stands_in(lowered)]
        left = [needle for needle in left if needle not in met]
        met_keys = [key for key in keys if key.search(text)]
        keys = [key for key in keys if key not in met_keys]
        found += len(met) + len(met_keys)
        before = "x" + text[:-1][-_OVERLAP:] if len(text) > _OVERLAP else text[:-1]
    return found


class _Needle:
    """What is searched in text: a part of it, which is quick, and then all of it."""

    def __init__(self, part: str, pattern: str) -> None:
        self.part = part.lower()
        self.pattern = in_python(pattern)

    def stands_in(self, lowered: str) -> bool:
        return self.part in lowered and self.pattern.search(lowered) is not None


def _chunks(path: Path) -> Iterator[tuple[str, bool]]:
    """Yield a file as text, a part at a time, and whether it ends there."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        chunk = file.read(_CHUNK)
        while chunk:
            following = file.read(_CHUNK)
            yield decoder.decode(chunk, not following), not following
            chunk = following


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
        conditions.append(
            "(contains(looked_text, ?) and regexp_matches(looked_text, ?, 'i'))"
        )
        parameters += [email.split("@")[-1], address_pattern(email)]
    for phone in person.phones:
        conditions.append("regexp_matches(looked_text, ?)")
        parameters.append(phone_pattern(phone))
    for key in map(short, person.records):
        spelled_key = parted.format("spelled_text")
        conditions.append(
            f"(contains(spelled_text, ?) and regexp_matches({spelled_key}, ?))"
        )
        parameters += [key, _SEPARATORS, f"{_GAP}{key_pattern(key)}{_GAP}"]
    for first, last in person.names:
        conditions.append(
            f"(regexp_matches(looked_text, ?, 'i') or (contains({plain}, ?) "
            f"and contains({plain}, ?)))"
        )
        parameters += [name_pattern((first, last)), _SEPARATORS, f"{_GAP}{first}{_GAP}"]
        parameters += [_SEPARATORS, f"{_GAP}{last}{_GAP}"]
    for key in keys:
        conditions.append(f"coalesce(list_contains(?, {key}), false)")
        parameters.append([short(key) for key in person.records])
    row = connection.execute(
        "select count(*), count(*) filter "
        f"(where {' or '.join(conditions) or 'false'}) from ("
        "select *, lower(nfc_normalize(spelled_text)) as looked_text "
        f"from (select *, {spelled} as spelled_text from {target}))",
        parameters,
    ).fetchone()
    return (int(row[0]), int(row[1])) if row else (0, 0)

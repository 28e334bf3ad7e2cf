"""The source contract: which raw tables there are and what their columns hold.

It is read from the source files of the staging layer (`models/staging/<source>/
_<source>__sources.yml`), so that dbt and the landing go by the same text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from lib.cli import UserError
from lib.warehouse import PROJECT_ROOT
from lib.yaml_text import parsed

STAGING_FOLDER = PROJECT_ROOT / "models" / "staging"

_PLAIN_TYPES = frozenset(
    ("varchar", "integer", "bigint", "double", "boolean", "date", "timestamp")
)
_DECIMAL = re.compile(r"decimal\(([1-9]\d?),(\d\d?)\)")
_DEFAULT_DECIMAL = "decimal(28,6)"
_MOST_DIGITS = 38
LOADS = ("append", "upsert", "snapshot")


# What a column says about a person, by the word under `meta.person`.
PERSON_KINDS = (
    "record",  # key of the person record that the row is about
    "email",  # address that the row is about
    "emails",  # such addresses, separated by ; or ,
    "visitor",  # web visitor that the row is about
    "child",  # key of a row about a person, in the table and column under `of`
    "reference",  # key of a person record that a row about something else mentions
    "references",  # such keys, separated by ; or ,
    "text",  # free text, in which somebody may be named
    "detail",  # a name, a phone, an IP address …, which identifies nobody for certain
    "staff",  # of the company's own users, whom no erasure concerns
)


@dataclass(frozen=True)
class Column:
    """A declared column; a required one is in every file and filled in every row.

    `person` says what it tells about a person, `of` the source whose key it holds where
    that is another one, or the column that a child's key stands in.
    """

    name: str
    data_type: str
    is_required: bool = False
    person: str | None = None
    of: str | None = None


@dataclass(frozen=True)
class Table:
    """A declared raw table, and how a file changes it.

    - upsert, the way of a table with a key: of a key the row with the higher cursor
      stays, and the later landing where there is no cursor or it does not decide;
    - append, the way of one without: rows are added, identical ones are there once;
    - snapshot: the files of one run are the whole table, and rows that are not in them
      go. A run without a file of the table leaves it as it is.

    Times without a zone are in `time_zone`, UTC where there is none.
    """

    name: str
    columns: tuple[Column, ...] = ()
    key: tuple[str, ...] = ()
    is_declared: bool = True
    cursor: tuple[str, ...] = ()
    load: str | None = None
    time_zone: str | None = None
    # Other names that its files may have.
    aliases: tuple[str, ...] = ()
    # Columns that rows of other tables are children of.
    parent_columns: tuple[str, ...] = ()

    @property
    def is_upserted(self) -> bool:
        """Whether a row takes the place of one with its key."""
        return bool(self.key) and self.load != "append"

    def column(self, name: str) -> Column | None:
        """Return the column of that name, if it is declared."""
        return next((column for column in self.columns if column.name == name), None)

    @property
    def required(self) -> tuple[str, ...]:
        """The names of the columns that every file must have."""
        return tuple(column.name for column in self.columns if column.is_required)


@dataclass(frozen=True)
class Source:
    """A source system: its raw schema and its declared tables by name."""

    name: str
    schema: str
    tables: Mapping[str, Table]
    is_declared: bool = True


@dataclass(frozen=True)
class Contract:
    """Every declared source by name.

    Attributes:
        sources: those that files land in.
        closed: schemas whose tables other commands write.
    """

    sources: Mapping[str, Source]
    closed: frozenset[str] = frozenset()

    @classmethod
    def read(cls, folder: Path = STAGING_FOLDER) -> Contract:
        """Read every `*/_*__sources.yml` below a folder.

        A source whose `config.meta.landed` is false is none that files land in: its
        tables are written by other commands.

        Raises:
            UserError: a file is not readable, or an entry of it is not as it should
                be; the text names the file and the entry.
        """
        sources: dict[str, Source] = {}
        closed: set[str] = set()
        for path in sorted(folder.glob("*/_*__sources.yml")):
            for source in _read_sources(path, closed):
                sources[source.name] = _merged(path, sources.get(source.name), source)
        return cls(sources, frozenset(closed))

    def source(self, name: str) -> Source:
        """Return a source by name; an undeclared one lands in `raw_<name>`."""
        return self.sources.get(name) or Source(name, f"raw_{name}", {}, False)

    def require_open(self, names: Iterable[str]) -> None:
        """See that files may land in some sources.

        Raises:
            UserError: in one of them they may not.
        """
        for name in names:
            if name not in self.sources and f"raw_{name}" in self.closed:
                raise UserError(
                    f"no files land in {name}, whose tables other commands write: "
                    "give the folder of the files another name"
                )

    def table(self, source: str, table: str) -> Table:
        """Return a table by name; an undeclared one has no columns and no key."""
        declared = self.source(source).tables.get(table)
        return declared or Table(table, is_declared=False)

    def aliases(self) -> dict[tuple[str, str], str]:
        """Return the declared table of each source and other name of a table."""
        return {
            (source.name, alias): table.name
            for source, table in self.all_tables()
            for alias in table.aliases
        }

    def all_tables(self) -> Iterator[tuple[Source, Table]]:
        """Yield every declared table with its source."""
        for source in self.sources.values():
            for table in source.tables.values():
                yield source, table


def data_type_of(text: str) -> str | None:
    """Return a data type in its canonical spelling, or None if it is not supported."""
    spelled = re.sub(r"\s+", "", text.lower())
    if spelled == "decimal":
        return _DEFAULT_DECIMAL
    decimal = _DECIMAL.fullmatch(spelled)
    if decimal:
        width, scale = int(decimal[1]), int(decimal[2])
        return spelled if scale <= width <= _MOST_DIGITS else None
    return spelled if spelled in _PLAIN_TYPES else None


def _read_sources(path: Path, closed: set[str]) -> Iterator[Source]:
    try:
        text = path.read_text(encoding="utf-8")
        document = parsed(text)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        reason = " ".join(str(error).split())
        raise UserError(f"{path}: cannot be read: {reason}") from error
    for entry in _entries(path, document, "sources"):
        name = _name(path, entry)
        if _meta(entry).get("landed", True) is False:
            closed.add(entry.get("schema", name))
            continue
        zone = _time_zone(path, name, _meta(entry).get("time_zone"))
        tables: dict[str, Table] = {}
        for table_entry in _entries(path, entry, "tables"):
            table = _read_table(path, name, table_entry, zone)
            if table.name in tables:
                raise UserError(f"{path}: {name}.{table.name} is declared twice")
            tables[table.name] = table
        names = [*tables, *(name for one in tables.values() for name in one.aliases)]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice:
            raise UserError(f"{path}: {name}.{twice} is an alias and another table's")
        tables = _with_parent_columns(path, name, tables)
        yield Source(name, str(entry.get("schema") or f"raw_{name}"), tables)


def _with_parent_columns(
    path: Path, source: str, tables: Mapping[str, Table]
) -> dict[str, Table]:
    """Return the tables, each with the columns that others are children of."""
    parents = {
        column.of: f"{source}.{table.name}.{column.name}"
        for table in tables.values()
        for column in table.columns
        if column.person == "child" and column.of
    }
    declared = {
        f"{table.name}.{column.name}"
        for table in tables.values()
        for column in table.columns
    }
    unknown = next((of for of in parents if of not in declared), None)
    if unknown:
        raise UserError(f"{path}: {parents[unknown]} is of no declared {unknown}")
    return {
        name: replace(
            table,
            parent_columns=tuple(
                column.name
                for column in table.columns
                if f"{name}.{column.name}" in parents
            ),
        )
        for name, table in tables.items()
    }


def _merged(path: Path, earlier: Source | None, source: Source) -> Source:
    """Return a source with the tables that another file declares of it."""
    if earlier is None:
        return source
    twice = earlier.tables.keys() & source.tables.keys()
    if twice:
        raise UserError(f"{path}: {source.name}.{min(twice)} is declared twice")
    return Source(source.name, source.schema, {**earlier.tables, **source.tables})


def _time_zone(path: Path, source: str, given: Any) -> str | None:
    if given is None:
        return None
    import pytz  # noqa: PLC0415 - its list of zones is read only where it is asked for

    if given not in pytz.all_timezones_set:
        raise UserError(f"{path}: {source} has an unknown time_zone {given!r}")
    return None if given == "UTC" else str(given)


def _read_table(
    path: Path, source: str, entry: Mapping[str, Any], time_zone: str | None
) -> Table:
    name = _name(path, entry)
    columns = tuple(
        _read_column(path, f"{source}.{name}", column)
        for column in _entries(path, entry, "columns")
    )
    names = [column.name for column in columns]
    if len(set(names)) != len(names):
        raise UserError(f"{path}: {source}.{name} declares a column twice")
    chosen: dict[str, tuple[str, ...]] = {}
    for use in ("key", "cursor"):
        given = _meta(entry).get(use) or []
        chosen[use] = (given,) if isinstance(given, str) else tuple(given)
        unknown = [column for column in chosen[use] if column not in names]
        if unknown:
            raise UserError(
                f"{path}: the {use} of {source}.{name} names no declared column: "
                f"{unknown[0]}"
            )
    if chosen["cursor"] and not chosen["key"]:
        raise UserError(f"{path}: {source}.{name} has a cursor but no key")
    load = _meta(entry).get("load") or ("upsert" if chosen["key"] else "append")
    if load not in LOADS:
        raise UserError(
            f"{path}: {source}.{name} has an unknown load {load!r}: "
            f"it is one of {', '.join(LOADS)}"
        )
    if load == "upsert" and not chosen["key"]:
        raise UserError(f"{path}: {source}.{name} is to be upserted but has no key")
    return Table(
        name,
        columns,
        chosen["key"],
        cursor=chosen["cursor"],
        load=load,
        time_zone=time_zone,
        aliases=tuple(_meta(entry).get("aliases") or ()),
    )


def _read_column(path: Path, table: str, entry: Mapping[str, Any]) -> Column:
    name = _name(path, entry)
    given = str(entry.get("data_type") or "")
    data_type = data_type_of(given)
    if data_type is None:
        raise UserError(f"{path}: {table}.{name} has an unknown data_type {given!r}")
    meta = _meta(entry)
    person, of = meta.get("person"), meta.get("of")
    if person is not None and person not in PERSON_KINDS:
        raise UserError(
            f"{path}: {table}.{name} has an unknown person {person!r}: "
            f"it is one of {', '.join(PERSON_KINDS)}"
        )
    if (person == "child") != ("." in (of or "")):
        raise UserError(
            f"{path}: {table}.{name} is a child: name the column under of, table.column"
        )
    return Column(name, data_type, meta.get("required") is True, person, of)


def _name(path: Path, entry: Mapping[str, Any]) -> str:
    name = entry.get("name")
    if not isinstance(name, str) or not name:
        raise UserError(f"{path}: an entry has no name")
    return name


def _entries(path: Path, parent: Any, key: str) -> list[Mapping[str, Any]]:
    entries = (parent.get(key) or []) if isinstance(parent, Mapping) else None
    if not isinstance(entries, list) or not all(
        isinstance(entry, Mapping) for entry in entries
    ):
        raise UserError(f"{path}: {key} is not a list of entries")
    return entries


def _meta(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    config = entry.get("config") or {}
    return config.get("meta") or entry.get("meta") or {}

"""What is pulled from an API, as its YAML file says it."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import yaml

from lib.cli import UserError

_FOLDER = Path(__file__).parent
APIS = tuple(sorted(path.stem for path in _FOLDER.glob("*.yml")))
_LOOPBACK = frozenset(("127.0.0.1", "localhost", "::1"))


@dataclass(frozen=True)
class RowRule:
    """Which rows a record makes: columns of a table by path in the record.

    One row, or one for each item of the list at `each`; none unless the values at the
    paths of `where` are these.
    """

    table: str
    columns: Mapping[str, str]
    each: str | None = None
    where: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Linked:
    """Records that are read beside an object's: past values or associations.

    `subject` is what HubSpot calls them: property names, or the other object.
    """

    rule: RowRule
    subject: tuple[str, ...]


@dataclass(frozen=True)
class Feed:
    """An endpoint of dlt's rest_api source.

    `cursor` is the path of the time at which a record changed and `cursor_format` how
    the API wants it: milliseconds since 1970 (ms) or ISO 8601 (iso).
    """

    name: str
    endpoint: Mapping[str, Any]
    cursor: str | None = None
    cursor_format: str = "ms"
    parent: str | None = None


@dataclass(frozen=True)
class PulledTable:
    """A raw table that is pulled, with those that the same records fill."""

    name: str
    feeds: tuple[Feed, ...]
    parents: tuple[Feed, ...]
    rules: tuple[RowRule, ...]
    lag_seconds: int
    object_name: str | None = None
    history: Linked | None = None
    associations: tuple[Linked, ...] = ()

    @property
    def all_rules(self) -> tuple[RowRule, ...]:
        """The rules of every row that the table's records make."""
        linked = (*((self.history,) if self.history else ()), *self.associations)
        return (*self.rules, *(link.rule for link in linked))


@dataclass(frozen=True)
class Api:
    """An API: its source's name, its address and the tables that are pulled from it."""

    source: str
    name: str
    url: str
    tables: Mapping[str, PulledTable]
    version: str | None = None

    @classmethod
    def read(cls, source: str) -> Api:
        """Read an API's configuration; the environment may name another address.

        Raises:
            UserError: the address is missing, or secrets would travel unencrypted.
        """
        text = (_FOLDER / f"{source}.yml").read_text(encoding="utf-8")
        document: dict[str, Any] = yaml.safe_load(text)
        tables = {
            name: _table(name, entry, document)
            for name, entry in document["tables"].items()
        }
        url = _url(document)
        return cls(source, document["name"], url, tables, document.get("api"))

    def chosen(self, names: Sequence[str]) -> list[PulledTable]:
        """Return tables by name, in the order of the configuration; all for no name.

        Raises:
            UserError: a name is not that of a table that is pulled.
        """
        unknown = [name for name in names if name not in self.tables]
        if unknown:
            raise UserError(
                f"{self.name} has no table {unknown[0]} to pull: "
                f"there are {', '.join(self.tables)}"
            )
        return [
            table for name, table in self.tables.items() if not names or name in names
        ]


def filled(template: Any, values: Mapping[str, Any]) -> Any:
    """Return a template with <name> replaced by its value, in text at any depth.

    Text that is nothing but <name> becomes the value itself, a list for instance.
    """
    if isinstance(template, Mapping):
        return {key: filled(value, values) for key, value in template.items()}
    if isinstance(template, list):
        return [filled(value, values) for value in template]
    if not isinstance(template, str):
        return template
    for name, value in values.items():
        if template == f"<{name}>":
            return deepcopy(value)
        if isinstance(value, str):
            template = template.replace(f"<{name}>", value)
    return template


def setting(name: str) -> str | None:
    """Return a setting of the environment, None where it is missing or blank."""
    return os.environ.get(name, "").strip() or None


def _url(document: Mapping[str, Any]) -> str:
    name = document["url_setting"]
    url = setting(name) or document.get("url")
    if url is None:
        raise UserError(
            f"{name} is not set: it is the address of your {document['name']}, "
            "such as https://example.my.salesforce.com"
        )
    parts = urlsplit(url)
    is_private = parts.scheme == "https" or (
        parts.scheme == "http" and parts.hostname in _LOOPBACK
    )
    if not is_private or not parts.hostname or parts.username:
        raise UserError(f"{name} is not an address that begins with https://")
    return cast(str, url).rstrip("/") + "/"


def _table(
    name: str, entry: Mapping[str, Any], document: Mapping[str, Any]
) -> PulledTable:
    values = {
        "object": entry.get("object", ""),
        "modified": entry.get("modified", ""),
        "api": document.get("api", ""),
    }
    every_feed = {
        key: _feed(key, filled(feed, values)) for key, feed in document["feeds"].items()
    }
    feeds = tuple(every_feed[key] for key in entry["feeds"])
    parents = tuple(every_feed[feed.parent] for feed in feeds if feed.parent)
    rules = [RowRule(name, entry["columns"])] if "columns" in entry else []
    rules += [_rule(name, rule) for rule in entry.get("rows", ())]
    history = entry.get("history")
    minutes = entry.get("lag_minutes", document["lag_minutes"])
    return PulledTable(
        name,
        feeds,
        parents,
        tuple(rules),
        lag_seconds=60 * minutes,
        object_name=entry.get("object"),
        history=Linked(_rule(name, history), tuple(history["properties"]))
        if history
        else None,
        associations=tuple(
            Linked(
                _rule(
                    name,
                    {
                        **link,
                        "columns": {
                            **link["columns"],
                            "type_id": "typeId",
                            "category": "category",
                            "_fivetran_deleted": "gone",
                        },
                    },
                ),
                (link["to"],),
            )
            for link in entry.get("associations", ())
        ),
    )


def _feed(name: str, entry: Mapping[str, Any]) -> Feed:
    return Feed(
        name,
        entry["endpoint"],
        entry.get("cursor"),
        entry.get("cursor_format", "ms"),
        entry.get("parent"),
    )


def _rule(table: str, entry: Mapping[str, Any]) -> RowRule:
    return RowRule(
        entry.get("table", table),
        entry["columns"],
        entry.get("each"),
        entry.get("where", {}),
    )

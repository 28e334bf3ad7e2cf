"""What the YAML beside the models says of marts and reports, for whoever publishes.

`meta.pii` of a column: true of what tells of a person, false of what looks like an
address and is none of a person (a team's mailbox). `meta.partition_by` of a model: the
day or time by whose month its Parquet is cut.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from lib.cli import UserError
from lib.warehouse import PROJECT_ROOT
from lib.yaml_text import parsed

MODELS_FOLDER = PROJECT_ROOT / "models"
_PUBLIC_FILES = ("marts/*/*.yml", "reports/rpt_*.yml")
_BLOCK = re.compile(r"{% docs (\w+) %}(.*?){% enddocs %}", re.DOTALL)
_DOC = re.compile(r"{{\s*doc\(\s*['\"](\w+)['\"]\s*\)\s*}}")


@dataclass(frozen=True)
class PublicColumn:
    """A described column; is_pii is None where the YAML does not say."""

    name: str
    description: str
    is_pii: bool | None = None
    is_filled: bool = False
    is_reference: bool = False


@dataclass(frozen=True)
class PublicModel:
    """A described mart or report; no two rows have the same values in its key."""

    name: str
    schema: str
    description: str
    columns: Mapping[str, PublicColumn]
    key: tuple[str, ...] = ()
    partition_by: str | None = None

    @property
    def is_key_filled(self) -> bool:
        """Whether tests hold every column of the key to be filled."""
        return all(self.columns[name].is_filled for name in self.key)

    @property
    def references(self) -> tuple[str, ...]:
        """The columns that hold keys of other relations."""
        return tuple(name for name, told in self.columns.items() if told.is_reference)


def read_catalog(
    folder: Path = MODELS_FOLDER, names: Collection[str] | None = None
) -> dict[str, PublicModel]:
    """Return described marts and reports by name: those named, else all.

    Raises:
        UserError: a file cannot be read.
    """
    blocks = {
        name: text
        for path in sorted(folder.glob("*.md"))
        for name, text in _BLOCK.findall(path.read_text(encoding="utf-8"))
    }
    return {model.name: model for model in _models(folder, blocks, names)}


def _models(
    folder: Path, blocks: Mapping[str, str], names: Collection[str] | None
) -> Iterator[PublicModel]:
    for pattern in _PUBLIC_FILES:
        for path in sorted(folder.glob(pattern)):
            if names is not None and path.stem not in names:
                continue
            try:
                entries = parsed(path.read_text(encoding="utf-8"))
                for entry in entries["models"]:
                    schema = path.relative_to(folder).parts[0]
                    yield _model(entry, schema, blocks)
            except (yaml.YAMLError, KeyError, TypeError) as error:
                raise UserError(f"{path} cannot be read: {error}") from error


def _model(
    entry: Mapping[str, Any], schema: str, blocks: Mapping[str, str]
) -> PublicModel:
    keys, filled = _grain(entry)
    columns = [_column(column, blocks, filled) for column in entry["columns"]]
    return PublicModel(
        name=entry["name"],
        schema=schema,
        description=_rendered(entry["description"], blocks),
        columns={column.name: column for column in columns},
        key=keys[0] if keys else (),
        partition_by=_meta(entry).get("partition_by"),
    )


def _grain(entry: Mapping[str, Any]) -> tuple[list[tuple[str, ...]], set[str]]:
    """Return the keys that a relation is tested to have, and what is never null."""
    for test in entry.get("data_tests", ()):
        if "grain" in test:
            grain = test["grain"]["arguments"]
            keys = [tuple(key.split(", ")) for key in grain["keys"].split("; ")]
            return keys, set(grain["never_null"].split(", "))
    return [], set()


def _column(
    column: Mapping[str, Any], blocks: Mapping[str, str], filled: Collection[str]
) -> PublicColumn:
    """Return a column; filled names those of its relation that are never null."""
    tests = _tests(column)
    return PublicColumn(
        name=column["name"],
        description=_rendered(column["description"], blocks),
        is_pii=_meta(column).get("pii"),
        is_filled=column["name"] in filled or "not_null" in tests,
        is_reference="relationships" in tests,
    )


def _tests(column: Mapping[str, Any]) -> set[str]:
    """Return the names of a column's tests; one with arguments is a mapping."""
    return {
        test if isinstance(test, str) else next(iter(test))
        for test in column.get("data_tests", ())
    }


def _meta(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    meta: Mapping[str, Any] = entry.get("config", {}).get("meta", {})
    return meta


def _rendered(text: str, blocks: Mapping[str, str]) -> str:
    """Return a description with its docs blocks put in, on one line."""
    return " ".join(_DOC.sub(lambda found: blocks[found.group(1)], text).split())

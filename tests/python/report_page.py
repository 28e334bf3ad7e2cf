"""A report read back from its page, and a small publication to report on."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import duckdb

from conftest import read_yaml
from lib.warehouse import PROJECT_ROOT

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Page:
    """What a reader sees: the page is well-formed, so that any parser agrees."""

    root: ElementTree.Element

    @classmethod
    def read(cls, path: Path) -> Page:
        page = path.read_text("utf-8").removeprefix("<!DOCTYPE html>")
        return cls(ElementTree.fromstring(page))  # noqa: S314 - our own page

    def text(self, element: ElementTree.Element) -> str:
        return " ".join("".join(element.itertext()).split())

    @property
    def headline(self) -> list[str]:
        (section,) = self.root.findall(".//section[@id='headline']")
        return [self.text(paragraph) for paragraph in section]

    @property
    def parts(self) -> list[str]:
        return [self.text(title) for title in self.root.iter("h2")]

    def section(self, key: str) -> str:
        (section,) = self.root.findall(f".//section[@id='{key}']")
        return self.text(section)

    @property
    def facts(self) -> dict[str, str]:
        return {
            fact.attrib["id"]: self.text(fact.findall("dd")[0])
            for fact in self.root.findall(".//dl/div")
        }

    @property
    def notes(self) -> dict[str, str]:
        return {
            fact.attrib["id"]: self.text(fact.findall("dd")[1])
            for fact in self.root.findall(".//dl/div")
            if len(fact.findall("dd")) > 1
        }

    def table(self, key: str) -> list[dict[str, str]]:
        (table,) = self.root.findall(f".//table[@id='{key}']")
        header, *rows = ([self.text(cell) for cell in row] for row in table.iter("tr"))
        return [dict(zip(header, row, strict=True)) for row in rows]

    @property
    def tables(self) -> list[str]:
        return [table.attrib["id"] for table in self.root.iter("table")]

    @property
    def tasks(self) -> list[list[str]]:
        return [
            [self.text(paragraph) for paragraph in task]
            for task in self.root.findall(".//ol[@class='tasks']/li")
        ]

    @property
    def figures(self) -> list[str]:
        """Every text that holds a figure, but for drawings."""
        cells = [
            value
            for key in self.tables
            for row in self.table(key)
            for value in row.values()
        ]
        tasks = [text for task in self.tasks for text in task[1:2]]
        facts = [*self.facts.values(), *self.notes.values()]
        return [*self.headline, *facts, *cells, *tasks]


def unescaped(text: str) -> str:
    """Return a plain-text report as read by people."""
    return re.sub(r"\\(.)", r"\1", text)


@cache
def _tables() -> tuple[str, ...]:
    """Return what creates every mart and report, by its contract."""
    statements = ["create schema marts", "create schema reports"]
    for schema in ("marts", "reports"):
        for path in sorted((PROJECT_ROOT / "models" / schema).rglob("[!_]*.yml")):
            for model in read_yaml(path)["models"]:
                columns = ", ".join(
                    f'"{column["name"]}" {column["data_type"]}'
                    for column in model["columns"]
                )
                statements.append(f"create table {schema}.{model['name']} ({columns})")
    return tuple(statements)


class World:
    """A publication made by hand: tables by their contracts, rows as given."""

    def __init__(self, out: Path) -> None:
        self.out = out
        self.database = out / "published" / "current" / "mops_marts.duckdb"

    @classmethod
    def make(cls, out: Path, rows: Mapping[str, Sequence[Row]]) -> World:
        """Publish these rows of these relations; the others are empty."""
        version = out / "published" / "versions" / "made-by-hand"
        version.mkdir(parents=True)
        (version / "manifest.json").write_text("{}")
        (out / "published" / "current").symlink_to("versions/made-by-hand")
        world = cls(out)
        world.execute(*_tables())
        world.add(rows)
        return world

    def copy(self, out: Path) -> World:
        """Return the same publication elsewhere, to be changed there."""
        shutil.copytree(self.out / "published", out / "published", symlinks=True)
        return World(out)

    def execute(self, *statements: str) -> None:
        with duckdb.connect(str(self.database)) as connection:
            connection.begin()
            for statement in statements:
                connection.execute(statement)
            connection.commit()

    def add(self, rows: Mapping[str, Sequence[Row]]) -> None:
        with duckdb.connect(str(self.database)) as connection:
            connection.begin()
            for relation, its_rows in rows.items():
                for row in its_rows:
                    marks = ", ".join("?" for _ in row)
                    connection.execute(
                        f"insert into {relation} ({', '.join(row)}) values ({marks})",
                        list(row.values()),
                    )
            connection.commit()

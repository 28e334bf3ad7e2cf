"""A folder of raw files, a contract and a warehouse, for the tests of landing."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest

import load
from lib.cli import UserError
from lib.contract import Column, Table
from lib.warehouse import PROJECT_ROOT

PEOPLE: dict[str, str] = {
    "person_id": "varchar",
    "email": "varchar",
    "employee_count": "integer",
    "visits": "bigint",
    "amount": "decimal(28,6)",
    "score": "double",
    "is_active": "boolean",
    "born_on": "date",
    "created_at": "timestamp",
}
EVENTS: dict[str, str] = {
    "person_id": "varchar",
    "stage": "varchar",
    "entered_at": "timestamp",
    "reason": "varchar",
}
HISTORY: dict[str, str] = {
    "id": "varchar",
    "stage_name": "varchar",
    "_fivetran_start": "timestamp",
}
VERSIONS: dict[str, str] = {
    "id": "varchar",
    "title": "varchar",
    "_fivetran_start": "timestamp",
    "last_modified_date": "timestamp",
}
REQUIRED = {
    "prices": ("sku",),
    "moments": ("id",),
    "people": ("person_id", "created_at"),
    "events": ("person_id", "stage", "entered_at"),
    "history": ("id",),
    "versions": ("id",),
}
KEYS = {
    "people": ["person_id"],
    "prices": ["sku"],
    "moments": ["id"],
    "history": ["id", "_fivetran_start"],
    "versions": ["id"],
}
PRICES: dict[str, str] = {"sku": "varchar", "price": "decimal(28,6)"}
LOADS = {"prices": "snapshot", "moments": "append"}
CURSORS = {"versions": ["_fivetran_start", "last_modified_date"]}


def declared(name: str, columns: Mapping[str, str]) -> Table:
    """Return a table of the contract as landing sees it."""
    return Table(
        name,
        tuple(
            Column(column, data_type, column in REQUIRED[name])
            for column, data_type in columns.items()
        ),
        tuple(KEYS.get(name, ())),
        cursor=tuple(CURSORS.get(name, ())),
        load=LOADS.get(name),
    )


def table_entry(name: str, columns: Mapping[str, str]) -> dict[str, Any]:
    """Return a table of the contract as its YAML (or JSON, which is YAML) has it."""
    meta: dict[str, Any] = {
        use: chosen[name]
        for use, chosen in (("key", KEYS), ("cursor", CURSORS), ("load", LOADS))
        if name in chosen
    }
    return {
        "name": name,
        "config": {"meta": meta},
        "columns": [
            {
                "name": column,
                "data_type": data_type,
                "config": {"meta": {"required": column in REQUIRED[name]}},
            }
            for column, data_type in columns.items()
        ],
    }


class Room:
    """Files in, tables out."""

    def __init__(self, root: Path, capsys: pytest.CaptureFixture[str] | None) -> None:
        self.root = root
        self.capsys = capsys
        self.folder = root / "in"
        self.folder.mkdir()
        self.warehouse = root / "warehouse" / "mops.duckdb"
        self.contract = root / "staging"
        self.declare("shop", people=PEOPLE, events=EVENTS, history=HISTORY)

    def declare(
        self,
        source: str,
        time_zone: str | None = None,
        **tables: Mapping[str, str],
    ) -> None:
        """Write the contract of a source."""
        entries = [table_entry(name, columns) for name, columns in tables.items()]
        document = {
            "version": 2,
            "sources": [
                {
                    "name": source,
                    "schema": f"raw_{source}",
                    "config": {"meta": {"time_zone": time_zone}},
                    "tables": entries,
                }
            ],
        }
        path = self.contract / source / f"_{source}__sources.yml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(document))

    def write(self, name: str, content: str | bytes) -> Path:
        """Write a file below the folder, byte for byte; `.gz` is compressed."""
        data = content.encode() if isinstance(content, str) else content
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
        return path

    def load(self, *options: str) -> tuple[int, str]:
        """Land the folder; return the exit code and what was said."""
        assert self.capsys is not None
        self.capsys.readouterr()
        arguments = [str(self.folder), "--contract", str(self.contract), *options]
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("MOPS_WAREHOUSE", str(self.warehouse))
            try:
                code = load.main(arguments)
            except UserError as error:
                return error.exit_code, str(error)
        return code, self.capsys.readouterr().err

    def start(self) -> subprocess.Popen[str]:
        """Land the folder in another process."""
        return subprocess.Popen(
            [
                sys.executable,
                str(PROJECT_ROOT / "scripts" / "load.py"),
                str(self.folder),
                "--contract",
                str(self.contract),
            ],
            env={**os.environ, "MOPS_WAREHOUSE": str(self.warehouse)},
            stderr=subprocess.PIPE,
            text=True,
        )

    def rows(self, query: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return what a query finds in the warehouse."""
        with duckdb.connect(str(self.warehouse), read_only=True) as connection:
            connection.execute("set TimeZone = 'UTC'")
            return connection.execute(query, parameters).fetchall()

    def rejects(self) -> list[tuple[Any, ...]]:
        """Return file, line, column and text of every reject."""
        return self.rows(
            "select file, line, column_name, text from raw_meta.rejects order by all"
        )

    def loads(self) -> list[tuple[Any, ...]]:
        """Return file and rows read, landed and rejected of every file."""
        return self.rows(
            "select file, rows_read, rows_landed, rows_rejected "
            "from raw_meta.loads order by all"
        )

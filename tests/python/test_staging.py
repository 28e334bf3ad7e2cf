"""The staging layer: its contract, its one shape per entity, and real exports."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

import dbt_process
from conftest import STAGING, land, read_yaml, run_dbt
from lib.contract import STAGING_FOLDER, Contract
from lib.landing import publishing
from lib.sql import quote_identifier
from lib.warehouse import PROJECT_ROOT

INPUTS = PROJECT_ROOT.parent / "shared" / "contract" / "inputs.csv"
WORKSHOP = PROJECT_ROOT.parent / "shared" / "data" / "sfdc_workshop"
WORKSHOP_ROWS = {
    "leads": 60,
    "contacts": 102,
    "people": 162,
    "accounts": 22,
    "opportunities": 50,
    "campaigns": 8,
    "touches": 68,
    # Its 75 tasks are all still to do.
    "activities": 0,
}

Shape = list[tuple[str, str]]


def build_staging(warehouse: Path) -> None:
    """Build the staging views and their seeds, without tests, from what has landed."""
    selection = ["-s", "+path:models/staging"]
    assert dbt_process.invoke(["build", *selection], warehouse, tests=False)


def make_empty_raw_tables(warehouse: Path) -> None:
    """Make every declared raw table and the log of landing, empty."""
    with duckdb.connect(str(warehouse)) as connection:
        publishing.prepare(connection, Contract.read())


@pytest.fixture(scope="module")
def shapes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Shape]]:
    """The columns and types of every staging view, built over empty tables."""
    folder = tmp_path_factory.mktemp("staging")
    warehouse = folder / "mops.duckdb"
    make_empty_raw_tables(warehouse)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DBT_TARGET_PATH", str(folder / "target"))
        patch.setenv("DBT_LOG_PATH", str(folder / "logs"))
        build_staging(warehouse)
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        rows = connection.execute(
            "select table_name, column_name, data_type from information_schema.columns "
            "where table_schema = 'staging' order by table_name, ordinal_position"
        ).fetchall()
    shapes: dict[str, Shape] = {}
    for table, column, data_type in rows:
        shapes.setdefault(table, []).append((column, data_type))
    yield shapes


def described_models() -> dict[str, list[str]]:
    """The columns of every staging model as its YAML describes them."""
    models: dict[str, list[str]] = {}
    for path in sorted(STAGING_FOLDER.glob("*/_*_models.yml")):
        for model in read_yaml(path)["models"]:
            assert model["description"], model["name"]
            for column in model["columns"]:
                assert column["description"], (model["name"], column["name"])
            models[model["name"]] = [column["name"] for column in model["columns"]]
    return models


@pytest.mark.skipif(not INPUTS.exists(), reason="the interface is not at hand")
def test_generic_source_is_the_published_interface() -> None:
    tables = Contract.read().source("generic").tables
    declared = [
        (table.name, column.name, column.data_type, column.is_required)
        for table in tables.values()
        for column in table.columns
    ]
    keys = {name: table.key for name, table in tables.items()}
    with INPUTS.open(newline="") as file:
        published = list(csv.DictReader(file))
    assert declared == [
        (
            row["table"],
            row["column"],
            row["type"].replace("decimal", "decimal(28,6)"),
            row["required"] == "yes",
        )
        for row in published
    ]
    assert keys == dict.fromkeys(keys, ()) | {
        row["table"]: (row["column"],)
        for row in published
        if row["meaning"].startswith("key")
    }


def test_every_source_column_is_described() -> None:
    for path in sorted(STAGING_FOLDER.glob("*/_*__sources.yml")):
        for source in read_yaml(path)["sources"]:
            for table in source["tables"]:
                assert table["description"], table["name"]
                for column in table["columns"]:
                    assert column["description"], (table["name"], column["name"])


def test_yaml_lists_the_columns_that_the_views_have(shapes: dict[str, Shape]) -> None:
    views = {
        name: [column for column, _ in shape]
        for name, shape in shapes.items()
        if name.startswith("stg_")
    }
    assert described_models() == views


def test_an_entity_has_one_shape_in_every_source(shapes: dict[str, Shape]) -> None:
    compared = 0
    for name, shape in shapes.items():
        entity = name.partition("__")[2]
        generic = shapes.get(f"stg_generic__{entity}")
        if generic is not None:
            assert shape == generic, name
            compared += name != f"stg_generic__{entity}"
    for entity in ("leads", "contacts"):
        assert shapes[f"stg_salesforce__{entity}"] == shapes["stg_generic__people"]
    assert compared >= 11


@pytest.mark.skipif(not WORKSHOP.exists(), reason="the export is not at hand")
def test_what_tests_share_goes_by_the_vars_of_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Views that were built once for all are those that a build of its own makes."""
    (tmp_path / "raw").mkdir()
    settings: dict[str, Any] = {
        "as_of": "2020-02-03",
        "reporting_time_zone": "Asia/Tokyo",
    }
    written = {}
    for name in ("shared", "anew"):
        path = tmp_path / name / "mops.duckdb"
        assert land(tmp_path / "raw", path, monkeypatch) == 0
        if name == "anew":
            with duckdb.connect(str(path)) as connection:
                connection.execute("drop schema staging cascade")
        assert run_dbt(path, select=[STAGING], **settings)
        with duckdb.connect(str(path), read_only=True) as connection:
            views = "select view_name, sql from duckdb_views() where schema_name = ?"
            written[name] = dict(connection.execute(views, ["staging"]).fetchall())
    assert written["shared"] == written["anew"]
    everything = "".join(written["anew"].values())
    assert settings["as_of"] in everything
    assert settings["reporting_time_zone"] in everything


def test_a_native_salesforce_export_is_staged_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import load

    warehouse = tmp_path / "mops.duckdb"
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "salesforce").symlink_to(WORKSHOP)
    monkeypatch.setenv("MOPS_WAREHOUSE", str(warehouse))
    monkeypatch.setenv("DBT_TARGET_PATH", str(tmp_path / "target"))
    monkeypatch.setenv("DBT_LOG_PATH", str(tmp_path / "logs"))
    assert load.main([str(tmp_path / "files")]) == 0
    build_staging(warehouse)
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        staged = {}
        for entity in WORKSHOP_ROWS:
            view = quote_identifier(f"stg_salesforce__{entity}")
            row = connection.execute(f"select count(*) from staging.{view}").fetchone()
            assert row is not None
            staged[entity] = row[0]
        closed = connection.execute(
            "select stage_name, is_won, count(*), min(closed_at)::date::varchar "
            "from staging.stg_salesforce__opportunities where is_closed group by all "
            "order by all"
        ).fetchall()
    assert staged == WORKSHOP_ROWS
    assert closed == [
        ("Closed Lost", False, 3, "2023-04-26"),
        ("Closed Won", True, 12, "2023-02-02"),
    ]

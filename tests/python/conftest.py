"""What the tests share: raw folders, built warehouses, and ways to look into them."""

from __future__ import annotations

import csv
import os
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from dbt.artifacts.resources.types import NodeType

import dbt_process
import demo_company
import load
import random_company
import random_consents
import random_money
import shared_builds
from lib.warehouse import PROJECT_ROOT

SHARED_DATA = PROJECT_ROOT.parent / "shared" / "data"
Rows = Sequence[Mapping[str, Any]]


# Warehouses that are built once, for whoever asks.
SHARED = ("demo_warehouse", "company_warehouse")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with one file for each shared warehouse, then with those that build alone.

    So workers wait neither for each other at the start nor for a slow file at the end.
    """
    asked: dict[Path, set[str]] = {}
    for item in items:
        asked.setdefault(item.path, set()).update(getattr(item, "fixturenames", ()))
    first = {
        next((path for path, names in asked.items() if shared in names), None)
        for shared in SHARED
    }

    def place(item: pytest.Item) -> int:
        if item.path in first:
            return 0
        if "build" in asked[item.path]:
            return 1
        return 3 if asked[item.path].intersection(SHARED) else 2

    items.sort(key=place)


@dataclass(frozen=True)
class Warehouse:
    """A DuckDB file that a test may look into once dbt has let go of it."""

    path: Path

    def rows(self, query: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return what a query finds."""
        with duckdb.connect(str(self.path), read_only=True) as connection:
            connection.execute("set TimeZone = 'UTC'")
            return connection.execute(query, parameters).fetchall()

    def value(self, query: str, parameters: Sequence[Any] = ()) -> Any:
        """Return the one value that a query finds."""
        ((found,),) = self.rows(query, parameters)
        return found

    def public_relations(self) -> list[str]:
        """Return every mart and report as schema.name, sorted."""
        return [
            f"{schema}.{name}"
            for schema, name in self.rows(
                "select table_schema, table_name from information_schema.tables "
                "where table_schema in ('marts', 'reports') order by all"
            )
        ]


def read_yaml(path: Path) -> Any:
    """Return what a YAML file holds, by libyaml, which is ten times faster."""
    return yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader)


def write_csv(path: Path, rows: Rows) -> None:
    """Write rows as CSV; the header is every key that any row has."""
    header = list(dict.fromkeys(key for row in rows for key in row))
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.DictWriter(handle, header, restval="")
        writer.writeheader()
        writer.writerows(rows)


def write_tables(folder: Path, tables: Mapping[str, Rows]) -> Path:
    """Write generic tables under folder/generic and return the folder."""
    for name, rows in tables.items():
        write_csv(folder / "generic" / f"{name}.csv", rows)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def land(raw: Path, warehouse: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """Run scripts/load.py in this process and return its exit code.

    A warehouse that is not there yet begins with what no landed row changes.
    """
    monkeypatch.setenv("MOPS_WAREHOUSE", str(warehouse))
    if not warehouse.exists():
        warehouse.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(prepared_warehouse(), warehouse)
    return load.main([str(raw)])


def prepared_warehouse() -> Path:
    """Return a warehouse that holds seeds and staging views, which nothing changes."""

    def prepare(folder: Path) -> None:
        path = folder / "mops.duckdb"
        with pytest.MonkeyPatch.context() as monkeypatch:
            monkeypatch.setenv("MOPS_WAREHOUSE", str(path))
            (folder / "empty").mkdir()
            assert load.main([str(folder / "empty"), "--quiet"]) == 0
        assert run_dbt(path, select=["resource_type:seed", STAGING])
        with duckdb.connect(str(path)) as connection:
            landed = connection.execute(
                "select schema_name from duckdb_schemas() "
                "where database_name = 'mops' and starts_with(schema_name, 'raw_')"
            ).fetchall()
            for (schema,) in landed:
                connection.execute(f"drop schema {schema} cascade")

    return shared_builds.once("prepared", prepare) / "mops.duckdb"


STAGING = "path:models/staging"


@cache
def seeds_and_staging() -> set[tuple[str, str]]:
    """Return every seed and staging view of the project as schema and name."""
    nodes = dbt_process.project_without_tests().nodes.values()
    return {
        (node.schema, node.name)
        for node in nodes
        if node.resource_type == NodeType.Seed or node.schema == "staging"
    }


def is_prepared(warehouse: Path) -> bool:
    """Tell whether every seed and staging view stands."""
    return warehouse.exists() and seeds_and_staging() <= set(
        Warehouse(warehouse).rows(
            "select table_schema, table_name from information_schema.tables"
        )
    )


def run_dbt(
    warehouse: Path,
    *,
    seeds: bool = True,
    select: Iterable[str] = (),
    exclude: Iterable[str] = (),
    full_refresh: bool = False,
    artifacts: bool = False,
    **variables: Any,
) -> bool:
    """Build seeds and models in this process, without their tests.

    Seeds and staging views stay as they are where all of them stand already, but for
    views that read a var.
    """
    if is_prepared(warehouse):
        seeds = False
        exclude = (*exclude, f"tag:{dbt_process.FIXED}")
    return _invoke(
        "build",
        () if seeds else ("seed",),
        warehouse,
        select,
        variables,
        exclude=exclude,
        options=["--full-refresh"] if full_refresh else [],
        tests=False,
        artifacts=artifacts,
    )


def judge(
    warehouse: Path,
    select: Iterable[str],
    *,
    in_part: bool = False,
    **variables: Any,
) -> bool:
    """Run data tests on what is built, and return whether none found an error.

    Where a part is built, tests that read models of the others too are left out.
    """
    options = ["--indirect-selection", "buildable"] if in_part else []
    return _invoke(
        "test", ["unit_test"], warehouse, select, variables, options=options, tests=True
    )


def _invoke(
    command: str,
    skipped: Sequence[str],
    warehouse: Path,
    select: Iterable[str],
    variables: Mapping[str, Any],
    *,
    exclude: Iterable[str] = (),
    options: Iterable[str] = (),
    tests: bool,
    artifacts: bool = False,
) -> bool:
    arguments = [command, *options]
    # A selector that names nothing is a mistake of the test's.
    arguments += ["--warn-error-options", '{"error": ["NoNodesForSelectionCriteria"]}']
    arguments += ["--target-path", str(warehouse.parent / "target")]
    arguments += ["--log-path", str(warehouse.parent / "logs")]
    for kind in skipped:
        arguments += ["--exclude-resource-type", kind]
    for selector in select:
        arguments += ["--select", selector]
    for selector in exclude:
        arguments += ["--exclude", selector]
    if variables:
        arguments += ["--vars", str(dict(variables))]
    return dbt_process.invoke(arguments, warehouse, tests=tests, artifacts=artifacts)


Builder = Callable[..., Warehouse]

# Which data tests judge a world. What it publishes always is judged; the demo, which
# fills every table, is put to all of them.
PUBLIC_TESTS = ("path:models/marts", "path:models/reports", "test_type:singular")
EVERY_TEST = ("test_type:data",)
# What reads something that is special to a system: domains up to the lifecycle, and a
# few models of others. The rest is judged where all systems land in one warehouse.
READERS_OF_SYSTEMS = (
    *(f"path:models/marts/{name}" for name in ("core", "campaigns", "lifecycle")),
    *("fct_opportunities", "fct_excluded_records"),
    *("int_quality__email_checks", "int_campaigns__standing_objections"),
    "int_campaigns__standing_bounces",
)
# Beside the tests of these models, those of what landed that name none of them.
OF_SYSTEMS = (
    *READERS_OF_SYSTEMS,
    "assert_core_match_decisions_name_records",
    "assert_core_opportunity_types_are_mapped",
    "assert_campaigns_ab_tests_have_policies",
    "assert_lifecycle_routing_names_known_reps",
)
UPTO_SYSTEMS = tuple(f"+{name}" for name in READERS_OF_SYSTEMS)


@pytest.fixture(scope="session", autouse=True)
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Name the folder that the workers of this run share."""
    base = tmp_path_factory.getbasetemp()
    is_worker = "PYTEST_XDIST_WORKER" in os.environ
    shared_builds.FOLDER = base.parent if is_worker else base


def build_in(
    folder: Path,
    raw: Path,
    *,
    select: Iterable[str] = (),
    tests: Iterable[str] = PUBLIC_TESTS,
    **variables: Any,
) -> Warehouse:
    """Land a raw folder and build it in a warehouse of that folder."""
    path = folder / "mops.duckdb"
    with pytest.MonkeyPatch.context() as monkeypatch:
        assert land(raw, path, monkeypatch) == 0
    assert run_dbt(path, select=select, **variables)
    assert not tests or judge(path, tests, in_part=bool(select), **variables)
    return Warehouse(path)


@pytest.fixture(scope="session")
def build(tmp_path_factory: pytest.TempPathFactory) -> Builder:
    """Land a raw folder, build it in a warehouse of its own, and return that."""

    def build_folder(raw: Path, **options: Any) -> Warehouse:
        return build_in(tmp_path_factory.mktemp("warehouse"), raw, **options)

    return build_folder


@pytest.fixture(scope="session")
def demo_folder() -> Path:
    """Return the raw files of the demo company."""
    return shared_builds.once("demo", demo_company.write)


@pytest.fixture(scope="session")
def demo_warehouse(demo_folder: Path) -> Warehouse:
    """Return the demo company, landed, built and put to every data test."""

    def make(folder: Path) -> None:
        build_in(folder, demo_folder, tests=EVERY_TEST, as_of=demo_company.UNTIL)

    return Warehouse(shared_builds.once("demo_warehouse", make) / "mops.duckdb")


@pytest.fixture(scope="session")
def real_export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a raw folder with the real Salesforce export, where it is at hand."""
    source = SHARED_DATA / "sfdc_workshop"
    if not source.is_dir():
        pytest.skip(f"{source} is not on this machine")
    raw = tmp_path_factory.mktemp("real_export")
    (raw / "salesforce").symlink_to(source)
    return raw


@pytest.fixture(scope="session")
def company() -> random_company.Tables:
    """Return the tables of a small random company."""
    tables = random_company.random_company(seed=11)
    tables = random_consents.with_consents(tables, seed=11)
    return random_money.with_money(tables, seed=11)


@pytest.fixture(scope="session")
def company_warehouse(company: random_company.Tables) -> Warehouse:
    """Return the random company, landed and built as of the end of its year."""

    def make(folder: Path) -> None:
        raw = write_tables(folder / "raw", company)
        build_in(folder, raw, as_of=random_company.AS_OF)

    return Warehouse(shared_builds.once("company", make) / "mops.duckdb")

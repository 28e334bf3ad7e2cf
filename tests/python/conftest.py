"""What the tests share: raw folders, built warehouses, and ways to look into them."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from xdist.scheduler import LoadFileScheduling

import dbt_process
import demo_company
import load
import random_company
import random_consents
import random_money
from lib.warehouse import PROJECT_ROOT

SHARED_DATA = PROJECT_ROOT.parent / "shared" / "data"
Rows = Sequence[Mapping[str, Any]]


# Files that look into the demo's warehouse; one worker has it.
OF_THE_DEMO = {"test_metrics_from_raw.py", "test_whole_way.py"}


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Send the tests of a file to one worker, and files that share a warehouse."""
    if config.getvalue("dist") != "loadfile":
        return None
    scheduler = LoadFileScheduling(config, log)
    file_of = scheduler._split_scope

    def scope_of(test: str) -> str:
        file: str = file_of(test)
        return "demo" if Path(file).name in OF_THE_DEMO else file

    scheduler._split_scope = scope_of
    return scheduler


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
    """Run scripts/load.py in this process and return its exit code."""
    monkeypatch.setenv("MOPS_WAREHOUSE", str(warehouse))
    return load.main([str(raw)])


def run_dbt(
    warehouse: Path,
    *,
    seeds: bool = True,
    select: Iterable[str] = (),
    exclude: Iterable[str] = (),
    full_refresh: bool = False,
    **variables: Any,
) -> bool:
    """Build seeds and models in this process, without their tests."""
    return _invoke(
        "build",
        () if seeds else ("seed",),
        warehouse,
        select,
        variables,
        exclude=exclude,
        options=("--full-refresh",) if full_refresh else (),
        tests=False,
    )


def judge(warehouse: Path, select: Iterable[str], **variables: Any) -> bool:
    """Run data tests on what is built, and return whether none found an error."""
    return _invoke("test", ["unit_test"], warehouse, select, variables, tests=True)


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
    return dbt_process.invoke(arguments, warehouse, tests=tests)


Builder = Callable[..., Warehouse]

# Which data tests judge a world. What it publishes always is judged; the demo, which
# fills every table, is put to all of them.
PUBLIC_TESTS = ("path:models/marts", "path:models/reports", "test_type:singular")
EVERY_TEST = ("test_type:data",)


@pytest.fixture(scope="session")
def build(tmp_path_factory: pytest.TempPathFactory) -> Builder:
    """Land a raw folder, build it in a warehouse of its own, and return that."""

    def build_folder(
        raw: Path, *, tests: Iterable[str] = PUBLIC_TESTS, **variables: Any
    ) -> Warehouse:
        path = tmp_path_factory.mktemp("warehouse") / "mops.duckdb"
        with pytest.MonkeyPatch.context() as monkeypatch:
            assert land(raw, path, monkeypatch) == 0
        assert run_dbt(path, **variables)
        assert not tests or judge(path, tests, **variables)
        return Warehouse(path)

    return build_folder


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the raw files of the demo company."""
    return demo_company.write(tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="session")
def demo_warehouse(build: Builder, demo_folder: Path) -> Warehouse:
    """Return the demo company, landed, built and put to every data test."""
    return build(demo_folder, tests=EVERY_TEST, as_of=demo_company.UNTIL)


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
def company_warehouse(
    build: Builder,
    company: random_company.Tables,
    tmp_path_factory: pytest.TempPathFactory,
) -> Warehouse:
    """Return the random company, landed and built as of the end of its year."""
    raw = write_tables(tmp_path_factory.mktemp("company"), company)
    return build(raw, as_of=random_company.AS_OF)

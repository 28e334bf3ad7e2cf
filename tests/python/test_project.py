"""The house rules that no linter knows."""

from __future__ import annotations

import csv
import json
import re
import shutil
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import pytest

import dbt_process
from conftest import Warehouse, read_yaml
from lib.erasure.erasing import HISTORIES
from lib.warehouse import PROJECT_ROOT

MODELS = sorted((PROJECT_ROOT / "models").rglob("*.sql"))
CONTRACT = PROJECT_ROOT.parent / "shared" / "contract"


def read_csv(path: Path) -> list[dict[str, str]]:
    if not path.is_file():
        pytest.skip(f"{path} is not on this machine")
    with path.open(newline="") as handle:
        return list(csv.DictReader(handle))


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    written = dbt_process.parsed_project().writable_manifest()
    content: dict[str, Any] = written.to_dict(omit_none=False)
    return content


def test_nothing_stands_on_itself(manifest: dict[str, Any]) -> None:
    order = list(TopologicalSorter(manifest["parent_map"]).static_order())
    place = {node: number for number, node in enumerate(order)}
    for node, parents in manifest["parent_map"].items():
        assert all(place[parent] < place[node] for parent in parents), node


def test_what_is_compiled_reads_no_environment(manifest: dict[str, Any]) -> None:
    """No model, test or macro of ours asks for a variable, which might be a secret."""
    code = {key: macro["macro_sql"] for key, macro in manifest["macros"].items()}
    code |= {key: node["raw_code"] for key, node in manifest["nodes"].items()}
    ours = {key: text for key, text in code.items() if key.split(".")[1] == "mops"}
    assert len(ours) > 1000
    assert [key for key, text in ours.items() if "env_var" in text] == []


def project_models(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    return of_type(manifest, "model")


def of_type(manifest: dict[str, Any], *types: str) -> list[dict[str, Any]]:
    return [
        node for node in manifest["nodes"].values() if node["resource_type"] in types
    ]


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_a_model_says_its_grain_and_ends_in_its_last_cte(path: Path) -> None:
    lines = path.read_text().splitlines()
    assert lines[0].startswith("-- Grain: one row ")
    ctes = re.findall(r"^(\w+) as \($", path.read_text(), re.MULTILINE)
    assert lines[-1] == f"select * from {ctes[-1]}"
    assert len(lines) <= 130
    assert not re.search(r"\{%-?\s*(if|for)\b", path.read_text())


def test_every_built_column_is_described(
    company_warehouse: Warehouse, manifest: dict[str, Any]
) -> None:
    built: dict[tuple[str, str], set[str]] = {}
    for schema, relation, column in company_warehouse.rows(
        "select table_schema, table_name, column_name from information_schema.columns"
    ):
        built.setdefault((schema, relation), set()).add(column)
    for model in of_type(manifest, "model", "snapshot"):
        described = {
            name for name, column in model["columns"].items() if column["description"]
        }
        assert described == built[model["schema"], model["name"]], model["name"]


def test_every_unit_test_passes(company_warehouse: Warehouse, tmp_path: Path) -> None:
    path = Path(shutil.copy(company_warehouse.path, tmp_path))
    arguments = ["test", "--select", "test_type:unit"]
    arguments += ["--target-path", str(tmp_path), "--log-path", str(tmp_path)]
    assert dbt_process.invoke(arguments, path, artifacts=True)
    results = json.loads((tmp_path / "run_results.json").read_text())
    statuses = [
        result["status"]
        for result in results["results"]
        if result["unique_id"].startswith("unit_test.")
    ]
    assert len(statuses) > 100
    assert set(statuses) == {"pass"}


def test_every_mart_has_a_contract_a_key_test_and_a_unit_test(
    manifest: dict[str, Any],
) -> None:
    keyed = {
        node["attached_node"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "test"
        and node.get("test_metadata")
        and node["test_metadata"]["name"] == "grain"
    }
    tested = {
        node
        for unit_test in manifest["unit_tests"].values()
        for node in unit_test["depends_on"]["nodes"]
    }
    public = [
        model
        for model in project_models(manifest)
        if model["schema"] in {"marts", "reports"}
    ]
    assert len(public) > 15
    for model in public:
        assert model["contract"]["enforced"], model["name"]
        assert model["access"] == "public", model["name"]
        assert model["unique_id"] in keyed, model["name"]
        assert model["unique_id"] in tested, model["name"]


def test_the_generic_source_is_the_published_input_contract() -> None:
    path = PROJECT_ROOT / "models/staging/generic/_generic__sources.yml"
    (source,) = read_yaml(path)["sources"]
    declared = {
        (table["name"], column["name"]): (
            column["data_type"].split("(")[0],
            column.get("config", {}).get("meta", {}).get("required", False),
        )
        for table in source["tables"]
        for column in table["columns"]
    }
    published = {
        (row["table"], row["column"]): (row["type"], row["required"] == "yes")
        for row in read_csv(CONTRACT / "inputs.csv")
    }
    assert declared == published


def test_public_relations_have_the_promised_columns(
    company_warehouse: Warehouse,
) -> None:
    types = {"varchar": "VARCHAR", "integer": "INTEGER", "bigint": "BIGINT"}
    types |= {"double": "DOUBLE", "boolean": "BOOLEAN", "date": "DATE"}
    types |= {"timestamp": "TIMESTAMP", "decimal": "DECIMAL"}
    built = {
        (relation, column): kind.split("(")[0]
        for relation, column, kind in company_warehouse.rows(
            "select table_name, column_name, data_type from information_schema.columns "
            "where table_schema in ('marts', 'reports')"
        )
    }
    relations = {relation for relation, _ in built}
    promised = [
        row
        for row in read_csv(CONTRACT / "outputs.csv")
        if row["relation"] in relations
    ]
    assert {row["relation"] for row in promised} >= {
        "dim_people",
        "dim_accounts",
        "dim_campaigns",
        "dim_reps",
        "bridge_person_records",
        "fct_opportunities",
        "fct_touchpoints",
        "fct_ad_spend_days",
        "fct_stage_transitions",
        "fct_lead_funnel",
        "fct_attribution_credits",
        "fct_unattributed_conversions",
    }
    for row in promised:
        key = (row["relation"], row["column"])
        assert built.get(key) == types[row["type"]], key


def test_relation_names_are_unique_over_schemas(manifest: dict[str, Any]) -> None:
    relations = of_type(manifest, "model", "seed", "snapshot")
    names = [relation["name"] for relation in relations]
    assert len(names) == len(set(names))


def test_a_snapshot_is_a_domain_s_own_and_kept_by_an_erasure(
    manifest: dict[str, Any],
) -> None:
    snapshots = of_type(manifest, "snapshot")
    assert snapshots
    for snapshot in snapshots:
        read = [manifest["nodes"][name] for name in snapshot["depends_on"]["nodes"]]
        assert {model["group"] for model in read} == {snapshot["config"]["group"]}
        assert (snapshot["schema"], snapshot["name"]) in HISTORIES


def test_every_exposure_reads_what_is_published(manifest: dict[str, Any]) -> None:
    """So that the docs' lineage ends with those who read a mart or report."""
    assert manifest["exposures"]
    for exposure in manifest["exposures"].values():
        read = [manifest["nodes"][name] for name in exposure["depends_on"]["nodes"]]
        assert read, exposure["name"]
        assert {model["schema"] for model in read} <= {"marts", "reports"}


# What finds, filters and sorts rows, beside what a person reads of them.
FINDS_ROWS = re.compile(
    r"(is|has)_.*|.*_id|(.*_)?(rank|order)|quarter_start|(cohort_|recycled_)?month"
)


def test_a_report_is_short_and_somebody_reads_it(manifest: dict[str, Any]) -> None:
    """Under ten columns beside keys, flags and places in an order, and an exposure."""
    reports = [
        model for model in of_type(manifest, "model") if model["schema"] == "reports"
    ]
    assert len(reports) > 20
    exposed = {
        name
        for exposure in manifest["exposures"].values()
        for name in exposure["depends_on"]["nodes"]
    }
    for report in reports:
        read = [name for name in report["columns"] if not FINDS_ROWS.fullmatch(name)]
        assert 0 < len(read) < 10, (report["name"], read)
        assert report["unique_id"] in exposed, report["name"]


@pytest.mark.parametrize(
    ("folder", "exposures"),
    [
        ("scripts/lib/report", {"monday_report", "quarter_review"}),
        ("dashboard", {"operating_dashboard"}),
    ],
)
def test_exposures_name_all_that_is_read(
    manifest: dict[str, Any], folder: str, exposures: set[str]
) -> None:
    read = {
        name
        for path in (PROJECT_ROOT / folder).rglob("*.py")
        for name in re.findall(
            r"(?:from|join) (?:marts|reports)\.(\w+)", path.read_text()
        )
    }
    declared = {
        name.rpartition(".")[2]
        for exposure in manifest["exposures"].values()
        if exposure["name"] in exposures
        for name in exposure["depends_on"]["nodes"]
    }
    built = {model["name"] for model in of_type(manifest, "model")}
    assert len(declared) > 10
    assert read & built <= declared


def test_the_lock_names_no_index_and_pins_every_hash() -> None:
    lock = (PROJECT_ROOT / "requirements.lock").read_text()
    assert "://" not in lock
    assert "--index-url" not in lock
    entries = re.findall(r"^[a-z0-9][\w.-]*==", lock, re.MULTILINE)
    assert len(entries) > 100
    assert lock.count("--hash=sha256:") >= len(entries)


def test_the_readme_is_short_and_names_what_exists() -> None:
    readme = (PROJECT_ROOT / "README.md").read_text()
    assert len(readme.splitlines()) < 200
    targets = set(re.findall(r"(?:^|`)make ([a-z-]+)", readme, re.MULTILINE))
    makefile = (PROJECT_ROOT / "Makefile").read_text()
    for target in targets:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
    for path in re.findall(r"`((?:scripts|seeds|models|tests)/[\w./-]+\.\w+)`", readme):
        assert (PROJECT_ROOT / path).exists(), path

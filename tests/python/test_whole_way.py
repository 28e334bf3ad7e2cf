"""The whole way once: demo files, landing, audit, build, audit, publication, answer."""

from __future__ import annotations

import csv
import hashlib
import json
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest

import demo
import export
import report
import validate
from conftest import Builder, Warehouse
from lib.pipeline_answer import read_answer
from lib.publish import latest_publication

UNTIL = "2026-08-31"
ARGUMENTS = ["--people", "1500", "--seed", "3", "--until", UNTIL]


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    assert demo.main(["--out", str(folder), *ARGUMENTS]) == 0
    return folder


@pytest.fixture(scope="module")
def warehouse(build: Builder, raw: Path) -> Warehouse:
    return build(raw, as_of=UNTIL)


@pytest.fixture(scope="module")
def out(warehouse: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the output folder after both audits and the publication."""
    folder = tmp_path_factory.mktemp("output")
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("MOPS_WAREHOUSE", str(warehouse.path))
        for layer in ("raw", "marts"):
            assert validate.main([layer, "--out", str(folder)]) == 0
        assert export.main(["--out", str(folder)]) == 0
    return folder


def hashes(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_same_seed_writes_the_same_bytes(raw: Path, tmp_path: Path) -> None:
    assert demo.main(["--out", str(tmp_path), *ARGUMENTS]) == 0
    assert hashes(tmp_path) == hashes(raw)


def test_the_demo_lands_without_a_reject(warehouse: Warehouse) -> None:
    assert warehouse.value("select count(*) from raw_meta.rejects") == 0
    assert warehouse.value("select count(*) from raw_generic.touches") > 10_000


def test_the_demo_warns_and_hands_the_rows_back(out: Path) -> None:
    """It is messy enough to show what a warning looks like, and still published."""
    for rule, column in (
        ("duplicate_rate", "is_master"),
        ("campaign_name_compliance_rate", "is_name_compliant"),
    ):
        with (out / "failing_rows" / "marts" / f"{rule}.csv").open() as handle:
            rows = list(csv.DictReader(handle))
        assert len(rows) > 10
        assert {row["severity"] for row in rows} == {"warning"}
        assert {row[column].lower() for row in rows} == {"false"}


def test_records_that_were_merged_or_converted_are_one_true_person(
    raw: Path, warehouse: Warehouse
) -> None:
    with (raw / "_truth" / "person_records.csv").open() as handle:
        truth = {
            row["record_id"]: row["true_person_id"] for row in csv.DictReader(handle)
        }
    golden = defaultdict(set)
    for person, record in warehouse.rows(
        "select person_id, record_id from marts.bridge_person_records"
    ):
        golden[person].add(truth[record])
    mixed = [people for people in golden.values() if len(people) > 1]
    assert len(golden) > 1000
    assert len(mixed) / len(golden) < 0.005


def test_the_answer_is_the_sum_of_the_facts(out: Path, warehouse: Warehouse) -> None:
    answer = read_answer(latest_publication(out) / "mops_marts.duckdb")
    assert str(answer.quarter_start) == "2026-07-01"
    sourced, deals = warehouse.rows(
        "select sum(amount_usd), count(*) from marts.fct_opportunities "
        "where is_marketing_sourced and created_at >= '2026-07-01' "
        "and created_at < '2026-10-01'"
    )[0]
    spent = warehouse.value(
        "select sum(spend_usd) from marts.fct_ad_spend_days "
        "where spend_date between '2026-07-01' and '2026-09-30'"
    )
    assert answer.total.pipeline == sourced > 0
    assert answer.total.opportunities == deals
    assert answer.total.spend == spent > 0
    assert answer.total.ratio == sourced / spent


def test_the_report_prints_the_answer(
    out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert report.main(["--out", str(out)]) == 0
    printed = capsys.readouterr()
    assert "# Marketing-sourced pipeline, quarter from 2026-07-01" in printed.out
    total = read_answer(latest_publication(out) / "mops_marts.duckdb").total
    assert f"{total.pipeline:,.2f}" in printed.out
    assert (out / "report" / "pipeline.md").read_text() in printed.out
    for line in printed.err.splitlines():
        assert Path(line.split(": ", 1)[1].strip()).exists(), line


def test_the_publication_holds_every_mart_row_for_row(
    out: Path, warehouse: Warehouse
) -> None:
    folder = latest_publication(out)
    published = Warehouse(folder / "mops_marts.duckdb")
    assert published.public_relations() == warehouse.public_relations()
    manifest = json.loads((folder / "manifest.json").read_text())
    assert len(manifest["relations"]) == len(warehouse.public_relations())
    for relation in warehouse.public_relations():
        query = f"select count(*), bit_xor(hash(each)) from {relation} as each"
        assert published.rows(query) == warehouse.rows(query), relation
        schema, name = relation.split(".")
        rows = published.value(
            f"select count(*) from '{folder}/parquet/{schema}/{name}.parquet'"
        )
        assert rows == published.value(f"select count(*) from {relation}")


def test_revenue_reconciles_to_closed_won_to_the_cent(warehouse: Warehouse) -> None:
    won = warehouse.value(
        "select sum(amount_usd) from marts.fct_opportunities where is_won"
    )
    lost = warehouse.value(
        "select coalesce(sum(amount_usd), 0) from marts.fct_unattributed_conversions "
        "where conversion_type = 'won'"
    )
    for model, credit in warehouse.rows(
        "select attribution_model, sum(credit_usd) from marts.fct_attribution_credits "
        "where conversion_type = 'won' group by all"
    ):
        assert round(credit + lost, 2) == won > Decimal(0), model

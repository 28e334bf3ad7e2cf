"""Forms of files, names and types, and what landing again does."""

from __future__ import annotations

import gzip
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import load
from conftest import Warehouse
from lib.landing.names import snake_case

ROWS = [("a1", "Acme", 10), ("a2", 'Bolt "B", Inc.\nBerlin', None)]
CSV = (
    "AccountId,Name,EmployeeCount,CreatedAt,Extra__c\r\n"
    "a1,Acme,10,2024-01-01T09:00:00.000+0200,x\r\n"
    'a2,"Bolt ""B"", Inc.\nBerlin",,2024-01-02,\r\n'
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MOPS_WAREHOUSE", str(tmp_path / "warehouse" / "mops.duckdb"))
    path = tmp_path / "raw" / "generic"
    path.mkdir(parents=True)
    return path


def warehouse_of(folder: Path) -> Warehouse:
    return Warehouse(folder.parents[1] / "warehouse" / "mops.duckdb")


def accounts(folder: Path) -> list[tuple[Any, ...]]:
    return warehouse_of(folder).rows(
        "select account_id, name, employee_count from raw_generic.accounts order by all"
    )


def write_form(folder: Path, form: str) -> None:
    if form == "csv with BOM":
        (folder / "Accounts.csv").write_bytes(b"\xef\xbb\xbf" + CSV.encode())
    elif form == "gzip":
        (folder / "accounts.csv.gz").write_bytes(gzip.compress(CSV.encode()))
    elif form == "parts":
        header, first, second = CSV.split("\r\n", 2)
        (folder / "accounts").mkdir()
        (folder / "accounts" / "1.csv").write_text(f"{header}\n{first}\n")
        (folder / "accounts" / "2.csv").write_bytes(f"{header}\r\n{second}".encode())
    elif form == "json lines":
        (folder / "accounts.jsonl").write_text(
            '{"AccountId": "a1", "Name": "Acme", "EmployeeCount": 10, '
            '"CreatedAt": "2024-01-01T07:00:00Z"}\n'
            '{"AccountId": "a2", "Name": "Bolt \\"B\\", Inc.\\nBerlin", '
            '"CreatedAt": "2024-01-02"}\n'
        )
    else:
        duckdb.execute(
            "copy (select * from (values ('a1', 'Acme', 10, timestamp '2024-01-01 "
            "07:00:00'), ('a2', 'Bolt \"B\", Inc.' || chr(10) || 'Berlin', null, "
            "timestamp '2024-01-02')) as "
            "t(account_id, name, employee_count, created_at))"
            f" to '{folder}/accounts.parquet' (format parquet)"
        )


FORMS = ["csv with BOM", "gzip", "parts", "json lines", "parquet"]


@pytest.mark.parametrize("form", FORMS)
def test_every_form_lands_the_same_rows(folder: Path, form: str) -> None:
    write_form(folder, form)
    assert load.main([str(folder.parent)]) == 0
    assert accounts(folder) == ROWS
    assert warehouse_of(folder).rows(
        "select created_at from raw_generic.accounts order by all"
    ) == [(datetime(2024, 1, 1, 7),), (datetime(2024, 1, 2),)]


def test_declared_types_and_undeclared_columns(folder: Path) -> None:
    write_form(folder, "csv with BOM")
    (folder / "spend.csv").write_text(
        "spend_date,platform,amount\n2024-02-29,google,0.10\n"
    )
    assert load.main([str(folder.parent)]) == 0
    warehouse = warehouse_of(folder)
    assert warehouse.rows("select spend_date, amount from raw_generic.spend") == [
        (date(2024, 2, 29), Decimal("0.100000"))
    ]
    assert warehouse.value("select max(extra_c) from raw_generic.accounts") == "x"


def test_declared_tables_without_a_file_are_empty(folder: Path) -> None:
    assert load.main([str(folder.parent)]) == 0
    warehouse = warehouse_of(folder)
    assert warehouse.value("select count(*) from raw_generic.touches") == 0
    assert warehouse.value("select count(*) from raw_salesforce.opportunity") == 0


def test_an_undeclared_table_lands_as_text_with_a_warning(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "Gift Cards.csv").write_text("Id,Worth\n1,5\n")
    assert load.main([str(folder.parent)]) == 0
    found = warehouse_of(folder).rows("select id, worth from raw_generic.gift_cards")
    assert found == [("1", "5")]
    assert "not declared" in capsys.readouterr().err


def test_a_key_upserts_and_the_later_row_wins(folder: Path) -> None:
    header = "account_id,name,created_at\n"
    (folder / "accounts.csv").write_text(
        header + "a1,Old,2024-01-01\na1,New,2024-01-01\na2,Kept,2024-01-01\n"
    )
    assert load.main([str(folder.parent)]) == 0
    (folder / "accounts.csv").write_text(header + "a1,Newest,2024-01-01\n")
    assert load.main([str(folder.parent)]) == 0
    assert [row[:2] for row in accounts(folder)] == [("a1", "Newest"), ("a2", "Kept")]


def test_rows_without_a_key_append_and_identical_ones_stand_once(folder: Path) -> None:
    header = "spend_date,platform,amount\n"
    (folder / "spend.csv").write_text(header + "2024-01-01,g,1\n2024-01-01,g,1\n")
    assert load.main([str(folder.parent)]) == 0
    (folder / "spend.csv").write_text(header + "2024-01-01,g,1\n2024-01-02,g,2\n")
    assert load.main([str(folder.parent)]) == 0
    amounts = warehouse_of(folder).rows("select amount from raw_generic.spend")
    assert sorted(amounts) == [(1,), (2,)]


def test_landing_a_file_twice_changes_nothing(folder: Path) -> None:
    write_form(folder, "gzip")
    assert load.main([str(folder.parent)]) == 0
    loads = "select file, sha256, rows_read, loaded_at from raw_meta.loads"
    before = warehouse_of(folder).rows(loads)
    assert load.main([str(folder.parent)]) == 0
    assert warehouse_of(folder).rows(loads) == before
    assert accounts(folder) == ROWS


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("LeadSource", "lead_source"),
        ("External_id__c", "external_id_c"),
        ("_fivetran_synced", "_fivetran_synced"),
        ("IsWon", "is_won"),
        ("Record ID - Contact", "record_id_contact"),
        ("HTTPStatus", "http_status"),
    ],
)
def test_names_become_snake_case(name: str, expected: str) -> None:
    assert snake_case(name) == expected


CELL = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(lines=st.lists(st.tuples(CELL, CELL, CELL), max_size=8), garbage=st.text())
def test_whatever_comes_read_is_landed_plus_rejected(
    tmp_path_factory: pytest.TempPathFactory,
    lines: list[tuple[str, str, str]],
    garbage: str,
) -> None:
    folder = tmp_path_factory.mktemp("any") / "raw" / "generic"
    folder.mkdir(parents=True)
    text = "account_id,name,created_at\n" + "\n".join(map(",".join, lines)) + garbage
    (folder / "accounts.csv").write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.MonkeyPatch.context() as monkeypatch:
        warehouse = warehouse_of(folder)
        monkeypatch.setenv("MOPS_WAREHOUSE", str(warehouse.path))
        assert load.main([str(folder.parent), "--quiet"]) in {0, 2}
    for read, landed, rejected in warehouse.rows(
        "select rows_read, rows_landed, rows_rejected from raw_meta.loads"
    ):
        assert read == landed + rejected
        assert warehouse.value("select count(*) from raw_meta.rejects") == rejected

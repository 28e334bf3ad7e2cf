"""What people really send: each broken file costs one clear line and nothing else."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

import load
from conftest import Warehouse
from lib.cli import run

HEADER = "account_id,name,employee_count,created_at\n"
GOOD = "{0},Company {0},10,2024-01-0{0} 08:00:00\n"


@pytest.fixture
def raw(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a raw folder in which one whole file lies beside what a test adds."""
    monkeypatch.setenv("MOPS_WAREHOUSE", str(tmp_path / "warehouse" / "mops.duckdb"))
    folder = tmp_path / "raw" / "generic"
    folder.mkdir(parents=True)
    (folder / "users.csv").write_text("user_id,name\nu1,Ann\nu2,Bob\n")
    return folder


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    return Warehouse(tmp_path / "warehouse" / "mops.duckdb")


def errors(capsys: pytest.CaptureFixture[str]) -> list[str]:
    lines = capsys.readouterr().err.splitlines()
    assert not any("Traceback" in line for line in lines)
    return [line for line in lines if line.startswith(("error", "warning"))]


def account_ids(warehouse: Warehouse) -> list[str]:
    rows = warehouse.rows("select account_id from raw_generic.accounts order by all")
    return [row[0] for row in rows]


def assert_the_whole_file_landed(warehouse: Warehouse) -> None:
    assert warehouse.value("select count(*) from raw_generic.users") == 2


def test_three_broken_rows_are_reported_by_line_and_the_others_land(
    raw: Path, warehouse: Warehouse, capsys: pytest.CaptureFixture[str]
) -> None:
    (raw / "accounts.csv").write_text(
        HEADER
        + GOOD.format(1)
        + "2,Company 2,many,2024-01-02 08:00:00\n"
        + "3,Company 3,10,2024-02-31 08:00:00\n"
        + GOOD.format(4)
        + "5,Company 5,10,2024-01-05 08:00:00,surplus\n"
        + GOOD.format(6)
    )
    assert load.main([str(raw.parent)]) == 0
    assert account_ids(warehouse) == ["1", "4", "6"]
    rejects = warehouse.rows(
        "select file, line, column_name, text from raw_meta.rejects order by line"
    )
    assert [(line, column) for _, line, column, _ in rejects] == [
        (3, "employee_count"),
        (4, "created_at"),
        (6, None),
    ]
    assert {file for file, *_ in rejects} == {"generic/accounts.csv"}
    assert rejects[0][3].startswith("2,Company 2,many")
    (warning,) = errors(capsys)
    assert "accounts.csv" in warning
    assert "3" in warning
    assert_the_whole_file_landed(warehouse)


def test_a_file_cut_mid_row_lands_its_whole_rows(
    raw: Path, warehouse: Warehouse, capsys: pytest.CaptureFixture[str]
) -> None:
    (raw / "accounts.csv").write_text(HEADER + GOOD.format(1) + GOOD.format(2)[:12])
    assert load.main([str(raw.parent)]) == 0
    assert account_ids(warehouse) == ["1"]
    assert warehouse.rows("select line from raw_meta.rejects") == [(3,)]
    assert len(errors(capsys)) == 1
    assert_the_whole_file_landed(warehouse)


def test_a_quote_that_never_closes_costs_its_own_line_only(
    raw: Path, warehouse: Warehouse
) -> None:
    (raw / "accounts.csv").write_text(
        HEADER
        + GOOD.format(1)
        + '2,"Company 2,10,2024-01-02 08:00:00\n'
        + GOOD.format(3)
        + GOOD.format(4)
    )
    assert load.main([str(raw.parent)]) == 0
    assert account_ids(warehouse) == ["1", "3", "4"]
    assert warehouse.rows("select line from raw_meta.rejects") == [(3,)]


UNREADABLE = {
    "a binary file": b"\x7fELF\x00\x01\x02\x00\x00" * 500,
    "an empty file": b"",
    "duplicate headers": b"account_id,Name,name,created_at\n1,a,b,2024-01-01\n",
    "a required column missing": b"account_id,created_at\n1,2024-01-01\n",
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_an_unreadable_file_is_one_error_and_the_others_land(
    raw: Path, warehouse: Warehouse, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    (raw / "accounts.csv").write_bytes(UNREADABLE[case])
    assert load.main([str(raw.parent)]) == 2
    (error,) = errors(capsys)
    assert "accounts.csv" in error
    if case in {"duplicate headers", "a required column missing"}:
        assert "name" in error
    assert account_ids(warehouse) == []
    assert_the_whole_file_landed(warehouse)


def test_a_truncated_gzip_is_one_error(
    raw: Path, warehouse: Warehouse, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = gzip.compress((HEADER + GOOD.format(1) * 500).encode())
    (raw / "accounts.csv.gz").write_bytes(whole[: len(whole) // 2])
    assert load.main([str(raw.parent)]) == 2
    assert len(errors(capsys)) == 1
    assert account_ids(warehouse) == []
    assert_the_whole_file_landed(warehouse)


def test_a_header_without_rows_lands_no_row_and_is_fine(
    raw: Path, warehouse: Warehouse
) -> None:
    (raw / "accounts.csv").write_text(HEADER)
    assert load.main([str(raw.parent)]) == 0
    assert account_ids(warehouse) == []
    assert warehouse.rows(
        "select rows_read, rows_landed from raw_meta.loads "
        "where table_name = 'accounts'"
    ) == [(0, 0)]


def test_a_field_of_ten_megabytes_lands(raw: Path, warehouse: Warehouse) -> None:
    name = "x" * 10_000_000
    (raw / "accounts.csv").write_text(
        HEADER + GOOD.format(1) + f"2,{name},10,2024-01-02\n" + GOOD.format(3)
    )
    assert load.main([str(raw.parent)]) == 0
    assert account_ids(warehouse) == ["1", "2", "3"]
    longest = "select max(length(name)) from raw_generic.accounts"
    assert warehouse.value(longest) == 10_000_000


def test_every_row_read_is_landed_or_rejected(raw: Path, warehouse: Warehouse) -> None:
    (raw / "accounts.csv").write_text(
        HEADER
        + GOOD.format(1)
        + ",no key,1,2024-01-01\n"
        + "garbage\n"
        + GOOD.format(2)
    )
    assert load.main([str(raw.parent)]) == 0
    read, landed, rejected = warehouse.rows(
        "select rows_read, rows_landed, rows_rejected from raw_meta.loads "
        "where table_name = 'accounts'"
    )[0]
    assert (read, landed, rejected) == (4, 2, 2)
    assert warehouse.value("select count(*) from raw_meta.rejects") == rejected


def test_a_folder_that_is_not_there_is_one_line(
    raw: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["load.py", str(raw / "nowhere")])
    with pytest.raises(SystemExit) as stopped:
        run(lambda argv: load.main([str(raw / "nowhere")]))
    assert stopped.value.code == 2
    (error,) = errors(capsys)
    assert "nowhere" in error

"""What counts as a value of each data type, the same on every way through a file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from landing_room import Room
from lib.contract import data_type_of
from lib.landing import casts

MOMENT = datetime(2024, 1, 19, 9, 42)
DAY = date(2024, 1, 19)

FITTING: list[tuple[str, str, Any]] = [
    ("integer", "5", 5),
    ("integer", " -5\t", -5),
    ("integer", "+7", 7),
    ("integer", "200.0", 200),
    ("integer", "007", 7),
    ("integer", "2147483647", 2147483647),
    ("bigint", "9223372036854775807", 9223372036854775807),
    ("decimal(28,6)", "1234.5", Decimal("1234.5")),
    ("decimal(28,6)", "-.5", Decimal("-0.5")),
    ("decimal(28,6)", "1e3", Decimal(1000)),
    ("decimal(28,6)", "1.2345678", Decimal("1.234568")),
    ("decimal(28,6)", "\u00a012\u00a0", Decimal(12)),
    (
        "decimal(28,6)",
        "1234567890123456789012.123456",
        Decimal("1234567890123456789012.123456"),
    ),
    ("decimal(10,2)", "99999999.99", Decimal("99999999.99")),
    ("decimal(38,20)", "0.00000000000000000001", Decimal("1e-20")),
    ("double", "0.1", 0.1),
    ("double", "1e-3", 0.001),
    ("boolean", " Yes ", True),
    ("boolean", "TRUE", True),
    ("boolean", "t", True),
    ("boolean", "1", True),
    ("boolean", "1.0", True),
    ("boolean", "false", False),
    ("boolean", "N", False),
    ("boolean", "0", False),
    ("date", "2024-01-19", DAY),
    ("date", "2024-1-19", DAY),
    ("date", "2024/01/19", DAY),
    ("date", "2024-01-19T09:42:00.000Z", DAY),
    ("date", "2024-01-19 23:30:00-05:00", date(2024, 1, 20)),
    ("date", " 2024-02-29 ", date(2024, 2, 29)),
    ("timestamp", "2024-01-19", datetime(2024, 1, 19)),
    ("timestamp", "2024-01-19 09:42", MOMENT),
    ("timestamp", "2024-01-19T09:42:00", MOMENT),
    ("timestamp", "2024-01-19T09:42Z", MOMENT),
    ("timestamp", "2024-01-19T09:42:00Z", MOMENT),
    ("timestamp", "2024-01-19T09:42:00.000+0000", MOMENT),
    ("timestamp", "2024-01-19 09:42:00 UTC", MOMENT),
    ("timestamp", "2024-01-19 10:42:00 Europe/Berlin", MOMENT),
    ("timestamp", "2024-01-19T11:42:00+02:00", MOMENT),
    ("timestamp", "2024-01-19T11:42+02:00", MOMENT),
    ("timestamp", "2024-01-19T11:42+02", MOMENT),
    ("timestamp", "2024-01-19 04:42:00 -0500", MOMENT),
    ("timestamp", "2024-01-19 04:42 -05:00", MOMENT),
    (
        "timestamp",
        "2024-01-19T09:42:00.123456789Z",
        datetime(2024, 1, 19, 9, 42, 0, 123456),
    ),
    ("timestamp", "9999-12-31 23:59:59", datetime(9999, 12, 31, 23, 59, 59)),
    # A time that no clock in a zone of its own shows is still one in UTC.
    ("timestamp", "2024-03-31 02:30:00", datetime(2024, 3, 31, 2, 30)),
]

UNFIT: list[tuple[str, str]] = [
    *(("integer", text) for text in ("5.7", "1e3", "0x1F", "1_000", "1,000", "five")),
    *(("integer", text) for text in ("2147483648", "--5", "５", "NaN", "1 2", "-")),
    *(("bigint", text) for text in ("9223372036854775808", "1.5", "9" * 400)),
    *(("decimal(28,6)", text) for text in ("1_0", "NaN", "1,5", "$5", "0x1F", ".")),
    ("decimal(28,6)", "12345678901234567890123.5"),
    ("decimal(10,2)", "100000000"),
    *(("double", text) for text in ("NaN", "inf", "-Infinity", "1e999", "1_0", "1f")),
    *(("boolean", text) for text in ("2", "maybe", "yess", "-1")),
    *(("date", text) for text in ("2024-02-31", "2023-02-29", "0000-00-00", "today")),
    *(("date", text) for text in ("2024-01-19x", "2024-01", "19.01.2024", "45310")),
    *(("date", text) for text in ("infinity", "epoch", "12024-01-19", "2024-1-9 b")),
    *(("timestamp", text) for text in ("2024-01-19 25:00", "now", "infinity", "2024")),
    *(("timestamp", text) for text in ("1705657320", "2024-02-31 10:00:00", "epoch")),
    *(
        ("timestamp", text)
        for text in ("01/19/2024 10:00", "2024-01-19T09:42:00+99:00")
    ),
    *(("timestamp", text) for text in ("12024-01-19 09:42:00", "0000-01-01 00:00:00")),
    ("timestamp", "2024-01-19 10:00:00 Nowhere/City"),
]


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        casts.install(opened)
        yield opened


def cast(connection: duckdb.DuckDBPyConnection, text: str, data_type: str) -> Any:
    query = f"select {casts.text_to('given', data_type)} from (select ? as given)"
    ((value,),) = connection.execute(query, [text]).fetchall()
    return value


@pytest.mark.parametrize(("data_type", "text", "value"), FITTING)
def test_fits(
    connection: duckdb.DuckDBPyConnection, data_type: str, text: str, value: Any
) -> None:
    found = cast(connection, text, data_type)
    assert (type(found), found) == (type(value), value)


@pytest.mark.parametrize(("data_type", "text"), UNFIT)
def test_does_not_fit(
    connection: duckdb.DuckDBPyConnection, data_type: str, text: str
) -> None:
    assert cast(connection, text, data_type) is None


@pytest.mark.parametrize("data_type", ["integer", "boolean", "timestamp", "double"])
def test_a_blank_is_no_value(
    connection: duckdb.DuckDBPyConnection, data_type: str
) -> None:
    for blank in ("", "  ", "\t", "\u00a0"):
        assert cast(connection, blank, data_type) is None


def test_text_is_kept_as_written(connection: duckdb.DuckDBPyConnection) -> None:
    for text in (" a ", "=cmd|' /C calc'!A0", "NULL", "\u00e9", "a\nb", "  "):
        assert cast(connection, text, "varchar") == text
    assert cast(connection, "", "varchar") is None


@pytest.mark.parametrize(
    ("given", "spelled"),
    [
        ("decimal", "decimal(28,6)"),
        ("DECIMAL(10, 2)", "decimal(10,2)"),
        ("Varchar", "varchar"),
        ("decimal(39,2)", None),
        ("decimal(4,5)", None),
        ("money", None),
        ("", None),
    ],
)
def test_data_types(given: str, spelled: str | None) -> None:
    assert data_type_of(given) == spelled


def test_a_row_is_rejected_for_its_first_bad_column(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    room = Room(tmp_path, capsys)
    header = "created_at,score,person_id,employee_count,is_active\n"
    bad = {
        "2024-01-01,x,p1,5.7,perhaps": ("employee_count", "5.7"),
        "2024-01-01,NaN,p1,1,true": ("score", "NaN"),
        "soon,1,p1,1,true": ("created_at", "soon"),
        " ,1,p1,1,true": ("created_at", None),
        "2024-01-01,1,  ,1,true": ("person_id", None),
        "2024-01-01,1,p1," + "9" * 80 + ",true": ("employee_count", None),
    }
    good = "2024-01-01, , p9 ,,\n"
    room.write("shop/people.csv", header + good + "".join(f"{row}\n" for row in bad))
    assert room.load()[0] == 0
    found = room.rows(
        "select text, column_name, error from raw_meta.rejects order by line"
    )
    assert [(text, column) for text, column, _ in found] == [
        (text, column) for text, (column, _) in bad.items()
    ]
    for (_, _, error), (_, value) in zip(found, bad.values(), strict=True):
        assert error.endswith(f": {value}") == (value is not None)
    assert [error for *_, error in found][3:5] == ["is required but empty"] * 2
    assert found[5][2] == "is not a whole number of at most 2,147,483,647"
    assert room.rows("select person_id, score from raw_shop.people") == [(" p9 ", None)]

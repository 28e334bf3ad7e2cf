"""Broken files: one clear line each, and nothing else is lost."""

from __future__ import annotations

import gzip
import os
import random
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from landing_room import Room
from lib.landing import csv_text
from lib.landing.records import MOST_CHARACTERS, MOST_TEXT
from lib.warehouse import PROJECT_ROOT

HEADER = "person_id,created_at,email\n"
GOOD = "p1,2024-01-01,a@x.io\n"


@pytest.fixture
def room(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Room:
    return Room(tmp_path, capsys)


def people(room: Room) -> list[str]:
    rows = room.rows("select person_id from raw_shop.people order by 1")
    return [person_id for (person_id,) in rows]


def compressed(text: str) -> bytes:
    """Return random lines after a text, compressed, so that a cut falls into them."""
    noise = random.Random(1)  # noqa: S311
    lines = "".join(f"p{noise.getrandbits(64)},2024-01-01,\n" for _ in range(2000))
    return gzip.compress((text + lines).encode())


def parquet(tmp_path: Path) -> bytes:
    path = tmp_path / "made.parquet"
    with duckdb.connect() as connection:
        connection.execute(
            "copy (select 'p' || range as person_id, now() as created_at, "
            f"hash(range) as noise from range(5000)) to '{path}' (format parquet)"
        )
    return path.read_bytes()


def damaged(data: bytes) -> bytes:
    return data[:2000] + b"\xff" * 400 + data[2400:]


UNREADABLE: dict[str, tuple[str, str | bytes, str]] = {
    "empty": ("people.csv", "", "the file is empty"),
    "empty lines": ("people.jsonl", "", "the file is empty"),
    "empty parquet": ("people.parquet", "", "the file is empty"),
    "byte order mark only": (
        "people.csv",
        "\ufeff",
        "the file holds nothing but blank lines",
    ),
    "blank": ("people.csv", "\n \n\n", "the file holds nothing but blank lines"),
    "blank lines": ("people.jsonl", "\n\n", "the file holds nothing but blank lines"),
    "binary": ("people.csv", bytes(range(256)) * 9, "is not text but binary"),
    "binary lines": ("people.jsonl", b"\x00\x01\x02{}", "is not text but binary"),
    "image": ("people.csv", b"\x89PNG\r\n\x1a\n\0", "is not text but a PNG image"),
    "workbook": (
        "people.csv",
        b"PK\x03\x04\x14\0",
        "is not text but a zip archive or an Excel workbook",
    ),
    "UTF-16": (
        "people.csv",
        (HEADER + GOOD).encode("utf-16"),
        "is not text but UTF-16 text (save it as UTF-8)",
    ),
    "packed, not named so": (
        "people.csv",
        gzip.compress(b"a"),
        "is not text but gzip-compressed (its name should end in .gz)",
    ),
    "header in cp1252": (
        "people.csv",
        "person_id,created_at,größe\n".encode("cp1252"),
        "the header is not UTF-8 text: byte 24 of line 1 is not UTF-8 (0xF6)",
    ),
    "duplicate headers": (
        "people.csv",
        "person_id,created_at,PersonId\n1,2024-01-01,2\n",
        "two columns are called person_id: 'person_id' and 'PersonId'",
    ),
    "a row in place of the header": (
        "people.csv",
        "Ann,ann.b@example.com,Ann.B@example.com\nBo,bo@example.com,\n",
        "columns 2 and 3 have one name",
    ),
    "no header": ("people.csv", ",,\n1,2,3\n", "the header names no column"),
    "header never closed": (
        "people.csv",
        'person_id,"created_at\n' + GOOD * 3,
        "the header has a quote that is not closed",
    ),
    "too many columns": (
        "people.csv",
        ",".join(f"c{number}" for number in range(100_000)) + "\n",
        "the header has 100,000 columns, more than 2,000",
    ),
    "required column": (
        "people.csv",
        "person_id,email\np1,a@x.io\n",
        "lacks the required column created_at",
    ),
    "required columns": (
        "people.csv",
        "mail\na@x.io\n",
        "lacks the required columns person_id, created_at",
    ),
    "required field": (
        "people.jsonl",
        '{"person_id": "p1"}\n',
        "lacks the required column created_at",
    ),
    "JSON array": (
        "people.jsonl",
        '[\n{"person_id":1}\n]\n'.replace("\n", ""),
        "is one JSON array; JSON lines hold one object a line",
    ),
    "not gzip": ("people.csv.gz.raw", HEADER, "is not a gzip file"),
    "not parquet": ("people.parquet", HEADER + GOOD, "is not a Parquet file"),
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_a_file_that_cannot_be_read_is_one_line(room: Room, case: str) -> None:
    name, content, cause = UNREADABLE[case]
    path = room.write(f"shop/{name}", content)
    if name.endswith(".raw"):
        path.rename(path.with_suffix(""))
        name = name.removesuffix(".raw")
    room.write("shop/events.csv", "person_id,stage,entered_at\np1,mql,2024-01-01\n")
    code, said = room.load("--quiet")
    assert code == 2
    assert said == f"error: shop/{name}: {cause}\n"
    assert room.loads() == [("shop/events.csv", 1, 1, 0)]
    assert room.rejects() == []
    assert people(room) == []


def test_cut_and_damaged_packages_land_nothing(room: Room, tmp_path: Path) -> None:
    packed = compressed(HEADER + GOOD)
    columns = parquet(tmp_path)
    files = {
        "cut.csv.gz": packed[: len(packed) // 2],
        "damaged.csv.gz": damaged(packed),
        "cut.jsonl.gz": gzip.compress(b'{"a":1}\n' * 9)[:-9],
        "cut.parquet": columns[: len(columns) // 2],
        "damaged.parquet": damaged(columns),
        "garbage.parquet": b"PAR1" + b"\0" * 100 + b"PAR1",
    }
    for name, data in files.items():
        path = room.folder / "shop" / "people" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    code, said = room.load("--quiet")
    assert code == 2
    causes = dict(
        line.removeprefix("error: shop/people/").split(": ", 1)
        for line in said.splitlines()
    )
    assert set(causes) == set(files)
    assert causes["cut.csv.gz"] == "the compressed file is cut short"
    assert causes["cut.jsonl.gz"] == "the compressed file is cut short"
    assert causes["damaged.csv.gz"].startswith("the compressed file is damaged")
    assert causes["cut.parquet"] == "the Parquet file is cut short"
    assert causes["damaged.parquet"].startswith("the Parquet file is damaged")
    assert causes["garbage.parquet"].startswith("the Parquet file is damaged")
    assert people(room) == []
    assert room.loads() == []


def test_folders_and_pipes_are_no_files(room: Room) -> None:
    (room.folder / "shop" / "people.csv").mkdir(parents=True)
    (room.folder / "shop" / "events" / "nested").mkdir(parents=True)
    os.mkfifo(room.folder / "shop" / "history.csv")
    (room.folder / "shop" / "gone.csv").symlink_to("nowhere.csv")
    code, said = room.load("--quiet")
    assert code == 2
    assert sorted(said.splitlines()) == [
        "error: shop/events/nested: is a folder inside a folder of parts",
        "error: shop/gone.csv: cannot be opened: No such file or directory",
        "error: shop/history.csv: is not a regular file",
        "error: shop/people.csv: is a folder, not a file",
    ]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_named(room: Room) -> None:
    room.write("shop/people.csv", HEADER + GOOD).chmod(0)
    code, said = room.load("--quiet")
    assert code == 2
    assert said == "error: shop/people.csv: cannot be opened: Permission denied\n"


def test_a_missing_required_column_does_not_hold_up_the_others(room: Room) -> None:
    room.write("shop/people/1.csv", HEADER + GOOD)
    room.write("shop/people/2.csv", "person_id\np2\n")
    room.write("shop/people/3.csv", HEADER + "p3,2024-01-01,\n")
    code, said = room.load()
    assert code == 2
    assert "error: shop/people/2.csv: lacks the required column created_at" in said
    assert people(room) == ["p1", "p3"]


def test_a_header_without_rows_lands_no_row(room: Room) -> None:
    room.write("shop/people.csv", HEADER.strip())
    code, said = room.load()
    assert code == 0
    assert "shop/people.csv  0 rows landed, 0 rejected" in said
    assert room.loads() == [("shop/people.csv", 0, 0, 0)]


def test_three_broken_rows_are_reported_by_line(room: Room) -> None:
    rows = [f"p{number},2024-01-01,x@y.io" for number in range(2, 12)]
    rows[1] = "p3,2024-01-01"
    rows[4] = "p6,not a time,x@y.io"
    rows[8] = 'p10,2024-01-01,"x'
    room.write("shop/people.csv", HEADER + "\n".join(rows) + "\n")
    code, said = room.load()
    assert code == 0
    assert (
        "warning: shop/people.csv: 3 of 10 rows rejected (lines 3, 6, 10), "
        "see raw_meta.rejects" in said
    )
    assert room.rejects() == [
        ("shop/people.csv", 3, None, "p3,2024-01-01"),
        ("shop/people.csv", 6, "created_at", "p6,not a time,x@y.io"),
        ("shop/people.csv", 10, None, 'p10,2024-01-01,"x'),
    ]
    assert len(people(room)) == 7
    assert room.rows("select error from raw_meta.rejects order by line") == [
        ("has 2 values where the header has 3",),
        ("is not a timestamp: not a time",),
        ("a quoted value is not closed before the file ends",),
    ]


def test_a_file_cut_in_a_row_lands_the_whole_rows(room: Room) -> None:
    text = HEADER + "".join(f"p{number},2024-01-01,x\n" for number in range(1000))
    room.write("shop/people.csv", text[: text.rindex("-01,x")])
    code, _ = room.load()
    assert code == 0
    assert room.loads() == [("shop/people.csv", 1000, 999, 1)]
    assert room.rejects() == [("shop/people.csv", 1001, None, "p999,2024-01")]


def test_a_stray_quote_swallows_no_good_row(room: Room) -> None:
    rows = [
        'p1,2024-01-01,"a"',
        'p2,2024-01-01,"stray',
        "p3,2024-01-01,x",
        'p4,2024-01-01,"q, ""r"""',
        'p5,"2024-01-01,y',
        "p6,2024-01-01,z",
        'p7,2024-01-01,"two\nlines"',
        'p8,2024-01-01,""oops"',
        "p9,2024-01-01,x",
    ]
    room.write("shop/people.csv", HEADER + "\n".join(rows))
    assert room.load()[0] == 0
    assert people(room) == ["p1", "p3", "p4", "p6", "p7", "p9"]
    assert [(line, text) for _, line, _, text in room.rejects()] == [
        (3, rows[1]),
        (6, rows[4]),
        (10, rows[7]),
    ]


def test_the_pieces_of_a_torn_record_do_not_pass_for_rows(room: Room) -> None:
    torn = 'p2,2024-01-01,"one\nb"",2024-01-01,x\nc",more'
    room.write("shop/people.csv", f"{HEADER}{GOOD}{torn}\np3,2024-01-01,y\n")
    assert room.load()[0] == 0
    assert people(room) == ["p1", "p3"]
    assert [text for *_, text in room.rejects()] == torn.split("\n")


def test_bytes_that_are_not_utf_8_are_rejected_with_their_place(room: Room) -> None:
    room.write(
        "shop/people.csv",
        (HEADER + GOOD).encode()
        + b"p2,2024-01-01,caf\xe9\n"
        + b'p3,2024-01-01,"one\ntw\xffo"\n'
        + "p4,2024-01-01,café\n".encode(),
    )
    assert room.load()[0] == 0
    assert people(room) == ["p1", "p4"]
    assert room.rows("select line, error, text from raw_meta.rejects order by 1") == [
        (3, "byte 18 of line 3 is not UTF-8 (0xE9)", "p2,2024-01-01,caf\\xe9"),
        (4, "byte 3 of line 5 is not UTF-8 (0xFF)", 'p3,2024-01-01,"one\ntw\\xffo"'),
    ]


def test_a_nul_byte_is_rejected(room: Room) -> None:
    room.write("shop/people.csv", f"{HEADER}{GOOD}p2,2024-01-01,a\0b\n")
    assert room.load()[0] == 0
    assert people(room) == ["p1"]
    assert room.rejects() == [
        ("shop/people.csv", 3, None, "p2,2024-01-01,a\\x00b"),
    ]


@pytest.mark.parametrize("row_before", ["", "broken\n"])
def test_a_field_of_ten_megabytes_lands(room: Room, row_before: str) -> None:
    huge = "0123456789" * 1_000_000
    room.write("shop/people.csv", f'{HEADER}{row_before}p1,2024-01-01,"{huge}"\n{GOOD}')
    room.write("shop/history.csv", f"id,stage_name\nh1,{huge}\n")
    assert room.load()[0] == 0
    assert room.rows("select length(stage_name) from raw_shop.history") == [
        (len(huge),)
    ]
    assert people(room) == ["p1"]
    assert len(room.rejects()) == bool(row_before)


def test_a_record_over_the_limit_is_rejected(room: Room) -> None:
    wide = "x" * (MOST_CHARACTERS + 1000)
    line = "y" * 100_000 + "\n"
    tall = '"' + line * (MOST_CHARACTERS // len(line) + 1)
    room.write("shop/people.csv", f"{HEADER}{GOOD}p2,2024-01-01,{wide}\n{GOOD}")
    room.write("shop/history.csv", f"id,stage_name\nh1,{tall}\nh2,ok\n")
    code, _ = room.load()
    assert code == 0
    assert people(room) == ["p1"]
    ((line_number, error, length),) = room.rows(
        "select line, error, length(text) from raw_meta.rejects "
        "where table_name = 'people'"
    )
    assert line_number == 3
    assert error.startswith(
        "the record is longer than 32 MiB (only the first 1,048,576"
    )
    assert length == MOST_TEXT
    assert room.rows("select id from raw_shop.history") == [("h2",)]


def test_a_quote_that_is_never_closed_costs_one_row(room: Room) -> None:
    rows = "".join(f"h{number},x\n" for number in range(25_000))
    room.write("shop/history.csv", f'id,stage_name\nh,"stray\n{rows}')
    assert room.load()[0] == 0
    assert room.loads() == [("shop/history.csv", 25_001, 25_000, 1)]
    assert room.rows("select line, error from raw_meta.rejects") == [
        (2, "a quoted value is not closed within 10,000 lines")
    ]


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_large_broken_file_takes_little_memory(tmp_path: Path) -> None:
    room = Room(tmp_path, None)
    row = "p{},2024-01-01," + "x" * 1000 + "\n"
    rows = "".join(row.format(number) for number in range(100_000))
    room.write("shop/people.csv", f"{HEADER}{rows}broken\n")
    code = (
        "import re, sys; sys.path.insert(0, sys.argv[1]); import load; "
        "print(load.main(sys.argv[2:])); "
        "print(re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1])"
    )
    result = subprocess.run(
        [
            *(sys.executable, "-c", code, str(PROJECT_ROOT / "scripts")),
            *(str(room.folder), "--contract", str(room.contract)),
        ],
        env={
            **os.environ,
            "MOPS_WAREHOUSE": str(room.warehouse),
            "MOPS_MEMORY_LIMIT": "100MB",
            # What threads keep for themselves comes and goes from run to run.
            "MALLOC_ARENA_MAX": "1",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    exit_code, kilobytes = map(int, result.stdout.split())
    assert exit_code == 0
    assert room.loads() == [("shop/people.csv", 100_001, 100_000, 1)]
    # 230 MB for a file of one row, DuckDB's limit, batches: 530 MB. Without: 1,020 MB.
    assert kilobytes < 700_000


def test_rows_that_go_missing_on_the_fast_way_are_found(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = csv_text.fast_relation
    monkeypatch.setattr(
        csv_text,
        "fast_relation",
        lambda header: f"(from {honest(header)} where c0 != 'p2')",
    )
    room.write("shop/people.csv", HEADER + GOOD + "p2,2024-01-01,\n")
    assert room.load()[0] == 0
    assert people(room) == ["p1", "p2"]

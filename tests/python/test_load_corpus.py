"""A corpus of bad input: each file lands, is rejected row by row, or is one clear line.

Whatever a file holds, there is no traceback, no row is lost, the file beside it lands,
and nothing in it is run.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from landing_room import EVENTS, PEOPLE, PRICES, Room
from lib.landing import files as landing_files
from lib.warehouse import PROJECT_ROOT

HEAD = "person_id,created_at,email\n"
ROW = "p1,2024-01-01,a@x.io\n"
GOOD = "person_id,stage,entered_at\np9,mql,2024-01-01\n"


@dataclass(frozen=True)
class Case:
    """A file, and how many rows of it land and are rejected, or its error."""

    content: str | bytes
    landed: int = 0
    rejected: int = 0
    error: str | None = None
    name: str = "people.csv"


def parquet(table: pa.Table) -> bytes:
    stream = io.BytesIO()
    pq.write_table(table, stream)
    return stream.getvalue()


def people(**columns: object) -> bytes:
    first = {"person_id": ["p1", "p2"], "created_at": ["2024-01-01", "2024-01-02"]}
    return parquet(pa.table({**first, **columns}))


def lines(*entries: object, name: str = "people.jsonl") -> str:
    texts = [
        entry if isinstance(entry, str) else json.dumps(entry) for entry in entries
    ]
    return "".join(f"{text}\n" for text in texts)


PERSON = {"person_id": "p1", "created_at": "2024-01-01"}
JSONL = "people.jsonl"

CASES: dict[str, Case] = {
    # encodings
    "utf-16 with mark": Case((HEAD + ROW).encode("utf-16"), error="UTF-16"),
    "utf-16 without mark": Case((HEAD + ROW).encode("utf-16-le"), error="binary"),
    "utf-16 big endian": Case((HEAD + ROW).encode("utf-16-be"), error="binary"),
    "utf-32": Case((HEAD + ROW).encode("utf-32-le"), error="binary"),
    "cp1252": Case((HEAD + ROW + "p2,2024-01-01,é\n").encode("cp1252"), 1, 1),
    "shift-jis": Case((HEAD + ROW + "p2,2024-01-01,表示\n").encode("shift-jis"), 1, 1),
    "invalid utf-8": Case((HEAD + ROW).encode() + b"p2,2024-01-01,\xc3\x28\n", 1, 1),
    "overlong utf-8": Case((HEAD + ROW).encode() + b"p2,2024-01-01,\xc0\xaf\n", 1, 1),
    "surrogates in utf-8": Case(
        (HEAD + ROW).encode() + b"p2,2024-01-01,\xed\xa0\x80\n", 1, 1
    ),
    "mixed encodings": Case(
        (HEAD + "p1,2024-01-01,é\n").encode() + b"p2,2024-01-01,\xe9\n", 1, 1
    ),
    "mark": Case("\ufeff" + HEAD + ROW, 1),
    "mark in the middle": Case(HEAD + "\ufeffp1,2024-01-01,a\n" + ROW, 2),
    "two marks": Case("\ufeff\ufeff" + HEAD + ROW, 1),
    "nul byte": Case(HEAD + ROW + "p\0,2024-01-01,\n", 1, 1),
    "nothing but nul bytes": Case(b"\0" * 5000, error="binary"),
    "control z": Case(HEAD + "p1,2024-01-01,\x1a\n", 1),
    "escape codes": Case(
        HEAD + "p1,2024-01-01,\x1b[31mred\x1b[0m\n" + "p2,\x1b,\n", 1, 1
    ),
    "right to left": Case(HEAD + "p1,2024-01-01,\u202egpj.exe\n", 1),
    # delimiters and line endings
    "semicolons": Case((HEAD + ROW).replace(",", ";"), 1),
    "tabs": Case((HEAD + ROW).replace(",", "\t"), 1),
    "pipes": Case((HEAD + ROW).replace(",", "|"), 1),
    "colons": Case((HEAD + ROW).replace(",", ":"), error="lacks the required columns"),
    "crlf": Case((HEAD + ROW).replace("\n", "\r\n"), 1),
    "cr alone": Case((HEAD + ROW).replace("\n", "\r"), 1),
    "no line break at the end": Case((HEAD + ROW).strip(), 1),
    "line separators of unicode": Case(HEAD + "p1,2024-01-01,a\u2028b\u0085c\n", 1),
    "a delimiter too many in a row": Case(HEAD + "p1,2024-01-01,a,b\n" + ROW, 1, 1),
    # quotes
    "unclosed quote": Case(HEAD + ROW + 'p2,2024-01-01,"a\n', 1, 1),
    "stray quote": Case(HEAD + 'p1,2024-01-01,a"b\n', 1),
    "doubled quotes": Case(HEAD + 'p1,2024-01-01,"a""b"\n', 1),
    "backslash quotes": Case(HEAD + 'p1,2024-01-01,"a\\"b"\n' + ROW, 1, 1),
    "text after a quote": Case(HEAD + 'p1,2024-01-01,"a"b\n' + ROW, 1, 1),
    "quoted line break": Case(HEAD + 'p1,2024-01-01,"a\nb"\n', 1),
    "single quotes": Case(HEAD + "'p1',2024-01-01,'a'\n", 1),
    # headers
    "header alone": Case(HEAD),
    "empty": Case("", error="the file is empty"),
    "blank lines": Case("\n\n\n", error="nothing but blank lines"),
    "same header twice": Case(
        "person_id,created_at,email,email\n", error="two columns"
    ),
    "headers that differ in case": Case(
        "person_id,created_at,Email,EMAIL\n", error="two columns are called email"
    ),
    "nameless headers": Case("person_id,created_at,,\np1,2024-01-01,,\n", 1),
    "nameless header inside": Case("person_id,,created_at\np1,x,2024-01-01\n", 1),
    "no header": Case(ROW, error="lacks the required columns"),
    "header again": Case(HEAD + ROW + HEAD + ROW, 2, 1),
    "100,000 columns": Case(
        ",".join(f"c{number}" for number in range(100_000)) + "\n1\n",
        error="100,000 columns, more than 2,000",
    ),
    "long header name": Case(
        HEAD.strip() + "," + "x" * 50_000 + "\np1,2024-01-01,,1\n", 1
    ),
    "sql in headers": Case(
        'person_id,created_at,"x""; drop table raw_meta.loads; --"\np1,2024-01-01,y\n',
        1,
    ),
    "sql words as headers": Case(
        "person_id,created_at,select,from,order\np1,2024-01-01,1,2,3\n", 1
    ),
    "names of the engine": Case(
        "person_id,created_at,rowid,line,text\np1,2024-01-01,1,2,3\n", 1
    ),
    # values
    "31 February": Case(HEAD + "p1,2024-02-31,\n" + ROW, 1, 1),
    "day 0": Case(HEAD + "p1,0000-00-00,\n" + ROW, 1, 1),
    "skipped hour": Case(HEAD + "p1,2024-03-31 02:30:00,\n", 1),
    "leap second": Case(HEAD + "p1,2016-12-31 23:59:60,\n" + ROW, 1, 1),
    "huge integer": Case(
        "person_id,created_at,visits\np1,2024-01-01,9" + "9" * 300 + "\n", 0, 1
    ),
    "huge decimal": Case("person_id,created_at,amount\np1,2024-01-01,1e30\n", 0, 1),
    "not a number": Case("person_id,created_at,score\np1,2024-01-01,NaN\n", 0, 1),
    "hexadecimal": Case("person_id,created_at,visits\np1,2024-01-01,0x10\n", 0, 1),
    "formula": Case(HEAD + "p1,2024-01-01,\"=cmd|'/C calc'!A0\"\n", 1),
    "sql in values": Case(
        HEAD + '"p1\'; drop table raw_meta.loads; --",2024-01-01,x\n', 1
    ),
    "required but blank": Case(HEAD + " ,2024-01-01,\n" + ROW, 1, 1),
    "field of 10 MB": Case(HEAD + "p1,2024-01-01," + "x" * 10_000_000 + "\n", 1),
    "prose": Case("Dear all,\nplease find the file attached.\n", error="lacks the req"),
    "html": Case("<html><body>Log in, please</body></html>\n", error="lacks the req"),
    # JSON lines
    "json array": Case("[" + json.dumps(PERSON) + "]", error="JSON array", name=JSONL),
    "bare values": Case(lines(PERSON, "5", '"x"', "null", "true"), 1, 4, name=JSONL),
    "nested": Case(lines({**PERSON, "a": {"b": [1, {"c": None}]}}), 1, name=JSONL),
    "deeply nested": Case(lines(PERSON, "[" * 200_000), 1, 1, name=JSONL),
    "same key twice": Case(
        lines(PERSON, '{"person_id":1,"person_id":2}'), 1, 1, name=JSONL
    ),
    "json nan": Case(lines(PERSON, '{"person_id":"x","score":NaN}'), 1, 1, name=JSONL),
    "json cut short": Case(lines(PERSON) + '{"person_id":"p2","cre', 1, 1, name=JSONL),
    "json keys without a name": Case(lines(PERSON, {"": 1, "%": 2}), 1, 1, name=JSONL),
    "pretty json": Case(json.dumps([PERSON], indent=1), error="JSON array", name=JSONL),
    "csv named jsonl": Case(HEAD + ROW, 0, 2, name=JSONL),
    "json named csv": Case(
        lines(PERSON), error="lacks the required", name="people.csv"
    ),
    # Parquet and packages
    "parquet named csv": Case(people(), error="a Parquet file"),
    "csv named parquet": Case(HEAD + ROW, error="not a Parquet", name="people.parquet"),
    "parquet with nested values": Case(
        people(tags=[[1, 2], None], more=[{"a": 1}, {"a": None}]),
        2,
        name="people.parquet",
    ),
    "parquet without rows": Case(
        parquet(
            pa.table(
                {
                    "person_id": pa.array([], pa.string()),
                    "created_at": pa.array([], pa.string()),
                }
            )
        ),
        name="people.parquet",
    ),
    "parquet with infinity": Case(
        people(score=[float("inf"), 1.0]), 1, 1, name="people.parquet"
    ),
    "parquet cut short": Case(people()[:-20], error="cut short", name="people.parquet"),
    "gz": Case(HEAD + ROW, 1, name="people.csv.gz"),
    "gz of gz": Case(gzip.compress(HEAD.encode()), error="gzip", name="people.csv.gz"),
    "gz of nothing": Case("", error="the file is empty", name="people.csv.gz"),
    "workbook": Case(b"PK\x03\x04" + b"\0" * 50, error="Excel workbook"),
}


@pytest.fixture
def room(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Room:
    room = Room(tmp_path, capsys)
    room.declare("shop", people=PEOPLE, events=EVENTS, prices=PRICES)
    return room


def check(room: Room, code: int, said: str) -> None:
    """Check what holds whatever was landed."""
    assert code in (0, 2)
    assert "Traceback" not in said
    assert all(
        line.startswith(
            ("error: ", "warning: ", "shop.", "shop/", "skipped", "0 ", "1 ")
        )
        or " landed" in line
        for line in said.splitlines()
    )
    assert room.rows("select person_id from raw_shop.events") == [("p9",)]
    for _, read, landed, rejected in room.loads():
        assert read == landed + rejected
    tables = room.rows("select count(*) from raw_meta.rejects")
    assert tables[0][0] == sum(load[3] for load in room.loads())


def test_the_corpus_is_large() -> None:
    assert len(CASES) >= 60


@pytest.mark.parametrize("case", CASES)
def test_bad_input(room: Room, case: str) -> None:
    given = CASES[case]
    room.write(f"shop/{given.name}", given.content)
    room.write("shop/events.csv", GOOD)
    code, said = room.load()
    check(room, code, said)
    loads = [load for load in room.loads() if load[0] != "shop/events.csv"]
    if given.error is not None:
        assert code == 2
        assert loads == []
        (line,) = [line for line in said.splitlines() if line.startswith("error: ")]
        assert line.startswith(f"error: shop/{given.name}: ")
        assert given.error in line
    else:
        assert code == 0
        assert [load[2:] for load in loads] == [(given.landed, given.rejected)]


NAMES = [
    "people/a..%2f..%2fetc.csv",
    "people/a\nb.csv",
    'people/"; drop table raw_meta.loads; --.csv',
    "people/$(touch hacked).csv",
    "people/`id`.csv",
    "people/*.csv",
    "people/{a,b}?.csv",
    "people/s3:..host.csv",
    "people/größe 空 \U0001f4a9.csv",
    f"people/{'x' * 240}.csv",
    "people/-rf.csv",
    "people/CON.csv",
]


@pytest.mark.parametrize("name", NAMES)
def test_file_names_do_no_harm(room: Room, name: str) -> None:
    room.write(f"shop/{name}", HEAD + ROW)
    room.write("shop/events.csv", GOOD)
    code, said = room.load()
    check(room, code, said)
    assert code == 0
    assert (f"shop/{name}", 1, 1, 0) in room.loads()


def loop(folder: Path) -> None:
    (folder / "people.csv").symlink_to(folder / "people.csv")


def folder_loop(folder: Path) -> None:
    (folder / "people").mkdir()
    (folder / "people" / "again").symlink_to(folder / "people")


def pipe(folder: Path) -> None:
    os.mkfifo(folder / "people.csv")


def device(folder: Path) -> None:
    (folder / "people.csv").symlink_to("/dev/zero")


def folder_of_that_name(folder: Path) -> None:
    (folder / "people.csv").mkdir()


def nowhere(folder: Path) -> None:
    (folder / "people.csv").symlink_to("nowhere.csv")


@pytest.mark.parametrize(
    "make", [loop, folder_loop, pipe, device, folder_of_that_name, nowhere]
)
def test_what_is_no_file_is_one_line(room: Room, make: Callable[[Path], None]) -> None:
    room.write("shop/events.csv", GOOD)
    make(room.folder / "shop")
    begin = time.monotonic()
    code, said = room.load()
    assert time.monotonic() - begin < 20
    check(room, code, said)
    assert code == 2
    assert said.count("error: shop/people") == 1


def test_a_bomb_is_not_unpacked(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(landing_files, "BOMB_ALLOWANCE", 4 << 20)
    row = b"p1,2024-01-01," + b"0" * 1000 + b"\n"
    room.write("shop/people.csv.gz", HEAD.encode() + row * 50_000)
    room.write("shop/events.csv", GOOD)
    code, said = room.load()
    check(room, code, said)
    assert "shop/people.csv.gz: unpacks to more than 200 times its size" in said


@pytest.mark.skipif(sys.platform != "linux", reason="limits the address space")
@pytest.mark.parametrize("kind", ["one line", "wide jsonl", "quote", "bomb"])
def test_memory_is_bounded(tmp_path: Path, kind: str) -> None:
    room = Room(tmp_path, None)
    if kind == "one line":
        room.write("shop/people.csv", HEAD + "x" * 300_000_000)
    elif kind == "wide jsonl":
        text = "".join(f'{{"k{number}":1}}\n' for number in range(300_000))
        room.write("shop/people.jsonl", text)
    elif kind == "quote":
        room.write(
            "shop/people.csv", HEAD + 'p1,2024-01-01,"\n' + "y" * 99 + "\n" * 10**7
        )
    else:
        path = room.write("shop/people.csv.gz", "")
        with gzip.open(path, "wb", 1) as stream:
            for _ in range(400):
                stream.write(b"p1,2024-01-01,0\n" * 65_536)
    code = (
        # Not ru_maxrss, which a process takes over from the one that forked it.
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
            "MOPS_MEMORY_LIMIT": "200MB",
        },
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    kilobytes = int(result.stdout.split()[1])
    assert "Traceback" not in result.stderr
    assert kilobytes < 400_000


def test_nothing_is_left_behind(room: Room, tmp_path: Path) -> None:
    for number, case in enumerate(CASES.values()):
        suffix = case.name.partition(".")[2]
        room.write(f"shop/people/{number}.{suffix}", case.content)
    room.write("shop/events.csv", GOOD)
    code, said = room.load()
    assert code == 2
    check(room, code, said)
    left = room.rows(
        "select table_name from duckdb_tables() where schema_name = 'raw_shop'"
    )
    assert {name for (name,) in left} == {"people", "events", "prices"}
    landed = sum(case.landed for case in CASES.values() if case.error is None)
    rejected = sum(case.rejected for case in CASES.values() if case.error is None)
    assert room.rows(
        "select sum(rows_landed), sum(rows_rejected) from raw_meta.loads "
        "where table_name = 'people'"
    ) == [(landed, rejected)]

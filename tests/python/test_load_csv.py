"""The ways through a CSV file: they agree, and neither loses a character."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from landing_room import PEOPLE, Room, declared
from lib.cli import UserError
from lib.contract import Contract, Source, Table
from lib.landing import casts, csv_text, staging
from lib.landing.errors import FileError
from lib.landing.files import DataFile, discover
from lib.landing.landing import Landing
from lib.landing.reading import Reader

HEADER = "person_id,created_at,email\n"
QUICK = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture
def room(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Room:
    return Room(tmp_path, capsys)


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        casts.install(opened)
        yield opened


@pytest.fixture(scope="module")
def path() -> Iterator[Path]:
    with TemporaryDirectory() as folder:
        yield Path(folder) / "rows.csv"


def file_of(path: Path, content: str | bytes) -> DataFile:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return DataFile(path, path.name, "shop", "rows", "csv", is_gzip=False)


def fast(
    connection: duckdb.DuckDBPyConnection, file: DataFile, table: Table
) -> list[tuple[Any, ...]] | None:
    """Return the rows by the fast way, or None where it is not open."""
    header = csv_text.read_header(file, {column.name for column in table.columns})
    texture = csv_text.scan(file, header.delimiter)
    if not texture.is_plain or len(header.names) == 1:
        return None
    layout = staging.layout_of(table, [], header.names)
    relation = csv_text.fast_relation(header)
    try:
        count = staging.stage_all(
            connection, layout, relation, [str(file.path)], is_hashed=False
        )
    except duckdb.Error:
        return None
    if not csv_text.has_all_rows(file, header, texture, count):
        return None
    return connection.execute(f"from {staging.STAGED}").fetchall()


def careful(
    connection: duckdb.DuckDBPyConnection, file: DataFile, table: Table
) -> tuple[list[tuple[Any, ...]], int]:
    """Return the rows by the careful way and the number of rejects."""
    header = csv_text.read_header(file, {column.name for column in table.columns})
    texture = csv_text.scan(file, header.delimiter)
    layout = staging.layout_of(table, [], header.names)
    landed, rejected = staging.stage_batches(
        connection,
        layout,
        csv_text.batches(file, header, texture),
        is_hashed=False,
        progress=lambda characters: None,
    )
    rows = connection.execute(f"from {staging.STAGED}").fetchall()
    assert len(rows) == landed
    return rows, rejected


UNDECLARED = Table("rows", is_declared=False)
VALUES = st.text(
    st.sampled_from(
        ["a", "b", "7", " ", ",", ";", '"', "\n", "\r", "\t", "|", "é", "空"]
    )
    | st.characters(codec="utf-8", exclude_characters="\0"),
    max_size=12,
)


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, str, list[list[str]]]:
    """Draw a sound CSV file: its text, its delimiter and its rows."""
    width = draw(st.integers(2, 5))
    row = st.lists(VALUES, min_size=width, max_size=width)
    rows = draw(st.lists(row, max_size=8))
    delimiter = draw(st.sampled_from([",", ";", "\t", "|"]))
    ending = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    special = set(delimiter + '"\r\n')
    if draw(st.booleans()):
        special.update("abcdefghijklmnopqrstuvwxyz 7")

    def written(value: str) -> str:
        quoted = value.replace('"', '""')
        return f'"{quoted}"' if special & set(value) else value

    header = [f"c{number}" for number in range(width)]
    lines = [delimiter.join(map(written, row)) for row in [header, *rows]]
    mark = draw(st.sampled_from(["", "\ufeff"]))
    end = ending * draw(st.integers(0, 2))
    return mark + ending.join(lines) + end, delimiter, rows


@QUICK
@given(document=documents())
def test_a_sound_file_is_the_same_on_both_ways(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    document: tuple[str, str, list[list[str]]],
) -> None:
    text, delimiter, rows = document
    file = file_of(path, text)
    found, rejected = careful(connection, file, UNDECLARED)
    assert rejected == 0
    assert fast(connection, file, UNDECLARED) in (None, found)
    expected = [tuple(value or None for value in row) for row in rows]
    if csv_text.scan(file, delimiter).skips_space:
        expected, found = without_first_spaces(expected), without_first_spaces(found)
    assert found == expected


def without_first_spaces(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return [tuple((value or "").lstrip(" ") or None for value in row) for row in rows]


PIECES = st.sampled_from(
    [
        *(",", ",", ",", '"', '""', '"', "\n", "\n", "\r\n", "\r", " ", "\t", ";", "|"),
        *("a", "bc", "1", "2024-01-01", '"x"', '"x, y"', '"x\ny"', "é", "\x1a", "\\"),
    ]
)


@settings(QUICK, max_examples=400)
@given(pieces=st.lists(PIECES, max_size=30), width=st.integers(1, 4))
@example(pieces=[",", " ", '""'], width=2)
def test_what_the_fast_way_takes_the_careful_way_takes_too(
    connection: duckdb.DuckDBPyConnection, path: Path, pieces: list[str], width: int
) -> None:
    header = ",".join(f"c{number}" for number in range(width))
    file = file_of(path, f"{header}\n{''.join(pieces)}")
    rows = fast(connection, file, UNDECLARED)
    if rows is not None:
        assert careful(connection, file, UNDECLARED) == (rows, 0)


@settings(QUICK, max_examples=300)
@given(pieces=st.lists(PIECES | st.just("\0"), max_size=40), tail=st.binary(max_size=6))
def test_every_character_is_in_a_row_or_a_reject(
    path: Path, pieces: list[str], tail: bytes
) -> None:
    body = "".join(pieces).encode() + tail
    file = file_of(path, b"c0,c1\n" + body)
    header = csv_text.read_header(file, set())
    texture = csv_text.scan(file, header.delimiter)
    records: list[tuple[int, str]] = []
    for batch in csv_text.batches(file, header, texture):
        records += zip(batch.lines, batch.texts, strict=True)
        records += [(reject.line, reject.text) for reject in batch.rejects]
    kept = "".join(text for _, text in sorted(records))
    given_text = body.decode("utf-8", "surrogateescape")
    shown = given_text.encode("utf-8", "surrogateescape").decode(
        "utf-8", "backslashreplace"
    )
    without = str.maketrans("", "", "\r\n")
    assert kept.translate(without) == shown.replace("\0", "\\x00").translate(without)
    lines = [line for line, _ in records]
    assert len(lines) == len(set(lines))


TYPED = st.sampled_from(
    [
        "",
        " ",
        "1",
        "1.5",
        "x",
        "2024-01-01",
        "2024-02-31",
        "yes",
        "1e400",
        "p1",
        "9" * 30,
    ]
)


@settings(QUICK, max_examples=40)
@given(rows=st.lists(st.lists(TYPED, min_size=9, max_size=9), max_size=12))
def test_the_ways_agree_on_which_rows_fit(
    connection: duckdb.DuckDBPyConnection, path: Path, rows: list[list[str]]
) -> None:
    table = declared("people", PEOPLE)
    text = "".join(f"{','.join(row)}\n" for row in [list(PEOPLE), *rows])
    file = file_of(path, text)
    found, rejected = careful(connection, file, table)
    assert len(found) + rejected == len(rows)
    by_fast = fast(connection, file, table)
    assert by_fast == (None if rejected else found)


GARBAGE = st.lists(
    PIECES
    | st.sampled_from(["p1", "p2", "2024-01-01", "x@y.io"])
    | st.text(max_size=3)
    | st.just('{"person_id":"p3","created_at":"2024-01-01"}\n'),
    max_size=60,
)


@settings(QUICK, max_examples=60)
@given(pieces=GARBAGE, suffix=st.sampled_from(["csv", "jsonl", "parquet", "csv.gz"]))
def test_read_is_landed_plus_rejected_whatever_is_in_a_file(
    pieces: list[str], suffix: str
) -> None:
    contract = Contract(
        {"shop": Source("shop", "raw_shop", {"people": declared("people", PEOPLE)})}
    )
    with TemporaryDirectory() as folder, duckdb.connect() as opened:
        path = Path(folder) / "shop" / f"people.{suffix}"
        path.parent.mkdir()
        start = HEADER if suffix == "csv" else ""
        path.write_bytes((start + "".join(pieces)).encode("utf-8", "surrogatepass"))
        landing = Landing(opened, contract)
        assert landing.prepare() == []
        (file,) = discover(Path(folder)).files
        outcome = landing.land(file)
        loads = opened.execute(
            "select rows_read, rows_landed, rows_rejected from raw_meta.loads"
        ).fetchall()
        ((rejects, rejected_lines),) = opened.execute(
            "select count(*), count(distinct line) from raw_meta.rejects"
        ).fetchall()
        ((rows,),) = opened.execute("select count(*) from raw_shop.people").fetchall()
        if outcome.error is not None:
            assert (loads, rejects, rows) == ([], 0, 0)
        else:
            ((read, landed, rejected),) = loads
            assert read == landed + rejected
            assert rejects == rejected_lines == rejected
            assert rows <= landed


# By hand


def table_of(room: Room) -> list[tuple[Any, ...]]:
    return room.rows("select person_id, email from raw_shop.people order by 1")


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("end", ["", "1", "3"])
def test_line_endings_and_blank_lines(room: Room, ending: str, end: str) -> None:
    lines = [HEADER.strip(), "p1,2024-01-01,a", "", 'p2,2024-01-01,"b\nc"']
    room.write("shop/people.csv", ending.join(lines) + ending * int(end or 0))
    assert room.load()[0] == 0
    assert table_of(room) == [("p1", "a"), ("p2", "b\nc")]
    assert room.loads() == [("shop/people.csv", 2, 2, 0)]


def test_mixed_line_endings(room: Room) -> None:
    room.write(
        "shop/people.csv",
        HEADER + "p1,2024-01-01,a\r\np2,2024-01-01,b\rp3,2024-01-01,c\n",
    )
    assert room.load()[0] == 0
    assert table_of(room) == [("p1", "a"), ("p2", "b"), ("p3", "c")]


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("before", ["", "\n\n"])
def test_byte_order_marks_and_quoted_headers(
    room: Room, mark: str, before: str
) -> None:
    room.write(
        "shop/people.csv",
        f'{mark}{before}"PersonId","Created\nAt"," email "\n"p1","2024-01-01","a"\n',
    )
    assert room.load()[0] == 0
    assert table_of(room) == [("p1", "a")]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_the_one_that_finds_the_columns(
    room: Room, delimiter: str
) -> None:
    rows = [["person_id", "created_at", "email"], ["p1", "2024-01-01", "a,b;c|d"]]
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    room.write("shop/people.csv", text.getvalue())
    assert room.load()[0] == 0
    assert table_of(room) == [("p1", "a,b;c|d")]


def test_a_delimiter_at_the_end_of_lines_makes_no_column(room: Room) -> None:
    room.write(
        "shop/people.csv",
        "person_id,created_at,email,\np1,2024-01-01,a,\np2,2024-01-01,b\n"
        "p3,2024-01-01,c,lost?\n",
    )
    assert room.load()[0] == 0
    assert table_of(room) == [("p1", "a"), ("p2", "b")]
    assert room.rejects()[0][1] == 4


def test_space_around_quotes(room: Room) -> None:
    room.write(
        "shop/people.csv",
        'person_id, created_at, email\n"p1", "2024-01-01", "a, b"\np2, 2024-01-01, c\n'
        '"p3", "2024-01-01", "d" \n',
    )
    assert room.load()[0] == 0
    assert table_of(room) == [("p1", "a, b"), ("p2", "c")]
    assert room.rows("select line, error from raw_meta.rejects") == [
        (4, "a quoted value is followed by more text")
    ]


def test_quotes_inside_values_stay(room: Room) -> None:
    room.write(
        "shop/people.csv", HEADER + 'p1,2024-01-01,5" pipe\np2,2024-01-01,"say ""x"""\n'
    )
    assert room.load()[0] == 0
    assert table_of(room) == [("p1", '5" pipe'), ("p2", 'say "x"')]


def test_a_table_of_one_column(room: Room) -> None:
    room.write("shop/history.csv", 'id\nh1\n\n""\n"h2"\n')
    assert room.load()[0] == 0
    assert room.rows("select id from raw_shop.history order by 1") == [
        ("h1",),
        ("h2",),
    ]
    assert room.rejects() == [("shop/history.csv", 4, "id", '""')]


def test_formulas_are_text_like_any(room: Room) -> None:
    formula = "=cmd|'/C calc'!A0"
    room.write("shop/people.csv", f"{HEADER}p1,2024-01-01,{formula}\n")
    room.load()
    assert table_of(room) == [("p1", formula)]


def test_reader_names_what_is_required(
    connection: duckdb.DuckDBPyConnection, path: Path
) -> None:
    reader = Reader(connection, declared("people", PEOPLE), [], lambda characters: None)
    with pytest.raises(FileError, match="lacks the required column created_at"):
        reader.stage(file_of(path, "person_id\np1\n"))


def test_discover_names_a_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="there is no folder"):
        discover(tmp_path / "nowhere")

"""How a file changes its table, by its mode; and the clocks of a source."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landing_room import HISTORY, PRICES, Room, declared
from lib.cli import UserError
from lib.contract import Contract, Source
from lib.landing.files import discover
from lib.landing.landing import Landing

HEADER = "sku,price\n"
QUERY = "select sku, cast(price as integer) from raw_shop.prices order by all"


@pytest.fixture
def room(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Room:
    room = Room(tmp_path, capsys)
    room.declare("shop", prices=PRICES, moments=HISTORY)
    return room


def test_a_snapshot_replaces_what_was_there(room: Room) -> None:
    room.write("shop/prices.csv", HEADER + "a,1\nb,2\nb,3\n")
    room.load()
    assert room.rows(QUERY) == [("a", 1), ("b", 3)]
    room.write("shop/prices.csv", HEADER + "b,4\nc,5\n")
    assert room.load()[0] == 0
    assert room.rows(QUERY) == [("b", 4), ("c", 5)]
    room.write("shop/prices.csv", HEADER)
    room.load()
    assert room.rows(QUERY) == []


def test_the_parts_of_a_run_are_one_snapshot(room: Room) -> None:
    room.write("shop/prices/1.csv", HEADER + "a,1\nb,2\n")
    room.write("shop/prices/2.jsonl", '{"sku":"c","price":3,"Unit":"kg"}\n')
    room.write("shop/prices/3.csv", HEADER + "d,4\ne,x\n")
    room.load()
    expected = [("a", 1), ("b", 2), ("c", 3), ("d", 4)]
    assert room.rows(QUERY) == expected
    assert room.rows("select unit from raw_shop.prices where unit is not null") == [
        ("kg",)
    ]
    _, said = room.load()
    assert "3 files landed before" in said
    assert len(room.loads()) == 3
    # One part changes, another goes: the rows of that one go with it.
    room.write("shop/prices/1.csv", HEADER + "a,9\n")
    (room.folder / "shop/prices/2.jsonl").unlink()
    room.load()
    assert room.rows(QUERY) == [("a", 9), ("d", 4)]
    assert len(room.loads()) == 5


def test_a_snapshot_that_is_not_whole_changes_nothing(room: Room) -> None:
    room.write("shop/prices/1.csv", HEADER + "a,1\n")
    room.write("shop/prices/2.csv", HEADER + "b,2\n")
    room.load()
    room.write("shop/prices/1.csv", HEADER + "a,9\n")
    room.write("shop/prices/2.csv", "price\n2\n")
    code, said = room.load()
    assert code == 2
    assert "shop/prices/2.csv: lacks the required column sku" in said
    assert "not landed, as the snapshot is not whole without shop/prices/2.csv" in said
    assert room.rows(QUERY) == [("a", 1), ("b", 2)]
    assert len(room.loads()) == 2


def test_a_run_without_its_file_leaves_a_snapshot_alone(room: Room) -> None:
    path = room.write("shop/prices.csv", HEADER + "a,1\n")
    room.load()
    path.unlink()
    assert room.load()[0] == 0
    assert room.rows(QUERY) == [("a", 1)]


def test_a_table_with_a_key_may_append(room: Room) -> None:
    room.write("shop/moments.csv", "id,stage_name\nm1,a\nm1,a\nm1,b\n")
    room.load()
    assert room.rows("select id, stage_name from raw_shop.moments order by 2") == [
        ("m1", "a"),
        ("m1", "b"),
    ]


@pytest.mark.parametrize(
    ("meta", "cause"),
    [
        ({"load": "merge"}, "unknown load 'merge': it is one of append, upsert, snap"),
        ({"load": "upsert"}, "is to be upserted but has no key"),
    ],
)
def test_a_load_is_one_of_three(room: Room, meta: dict[str, str], cause: str) -> None:
    path = room.contract / "shop" / "_shop__sources.yml"
    table = {"name": "t", "config": {"meta": meta}, "columns": []}
    path.write_text(json.dumps({"sources": [{"name": "shop", "tables": [table]}]}))
    with pytest.raises(UserError, match=cause):
        Contract.read(room.contract)


# A file is its rows; a run is its files by name, and lands in the order of their names.
Rows = list[tuple[str, int]]
RUNS = st.lists(
    st.dictionaries(
        st.sampled_from(["1", "2", "3"]),
        st.lists(st.tuples(st.sampled_from("abcd"), st.integers(0, 3)), max_size=4),
        max_size=3,
    ),
    min_size=1,
    max_size=5,
)


def expected_rows(mode: str, runs: Sequence[dict[str, Rows]]) -> Rows:
    """Return what a table holds after runs, by the words of the contract."""
    table: Rows = []
    last: dict[str, Rows] = {}
    for run in runs:
        if mode == "snapshot":
            if run:
                rows = [row for name in sorted(run) for row in run[name]]
                table = [*dict(rows).items()]
            continue
        for name in sorted(run):
            if last.get(name) == run[name]:
                continue
            last[name] = run[name]
            if mode == "upsert":
                table = [*(dict(table) | dict(run[name])).items()]
            else:
                table = [*dict.fromkeys([*table, *run[name]])]
    return sorted(table)


@settings(max_examples=60, deadline=None)
@given(runs=RUNS, mode=st.sampled_from(["append", "upsert", "snapshot"]))
def test_late_and_re_sent_files_change_what_they_should(
    runs: list[dict[str, Rows]], mode: str
) -> None:
    name = {"append": "moments", "upsert": "people", "snapshot": "prices"}[mode]
    table = declared(name, {"id": "varchar", "price": "integer"})
    table = type(table)(
        name, table.columns, () if mode == "append" else ("id",), load=mode
    )
    contract = Contract({"shop": Source("shop", "raw_shop", {name: table})})
    with TemporaryDirectory() as folder, duckdb.connect() as connection:
        parts = Path(folder) / "shop" / name
        parts.mkdir(parents=True)
        for run in [*runs, *runs[-1:]]:
            for path in parts.iterdir():
                path.unlink()
            for part, rows in run.items():
                lines = "".join(f"{key},{price}\n" for key, price in rows)
                (parts / f"{part}.csv").write_text(f"id,price\n{lines}")
            landing = Landing(connection, contract)
            landing.prepare()
            outcomes = [*landing.land_all(discover(Path(folder)).files)]
            assert all(outcome.error is None for outcome in outcomes)
        found = connection.execute(f"from raw_shop.{name} order by all").fetchall()
        assert found == expected_rows(mode, runs)
        assert all(outcome.is_unchanged for outcome in outcomes)


# Clocks

CLOCKS = {
    "2026-01-15 09:00:00": datetime(2026, 1, 15, 14),
    "2026-07-15 09:00:00": datetime(2026, 7, 15, 13),
    "2026-07-15T09:00": datetime(2026, 7, 15, 13),
    "2026-07-15": datetime(2026, 7, 15, 4),
    "2026-07-15 09:00:00Z": datetime(2026, 7, 15, 9),
    "2026-07-15 09:00:00+02:00": datetime(2026, 7, 15, 7),
    "2026-07-15 09:00:00 UTC": datetime(2026, 7, 15, 9),
    "2026-07-15T09:00-0400": datetime(2026, 7, 15, 13),
    # Clocks go from 02:00 to 03:00: half past two is half past three.
    "2026-03-08 02:30:00": datetime(2026, 3, 8, 7, 30),
    # They show 01:30 twice: the first is meant.
    "2026-11-01 01:30:00": datetime(2026, 11, 1, 5, 30),
    "2026-11-01 02:00:00": datetime(2026, 11, 1, 7),
}


def test_times_without_a_zone_are_in_that_of_the_source(room: Room) -> None:
    room.declare("crm", "America/New_York", history=HISTORY)
    lines = [f"h{number},{text}\n" for number, text in enumerate(CLOCKS)]
    room.write("crm/history.csv", "id,_fivetran_start\n" + "".join(lines))
    assert room.load()[0] == 0
    found = dict(room.rows("select id, _fivetran_start from raw_crm.history"))
    assert [found[f"h{number}"] for number in range(len(CLOCKS))] == [*CLOCKS.values()]
    assert room.rejects() == []


def test_parquet_times_without_a_zone_are_in_that_of_the_source(room: Room) -> None:
    room.declare("crm", "Europe/Berlin", history=HISTORY)
    path = room.folder / "crm" / "history.parquet"
    path.parent.mkdir()
    with duckdb.connect() as connection:
        connection.execute(
            "copy (select 'a' as id, timestamp '2026-07-01 12:00:00' as "
            f"_fivetran_start) to '{path}' (format parquet)"
        )
    room.load()
    assert room.rows("select _fivetran_start from raw_crm.history") == [
        (datetime(2026, 7, 1, 10),)
    ]


def test_half_an_hour_may_be_shown_twice(room: Room) -> None:
    room.declare("crm", "Australia/Lord_Howe", history=HISTORY)
    room.write("crm/history.csv", "id,_fivetran_start\na,2026-04-05 01:45:00\n")
    room.load()
    assert room.rows("select _fivetran_start from raw_crm.history") == [
        (datetime(2026, 4, 4, 14, 45),)
    ]


def test_a_time_zone_that_is_none_is_told(room: Room) -> None:
    room.declare("crm", "Mars/Olympus", history=HISTORY)
    code, said = room.load()
    assert code == 2
    assert "crm has an unknown time_zone 'Mars/Olympus'" in said

"""Changes in the shape of files, and rejected rows until they are mended."""

from __future__ import annotations

from pathlib import Path

import pytest

import load
from landing_room import Room
from lib.cli import UserError

HEADER = "person_id,created_at,email\n"


@pytest.fixture
def room(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Room:
    return Room(tmp_path, capsys)


def changes(room: Room) -> list[tuple[str, str, str]]:
    return room.rows(
        "select column_name, change, file from raw_meta.schema_changes order by rowid"
    )


def test_a_column_that_comes_goes_and_comes_again(room: Room) -> None:
    shapes = [
        (HEADER, "p1,2024-01-01,a@x.io\n"),
        ("person_id,created_at,email,Plan\n", "p2,2024-01-01,b@x.io,gold\n"),
        ("person_id,created_at\n", "p3,2024-01-01\n"),
        ("person_id,created_at\n", "p4,2024-01-01\n"),
        ("person_id,created_at,email,plan\n", "p5,2024-01-01,c@x.io,free\n"),
    ]
    said = []
    for number, (header, row) in enumerate(shapes):
        room.write(f"shop/people/{number}.csv", header + row)
        code, text = room.load("--quiet")
        assert code == 0
        said.append(text)
    assert said == [
        "",
        "warning: shop/people/1.csv: new column in shop.people, added as text: plan\n",
        "warning: shop/people/2.csv: lacks email, plan of shop.people, null in its "
        "rows\n",
        "",
        "warning: shop/people/4.csv: has email, plan of shop.people again\n",
    ]
    assert changes(room) == [
        ("plan", "added", "shop/people/1.csv"),
        ("email", "vanished", "shop/people/2.csv"),
        ("plan", "vanished", "shop/people/2.csv"),
        ("email", "returned", "shop/people/4.csv"),
        ("plan", "returned", "shop/people/4.csv"),
    ]
    assert room.rows("select person_id, plan from raw_shop.people order by 1") == [
        ("p1", None),
        ("p2", "gold"),
        ("p3", None),
        ("p4", None),
        ("p5", "free"),
    ]


def test_a_changed_type_lands_where_it_converts(room: Room) -> None:
    header = "person_id,created_at,visits\n"
    room.write("shop/people/1.csv", header + "p1,2024-01-01,5\n")
    room.load()
    room.write(
        "shop/people/2.csv",
        header + "p2,2024-01-01,7.0\np3,2024-01-01,many\np4,2024-01-01,few\n",
    )
    code, said = room.load()
    assert code == 0
    assert (
        "shop/people/2.csv: has values of another type in visits of shop.people, "
        "rejected" in said
    )
    assert room.rows("select person_id, visits from raw_shop.people order by 1") == [
        ("p1", 5),
        ("p2", 7),
    ]
    assert room.loads()[1] == ("shop/people/2.csv", 3, 1, 2)
    assert changes(room) == [("visits", "type_changed", "shop/people/2.csv")]


def listed(room: Room, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    assert room.capsys is not None
    monkeypatch.setenv("MOPS_WAREHOUSE", str(room.warehouse))
    room.capsys.readouterr()
    assert load.main(["--rejects"]) == 0
    return room.capsys.readouterr().out.splitlines()


def test_a_mended_file_closes_its_rejects(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.write(
        "shop/people.csv",
        HEADER + "p1,soon,a\np2,2024-01-01,b\np3,later,c\n,2024-01-01,d\np5\n",
    )
    room.write("shop/events.csv", "person_id,stage,entered_at\np1,mql,2024-02-31\n")
    room.load()
    assert listed(room, monkeypatch) == [
        "shop.events  shop/events.csv  1 row (line 2): entered_at is not a timestamp "
        "→ correct the values, or the data_type in the source contract",
        "shop.people  shop/people.csv  2 rows (lines 2, 4): created_at is not a "
        "timestamp → correct the values, or the data_type in the source contract",
        "shop.people  shop/people.csv  1 row (line 5): person_id is required but empty "
        "→ fill the column where the record is kept",
        "shop.people  shop/people.csv  1 row (line 6): has 1 value where the header "
        "has 3 → quote values that hold the delimiter or a line break",
    ]
    room.load()
    assert len(listed(room, monkeypatch)) == 4
    room.write("shop/people.csv", HEADER + "p1,2024-01-01,a\np3,2024-01-01,c\n")
    room.load()
    assert len(listed(room, monkeypatch)) == 1
    assert room.rows("select count(*) from raw_meta.open_rejects") == [(1,)]
    assert room.rows("select count(*) from raw_meta.rejects") == [(5,)]
    room.write("shop/events.csv", "person_id,stage,entered_at\n")
    room.load()
    assert listed(room, monkeypatch) == []


def test_rejects_without_a_warehouse_is_one_line(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOPS_WAREHOUSE", str(room.warehouse))
    with pytest.raises(UserError, match="no warehouse at"):
        load.main(["--rejects"])
    with pytest.raises(UserError, match="give the folder to land"):
        load.main([])

"""A load that is killed in the middle, then run again, is as if nothing had been."""

from __future__ import annotations

import random
import time
from pathlib import Path
from typing import Any

import pytest

from landing_room import Room

ROWS = 20_000
FILES = 5


def fill(room: Room) -> None:
    """Write files that overlap, repeat themselves and have broken rows."""
    for number in range(FILES):
        first = number * ROWS // 2
        people = "".join(
            f"p{row},2024-01-01,{number}\n" for row in range(first, first + ROWS)
        )
        broken = f"p,never,{number}\n" if number % 2 else ""
        room.write(
            f"shop/people/{number}.csv",
            f"person_id,created_at,email\n{people}{broken}",
        )
        events = "".join(
            f"p{row},mql,2024-01-01 00:00:{row % 60:02d},\n"
            for row in range(first, first + ROWS)
        )
        room.write(
            f"shop/events/{number}.csv", f"person_id,stage,entered_at,reason\n{events}"
        )


def content(room: Room) -> dict[str, list[tuple[Any, ...]]]:
    return {
        "people": room.rows("select * from raw_shop.people order by all"),
        "events": room.rows("select * from raw_shop.events order by all"),
        "loads": room.rows(
            "select * exclude (loaded_at) from raw_meta.loads order by all"
        ),
        "rejects": room.rows(
            "select * exclude (loaded_at) from raw_meta.rejects order by all"
        ),
    }


def kill_after(room: Room, lines: int, seconds: float) -> int:
    """Start a load and kill it some time after it has said so many lines."""
    process = room.start()
    assert process.stderr is not None
    for _ in range(lines):
        process.stderr.readline()
    time.sleep(seconds)
    process.kill()
    process.communicate()
    return process.returncode


def test_a_load_that_is_killed_and_run_again_equals_an_undisturbed_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "calm").mkdir()
    (tmp_path / "killed").mkdir()
    calm = Room(tmp_path / "calm", capsys)
    fill(calm)
    assert calm.load()[0] == 0

    killed = Room(tmp_path / "killed", capsys)
    fill(killed)
    chance = random.Random(7)  # noqa: S311
    landed = []
    for lines in (0, 1, 1, 2, 0, 3):
        assert kill_after(killed, lines, chance.uniform(0.0, 0.25)) == -9
        if killed.warehouse.exists():
            landed.append(len(killed.loads()))
    assert landed == sorted(landed)
    assert any(0 < count < 2 * FILES for count in landed)
    code, said = killed.load()
    assert code == 0
    assert "landed before, skipped" in said
    assert content(killed) == content(calm)
    assert killed.load()[0] == 0
    assert content(killed) == content(calm)

"""The test grain: it finds null columns and shared keys, and the run names them."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from dbt_common.events.base_types import EventMsg

import dbt_process

TEST = "grain_channels"
ROW = {"channel": "x", "channel_name": "X", "description": "why", "owner": "me"}
SHARED = f"{TEST}: channel is shared in"


@pytest.mark.parametrize("kind", ["table", "view"])
@pytest.mark.parametrize(
    ("gaps", "found"),
    [
        ([set()], []),
        ([], []),
        ([{"owner"}], [f"{TEST}: owner is null in 1 rows"]),
        (
            [{"channel", "owner"}, {"owner"}],
            [f"{TEST}: channel is null in 1 rows", f"{TEST}: owner is null in 2 rows"],
        ),
        ([{"channel"}, {"channel"}], [f"{TEST}: channel is null in 2 rows"]),
        ([set(), set(), set()], [f"{SHARED} 3 rows"]),
        (
            [set(), {"owner"}, {"channel"}],
            [
                f"{TEST}: channel is null in 1 rows",
                f"{SHARED} 2 rows",
                f"{TEST}: owner is null in 1 rows",
            ],
        ),
    ],
)
def test_each_column_that_is_null_and_each_key_that_is_shared_is_named(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    gaps: list[set[str]],
    found: list[str],
) -> None:
    path = tmp_path / "mops.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema policy")
        connection.execute(
            "create table policy.channels (channel varchar, channel_name varchar, "
            "is_paid boolean, description varchar, owner varchar)"
        )
        for number, gap in enumerate(gaps):
            row = ROW | {"channel_name": f"X {number}"}
            values = [None if name in gap else text for name, text in row.items()]
            connection.execute(
                "insert into policy.channels (channel, channel_name, description, "
                "owner, is_paid) values (?, ?, ?, ?, true)",
                values,
            )
        if kind == "view":
            connection.execute("alter table policy.channels rename to kept")
            connection.execute("create view policy.channels as from policy.kept")
    said: list[str] = []

    def note(event: EventMsg) -> None:
        if event.info.name == "PrintEvent":
            said.append(event.info.msg)  # type: ignore[attr-defined]

    monkeypatch.setattr(dbt_process, "print_error", note)
    folders = [f"--{kind}-path={tmp_path / kind}" for kind in ("target", "log")]
    passed = dbt_process.invoke(["test", "--select", TEST, *folders], path)
    assert passed == (not found)
    assert sorted(said) == found

"""The tests grain and relationships: what they find, and what a run says of it."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest
from dbt_common.events.base_types import EventMsg
from jinja2 import Environment

import dbt_process
from lib.warehouse import PROJECT_ROOT

MACRO = PROJECT_ROOT / "macros" / "engine" / "shared_rows.sql"
TEST = "grain_channels"
ROW = {"channel": "x", "channel_name": "X", "description": "why", "owner": "me"}
REFERRING = "score_features"
SHARED = f"{TEST}: channel is shared in"


def passes(test: str, path: Path) -> bool:
    """Run a test on a warehouse, alone, and return whether it found nothing."""
    folders = [f"--{kind}-path={path.parent / kind}" for kind in ("target", "log")]
    return dbt_process.invoke(
        ["test", "--select", test, *folders],
        path,
        project=dbt_process.project_of_test(test),
    )


def said_by(test: str, path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Run a test on a warehouse and return what it says, failed where it says any."""
    said: list[str] = []

    def note(event: EventMsg) -> None:
        if event.info.name == "PrintEvent":
            said.append(event.info.msg)  # type: ignore[attr-defined]

    monkeypatch.setattr(dbt_process, "print_error", note)
    passed = passes(test, path)
    assert passed == (not said)
    return said


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
    assert sorted(said_by(TEST, path, monkeypatch)) == found


@pytest.mark.parametrize("kind", ["table", "view"])
@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([("a", "b"), ("b", "a"), ("a", None), (None, "a"), (None, None)], []),
        ([("a", "b"), ("a", "b"), ("a", None), ("ab", None)], [2]),
        ([("a", None), ("a", None), (None, "a"), (None, "a"), (None, "a")], [5]),
    ],
)
def test_a_key_of_two_columns_is_both_in_their_order(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    rows: list[tuple[str | None, str | None]],
    found: list[int],
) -> None:
    path = tmp_path / "mops.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema policy")
        connection.execute(
            "create table policy.kept (utm_source_medium_id varchar, "
            "utm_source varchar, utm_medium varchar, owner varchar)"
        )
        connection.executemany(
            "insert into policy.kept values (?, ?, ?, 'me')",
            [(number, *row) for number, row in enumerate(rows)],
        )
        connection.execute(
            f"create {kind} policy.utm_source_mediums as from policy.kept"
        )
    assert said_by("grain_utm_source_mediums", path, monkeypatch) == [
        f"grain_utm_source_mediums: utm_source, utm_medium is shared in {count} rows"
        for count in found
    ]


@pytest.mark.parametrize(
    ("channels", "referring", "orphans"),
    [
        (["x", "y"], ["x", "x", None], 0),
        (["x", None], ["x", "y", "y", None], 2),
        ([], ["x"], 1),
    ],
)
def test_each_row_that_refers_to_none_is_counted(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    channels: list[str | None],
    referring: list[str | None],
    orphans: int,
) -> None:
    path = tmp_path / "mops.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema policy")
        for name, values in {"channels": channels, REFERRING: referring}.items():
            connection.execute(f"create table policy.{name} (channel varchar)")
            for value in values:
                connection.execute(f"insert into policy.{name} values (?)", [value])
    counts: list[int] = []

    def note(event: EventMsg) -> None:
        if event.info.name == "LogTestResult":
            counts.append(event.data.num_failures)

    monkeypatch.setattr(dbt_process, "print_error", note)
    passed = passes(f"relationships_{REFERRING}_channel__channel__ref_channels_", path)
    assert counts == [orphans]
    assert passed == (orphans == 0)


@pytest.mark.parametrize("engine", ["default", "spark"])
def test_rows_that_share_one_number_alone_share_no_key(engine: str) -> None:
    macros = Environment(autoescape=False).from_string(MACRO.read_text())  # noqa: S701
    macros.globals["adapter"] = SimpleNamespace(
        dispatch=lambda name: getattr(macros.module, f"{engine}__{name}")
    )
    rows = "(1, 1), (1, 2), (2, 5), (2, 5), (null, 5), (null, 5), (3, 5)"
    with duckdb.connect() as connection:
        connection.execute(
            f"create table numbers as from (values {rows}) as t (number, other_number)"
        )
        shared_rows = getattr(macros.module, "shared_rows")  # noqa: B009
        query = shared_rows("numbers", "number", "other_number")
        assert connection.execute(query).fetchall() == [(2,)]

"""Erasing one person: what other people have stays theirs, as does the history."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

import erase as command
import export
from conftest import land, write_tables
from lib.cli import OK, WRONG_USE, UserError
from lib.contract import Contract
from lib.erasure import salt
from lib.erasure.erasing import HISTORIES, erase
from lib.erasure.person import SOURCES, find
from lib.warehouse import PROJECT_ROOT, connect

LEE = "lee@acme.com"
TEAM = "team@zed.com"


def someone(key: str, email: str, first: str, last: str) -> dict[str, Any]:
    return {
        "person_id": key,
        "record_type": "lead",
        "email": email,
        "first_name": first,
        "last_name": last,
        "created_at": "2026-01-01",
    }


def consent(key: str, email: str, status: str) -> dict[str, Any]:
    return {
        "person_id": key,
        "email": email,
        "channel": "email",
        "status": status,
        "occurred_at": "2026-02-01",
    }


TABLES: dict[str, list[dict[str, Any]]] = {
    "people": [
        someone("42", LEE, "Ann", "Lee"),
        someone("p3", "kim.lee@acme.com", "Joann", "Leeson"),
        someone("p4", "joe@zed.com", "Joe", "Doe"),
    ],
    "users": [{"user_id": "u1", "name": "Sam Rep", "email": "sam@us.example"}],
    "consent_events": [
        consent("42", LEE, "opt_in"),
        consent("", LEE, "opt_in"),
        consent("p3", LEE, "opt_out"),
        consent("p4", TEAM, "opt_out"),
        consent("", TEAM, "opt_out"),
    ],
    "email_events": [
        {"email_event_id": "e1", "person_id": "42", "email": TEAM}
        | {"event_type": "sent", "occurred_at": "2026-02-01"},
        {"email_event_id": "e2", "person_id": "42", "email": "old@lee.example"}
        | {"event_type": "sent", "occurred_at": "2026-02-01"},
        {"email_event_id": "e3", "person_id": "", "email": "old@lee.example"}
        | {"event_type": "sent", "occurred_at": "2026-02-01"},
    ],
}


def stand_in(connection: duckdb.DuckDBPyConnection) -> None:
    """Make by hand what a build would make of the people."""
    for schema in ("staging", "marts", "intermediate"):
        connection.execute(f"create schema if not exists {schema}")
    for source in SOURCES:
        connection.execute(
            f"create or replace view staging.stg_{source}__people as "
            "select 'generic:' || person_id as person_record_id, lower(email) as email,"
            " first_name, last_name, phone from mops.raw_generic.people "
            f"where '{source}' = 'generic'"
        )
    connection.execute(
        "create or replace table marts.bridge_person_records as select "
        "person_record_id, person_record_id as person_id "
        "from staging.stg_generic__people"
    )
    connection.execute("create table marts.dim_accounts (account_name varchar)")
    connection.execute(
        "create table marts.dim_reps as select 'generic:u1' as rep_id, "
        "'Sam Rep' as rep_name"
    )
    connection.execute(
        "create table intermediate.int_core__person_moves as "
        "select person_record_id, person_id, timestamp '2026-02-01' as moved_at "
        "from marts.bridge_person_records union all select * from (values "
        "('generic:p3', 'generic:42', timestamp '2026-01-01'), "
        "('generic:42', 'generic:p3', timestamp '2026-01-01'))"
    )
    connection.execute(
        "create table marts.fct_quality_checks as select range as quality_check_id, "
        "date '2026-01-01' as checked_on from range(7)"
    )


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("others")
    raw = folder / "raw"
    write_tables(raw, TABLES)
    with pytest.MonkeyPatch.context() as monkeypatch:
        assert land(raw, folder / "mops.duckdb", monkeypatch) == OK
    with connect(folder / "mops.duckdb") as connection:
        stand_in(connection)
    return folder


@pytest.fixture
def path(landed: Path, tmp_path: Path) -> Path:
    shutil.copy(landed / "mops.duckdb", tmp_path / "mops.duckdb")
    return tmp_path / "mops.duckdb"


@pytest.fixture
def opened(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with connect(path) as connection:
        salt.prepare(connection, path)
        yield connection


def erase_lee(connection: duckdb.DuckDBPyConnection) -> None:
    contract = Contract.read()
    erase(connection, contract, find(connection, contract, LEE))


CONSENTS = (
    "select person_id, email, status from raw_generic.consent_events order by all"
)
CONSENTS_LEFT = [
    ("p3", None, "opt_out"),
    ("p4", TEAM, "opt_out"),
    (None, TEAM, "opt_out"),
]


def test_everybody_else_stays_suppressed(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A consent of p3's record that names Lee's address is p3's, without it."""
    with connect(path) as connection:
        salt.prepare(connection, path)
        erase_lee(connection)
        assert connection.execute(CONSENTS).fetchall() == CONSENTS_LEFT
        events = connection.execute("from raw_generic.email_events").fetchall()
        assert events == []
    again = path.parent / "again"
    tables = {name: [*rows] for name, rows in TABLES.items()}
    tables["consent_events"].append(consent("p4", LEE, "opt_out"))
    write_tables(again, tables)
    for file in [*again.rglob("*.csv")]:
        part = file.with_suffix("") / "again.csv"
        part.parent.mkdir()
        file.rename(part)
    assert land(again, path, monkeypatch) == OK
    with connect(path) as connection:
        left = sorted([*CONSENTS_LEFT, ("p4", None, "opt_out")], key=str)
        assert sorted(connection.execute(CONSENTS).fetchall(), key=str) == left
        people = "select person_id from raw_generic.people order by 1"
        assert connection.execute(people).fetchall() == [("p3",), ("p4",)]


def test_an_address_that_other_records_events_have_is_not_the_person_s(
    opened: duckdb.DuckDBPyConnection,
) -> None:
    person = find(opened, Contract.read(), LEE)
    assert person is not None
    assert person.emails == (LEE, "old@lee.example")
    assert person.shared == ("an address",)


def test_history_that_no_build_brings_back_stays(
    opened: duckdb.DuckDBPyConnection,
) -> None:
    """Only the moves that name Lee's record go: 3 of 5."""
    erase_lee(opened)
    moves = (
        "select person_record_id from intermediate.int_core__person_moves order by 1"
    )
    assert opened.execute(moves).fetchall() == [("generic:p3",), ("generic:p4",)]
    checks = "select count(*) from marts.fct_quality_checks"
    assert opened.execute(checks).fetchall() == [(7,)]
    built = "select count(*) from duckdb_views() where schema_name = 'staging'"
    assert opened.execute(built).fetchall() == [(0,)]


def test_every_table_that_is_only_added_to_is_a_history() -> None:
    models = (PROJECT_ROOT / "models").rglob("*.sql")
    kept = {path.stem for path in models if "full_refresh=false" in path.read_text()}
    assert {name for _, name in HISTORIES} == kept


def test_a_renamed_copy_of_the_warehouse_is_told(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A view names the database that it was made in, here mops."""
    with connect(path) as connection:
        connection.execute("create schema policy")
        connection.execute(
            "create view policy.audiences as select person_id as audience "
            "from mops.raw_generic.people"
        )
    backup = path.rename(path.with_name("backup.duckdb"))
    monkeypatch.setenv("MOPS_WAREHOUSE", str(backup))
    monkeypatch.setattr(export, "check_audit", lambda warehouse: None)
    out = ["--out", str(path.parent / "output")]
    for main, arguments in (
        (command.main, ["--email", LEE]),
        (export.main, ["--audience", "newsletter"]),
    ):
        with pytest.raises(UserError, match=r"was built as mops\.duckdb") as error:
            main([*arguments, *out])
        assert error.value.exit_code == WRONG_USE
        assert "\n" not in str(error.value)

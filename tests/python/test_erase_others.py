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
from lib.erasure import salt, traces
from lib.erasure.erasing import HISTORIES, erase
from lib.erasure.person import SOURCES, Person, find, remember
from lib.erasure.sift import REASON, Sieve, blank_rejects
from lib.erasure.traces import Search, search_bytes, search_database
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
    kept |= {path.stem for path in (PROJECT_ROOT / "snapshots").glob("*.sql")}
    assert {name for _, name in HISTORIES} == kept


def test_a_renamed_copy_of_the_warehouse_is_told(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A view names the database that it was made in, here mops."""
    with connect(path) as connection:
        connection.execute("drop schema if exists policy cascade")
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


KNOWN = Person(
    ("generic:42", "salesforce:0035000000AbCdEFGH"),
    (LEE, "pat.o'brien@x.com", "lee+news@acme.com"),
    (("ann", "lee"), ("josé", "núñez"), ("jose", "nunez")),
    ("550100777", "4960958"),
)
TEXTS = [
    ("kim.lee@acme.com", "kim.lee@acme.com"),
    ("lee@acme.com.au", "lee@acme.com.au"),
    ("lee@acme.community", "lee@acme.community"),
    ("o'lee@acme.com", "o'lee@acme.com"),
    ("kim%2blee@acme.com", "kim%2blee@acme.com"),
    ("Joann Leeson, Ann Leeson, Joann Lee", "Joann Leeson, Ann Leeson, Joann Lee"),
    ("Ann Lee\u0301", "Ann Lee\u0301"),
    ("write lee@acme.com!", "write erased!"),
    ("*LEE@acme.com*", "*erased*"),
    ("_lee@acme.com_", "_erased_"),
    ("'lee@acme.com'", "'erased'"),
    ("\u201clee@acme.com\u201d", "\u201cerased\u201d"),
    ("lee@acme.com\u2019s and lee@acme.com's", "erased\u2019s and erased's"),
    ("Ask lee@acme.com.", "Ask erased."),
    ("lee@acme.com,lee@acme.com,lee@acme.com", "erased,erased,erased"),
    ("x.com/?e=lee%40acme.com&f=lee%2bnews%40acme.com", "x.com/?e=erased&f=erased"),
    ("x.com/?u=%3Flee%40acme.com%26", "x.com/?u=%3Ferased%26"),
    ("pat.o'brien@x.com", None),
    ("Pat.O%27Brien%40x.com!", "erased!"),
    ("brien@x.com", "brien@x.com"),
    ("Ann Lee Ann Lee", "erased erased"),
    ("Lee, Ann; met ann-lee.", "erased; met erased."),
    ("José Núñez, NÚÑEZ JOSÉ", "erased, erased"),
    ("Jose\u0301 Nu\u0301n\u0303ez and Jose Nunez.", "erased and erased."),
    ("call 555-010-0777, ext. 4", "call erased, ext. 4"),
    ("tel:+1 (555) 010\u20110777!", "tel:erased!"),
    ("order 15550100777123", "order 15550100777123"),
    ("call 496-0958 or 020 496-0958", "call erased or 020 496-0958"),
]


@pytest.fixture
def told(opened: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """A connection to a warehouse that has KNOWN erased."""
    remember(opened, KNOWN)
    return opened


def test_what_is_taken_out_of_a_text_ends_where_the_address_or_name_ends(
    told: duckdb.DuckDBPyConnection,
) -> None:
    told.execute("create temp table texts (activity_id varchar, note varchar)")
    told.executemany(
        "insert into texts values (?, ?)",
        [(str(index), text) for index, (text, _) in enumerate(TEXTS)],
    )
    table = Contract.read().table("generic", "activities")
    columns = {"activity_id": "activity_id", "note": "note"}
    Sieve(told, "generic", table).sift("texts", columns)
    left = told.execute("select note from texts order by cast(activity_id as integer)")
    assert [note for (note,) in left.fetchall()] == [left for _, left in TEXTS]


def test_a_stranger_s_address_column_keeps_its_marks(
    told: duckdb.DuckDBPyConnection,
) -> None:
    told.execute(
        "create temp table people as select * from (values "
        "('p8', '_lee@acme.com'), ('p9', 'kim.lee@acme.com')) as t (person_id, email)"
    )
    table = Contract.read().table("generic", "people")
    columns = {"person_id": "person_id", "email": "email"}
    assert Sieve(told, "generic", table).sift("people", columns).count == 0
    left = told.execute("select email from people order by all").fetchall()
    assert left == [("_lee@acme.com",), ("kim.lee@acme.com",)]


@pytest.mark.parametrize("name", ["Sam Rep", "Rep Sam"])
def test_the_name_of_a_rep_is_not_the_person_s_alone(
    opened: duckdb.DuckDBPyConnection, name: str
) -> None:
    first, last = name.split()
    opened.execute(
        "update raw_generic.people set first_name = ?, last_name = ? "
        "where person_id = '42'",
        [first, last],
    )
    person = find(opened, Contract.read(), LEE)
    assert person is not None
    assert person.names == ()
    assert "a name" in person.shared


def test_a_name_is_somebody_else_s_without_its_accents_too(
    opened: duckdb.DuckDBPyConnection,
) -> None:
    named = "update raw_generic.people set first_name = ?, last_name = ? "
    opened.execute(f"{named} where person_id = '42'", ["José", "Núñez"])
    person = find(opened, Contract.read(), LEE)
    assert person is not None
    assert person.names == (("josé", "núñez"), ("jose", "nunez"))
    assert "a name" not in person.shared
    opened.execute(f"{named} where person_id = 'p4'", ["Nunez", "Jose"])
    person = find(opened, Contract.read(), LEE)
    assert person is not None
    assert person.names == ()
    assert "a name" in person.shared


def test_a_number_is_the_same_in_any_notation(
    opened: duckdb.DuckDBPyConnection,
) -> None:
    opened.execute(
        "update raw_generic.people set phone = case person_id "
        "when '42' then '+44 20 7946 0958 x12' else '+44 20 7946 0001' end"
    )
    person = find(opened, Contract.read(), LEE)
    assert person is not None
    assert person.phones == ("079460958",)
    opened.execute(
        "insert into raw_salesforce.account (id, phone) values ('a', '020 7946-0958')"
    )
    person = find(opened, Contract.read(), LEE)
    assert person is not None
    assert person.phones == ()
    assert person.shared == ("an address", "a phone")


REJECTS = [
    ("77,lead,<Lee@Acme.com>!", True),
    ("77,lead,mailto:lee@acme.com", True),
    ("77,lead,pat.o'brien@x.com", True),
    ("77,lead,lee%2Bnews%40acme.com", True),
    ("77,lead,Lee,Ann", True),
    ("77,lead,ann lee", True),
    ("77,lead,1-555-010-0777", True),
    ("77,lead,(001) 555.010.0777", True),
    ("77,lead,Joann,Lee", False),
    ("77,lead,kim.lee@acme.com", False),
    ("77,lead,555-010-0778", False),
]


def test_rejects_of_the_person_are_told_however_they_are_written(
    told: duckdb.DuckDBPyConnection,
) -> None:
    assert blanked(told, "people", REJECTS) == [is_theirs for _, is_theirs in REJECTS]


def blanked(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    rows: list[tuple[str, bool]],
    positions: dict[str, int] | None = None,
) -> list[bool]:
    connection.execute(
        "create temp table rejected as select source, table_name, line, error, text "
        "from raw_meta.rejects where false"
    )
    connection.executemany(
        "insert into rejected values ('generic', ?, ?, 'is no date', ?)",
        [(table, line, text) for line, (text, _) in enumerate(rows)],
    )
    declared = Contract.read().table("generic", table)
    blank_rejects(
        connection,
        "rejected",
        "generic",
        declared,
        positions=positions,
    )
    found = connection.execute("select error, text from rejected order by line")
    return [error == REASON and text is None for error, text in found.fetchall()]


SHORT_KEYS = [
    ("stage_events", "42,mql,never", True),
    ("stage_events", '"42";mql;never', True),
    ("stage_events", "generic:42,mql,never", True),
    ("stage_events", '{"PersonId": 42, "stage": "mql"}', True),
    ("stage_events", '{"person_id": "p3", "score": 42}', False),
    ("stage_events", "p3,mql,never,42", False),
    ("stage_events", "p3,mql,never,42 calls", False),
    ("activities", "42,p3,,,call", False),
    ("activities", "c1,42,,,call", True),
    ("opportunities", "42,a1,Won,42", False),
    ("attendees", "42,seat 42", False),
    ("attendees", "salesforce:0035000000AbCdE,42", True),
]


@pytest.mark.parametrize(("table", "text", "is_theirs"), SHORT_KEYS)
def test_a_short_key_is_told_in_the_column_of_the_record_alone(
    told: duckdb.DuckDBPyConnection, table: str, text: str, is_theirs: bool
) -> None:
    assert blanked(told, table, [(text, is_theirs)]) == [is_theirs]


def test_a_file_s_own_order_says_where_the_key_is(
    told: duckdb.DuckDBPyConnection,
) -> None:
    rows = [("mql,42,never", True), ("42,p3,never", False)]
    positions = {"stage": 0, "person_id": 1, "entered_at": 2}
    assert blanked(told, "stage_events", rows, positions) == [True, False]


MARKED = [(text, text != left) for text, left in TEXTS]


def test_the_proof_finds_what_is_to_be_taken_out_and_no_more(tmp_path: Path) -> None:
    path = tmp_path / "looked.duckdb"
    for text, is_found in MARKED:
        path.unlink(missing_ok=True)
        with duckdb.connect(str(path)) as connection:
            connection.execute("create table notes as select ? as note", [text])
        search = Search()
        search_database(path, KNOWN, Contract({}), search)
        assert (search.count > 0) is is_found, text
        file = tmp_path / "note.txt"
        file.write_text(f'{{"note": "\\n{text}\\n"}}', encoding="utf-8")
        assert (search_bytes(file, KNOWN) > 0) is is_found, text


@pytest.mark.parametrize("size", range(3, 90))
def test_a_find_across_chunks_is_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(traces, "_CHUNK", size)
    file = tmp_path / "note.txt"
    file.write_text(
        "x" * 30 + " kim.lee@acme.com lee@acme.com.au Joann Lee " + "y" * 99
    )
    assert search_bytes(file, KNOWN) == 0
    file.write_text("x" * 30 + " write lee@acme.com now " + "y" * 99)
    assert search_bytes(file, KNOWN) == 1


SHORT_ID = "0035000000AbCdE"
TASKS = [
    {"id": "t1", "who_id": SHORT_ID, "description": "call"},
    {"id": "t2", "who_id": SHORT_ID.swapcase(), "description": "call"},
    {"id": "t3", "who_id": f"{SHORT_ID}FGH", "description": "call"},
]


def test_a_salesforce_id_is_the_same_in_both_lengths(
    told: duckdb.DuckDBPyConnection, path: Path
) -> None:
    """The case of its letters tells it from another one."""
    schema = "create schema if not exists raw_salesforce"
    told.execute(schema)
    told.execute("drop table if exists raw_salesforce.task")
    told.execute("create table raw_salesforce.task (id varchar, who_id varchar)")
    told.executemany(
        "insert into raw_salesforce.task values (?, ?)",
        [(task["id"], task["who_id"]) for task in TASKS],
    )
    told.execute(
        "create table raw_salesforce.other as select ? as key",
        [f"salesforce:{SHORT_ID}"],
    )
    told.execute("checkpoint")
    database = path.with_name("looked.duckdb")
    shutil.copy(path, database)
    search = Search()
    search_database(database, KNOWN, Contract.read(), search)
    assert search.found["raw_salesforce.task"] == 2
    assert search.found["raw_salesforce.other"] == 1
    table = Contract.read().table("salesforce", "task")
    sieve = Sieve(told, "salesforce", table)
    sieve.sift("raw_salesforce.task", {"id": "id", "who_id": "who_id"})
    left = told.execute("select who_id from raw_salesforce.task").fetchall()
    assert [key for (key,) in left if key] == [SHORT_ID.swapcase()]

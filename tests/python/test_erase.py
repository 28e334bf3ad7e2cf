"""Erasing: the person is found nowhere, also after the old files landed again."""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest

import erase
from conftest import Warehouse, land, run_dbt, write_csv, write_tables
from lib.cli import CHECK_FAILED, OK, WRONG_USE, UserError
from lib.contract import Contract
from lib.erasure import salt
from lib.erasure.erasing import rewrite
from lib.erasure.person import Person
from lib.erasure.traces import Search, search_bytes, search_database, search_files
from lib.warehouse import PROJECT_ROOT

FIRST_BUILT = "2026-03-30"
AS_OF = "2026-03-31"
ADDRESS = "zebulon.quux@one.example"
# All that tells the person; none of it may be left anywhere.
TRACES = [
    ADDRESS,
    "zq@private.example",
    "z.quux@old.example",
    "Zebulon Quux",
    "+1 555 0100 777",
    "SFDC00000000zebulon",
    "generic:p1",
    "generic:p2",
    "hubspot:9001",
    "visitor-zq",
]


def person(person_id: str, email: str, first: str, **more: Any) -> dict[str, Any]:
    return {
        "person_id": person_id,
        "record_type": "lead",
        "email": email,
        "first_name": first,
        "last_name": "Quux",
        "country": "United States",
        "created_at": "2026-01-01",
    } | more


TABLES: dict[str, list[dict[str, Any]]] = {
    "accounts": [
        {"account_id": "a1", "name": "One", "domain": "one.example"}
        | {"created_at": "2026-01-01"},
    ],
    "people": [
        person("p1", ADDRESS, "Zebulon", phone="+1 555 0100 777"),
        person("p2", "zq@private.example", "Zebulon", merged_into_id="p1"),
        person("p3", "zora@one.example", "Zora", account_id="a1"),
        person("p4", "yves@two.example", "Yves", converted_contact_id="p1x"),
    ],
    "touches": [
        {"touch_id": "t1", "person_id": "p1", "anonymous_id": "visitor-zq"}
        | {"touched_at": "2026-02-01", "touch_type": "webinar", "campaign_id": ""},
        {"touch_id": "t2", "person_id": "", "anonymous_id": "visitor-zq"}
        | {"touched_at": "2026-01-31", "touch_type": "web_session"},
        {"touch_id": "t3", "person_id": "p3", "anonymous_id": "visitor-zora"}
        | {"touched_at": "2026-02-02", "touch_type": "event"},
        {"touch_id": "t4", "person_id": "", "anonymous_id": "visitor-zora"}
        | {"touched_at": "2026-02-01", "touch_type": "web_session"}
        | {
            "landing_page": "https://www.us.example/?fwd="
            f"{ADDRESS.upper().replace('@', '%40')}&utm_source=x"
        },
    ],
    "email_events": [
        {"email_event_id": "e1", "person_id": "", "email": "Z.Quux@old.example"}
        | {"event_type": "sent", "occurred_at": "2026-02-01"},
        {"email_event_id": "e2", "person_id": "p2", "email": "z.quux@old.example"}
        | {"event_type": "open", "occurred_at": "2026-02-01"},
        {"email_event_id": "e3", "person_id": "p3", "email": "zora@one.example"}
        | {"event_type": "sent", "occurred_at": "2026-02-01"},
    ],
    "consent_events": [
        {"email": ADDRESS, "channel": "email", "status": "opt_in"}
        | {"occurred_at": "2026-01-02", "evidence": "a form"},
    ],
    "activities": [
        {"activity_id": "c1", "person_id": "p2", "activity_type": "call"}
        | {"occurred_at": "2026-02-02", "note": "spoke"},
        {"activity_id": "c2", "person_id": "p3", "activity_type": "call"}
        | {"occurred_at": "2026-02-02", "note": "knows Zebulon Quux well"},
    ],
    "opportunities": [
        {"opportunity_id": opportunity, "account_id": account, "stage": "Won"}
        | {"amount": amount, "created_at": "2026-02-10", "closed_at": "2026-02-20"}
        | {"is_closed": "true", "is_won": "true"}
        for opportunity, account, amount in (("o1", "", "100"), ("o2", "a1", "50"))
    ],
    "opportunity_contacts": [
        {"opportunity_id": "o1", "person_id": "p1", "role": "Buyer"},
        {"opportunity_id": "o2", "person_id": "p2", "role": "Buyer"},
        {"opportunity_id": "o2", "person_id": "p3", "role": "Buyer"},
    ],
}
TABLES["opportunities"][0]["account_id"] = "a9"
CONTACTS = [
    {"id": "9001", "property_email": ADDRESS, "property_firstname": "Zebulon"}
    | {"property_lastname": "Quux", "property_createdate": "2026-01-05"}
    | {"property_salesforcecontactid": "SFDC00000000zebulon"},
    {"id": "9002", "property_email": "zora@one.example", "property_createdate": ""},
]
DEALS = [{"deal_id": "d1", "property_associated_contact_ids": "9001;9002"}]
EVENTS = [
    {"id": "ev1", "type": "CLICK", "recipient": ADDRESS, "created": "2026-02-01"},
    {"id": "ev2", "type": "CLICK", "recipient": "zora@one.example"}
    | {"created": "2026-02-01"},
]
CLICKS = [{"id": "ev1", "ip_address": "10.0.0.1"}, {"id": "ev2"}]
ATTENDEES = [
    {"attendee": ADDRESS.title(), "crm_key": "", "seat": "1"},
    {"attendee": "", "crm_key": "generic:p2", "seat": "2"},
    {"attendee": "zora@one.example", "crm_key": "generic:p3", "seat": "3"},
]


# Zebulon under a new key, without an address, and Kim, who has the number now.
AGAIN = [
    person("p8", "kim@three.example", "Kim", phone="(555) 0100-777"),
    person("p9", "", "ZEBULON", phone="001 555.0100.777"),
]


def write_files(raw: Path, again: Sequence[dict[str, Any]] = ()) -> Path:
    write_tables(raw, TABLES | {"people": [*TABLES["people"], *again]})
    # A row that no date fits waits in quarantine with its text.
    broken = raw / "generic" / "stage_events.csv"
    broken.write_text(
        "person_id,stage,entered_at,note\n"
        f"p1,mql,never,{ADDRESS}\n"
        "p2,mql,today or so,\n"
        "p3,mql,unknown,\n",
        encoding="utf-8",
    )
    for name, rows in {
        "contact": CONTACTS,
        "deal": DEALS,
        "email_event": EVENTS,
        "email_event_click": CLICKS,
    }.items():
        write_csv(raw / "hubspot" / f"{name}.csv", rows)
    write_csv(raw / "webinars" / "attendees.csv", ATTENDEES)
    return raw


def write_output(out: Path, warehouse: Path) -> None:
    """Write what publishing and validating leave behind, in two versions."""
    for version in ("one", "two"):
        folder = out / "published" / "versions" / version
        folder.mkdir(parents=True)
        with duckdb.connect() as connection:
            connection.execute(f"attach '{warehouse}' as mops (read_only)")
            connection.execute(f"attach '{folder / 'mops_marts.duckdb'}' as marts")
            people = "select * from mops.marts.dim_person_profiles"
            connection.execute(f"create table marts.dim_person_profiles as {people}")
            connection.execute(f"copy ({people}) to '{folder / 'people.parquet'}'")
        for path in folder.iterdir():
            path.chmod(0o400)
        folder.chmod(0o500)
    (out / "published" / "current").symlink_to("versions/two")
    for name in (
        "failing_rows/marts/a_rule.csv",
        "audiences/newsletter.csv",
        "queues/assignments.csv",
    ):
        path = out / name
        path.parent.mkdir(parents=True)
        path.write_text(f"email\n{ADDRESS}\n", encoding="utf-8")
    docs = out / "data_docs" / "page.json.gz"
    docs.parent.mkdir()
    docs.write_bytes(gzip.compress(json.dumps({"found": ADDRESS}).encode()))
    docs.with_name("index.html").write_text(f"<td>{ADDRESS}</td>", encoding="utf-8")
    # What dbt compiles and logs, where a value made it fail.
    for name in ("logs/dbt.log", "target/run/mops/a_test.sql"):
        path = warehouse.parent / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"Conversion Error: {ADDRESS}\n", encoding="utf-8")


class Room:
    """A company that was landed, built and published."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.raw = write_files(folder / "raw")
        self.path = folder / "mops.duckdb"
        self.out = folder / "output"
        self.monkeypatch = monkeypatch
        self.warehouse = Warehouse(self.path)
        for variable, name in (("TARGET", "target"), ("LOG", "logs")):
            monkeypatch.setenv(f"DBT_{variable}_PATH", str(folder / name))
        assert land(self.raw, self.path, monkeypatch) == OK
        self.build(is_first=True)
        write_output(self.out, self.path)

    def build(self, *_: Any, is_first: bool = False) -> bool:
        select = ["+fct_unattributed_conversions", "+fct_attribution_credits"]
        select += ["+bridge_person_record_history", "dim_build_settings"]
        as_of = FIRST_BUILT if is_first else AS_OF
        return run_dbt(
            self.path, select=select, seeds=is_first, artifacts=True, as_of=as_of
        )

    def erase(self, email: str, *more: str) -> int:
        return erase.main(["--email", email, "--out", str(self.out), *more])


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with pytest.MonkeyPatch.context() as monkeypatch:
        yield Room(tmp_path_factory.mktemp("erasure"), monkeypatch)


HISTORY = (
    "select person_record_id, person_id, valid_from, valid_to "
    "from marts.bridge_person_record_history order by all"
)


@pytest.fixture(scope="module")
def before(room: Room) -> dict[str, Any]:
    """What the marts say of conversions before anybody was erased."""
    return {
        "revenue": revenue(room.warehouse),
        "history": room.warehouse.rows(HISTORY),
        "rows": room.warehouse.value("select count(*) from raw_generic.people"),
        "stale": shutil.copy(room.path, room.path.with_name("stale.duckdb")),
    }


@pytest.fixture(scope="module")
def erased(room: Room, before: dict[str, Any]) -> Room:
    """The room, after Zebulon asked to be erased and all was built again."""
    assert before["rows"] == 4
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(erase, "build", room.build)
        assert room.erase(ADDRESS.upper()) == OK
    return room


def revenue(warehouse: Warehouse) -> dict[str, Any]:
    credited = warehouse.rows(
        "select conversion_id, round(sum(credit_usd), 2) "
        "from marts.fct_attribution_credits where conversion_type = 'won' "
        "and attribution_model = 'linear' group by 1"
    )
    unattributed = warehouse.rows(
        "select conversion_id, amount_usd, reason "
        "from marts.fct_unattributed_conversions where conversion_type = 'won'"
    )
    return {
        "credited": dict(credited),
        "unattributed": {key: amount for key, amount, _ in unattributed},
        "reasons": {key: reason for key, _, reason in unattributed},
    }


def cells(path: Path) -> str:
    """Return every cell of every table of a DuckDB file, one a line."""
    found: list[str] = []
    with duckdb.connect() as connection:
        connection.execute(f"attach '{path}' as looked (read_only)")
        for schema, table in connection.execute(
            "select schema_name, table_name from duckdb_tables() "
            "where database_name = 'looked'"
        ).fetchall():
            rows = connection.execute(f'from looked."{schema}"."{table}"').fetchall()
            found += [str(value) for row in rows for value in row]
    return "\n".join(found)


def traces_in(text: str) -> list[str]:
    """Return the traces in a text; a key ends where no word goes on."""
    lowered = text.lower()
    return [
        trace
        for trace in TRACES
        if trace.lower() in lowered
        and re.search(rf"(?<!\w){re.escape(trace.lower())}(?!\w)", lowered)
    ]


def assert_nowhere(room: Room) -> None:
    assert traces_in(cells(room.path)) == []
    for path in room.path.parent.rglob("*"):
        is_source = {"raw", "old"} & set(path.parts) or path.name == "stale.duckdb"
        if path.is_file() and not is_source:
            found = traces_in(path.read_bytes().decode("latin-1"))
            # dbt's target holds the project's own tests, which have a p1 too.
            keys = {"generic:p1", "generic:p2"} if "target" in path.parts else set()
            assert set(found) <= keys, path


def test_the_search_would_have_found_the_person(
    room: Room, before: dict[str, Any]
) -> None:
    """Whatever is asserted to be gone was there, and the tool's own search sees it."""
    assert set(traces_in(cells(before["stale"]))) == set(TRACES)
    assert traces_in(before["stale"].read_bytes().decode("latin-1"))
    known = Person(("generic:p1",), (ADDRESS,), (("zebulon", "quux"),))
    search = Search()
    search_database(before["stale"], known, Contract.read(), search)
    assert {
        "raw_generic.people",
        "raw_meta.rejects",
        "marts.dim_person_profiles",
    } <= set(search.found)
    assert search_bytes(before["stale"], known) > 0


def test_an_erased_person_is_found_nowhere(erased: Room) -> None:
    assert_nowhere(erased)
    assert (erased.path.parent / "target" / "manifest.json").exists()
    assert not (erased.out / "published").exists()
    assert not (erased.out / "failing_rows").exists()


def test_the_history_of_others_is_built_on(
    erased: Room, before: dict[str, Any]
) -> None:
    """The first build saw them on another day than the one after the erasure."""
    gone = {"generic:p1", "generic:p2", "hubspot:9001"}
    others = [row for row in before["history"] if row[0] not in gone]
    assert len(others) == len(before["history"]) - len(gone)
    assert {f"{seen:%Y-%m-%d}" for _, _, seen, _ in others} == {FIRST_BUILT}
    assert erased.warehouse.rows(HISTORY) == others


def test_other_people_stay_with_all_that_is_theirs(erased: Room) -> None:
    rows = erased.warehouse.rows
    assert rows("select person_id from raw_generic.people order by 1") == [
        ("p3",),
        ("p4",),
    ]
    assert rows("select touch_id from raw_generic.touches order by 1") == [
        ("t3",),
        ("t4",),
    ]
    # t4 is Zora's visit, whose landing page named the erased address.
    page = "select landing_page from raw_generic.touches where touch_id = 't4'"
    assert erased.warehouse.value(page) == (
        "https://www.us.example/?fwd=erased&utm_source=x"
    )
    assert rows("select email_event_id from raw_generic.email_events") == [("e3",)]
    assert rows("select activity_id, note from raw_generic.activities") == [
        ("c2", "knows erased well")
    ]
    assert rows("select id from raw_hubspot.contact") == [("9002",)]
    assert rows("select property_associated_contact_ids from raw_hubspot.deal") == [
        ("9002",)
    ]
    assert rows("select id from raw_hubspot.email_event_click") == [("ev2",)]
    assert rows("select seat from raw_webinars.attendees") == [("3",)]


def test_rejected_rows_of_the_person_keep_their_count_and_lose_their_text(
    erased: Room,
) -> None:
    rejects = erased.warehouse.rows(
        "select line, error, text from raw_meta.rejects "
        "where table_name = 'stage_events' order by line"
    )
    assert [(line, text) for line, _, text in rejects] == [
        (2, None),
        (3, None),
        (4, "p3,mql,unknown,"),
    ]
    assert {error for _, error, _ in rejects[:2]} == {"erased on request"}


def test_conversions_still_reconcile(erased: Room, before: dict[str, Any]) -> None:
    """o1 had Zebulon's touches alone; o2's go to Zora's now."""
    first, now = before["revenue"], revenue(erased.warehouse)
    assert {**first["credited"], **first["unattributed"]} == {
        "generic:o1": 100,
        "generic:o2": 50,
    }
    assert set(first["credited"]) == {"generic:o1", "generic:o2"}
    assert now["credited"] == {"generic:o2": 50}
    assert now["unattributed"] == {"generic:o1": 100}
    touched = erased.warehouse.rows(
        "select distinct touchpoint_id from marts.fct_attribution_credits "
        "where conversion_type = 'won'"
    )
    # Zora's event, visit and click.
    assert set(touched) == {("generic:t3",), ("generic:t4",), ("hubspot:ev2",)}


def test_nobody_s_address_is_told(erased: Room) -> None:
    for email, words in (("nobody@x.example", "nobody"), ("no address", "not an")):
        with pytest.raises(UserError, match=words) as error:
            erased.erase(email, "--no-build")
        assert error.value.exit_code == WRONG_USE
    built = "select count(*) > 0 from marts.dim_person_profiles"
    assert erased.warehouse.value(built)


def test_what_was_published_is_published_again(
    erased: Room, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Built as before, validated, published, reported; the first failure ends it."""
    ran: list[list[str]] = []
    codes: dict[str, int] = {}

    def record(step: list[str], **settings: Any) -> Any:
        assert settings["env"]["MOPS_WAREHOUSE"] == str(erased.path)
        ran.append([part for part in step if part != sys.executable])
        code = codes.get(Path(ran[-1][0]).name, OK)
        return subprocess.CompletedProcess(step, code)

    monkeypatch.setattr(subprocess, "run", record)
    (erased.out / "published" / "current").mkdir(parents=True)
    assert erased.erase(ADDRESS) == OK
    names = [Path(step[0]).name for step in ran]
    assert names == ["dbt", "validate.py", "export.py", "report.py"]
    variables = json.loads(ran[0][ran[0].index("--vars") + 1])
    assert variables["as_of"] == f"{AS_OF}T23:59:59.999999"
    assert variables["reporting_currency"] == "USD"
    assert ran[1][1:] == ["marts", "--out", str(erased.out)]
    assert ran[2][1:] == ["--out", str(erased.out)]
    assert not (erased.out / "published").exists()

    # With personal data where it was published with it.
    current = erased.out / "published" / "current"
    current.mkdir(parents=True)
    (current / "manifest.json").write_text('{"with_pii": true}', encoding="utf-8")
    ran.clear()
    assert erased.erase(ADDRESS) == OK
    assert ran[2][1:] == ["--with-pii", "--out", str(erased.out)]

    codes["validate.py"] = CHECK_FAILED
    (erased.out / "published" / "current").mkdir(parents=True)
    ran.clear()
    assert erased.erase(ADDRESS) == CHECK_FAILED
    assert [Path(step[0]).name for step in ran] == ["dbt", "validate.py"]
    assert "nothing is published: run make run" in capsys.readouterr().err


def test_erasing_again_changes_nothing(
    erased: Room, capsys: pytest.CaptureFixture[str]
) -> None:
    def content() -> str:
        return "\n".join(sorted(cells(erased.path).splitlines()))

    once = erased.warehouse.rows("select * from raw_meta.erasures order by all")
    people = erased.warehouse.rows("from raw_generic.people order by all")
    assert erased.erase(ADDRESS, "--no-build") == OK
    assert "erased: 0 rows, 0 mentions" in capsys.readouterr().out
    assert erased.warehouse.rows("select * from raw_meta.erasures order by all") == once
    assert erased.warehouse.rows("from raw_generic.people order by all") == people
    assert ADDRESS not in content()


def test_the_old_files_do_not_bring_the_person_back(erased: Room) -> None:
    """The same files under other names, so that none is skipped as landed before."""
    old = write_files(erased.raw.parent / "old", again=AGAIN)
    for path in [*old.rglob("*.csv")]:
        part = path.with_suffix("") / "again.csv"
        part.parent.mkdir()
        path.rename(part)
    assert land(old, erased.path, erased.monkeypatch) == OK
    loads = erased.warehouse.rows(
        "select table_name, rows_read, rows_landed, rows_rejected "
        "from raw_meta.loads where file like '%again.csv' order by 1"
    )
    assert all(read == landed + rejected for _, read, landed, rejected in loads)
    rejected = {table: count for table, _, _, count in loads if count}
    assert rejected == {
        "activities": 1,
        "attendees": 2,
        "consent_events": 1,
        "contact": 1,
        "email_event": 1,
        "email_event_click": 1,
        "email_events": 2,
        "opportunity_contacts": 2,
        "people": 3,
        "stage_events": 3,
        "touches": 2,
    }
    gone = erased.warehouse.rows(
        "select distinct line, text, error from raw_meta.rejects "
        "where table_name = 'people'"
    )
    assert gone == [(None, None, "erased on request")]
    open_rows = erased.warehouse.rows(
        "select distinct table_name from raw_meta.open_rejects"
    )
    assert open_rows == [("stage_events",)]
    people = "select person_id, phone from raw_generic.people order by 1"
    assert erased.warehouse.rows(people) == [("p3", None), ("p4", None), ("p8", None)]
    select = ["+int_core__person_records"]
    assert run_dbt(erased.path, select=select, seeds=False, as_of=AS_OF)
    assert_nowhere(erased)


def test_a_salt_that_is_lost_stops_the_landing(
    erased: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = salt.salt_file(erased.path)
    kept = path.read_text()
    assert path.stat().st_mode & 0o777 == 0o600
    path.unlink()
    with pytest.raises(UserError, match="the salt that tells them is missing"):
        land(erased.raw, erased.path, monkeypatch)
    path.write_text("another salt of sufficient length")
    with pytest.raises(UserError, match="not the one that earlier erasures used"):
        land(erased.raw, erased.path, monkeypatch)
    path.unlink()
    monkeypatch.setenv(salt.VARIABLE, kept.strip())
    assert land(erased.raw, erased.path, monkeypatch) == OK
    path.write_text(kept)


def test_what_is_left_is_told_and_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "seeds" / "list.csv"
    path.parent.mkdir()
    path.write_text(f"id,email\n1,{ADDRESS}\n")
    search = Search()
    search_files([path.parent], Person((), (ADDRESS,)), Contract({}), search)
    assert search.found == {str(path): 1}
    assert search.files == 1


def test_a_rewritten_warehouse_holds_the_same_and_no_deleted_page(
    tmp_path: Path,
) -> None:
    path = tmp_path / "mops.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("set force_compression = 'uncompressed'")
        connection.execute("create schema raw_generic")
        connection.execute(
            "create table raw_generic.people as "
            f"select range as id, range || case when range % 2 = 0 then '{ADDRESS}' "
            "else '@two.example' end as email from range(50000)"
        )
        connection.execute("checkpoint")
        connection.execute("delete from raw_generic.people where id % 2 = 0")
    size = path.stat().st_size
    assert ADDRESS.encode() in path.read_bytes()
    rewrite(path)
    assert ADDRESS.encode() not in path.read_bytes()
    with duckdb.connect(str(path)) as connection:
        found = connection.execute(
            "select count(*), sum(id) from raw_generic.people"
        ).fetchall()
    assert found == [(25000, 25000 * 25000)]
    assert path.stat().st_size < size


def test_an_erasure_that_was_killed_is_finished_by_the_next(
    erased: Room, before: dict[str, Any], tmp_path: Path
) -> None:
    """The process dies as by kill -9 before the file is written anew."""
    path = tmp_path / "mops.duckdb"
    shutil.copy(before["stale"], path)
    code = (
        "import os, signal, sys, erase\n"
        "step = erase.erase\n"
        "def dying(*arguments):\n"
        "    step(*arguments)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "erase.erase = dying\n"
        "erase.main(sys.argv[1:])\n"
    )
    command = ["--email", ADDRESS, "--out", str(tmp_path / "output"), "--no-build"]
    environment = os.environ | {
        "MOPS_WAREHOUSE": str(path),
        "PYTHONPATH": str(PROJECT_ROOT / "scripts"),
    }
    killed = subprocess.run(
        [sys.executable, "-c", code, *command], env=environment, check=False
    )
    assert killed.returncode == -signal.SIGKILL
    spilled = tmp_path / "mops.duckdb.tmp" / "spilled.tmp"
    spilled.parent.mkdir()
    spilled.write_text(ADDRESS)
    erased.monkeypatch.setenv("MOPS_WAREHOUSE", str(path))
    assert erase.main(command) == OK
    assert not spilled.exists()
    assert traces_in(cells(path)) == []
    assert traces_in(path.read_bytes().decode("latin-1")) == []
    assert not [entry for entry in tmp_path.iterdir() if "erasing" in entry.name]


PERSONAL = re.compile(
    r"(^|_)e_?mails?$|phone|(^|_)first_?name|(^|_)last_?name|^person_id$|contact_id$"
    r"|contact_ids$|^lead_id$|vid(_|$)|recipient|^who_id$|ip_address|anonymous_id"
    r"|^user_agent$|form_fields|street|merge_ids|merged_vids|reports_to"
)
# Columns of such names that hold no person.
OTHERS = {
    ("hubspot", "engagement_email"),
    ("hubspot", "email_event", "email_campaign_id"),
    ("salesforce", "account", "phone"),
}


def test_every_raw_column_about_people_is_declared() -> None:
    """A raw table of people whose identifiers are not declared cannot be erased."""
    for source, table in Contract.read().all_tables():
        for column in table.columns:
            names = (source.name, table.name, column.name)
            is_other = names in OTHERS or names[:2] in OTHERS
            is_flag = column.data_type in {"boolean", "date", "timestamp"}
            if PERSONAL.search(column.name) and not is_other and not is_flag:
                assert column.person, ".".join(names)
        kinds = {column.person for column in table.columns}
        if "detail" in kinds:
            assert kinds & {"record", "email", "child"}, (source.name, table.name)


def test_every_staged_person_model_reads_a_declared_record() -> None:
    declared = {
        source.name
        for source, table in Contract.read().all_tables()
        if {"record", "email", "detail"} <= {column.person for column in table.columns}
    }
    staged = {
        path.name.split("__")[0].removeprefix("stg_")
        for path in (PROJECT_ROOT / "models" / "staging").rglob("stg_*__people.sql")
    }
    assert staged <= declared
    assert len(staged) > 3


def test_an_unknown_kind_of_person_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "generic"
    folder.mkdir()
    path = folder / "_generic__sources.yml"
    text = (
        "sources: [{{name: generic, tables: [{{name: t, columns: "
        "[{{name: c, data_type: varchar, config: {{meta: {}}}}}]}}]}}]"
    )
    path.write_text(text.format("{person: soul}"))
    with pytest.raises(UserError, match=r"generic\.t\.c has an unknown person 'soul'"):
        Contract.read(tmp_path)
    path.write_text(text.format("{person: child, of: nothing}"))
    with pytest.raises(UserError, match="is a child: name the column"):
        Contract.read(tmp_path)
    path.write_text(text.format("{person: child, of: nothing.at_all}"))
    with pytest.raises(UserError, match=r"is of no declared nothing\.at_all"):
        Contract.read(tmp_path)


def test_the_help_says_where_the_salt_is(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        erase.main(["--help"])
    assert stopped.value.code == OK
    shown = capsys.readouterr().out
    assert "MOPS_ERASURE_SALT" in shown
    assert "example: python scripts/erase.py --email" in shown

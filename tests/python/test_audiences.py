"""Audiences: never one person who objects, in no mart, publication or file."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

import export
from conftest import Warehouse, land, run_dbt, write_tables
from lib.cli import CHECK_FAILED, OK, WRONG_USE, UserError
from lib.quality import history
from lib.quality.fingerprint import fingerprint
from lib.quality.rules import CRITICAL, Rule, Suite, Verdict
from random_company import AS_OF, Tables

END = datetime.fromisoformat(f"{AS_OF} 23:59:59.999999")
OBJECTIONS = {"opt_out", "unsubscribe", "spam_report"}


def golden_people(warehouse: Warehouse) -> dict[str, str]:
    return dict(
        warehouse.rows("select record_id, person_id from marts.bridge_person_records")
    )


def wishes(company: Tables, golden: dict[str, str]) -> dict[str, list[tuple[Any, str]]]:
    """Return each person's events about marketing e-mail, from the files themselves."""
    owners: dict[str, set[str]] = defaultdict(set)
    for person in company["people"]:
        if person["email"] and person["person_id"] in golden:
            owners[person["email"].lower()].add(golden[person["person_id"]])
    found: dict[str, list[tuple[Any, str]]] = defaultdict(list)
    events = [*company["consent_events"], *company["email_events"]]
    for event in events:
        what = event.get("status") or event["event_type"]
        if event.get("channel", "all") not in {"email", "all"}:
            continue
        if event.get("purpose") == "product" or event["occurred_at"] > END:
            continue
        reached = set(owners[str(event["email"]).lower()])
        reached |= {golden[r] for r in [event["person_id"]] if r in golden}
        for who in reached if what in OBJECTIONS | {"opt_in"} else ():
            found[who].append((event["occurred_at"].replace(microsecond=0), what))
    return found


def objectors(company: Tables, golden: dict[str, str]) -> set[str]:
    """Return who objects: by a flag, or by the last word, an objection in a tie."""
    flagged = {
        golden[person["person_id"]]
        for person in company["people"]
        if person["has_opted_out"] and person["person_id"] in golden
    }
    last_word = {
        person: {what for at, what in events if at == max(events)[0]}
        for person, events in wishes(company, golden).items()
    }
    return flagged | {who for who, words in last_word.items() if words & OBJECTIONS}


def test_no_audience_holds_a_person_who_objects(
    company: Tables, company_warehouse: Warehouse
) -> None:
    golden = golden_people(company_warehouse)
    objecting = objectors(company, golden)
    people = {
        person
        for relation in ("audience_members", "audience_marketable_people")
        for (person,) in company_warehouse.rows(
            f"select person_id from marts.{relation}"
        )
    }
    suppressed = {
        person
        for (person,) in company_warehouse.rows(
            "select person_id from marts.dim_people where is_suppressed"
        )
    }
    assert not people & objecting
    assert not people & suppressed
    assert suppressed >= objecting
    assert len(people) > 20
    assert len(objecting) > 100


def test_the_state_of_marketing_e_mail_is_the_last_word(
    company: Tables, company_warehouse: Warehouse
) -> None:
    golden = golden_people(company_warehouse)
    objecting = objectors(company, golden)
    known = wishes(company, golden)
    found = dict(
        company_warehouse.rows(
            "select person_id, status from marts.fct_consents "
            "where channel = 'email' and purpose = 'marketing'"
        )
    )
    assert found == {
        person: "opt_out" if person in objecting else "opt_in"
        for person in known.keys() | objecting
    }
    assert set(found.values()) == {"opt_in", "opt_out"}


def test_the_export_s_own_look_agrees_with_the_build(
    company: Tables, company_warehouse: Warehouse
) -> None:
    """What is landed after as_of counts there too, so it names no fewer."""
    standing = {
        person
        for (person,) in company_warehouse.rows(
            "select person_id from intermediate.int_campaigns__standing_objections"
        )
    }
    golden = golden_people(company_warehouse)
    late = [e for e in company["consent_events"] if e["occurred_at"] > END]
    late += [e for e in company["email_events"] if e["occurred_at"] > END]
    touched = {golden[e["person_id"]] for e in late if e["person_id"] in golden}
    bounced_late = [
        p for p in company["people"] if (p["email_bounced_at"] or END) > END
    ]
    emails = {str(e["email"]).lower() for e in [*late, *bounced_late]} - {""}
    touched |= {
        golden[person["person_id"]]
        for person in company["people"]
        if person["email"].lower() in emails and person["person_id"] in golden
    }
    bounced = {
        person
        for (person,) in company_warehouse.rows(
            "select person_id from marts.dim_person_consents "
            "where suppression_reason = 'hard_bounce'"
        )
    }
    assert standing ^ (objectors(company, golden) | bounced) <= touched
    assert len(bounced - touched) > 10


def addresses(company: Tables, golden: dict[str, str], people: set[str]) -> set[str]:
    """Return every address that any record of the people has."""
    return {
        person["email"].strip().lower()
        for person in company["people"]
        if person["email"] and golden.get(person["person_id"]) in people
    }


def test_no_audience_holds_an_address_that_a_suppressed_person_has(
    company: Tables, company_warehouse: Warehouse
) -> None:
    golden = golden_people(company_warehouse)
    suppressed = {
        person
        for (person,) in company_warehouse.rows(
            "select person_id from marts.dim_person_consents where is_suppressed"
        )
    }
    held = {
        email
        for (email,) in company_warehouse.rows(
            "select people.email from marts.audience_members "
            "inner join marts.audience_marketable_people as people using (person_id) "
            "union all select email from marts.audience_marketable_people"
        )
    }
    assert not held & addresses(company, golden, suppressed)
    assert len(held) > 20


PEOPLE = [
    {
        "person_id": f"p{number}",
        "record_type": "contact",
        "email": f"person{number}@one.example",
        "first_name": "Zebulon" if number == 1 else "Ann",
        "last_name": f"Number{number}",
        "country": "United States",
        "created_at": "2026-01-01",
    }
    for number in range(1, 5)
]
OPT_OUT = {
    "person_id": "",
    "email": "Person1@One.example",
    "channel": "all",
    "status": "opt_out",
    "occurred_at": datetime.now(UTC).replace(tzinfo=None) - timedelta(minutes=1),
}


class Company:
    """A warehouse with four people, built and exported again and again."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.raw = folder / "raw"
        self.out = folder / "output"
        self.path = folder / "mops.duckdb"
        self.monkeypatch = monkeypatch
        self.runs = 0

    def land(self, tables: dict[str, Any]) -> None:
        write_tables(self.raw, tables)
        assert land(self.raw, self.path, self.monkeypatch) == 0

    def build(self) -> None:
        """Build what audiences need, and say that it was validated."""
        self.build_alone()
        self.judge(passed=True)

    def build_alone(self) -> None:
        """Build what audiences need."""
        select = ["+audience_members", "dim_build_settings"]
        select.append("+int_campaigns__objected_addresses")
        assert run_dbt(self.path, select=select)

    def judge(self, *, passed: bool) -> None:
        """Say that the last build passed validation or failed it."""
        self.runs += 1
        suite = Suite("marts__dim_people", "marts", "dim_people", {})
        rule = Rule("a_rule", CRITICAL, "us", "mend", "sql", None, None, None, None)
        verdict = Verdict(suite, rule, passed, 0.0, 10, 0, None)
        moment = datetime(2026, 1, 1) + timedelta(seconds=self.runs)
        with duckdb.connect(str(self.path)) as connection:
            build_id = fingerprint(
                lambda sql, values: connection.execute(sql, list(values)).fetchall(),
                "mops",
            )
            run = history.Run(f"run{self.runs}", "marts", build_id, moment)
            history.append(connection, run, [verdict])

    def export(self, *arguments: str) -> int:
        return export.main(["--out", str(self.out), *arguments])

    def audience(self, name: str = "newsletter") -> list[dict[str, str]]:
        path = self.out / "audiences" / f"{name}.csv"
        with path.open(newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def company_of_four(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with pytest.MonkeyPatch.context() as monkeypatch:
        room = Company(tmp_path_factory.mktemp("four"), monkeypatch)
        room.land({"people": PEOPLE})
        room.build()
        yield room


def audiences_with(publication: Path, person: str) -> int:
    with duckdb.connect(
        str(publication / "mops_marts.duckdb"), read_only=True
    ) as connection:
        counts = [
            connection.execute(
                f"select count(*) from marts.{relation} where person_id = ?", [person]
            ).fetchone()
            for relation in ("audience_members", "audience_marketable_people")
        ]
    return sum(count[0] for count in counts if count)


def test_an_unknown_audience_is_named_with_those_that_are(company_of_four: Any) -> None:
    with pytest.raises(UserError, match="customers, enterprise_prospects") as error:
        company_of_four.export("--audience", "nobody")
    assert error.value.exit_code == WRONG_USE


def test_an_opt_out_leaves_no_audience_after_one_build(company_of_four: Any) -> None:
    room = company_of_four
    assert room.export() == OK
    assert room.export("--audience", "newsletter") == OK
    assert [row["email"] for row in room.audience()] == [
        f"person{number}@one.example" for number in range(1, 5)
    ]
    assert (room.out / "audiences" / "newsletter.csv").stat().st_mode & 0o777 == 0o600
    current = room.out / "published" / "current"
    assert audiences_with(current, "generic:p1") == 2

    # The opt-out lands, and no build has seen it: the file goes, none comes.
    room.land({"consent_events": [OPT_OUT]})
    with pytest.raises(UserError, match="1 person of newsletter") as error:
        room.export("--audience", "newsletter")
    assert error.value.exit_code == CHECK_FAILED
    assert "one.example" not in str(error.value)
    assert not list((room.out / "audiences").iterdir())

    room.build()
    assert room.export() == OK
    assert room.export("--audience", "newsletter") == OK
    assert len(room.audience()) == 3
    assert audiences_with(current, "generic:p1") == 0
    for path in (room.out / "audiences").iterdir():
        assert b"person1@" not in path.read_bytes()
    for path in (current / "parquet" / "marts").glob("audience_*.parquet"):
        ((count,),) = duckdb.sql(
            f"select count(*) from '{path}' where person_id = 'generic:p1'"
        ).fetchall()
        assert count == 0


def test_publishing_writes_the_files_that_are_there_anew(company_of_four: Any) -> None:
    room = company_of_four
    assert room.export("--audience", "newsletter") == OK
    before = {row["person_id"] for row in room.audience()}
    room.land(
        {
            "people": [
                PEOPLE[1] | {"has_opted_out": "true", "updated_at": "2026-02-01"},
                *PEOPLE[2:],
            ]
        }
    )
    (room.out / "audiences" / "former.csv").write_text("email\nold@one.example\n")
    room.build()
    assert room.export() == OK
    assert {row["person_id"] for row in room.audience()} == before - {"generic:p2"}
    assert [path.name for path in (room.out / "audiences").iterdir()] == [
        "newsletter.csv"
    ]


def test_a_refused_export_leaves_no_file_with_an_objector(
    company_of_four: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """The marts know of an opt-out but may not be exported: the old files go."""
    room = company_of_four
    assert room.export("--audience", "newsletter") == OK
    newsletter = room.out / "audiences" / "newsletter.csv"
    stale = newsletter.read_text()
    assert "generic:p3" in stale
    keeps = newsletter.with_name("keeps.csv")
    keeps.write_text("email,person_id\nperson4@one.example,generic:p4\n")
    opted_out = {"has_opted_out": "true", "updated_at": "2026-03-01"}
    more = [
        PEOPLE[3]
        | {"person_id": first, "first_name": first, "last_name": last}
        | {"email": f"{mailbox}@one.example"}
        for first, last, mailbox in (
            ("Quentin", "Fairbanks", "five"),
            ("Ursula", "Oyelaran", "six"),
            ("Magnus", "Holmberg", "info"),
            ("Xenia", "Petrova", "info"),
        )
    ]
    more[2]["has_opted_out"] = "true"
    room.land({"people": [PEOPLE[2] | opted_out, *more]})
    room.build_alone()

    for reason in ("changed since", "failed a_rule"):
        for arguments in ((), ("--audience", "newsletter")):
            newsletter.write_text(stale)
            with pytest.raises(UserError, match=reason) as error:
                room.export(*arguments)
            assert error.value.exit_code == CHECK_FAILED
            assert [path.name for path in keeps.parent.iterdir()] == ["keeps.csv"]
            told = capsys.readouterr().err
            assert "newsletter.csv is gone: 1 person in it may not be" in told
            assert "one.example" not in told
        room.judge(passed=False)
    keeps.unlink()


def test_an_address_is_refused_with_whoever_objects_to_it(
    company_of_four: Any,
) -> None:
    """Two people share a mailbox; one opted out, and a mail tool knows no people."""
    room = company_of_four
    room.judge(passed=True)
    with duckdb.connect(str(room.path), read_only=True) as connection:
        found = connection.execute(
            "select person_id, is_suppressed, is_address_suppressed, is_marketable "
            "from marts.dim_person_consents where person_id in (?, ?) order by all",
            ["generic:Magnus", "generic:Xenia"],
        ).fetchall()
    assert found == [
        ("generic:Magnus", True, True, False),
        ("generic:Xenia", False, True, True),
    ]
    assert room.export("--audience", "newsletter") == OK
    held = {row["email"] for row in room.audience()}
    assert held >= {f"{name}@one.example" for name in ("five", "person4", "six")}
    assert "info@one.example" not in held


def test_what_lands_after_the_build_reaches_people_by_address(
    company_of_four: Any,
) -> None:
    """A flag on a record that no build has seen, then a hard bounce."""
    room = company_of_four
    record = PEOPLE[3] | {"person_id": "new", "email": "Five@One.example"}
    room.land({"people": [record | {"has_opted_out": "true"}]})
    with pytest.raises(UserError, match="1 person of newsletter"):
        room.export("--audience", "newsletter")
    assert not list((room.out / "audiences").iterdir())

    bounce = {"event_type": "bounce", "bounce_type": "hard", "email_event_id": "b1"}
    bounce |= {"email": "six@one.example", "occurred_at": str(OPT_OUT["occurred_at"])}
    room.land({"email_events": [bounce]})
    with pytest.raises(UserError, match="2 people of newsletter"):
        room.export("--audience", "newsletter")

"""Audiences: never one person who objects, in no mart, publication or file."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path
from typing import Any

import duckdb
import pytest

import export
from conftest import Warehouse, land, run_dbt, write_csv, write_tables
from consent_worlds import (
    AS_OF,
    LATE,
    LATER,
    Event,
    Judgement,
    Landing,
    Profile,
    Told,
    drawn_worlds,
    judge,
)
from lib.audiences import check_audiences, drop_objecting_versions
from lib.cli import CHECK_FAILED, OK, WRONG_USE, UserError
from lib.quality import history
from lib.quality.fingerprint import fingerprint
from lib.quality.rules import CRITICAL, Rule, Suite, Verdict
from lib.warehouse import PROJECT_ROOT

WORLDS = 600
COUNTRY_RULES = PROJECT_ROOT / "seeds" / "campaigns" / "consent_country_rules.csv"
AUDIENCE_MODELS = (
    "+audience_members",
    "+int_campaigns__objected_addresses",
    "dim_build_settings",
    "int_core__build_moments",
)
# What a landing of consents and mail events alone changes of it.
CONSENT_MODELS = (
    "int_campaigns__consent_signals",
    "int_campaigns__listed_people",
    "int_campaigns__person_signals",
    "int_campaigns__bounced_people",
    "fct_consents",
    "dim_person_consents",
    "dim_people",
    "audience_marketable_people",
    "audience_members",
    "int_lifecycle__met_conditions",
)
# What a flag of the CRM changes of it.
FLAG_MODELS = ("int_campaigns__person_records", *CONSENT_MODELS)


class Room:
    """A warehouse of a test's own, which is built and exported again and again."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.raw = folder / "raw"
        self.out = folder / "output"
        self.path = folder / "mops.duckdb"
        self.monkeypatch = monkeypatch
        self.runs = 0
        self.rows = Warehouse(self.path).rows

    def land(self, tables: dict[str, Any]) -> None:
        write_tables(self.raw, tables)
        assert land(self.raw, self.path, self.monkeypatch) == OK

    def build(self, select: Sequence[str] = AUDIENCE_MODELS) -> None:
        """Build what audiences need, and say that it was validated."""
        self.build_alone(select)
        self.judge(passed=True)

    def build_alone(self, select: Sequence[str] = AUDIENCE_MODELS, **more: Any) -> None:
        """Build what audiences need."""
        assert run_dbt(self.path, select=select, **more)

    def judge(self, *, passed: bool) -> None:
        """Say that the last build passed validation or failed it."""
        self.runs += 1
        suite = Suite("marts__dim_people", "marts", "dim_people", {})
        rule = Rule("a_rule", CRITICAL, "us", "mend", "sql", None, None, None, None)
        verdict = Verdict(suite, rule, passed, 0.0, 10, 0, None)
        moment = datetime.now(UTC).replace(tzinfo=None)
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


class Worlds(Room):
    """Many small worlds in one warehouse, and what the oracle says of them."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(folder, monkeypatch)
        self.landing = Landing()
        self.worlds = drawn_worlds(WORLDS)
        for number, world in enumerate(self.worlds):
            self.landing.add(world, number)
        self.land_files(self.landing.files)
        assert run_dbt(self.path, select=["resource_type:seed"])
        with duckdb.connect(str(self.path)) as connection:
            for row in self.landing.suppressions:
                names, marks = ", ".join(row), ", ".join("?" for _ in row)
                connection.execute(
                    f"insert into policy.suppression_list ({names}) values ({marks})",
                    list(row.values()),
                )
        self.build_alone(seeds=False, as_of=AS_OF)
        self.judge(passed=True)

    def land_files(self, files: dict[str, list[dict[str, Any]]]) -> None:
        for name, rows in files.items():
            write_csv(self.raw / f"{name}.csv", rows)
        assert land(self.raw, self.path, self.monkeypatch) == OK

    def golden(self) -> dict[str, str]:
        found = "select person_record_id, person_id from marts.bridge_person_records"
        return dict(self.rows(found))

    def profiles(self) -> dict[str, Profile]:
        found = "select person_id, email, country from marts.dim_person_profiles"
        return {key: Profile(*values) for key, *values in self.rows(found)}

    def judgement(self, as_of: str = AS_OF) -> Judgement:
        return judge(self.landing, self.golden(), self.profiles(), as_of)


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worlds]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        yield Worlds(tmp_path_factory.mktemp("worlds"), monkeypatch)


def requires_opt_in(country: str | None) -> bool:
    with COUNTRY_RULES.open(newline="", encoding="utf-8") as file:
        rules = {row["country"]: row["requires_opt_in"] for row in csv.DictReader(file)}
    return rules.get(country or "*", rules["*"]) == "true"


WITHOUT: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "additional addresses": ("records", lambda row: replace(row, additional=set())),
    "flags": ("records", lambda row: replace(row, has_opted_out=False)),
    "bounced records": ("records", lambda row: replace(row, bounced_at=None)),
    "bounces": ("events", lambda event: muted(event, "hard")),
    "opt-ins": ("events", lambda event: muted(event, "opt_in")),
    "seconds": ("events", lambda event: replace(event, at=split_second(event.at))),
    "records": ("events", lambda event: replace(event, key=None)),
    "addresses": ("events", lambda event: replace(event, email=None)),
    "listed addresses": ("suppressions", lambda row: row | {"email": None}),
    "listed domains": ("suppressions", lambda row: row | {"domain": None}),
    "dates of the list": ("suppressions", lambda row: row | {"effective_to": None}),
}


def muted(event: Event, what: str) -> Event:
    """Return an event that says nothing if it is of a kind."""
    return replace(event, what="nothing") if event.what == what else event


def split_second(moment: datetime) -> datetime:
    """Return a moment that is another second where it was another part of one."""
    return moment + timedelta(minutes=moment.microsecond / 1e3)


@pytest.mark.parametrize("case", WITHOUT)
def test_the_worlds_hold_what_is_to_be_told(worlds: Worlds, case: str) -> None:
    """Without it somebody would be judged otherwise."""
    golden, profiles = worlds.golden(), worlds.profiles()
    attribute, change = WITHOUT[case]
    rows: Any = {attribute: [*map(change, getattr(worlds.landing, attribute))]}
    poorer = replace(worlds.landing, **rows)
    assert (
        judge(poorer, golden, profiles, AS_OF).suppressed
        != judge(worlds.landing, golden, profiles, AS_OF).suppressed
    )


def test_records_of_one_person_share_their_objections(worlds: Worlds) -> None:
    """Each record that is not deleted is somebody's, and so are those tied to it."""
    golden = worlds.golden()
    assert {
        record.key for record in worlds.landing.records if not record.is_deleted
    } <= (golden.keys())
    for one, other in worlds.landing.merges:
        assert golden.get(one) == golden.get(other)


def test_no_audience_holds_whom_or_what_the_oracle_bars(worlds: Worlds) -> None:
    judged = worlds.judgement()
    held = worlds.rows(
        "select person_id, email from marts.audience_marketable_people union all "
        "select person_id, people.email from marts.audience_members "
        "left join marts.audience_marketable_people as people using (person_id)"
    )
    assert not {person for person, _ in held} & judged.suppressed
    assert not {email for _, email in held} & judged.addresses
    found = "select person_id from marts.dim_person_consents where is_suppressed"
    assert {person for (person,) in worlds.rows(found)} == judged.suppressed
    assert len(judged.suppressed) > 100
    assert len(judged.bounced) > 10


def test_every_one_who_may_be_written_to_is_in_the_audience(worlds: Worlds) -> None:
    """Nobody is left out but for a reason, so that what is held is no empty list."""
    judged = worlds.judgement()
    expected = {
        person
        for person, profile in worlds.profiles().items()
        if profile.email is not None
        and person not in judged.suppressed
        and (person in judged.opted_in or not requires_opt_in(profile.country))
    }
    found = worlds.rows("select person_id, email from marts.audience_marketable_people")
    profiles = worlds.profiles()
    shared = {p for p in expected if profiles[p].email in judged.addresses}
    assert {person for person, _ in found} == expected - shared
    assert len(found) > 60
    assert len(shared) > 3
    assert expected & judged.opted_in


def test_no_exported_file_holds_whom_or_what_the_oracle_bars(worlds: Worlds) -> None:
    judged = worlds.judgement()
    assert worlds.export() == OK
    assert worlds.export("--audience", "newsletter") == OK
    rows = worlds.audience()
    assert not {row["person_id"] for row in rows} & judged.suppressed
    assert not {row["email"] for row in rows} & judged.addresses
    assert len(rows) > 60
    published = worlds.out / "published" / "current" / "parquet" / "marts"
    for path in published.glob("audience_*.parquet"):
        found = duckdb.sql(f"select person_id from '{path}'").fetchall()
        assert not {person for (person,) in found} & judged.suppressed
        assert found


def test_what_lands_after_the_build_is_heeded_by_the_export(worlds: Worlds) -> None:
    """Late opt-ins and objections land; no build has seen them, the export has."""
    members = worlds.audience()
    worlds.landing.files.clear()
    objections = cycle(("opt_out", "unsubscribe", "spam_report", "hubspot_opt_out"))
    for member, what in zip(members[::7], objections, strict=False):
        told = Told(None, None, what, "email", "marketing", LATE)
        worlds.landing.hear(None, member["email"], told)
    for number, world in enumerate(worlds.worlds):
        for told in world.late:
            worlds.landing.tell(world, number, told)
    worlds.land_files(worlds.landing.files)
    judged = worlds.judgement()
    for relation, key, expected in (
        ("standing_objections", "person_id", judged.suppressed),
        ("objected_addresses", "email", judged.addresses),
    ):
        found = worlds.rows(f"select {key} from intermediate.int_campaigns__{relation}")
        assert {value for (value,) in found} == expected
    assert {member["person_id"] for member in members[::7]} <= judged.suppressed
    for arguments in (("--audience", "newsletter"), ()):
        with pytest.raises(UserError, match="may not be written to"):
            worlds.export(*arguments)
    for path in (worlds.out / "audiences").iterdir():
        rows = worlds.audience(path.stem)
        assert not {row["person_id"] for row in rows} & judged.suppressed
        assert not {row["email"] for row in rows} & judged.addresses
    worlds.build_alone(CONSENT_MODELS, seeds=False, as_of=LATER)
    held = worlds.rows("select person_id, email from marts.audience_marketable_people")
    judged = worlds.judgement(LATER)
    assert not {person for person, _ in held} & judged.suppressed
    assert not {email for _, email in held} & judged.addresses


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
OTHERS = [
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
OTHERS[2]["has_opted_out"] = "true"
OPT_OUT = {
    "person_id": "",
    "email": "Person1@One.example",
    "channel": "all",
    "status": "opt_out",
    "occurred_at": datetime.now(UTC).replace(tzinfo=None) - timedelta(minutes=1),
}


@pytest.fixture(scope="module")
def company_of_eight(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with pytest.MonkeyPatch.context() as monkeypatch:
        room = Room(tmp_path_factory.mktemp("eight"), monkeypatch)
        room.land({"people": [*PEOPLE, *OTHERS]})
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


def test_an_unknown_audience_is_named_with_those_that_are(
    company_of_eight: Any,
) -> None:
    with pytest.raises(UserError, match="customers, enterprise_prospects") as error:
        company_of_eight.export("--audience", "nobody")
    assert error.value.exit_code == WRONG_USE


def test_an_opt_out_leaves_no_audience_after_one_build(company_of_eight: Any) -> None:
    room = company_of_eight
    assert room.export() == OK
    assert room.export("--audience", "newsletter") == OK
    assert [row["email"] for row in room.audience()] == [
        f"{mailbox}@one.example"
        for mailbox in ("five", "person1", "person2", "person3", "person4", "six")
    ]
    assert (room.out / "audiences" / "newsletter.csv").stat().st_mode & 0o777 == 0o600
    current = room.out / "published" / "current"
    assert audiences_with(current, "generic:p1") == 2

    # The opt-out lands, and no build has seen it: the file goes, none comes.
    room.land({"consent_events": [OPT_OUT]})
    with pytest.raises(UserError, match="not published: 1 person of the audiences"):
        room.export()
    with pytest.raises(UserError, match="1 person of newsletter") as error:
        room.export("--audience", "newsletter")
    assert error.value.exit_code == CHECK_FAILED
    assert "one.example" not in str(error.value)
    assert not list((room.out / "audiences").iterdir())
    # Marts that are validated after the landing do not know of it either.
    room.judge(passed=True)
    with pytest.raises(UserError, match="not published: 1 person of the audiences"):
        room.export()

    room.build()
    assert room.export() == OK
    assert room.export("--audience", "newsletter") == OK
    # No older version keeps the person either.
    assert [*(room.out / "published" / "versions").iterdir()] == [current.resolve()]
    assert len(room.audience()) == 5
    assert audiences_with(current, "generic:p1") == 0
    for path in (room.out / "audiences").iterdir():
        assert b"person1@" not in path.read_bytes()
    for path in (current / "parquet" / "marts").glob("audience_*.parquet"):
        ((count,),) = duckdb.sql(
            f"select count(*) from '{path}' where person_id = 'generic:p1'"
        ).fetchall()
        assert count == 0


@pytest.fixture
def asked(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """What an export asks, made by hand: p2 objects, and three are published."""
    with duckdb.connect() as connection:
        connection.execute(
            "create schema marts; create schema intermediate; create schema raw_meta;"
            "create table marts.dim_person_consents as select * from (values "
            "('p1', true, false), ('p2', true, false), ('p3', true, false)) "
            "as known (person_id, is_marketable, is_suppressed);"
            "create table marts.audience_marketable_people as "
            "select person_id, person_id || '@one.example' as email "
            "from marts.dim_person_consents;"
            "create table intermediate.int_campaigns__standing_objections as "
            "select 'p2' as person_id;"
            "create table intermediate.int_campaigns__objected_addresses as "
            "select 'p2@one.example' as email;"
            "create table intermediate.int_core__build_moments as "
            "select timestamp '2026-03-01 10:00:00.5' as began_at;"
            "create table raw_meta.loads as "
            "select timestamp '2026-03-01 10:00:00.4' as loaded_at"
        )
        for version, person in (("one", "p1"), ("two", "p2"), ("three", "p2")):
            folder = tmp_path / "published" / "versions" / version
            people = folder / "parquet" / "marts" / "audience_marketable_people.parquet"
            people.parent.mkdir(parents=True)
            connection.execute(
                "copy (from marts.audience_marketable_people "
                f"where person_id = '{person}') to '{people}'"
            )
        (tmp_path / "published" / "current").symlink_to("versions/three")
        yield connection


def test_an_older_publication_with_an_objector_goes(
    asked: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    (told,) = drop_objecting_versions(asked, tmp_path)
    assert told.endswith("two is gone: 1 person in it may not be written to")
    left = sorted((tmp_path / "published" / "versions").iterdir())
    assert [path.name for path in left] == ["one", "three"]


def test_a_publication_without_addresses_is_judged_by_its_people(
    asked: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    for people in (tmp_path / "published" / "versions").rglob("*.parquet"):
        asked.execute(
            f"copy (select person_id from '{people}') to '{people}.new' "
            "(format parquet)"
        )
        people.with_name(f"{people.name}.new").replace(people)
    (told,) = drop_objecting_versions(asked, tmp_path)
    assert told.endswith("two is gone: 1 person in it may not be written to")
    left = sorted((tmp_path / "published" / "versions").iterdir())
    assert [path.name for path in left] == ["one", "three"]


def test_what_landed_since_the_build_began_stops_publishing(
    asked: duckdb.DuckDBPyConnection,
) -> None:
    """Whether the marts were validated since or not."""
    check_audiences(asked)
    asked.execute("insert into raw_meta.loads values ('2026-03-01 10:00:00.6')")
    with pytest.raises(UserError, match="not published: 1 person of the audiences"):
        check_audiences(asked)


def test_publishing_writes_the_files_that_are_there_anew(company_of_eight: Any) -> None:
    room = company_of_eight
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
    room.build(FLAG_MODELS)
    assert room.export() == OK
    assert {row["person_id"] for row in room.audience()} == before - {"generic:p2"}
    assert [path.name for path in (room.out / "audiences").iterdir()] == [
        "newsletter.csv"
    ]


def test_a_refused_export_leaves_no_file_with_an_objector(
    company_of_eight: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """The marts know of an opt-out but may not be exported: the old files go."""
    room = company_of_eight
    assert room.export("--audience", "newsletter") == OK
    newsletter = room.out / "audiences" / "newsletter.csv"
    stale = newsletter.read_text()
    assert "generic:p3" in stale
    keeps = newsletter.with_name("keeps.csv")
    keeps.write_text("email,person_id\nperson4@one.example,generic:p4\n")
    opted_out = {"has_opted_out": "true", "updated_at": "2026-03-01"}
    room.land({"people": [PEOPLE[2] | opted_out]})
    room.build_alone(FLAG_MODELS)

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
    company_of_eight: Any,
) -> None:
    """Two people share a mailbox; one opted out, and a mail tool knows no people."""
    room = company_of_eight
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
    company_of_eight: Any,
) -> None:
    """A flag on a record that no build has seen, then a hard bounce."""
    room = company_of_eight
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

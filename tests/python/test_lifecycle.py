"""The lifecycle models against a second, plain reading of their rules.

Random histories, full of ties, repeats, recycles, merges, stamps and values that map
to nothing, go through the models and through `Oracle`, which walks each person's events
one by one. Not one stay may differ.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from conftest import run_dbt
from lib.warehouse import PROJECT_ROOT

PEOPLE = 3_000
AS_OF = datetime(2026, 6, 30, 23, 59, 59, 999_999)
FIRST_DAY = datetime(2025, 10, 1)
DAYS = 290  # some histories run past AS_OF
ORDER = (
    "lead",
    "mql",
    "sal",
    "sql",
    "opportunity",
    "customer",
    "disqualified",
    "recycled",
)
OFF_RAMPS = {"disqualified", "recycled"}
VALUES = {
    "generic": (
        "Lead",
        "MQL",
        "sal",
        "SQL",
        "Opportunity",
        "customer",
        "recycled",
        "Recycled",
        "disqualified",
        "Parked",
    ),
    "salesforce": (
        "New",
        "Open - Not Contacted",
        "Working",
        "Qualified",
        "Nurturing",
        "Unqualified",
        "Closed - Converted",
        "On hold",
    ),
}
EVIDENCE = {"generic": "stage_event", "salesforce": "field_history"}

ACTIVITY = (
    "activity_id varchar, source varchar, person_record_id varchar, "
    "opportunity_id varchar, user_id varchar, activity_type varchar, "
    "direction varchar, occurred_at timestamp"
)
RECORD = (
    "person_record_id varchar, source varchar, status varchar, created_at timestamp, "
    "updated_at timestamp, converted_opportunity_id varchar, converted_at timestamp"
)
UPSTREAM = {
    "staging.stg_generic__activities": ACTIVITY,
    "staging.stg_salesforce__activities": ACTIVITY,
    "staging.stg_hubspot__activities": ACTIVITY,
    "staging.stg_marketo__activities": ACTIVITY,
    "staging.stg_generic__stage_events": "person_record_id varchar, source varchar, "
    "stage_value varchar, reason varchar, evidence varchar, entered_at timestamp",
    "staging.stg_salesforce__stage_events": "person_record_id varchar, source varchar, "
    "stage_value varchar, reason varchar, evidence varchar, entered_at timestamp",
    "staging.stg_hubspot__stage_events": "person_record_id varchar, source varchar, "
    "stage_value varchar, reason varchar, evidence varchar, entered_at timestamp",
    "staging.stg_marketo__stage_events": "person_record_id varchar, source varchar, "
    "stage_value varchar, reason varchar, evidence varchar, entered_at timestamp",
    "staging.stg_generic__people": RECORD,
    "staging.stg_salesforce__people": RECORD,
    "staging.stg_hubspot__people": RECORD,
    "staging.stg_marketo__people": RECORD,
    "marts.bridge_person_records": "person_record_id varchar, person_id varchar, "
    "source varchar",
    "intermediate.int_lifecycle__qualifying_moments": "person_id varchar, "
    "definition_version varchar, qualified_at timestamp",
    "marts.bridge_opportunity_people": "opportunity_id varchar, person_id varchar",
    "marts.fct_opportunity_outcomes": "opportunity_id varchar, source varchar, "
    "is_won boolean, created_at timestamp, closed_at timestamp",
    "marts.dim_person_profiles": "person_id varchar, account_id varchar, "
    "owner_id varchar, email varchar, email_domain varchar, first_name varchar, "
    "last_name varchar, title varchar, seniority varchar, company_name varchar, "
    "country varchar, segment varchar, lead_source varchar, is_complete boolean, "
    "is_enriched boolean, record_count bigint, created_at timestamp",
    "marts.dim_person_consents": "person_id varchar, is_suppressed boolean, "
    "suppression_reason varchar, is_marketable boolean",
    "marts.dim_accounts": "account_id varchar, is_customer boolean",
    "marts.fct_touchpoints": "touchpoint_id varchar, person_id varchar, "
    "channel varchar, touched_at timestamp",
}

Event = tuple[datetime, str, bool, str]  # moment, stage, is a stamp, evidence
Stay = tuple[str, int, int, str, str, str | None, str, datetime, datetime | None]


@dataclass
class Person:
    """One golden person and all that the sources say about it."""

    person_id: str
    created_at: datetime | None
    records: list[str] = field(default_factory=list)
    declared: list[tuple[str, str, str, datetime]] = field(default_factory=list)
    conversions: list[tuple[str, datetime, str | None]] = field(default_factory=list)
    opportunities: list[tuple[str, datetime, datetime | None]] = field(
        default_factory=list
    )
    touches: list[tuple[str, str, datetime]] = field(default_factory=list)


def random_person(number: int, chance: random.Random) -> Person:
    """Make up a person whose events often fall on one another's second."""

    def moment() -> datetime:
        day = FIRST_DAY + timedelta(days=chance.randrange(DAYS))
        return day + timedelta(hours=chance.choice((0, 9, 9, 17)))

    person = Person(f"generic:{number}", moment() if chance.random() < 0.95 else None)
    person.records = [
        f"{chance.choice(('generic', 'salesforce'))}:{number}-{copy}"
        for copy in range(chance.choice((1, 1, 1, 2, 3)))
    ]
    for _ in range(chance.choice((0, 1, 2, 4, 8, 12))):
        record = chance.choice(person.records)
        source = record.split(":")[0]
        value, evidence = chance.choice(VALUES[source]), EVIDENCE[source]
        person.declared.append((record, value, evidence, moment()))
    for record in person.records:
        if chance.random() < 0.3:
            names = (None, None, f"{record}-o", f"generic:{number}-0")
            opened = chance.choice(names)
            person.conversions.append((record, moment(), opened))
    for count in range(chance.choice((0, 0, 1, 2, 3))):
        won_at = moment() if chance.random() < 0.4 else None
        opportunity_id = f"generic:{number}-{count}"
        person.opportunities.append((opportunity_id, moment(), won_at))
    for count in range(chance.choice((0, 1, 3))):
        channel = chance.choice(("email", "webinar", "direct"))
        person.touches.append((f"generic:{number}-{count}", channel, moment()))
    return person


class Oracle:
    """The rules of the lifecycle, read once more, one person and event at a time."""

    def __init__(self) -> None:
        self.meanings = {
            (row["source"], row["source_value"]): row["stage"]
            for row in _policy("lifecycle_stage_map")
        }
        self.definitions = [
            (datetime.fromisoformat(row["effective_from"]), row["definition_version"])
            for row in _policy("mql_definitions")
        ]

    def declared(self, person: Person) -> list[Event]:
        """Return the declared events that count."""
        events: list[Event] = []
        for record, value, evidence, moment in person.declared:
            stage = self.meanings.get((record.split(":")[0], value.lower()))
            if stage and moment <= AS_OF:
                events.append((moment, stage, False, evidence))
        return events

    def stamps(self, person: Person, declared: list[Event]) -> list[Event]:
        """Return the stamps that fill a gap in what is declared."""
        first_declared = min((event[0] for event in declared), default=None)
        starts = [start for start in (person.created_at, first_declared) if start]
        proofs: list[tuple[datetime, str, str]] = []
        joined: dict[str | None, datetime] = {}
        for _, moment, opportunity_id in person.conversions:
            same_day = [e[0] for e in declared if e[0].date() == moment.date()]
            known_by_day = moment.hour == 0
            last = max([moment, *same_day]) if known_by_day else moment
            stage = "opportunity" if opportunity_id else "sql"
            proofs.append((last, stage, "conversion"))
            joined[opportunity_id] = min(joined.get(opportunity_id, last), last)
        for opportunity_id, created_at, won_at in person.opportunities:
            begun = max(created_at, joined.get(opportunity_id, created_at))
            proofs.append((begun, "opportunity", "opportunity"))
            if won_at:  # no deal is won before it exists, or the person joined it
                proofs.append((max(won_at, begun), "customer", "opportunity"))
        stamps: list[Event] = [
            (max([moment, *([min(starts)] if starts else [])]), stage, True, evidence)
            for moment, stage, evidence in proofs
        ]
        stands = _standing(stamps, declared)
        if person.created_at and person.created_at == min(starts):
            stands.append((person.created_at, "lead", True, "created_at"))
        return [stamp for stamp in stands if stamp[0] <= AS_OF]

    def stays(self, person: Person) -> list[Stay]:
        """Return the person's stays, as fct_stage_transitions has them."""
        declared = self.declared(person)
        events = declared + self.stamps(person, declared)
        events.sort(key=lambda e: (e[0], ORDER.index(e[1]), e[2], e[3]))
        cycles: list[list[tuple[datetime, str, str]]] = [[]]
        last = None
        for moment, stage, _, evidence in events:
            if stage == last:
                continue
            if last == "recycled":
                cycles.append([])
            cycles[-1].append((moment, stage, evidence))
            last = stage
        entries = []
        for number, cycle in enumerate(cycles, start=1):
            stages = [stage for _, stage, _ in cycle]
            wanted = stages[:1] if number == 1 else stages
            if cycle and "lead" not in wanted:
                entries.append((number, cycle[0][0], "lead", "imputed"))
            entries += [(number, *entry) for entry in _without_gaps(cycle)]
        return self._intervals(person.person_id, entries)

    def _intervals(
        self, person_id: str, entries: list[tuple[int, datetime, str, str]]
    ) -> list[Stay]:
        stays: list[Stay] = []
        for position, (number, moment, stage, evidence) in enumerate(entries):
            following = entries[position + 1 : position + 2]
            version = [name for start, name in self.definitions if start <= moment][-1]
            next_stage = following[0][2] if following else None
            exited_at = following[0][1] if following else None
            key = (person_id, number, position + 1)
            stays.append(
                (*key, stage, evidence, next_stage, version, moment, exited_at)
            )
        return stays


def _policy(name: str) -> list[dict[str, str]]:
    with (PROJECT_ROOT / "seeds" / "lifecycle" / f"{name}.csv").open() as file:
        return list(csv.DictReader(file))


def _without_gaps(
    cycle: list[tuple[datetime, str, str]],
) -> list[tuple[datetime, str, str]]:
    """Walk a cycle and put in, before each stage, what it passes and never enters."""
    missing = [stage for stage in ORDER[1:] if stage not in {e[1] for e in cycle}]
    walked: list[tuple[datetime, str, str]] = []
    for moment, stage, evidence in cycle:
        passed = [
            name
            for name in missing
            if stage not in OFF_RAMPS and ORDER.index(name) < ORDER.index(stage)
        ]
        walked += [(moment, name, "imputed") for name in passed]
        walked.append((moment, stage, evidence))
        missing = [name for name in missing if name not in passed]
    return walked


def _standing(stamps: list[Event], declared: list[Event]) -> list[Event]:
    """Walk each cycle in order of time and keep what leads a person forward.

    A cycle ends with a declared recycling. In it, a stamp opens a stage that the cycle
    neither declares nor has opened yet, unless it was past that stage before.
    """
    recycled = sorted(event[0] for event in declared if event[1] == "recycled")
    ends = [*recycled, datetime.max]
    standing: list[Event] = []
    for start, end in zip([datetime.min, *recycled], ends, strict=True):
        spoken = [e for e in declared if start < e[0] <= end and e[1] not in OFF_RAMPS]
        taken = {stage for _, stage, _, _ in spoken}
        passed = [(moment, ORDER.index(stage)) for moment, stage, _, _ in spoken]
        for stamp in sorted(stamps, key=lambda e: (e[0], ORDER.index(e[1]), e[3])):
            moment, stage = stamp[:2]
            if not start < moment <= end or stage in taken:
                continue
            if any(when < moment and at > ORDER.index(stage) for when, at in passed):
                continue
            standing.append(stamp)
            taken.add(stage)
            passed.append((moment, ORDER.index(stage)))
    return standing


def write_upstream(path: Path, people: list[Person]) -> None:
    """Write what the lifecycle domain reads as tables in place of its models."""
    rows: dict[str, list[tuple[object, ...]]] = {name: [] for name in UPSTREAM}
    rows["staging.stg_generic__stage_events"].append(
        ("generic:nobody", "generic", "mql", None, "stage_event", FIRST_DAY)
    )
    for person in people:
        key = person.person_id
        rows["marts.dim_person_profiles"].append(
            (key, *[None] * 10, "smb", None, True, False, 1, person.created_at)
        )
        rows["marts.dim_person_consents"].append((key, False, None, True))
        for record in person.records:
            rows["marts.bridge_person_records"].append(
                (record, key, record.split(":")[0])
            )
        for record, value, evidence, moment in person.declared:
            source = record.split(":")[0]
            rows[f"staging.stg_{source}__stage_events"].append(
                (record, source, value, None, evidence, moment)
            )
        for record, moment, opportunity_id in person.conversions:
            source = record.split(":")[0]
            rows[f"staging.stg_{source}__people"].append(
                (record, source, None, None, None, opportunity_id, moment)
            )
        for opportunity_id, created_at, won_at in person.opportunities:
            rows["marts.bridge_opportunity_people"].append((opportunity_id, key))
            rows["marts.fct_opportunity_outcomes"].append(
                (opportunity_id, "generic", won_at is not None, created_at, won_at)
            )
        for touchpoint_id, channel, moment in person.touches:
            rows["marts.fct_touchpoints"].append((touchpoint_id, key, channel, moment))
    with duckdb.connect(str(path)) as connection:
        for name, columns in UPSTREAM.items():
            schema = name.split(".")[0]
            connection.execute(f"create schema if not exists {schema}")
            connection.execute(f"create table {name} ({columns})")
            if rows[name]:
                marks = ", ".join("?" for _ in rows[name][0])
                connection.execute("begin")
                connection.executemany(
                    f"insert into {name} values ({marks})", rows[name]
                )
                connection.execute("commit")


@pytest.fixture(scope="module")
def people() -> list[Person]:
    """Random people, the same on every run."""
    chance = random.Random(20260630)  # noqa: S311
    return [random_person(number, chance) for number in range(PEOPLE)]


@pytest.fixture(scope="module")
def built(
    people: list[Person], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[duckdb.DuckDBPyConnection]:
    """The lifecycle models, built from the random people alone."""
    folder = tmp_path_factory.mktemp("lifecycle")
    path = folder / "mops.duckdb"
    write_upstream(path, people)
    # Audiences rest on more than the people's stages.
    marts = ["dim_people", "fct_lead_funnel", "fct_stage_event_exclusions"]
    marts += ["fct_stage_transitions"]
    inner = [f"+{mart},models/intermediate/lifecycle" for mart in marts]
    domain = ["seeds/lifecycle", "person_statuses", *inner, *marts]
    assert run_dbt(
        path,
        select=domain,
        # No source here leaves MQLs to the definition.
        exclude=["+int_lifecycle__qualifying_moments,models/intermediate/lifecycle"],
        as_of=str(AS_OF.date()),
    )
    with duckdb.connect(str(path), read_only=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def expected(people: list[Person]) -> list[Stay]:
    """The stays of all people by the oracle."""
    oracle = Oracle()
    return [stay for person in people for stay in oracle.stays(person)]


def test_every_stay_is_what_the_rules_say(
    built: duckdb.DuckDBPyConnection, expected: list[Stay]
) -> None:
    found = built.execute(
        """
        select person_id, cycle_number, sequence_number, stage, evidence, next_stage,
            definition_version, entered_at, exited_at
        from marts.fct_stage_transitions
        """
    ).fetchall()
    flags = built.execute(
        """
        select distinct evidence, is_imputed
        from marts.fct_stage_transitions
        where is_imputed or evidence = 'imputed'
        """
    ).fetchall()
    assert flags == [("imputed", True)]
    assert len(expected) > 3 * PEOPLE
    assert {stay[4] for stay in expected} > {"imputed", "conversion", "opportunity"}
    assert set(found) ^ set(expected) == set()
    assert len(found) == len(expected)


def test_every_cycle_has_the_first_time_of_each_stage(
    built: duckdb.DuckDBPyConnection, expected: list[Stay]
) -> None:
    first: dict[tuple[str, int], dict[str, datetime]] = {}
    imputed: dict[tuple[str, int], list[str]] = {}
    cycles = {stay[1] for stay in expected}
    for person_id, cycle, _, stage, evidence, _, _, entered_at, _ in expected:
        times = first.setdefault((person_id, cycle), {})
        if evidence == "imputed":
            imputed.setdefault((person_id, cycle), []).append(stage)
        if stage == "lead" or evidence != "imputed":
            times[stage] = min(times.get(stage, entered_at), entered_at)
    found = built.execute(
        """
        select person_id, cycle_number, lead_at, mql_at, sal_at, sql_at,
            opportunity_at, won_at, disqualified_at, recycled_at, imputed_stages
        from marts.fct_lead_funnel
        """
    ).fetchall()
    wanted = [
        (*key, *map(times.get, ORDER), ",".join(imputed.get(key, ())) or None)
        for key, times in first.items()
    ]
    assert max(cycles) >= 3
    assert {"opportunity", "mql", "sal"} < {
        s for names in imputed.values() for s in names
    }
    assert set(found) ^ set(wanted) == set()
    assert len(found) == len(wanted)


def test_channel_is_that_of_the_first_touch(
    built: duckdb.DuckDBPyConnection, people: list[Person]
) -> None:
    first = {
        person.person_id: min((when, key, name) for key, name, when in person.touches)
        for person in people
        if person.touches
    }
    found = built.execute(
        "select person_id, channel from marts.fct_lead_funnel"
    ).fetchall()
    touched = dict(
        built.execute(
            "select person_id, first_touch_at from marts.dim_people"
        ).fetchall()
    )
    assert len(touched) == PEOPLE
    for person_id, channel in found:
        when, _, name = first.get(person_id, (None, "", "unknown"))
        assert (channel, touched[person_id]) == (name, when)


def test_current_stage_and_first_mql(
    built: duckdb.DuckDBPyConnection, people: list[Person], expected: list[Stay]
) -> None:
    current: dict[str, str] = {}
    customers: set[str] = set()
    mql_at: dict[str, datetime] = {}
    for person_id, _, _, stage, evidence, _, _, entered_at, _ in expected:
        current[person_id] = stage
        if stage == "customer":
            customers.add(person_id)
        if stage == "mql" and evidence != "imputed":
            mql_at[person_id] = min(mql_at.get(person_id, entered_at), entered_at)
    found = built.execute(
        "select person_id, lifecycle_stage, is_customer, mql_at from marts.dim_people"
    ).fetchall()
    wanted = {
        (key, current.get(key), key in customers, mql_at.get(key))
        for key in (person.person_id for person in people)
    }
    assert set(found) ^ wanted == set()


def test_no_declared_event_is_lost(
    built: duckdb.DuckDBPyConnection, people: list[Person]
) -> None:
    oracle = Oracle()
    declared = sum(len(person.declared) for person in people) + 1
    counted = sum(len(oracle.declared(person)) for person in people)
    found = dict(
        built.execute(
            """
            select reason, count(*)
            from marts.fct_stage_event_exclusions
            where is_declared
            group by reason
            """
        ).fetchall()
    )
    assert found["unknown_person"] == 1
    assert min(found["unmapped_value"], found["after_as_of"]) > 100
    assert sum(found.values()) == declared - counted
    keys = built.execute(
        """
        select count(*), count(distinct stage_event_exclusion_id)
        from marts.fct_stage_event_exclusions
        """
    ).fetchone()
    assert keys is not None and keys[0] == keys[1]


def test_an_opportunity_opens_one_stay_a_cycle_and_never_leads_back(
    built: duckdb.DuckDBPyConnection,
) -> None:
    rows = built.execute(
        """
        select person_id, cycle_number, stage, evidence in ('conversion', 'opportunity')
        from marts.fct_stage_transitions
        where not is_imputed
        order by person_id, sequence_number
        """
    ).fetchall()
    cycles: dict[tuple[str, int], list[tuple[str, bool]]] = {}
    opened: dict[str, int] = {}
    for person_id, cycle, stage, is_stamp in rows:
        earlier = cycles.setdefault((person_id, cycle), [])
        if is_stamp:
            further = ORDER[ORDER.index(stage) + 1 : ORDER.index("disqualified")]
            assert not any(name in {stage, *further} for name, _ in earlier)
            opened[person_id] = opened.get(person_id, 0) + (stage == "opportunity")
        earlier.append((stage, is_stamp))
    assert max(opened.values()) >= 3

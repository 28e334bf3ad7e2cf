"""Business time and service levels, against clocks that go minute by minute."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from business_clock import Clock, Hours
from conftest import judge, run_dbt

AS_OF = date(2026, 6, 30)
CASES = 10_000
MODELS = (
    "int_lifecycle__rep_clocks",
    "int_lifecycle__short_rep_keys",
    "int_lifecycle__local_spells",
    "int_lifecycle__business_spells",
    "int_lifecycle__mql_owners",
    "int_lifecycle__mql_cycles",
    "int_lifecycle__first_responses",
    "int_lifecycle__clock_positions",
    "int_lifecycle__due_moments",
    "fct_lead_responses",
)
# Data tests that refuse policies by which a lead could not be judged.
GUARDS = (
    "assert_lifecycle_mqls_are_all_judged",
    "assert_lifecycle_business_hours_never_overlap",
    "grain_int_lifecycle__due_moments",
)
ZONES = ("America/New_York", "Europe/Berlin", "Australia/Lord_Howe")
FREE_DAYS = {
    "Here": [date(2024, 12, 25), date(2025, 7, 4), date(2025, 3, 10)],
    "There": [date(2024, 12, 26), date(2025, 10, 27), date(2026, 4, 6)],
}
ALWAYS = (date(1900, 1, 1), date(9999, 12, 31))
HOURS: dict[str, list[Hours]] = {
    "office": [((1, 2, 3, 4, 5), "09:00", "17:00", *ALWAYS)],
    "siesta": [
        ((1, 2, 3, 4, 5), "09:00", "13:00", *ALWAYS),
        ((1, 2, 3, 4, 5), "16:00", "20:00", date(1900, 1, 1), date(2025, 6, 1)),
        ((1, 2, 3, 4), "15:30", "19:45", date(2025, 6, 1), date(9999, 12, 31)),
        ((6,), "10:00", "12:30", *ALWAYS),
    ],
    "night": [
        ((7, 1, 2, 3, 4), "22:00", "24:00", *ALWAYS),
        ((1, 2, 3, 4, 5), "00:00", "06:00", *ALWAYS),
    ],
    "always": [((1, 2, 3, 4, 5, 6, 7), "00:00", "24:00", *ALWAYS)],
}
# Teams: calendar, own zone, country of the holidays.
TEAMS = {
    "inside_sales": ("office", "America/New_York", "Here"),
    "field": ("siesta", "Europe/Berlin", "There"),
    "night_desk": ("night", "America/New_York", None),
    "follow_the_sun": ("always", "Europe/Berlin", None),
    "*": ("office", "Australia/Lord_Howe", "There"),
}
TARGETS = {"smb": 1440, "mid_market": 240, "enterprise": 30}
CLOCK_CHANGES = {
    2024: ((3, 10), (11, 3)),
    2025: ((3, 30), (10, 26)),
    2026: ((4, 5), (3, 8)),
}


@dataclass(frozen=True)
class Case:
    """An MQL, whose it was, and when it was answered."""

    person_id: str
    team: str
    zone: str | None
    segment: str
    mql_at: datetime
    responded_at: datetime | None

    @property
    def rep_id(self) -> str:
        """A rep of the team who sits in the zone."""
        return f"{self.team}@{self.zone}"

    @property
    def clock_key(self) -> tuple[str, str, str | None]:
        """What makes the clock: calendar, zone and country."""
        calendar, zone, country = TEAMS[self.team if self.team in TEAMS else "*"]
        known = self.zone if self.zone in ZONES else None
        return calendar, known or zone, country


def random_case(number: int, chance: random.Random) -> Case:
    """Return a case; half of them lie about a change of the clocks or a holiday."""
    if chance.random() < 0.5:
        year = chance.choice(list(CLOCK_CHANGES))
        near = [date(year, *day) for day in CLOCK_CHANGES[year]]
        near += [day for days in FREE_DAYS.values() for day in days]
        day = chance.choice(near) + timedelta(days=chance.randint(-3, 2))
    else:
        day = date(2024, 1, 1) + timedelta(days=chance.randrange(912))
    start = datetime.combine(min(day, AS_OF), datetime.min.time())
    mql_at = start + timedelta(minutes=chance.randrange(1440))
    wait = round(chance.lognormvariate(5.5, 2.2))
    responded_at = mql_at + timedelta(minutes=min(wait, 40_000))
    is_answered = responded_at.date() <= AS_OF and chance.random() < 0.85
    return Case(
        person_id=f"p{number}",
        team=chance.choice([*(team for team in TEAMS if team != "*"), "unheard_of"]),
        zone=chance.choice([*ZONES, None, "Mars/Olympus_Mons"]),
        segment=chance.choice(list(TARGETS)),
        mql_at=mql_at,
        responded_at=responded_at if is_answered else None,
    )


Tables = dict[str, tuple[str, list[tuple[object, ...]]]]  # columns and rows by name


def policies() -> Tables:
    """Return the seeds that the models read: calendars, holidays, zones and targets."""
    hours = [
        (f"{name}{row}{weekday}", name, weekday, opens, closes, first, last)
        for name, spells in HOURS.items()
        for row, (weekdays, opens, closes, first, last) in enumerate(spells)
        for weekday in weekdays
    ]
    free = [(country, day) for country, days in FREE_DAYS.items() for day in days]
    return {
        "policy.business_hours": (
            "business_hours_id varchar, calendar varchar, weekday integer, "
            "opens_at varchar, closes_at varchar, effective_from date, "
            "effective_to date",
            [*hours],
        ),
        "policy.team_calendars": (
            "team_calendar_id varchar, team varchar, calendar varchar, "
            "time_zone varchar, holiday_country varchar, effective_from date, "
            "effective_to date",
            [(team, team, *row, ALWAYS[0], None) for team, row in TEAMS.items()],
        ),
        "policy.response_types": (
            "activity_type varchar, direction varchar, effective_from date, "
            "effective_to date",
            [("call", "outbound", *ALWAYS)],
        ),
        "policy.holidays": ("country varchar, holiday_date date", [*free]),
        "policy.time_zones": ("time_zone varchar", [(zone,) for zone in ZONES]),
        "policy.sla_targets": (
            "sla_target_id varchar, priority integer, segment varchar, "
            "channel varchar, sla_minutes integer, at_risk_minutes integer, "
            "fallback_owner varchar, effective_from date, effective_to date",
            [
                (f"SLA-{name}", 1, name, "*", minutes, 60, "desk", ALWAYS[0], None)
                for name, minutes in TARGETS.items()
            ],
        ),
    }


def facts(cases: list[Case]) -> Tables:
    """Return the reps, MQLs, assignments and activities of the cases."""
    reps = {(case.rep_id, case.team, case.zone) for case in cases}
    return {
        "marts.dim_reps": (
            "rep_id varchar, source varchar, team varchar, time_zone varchar",
            sorted(((rep, "generic", *more) for rep, *more in reps), key=str),
        ),
        "marts.dim_people": (
            "person_id varchar, owner_id varchar",
            [(case.person_id, None) for case in cases],
        ),
        "marts.fct_lead_funnel": (
            "funnel_cycle_id varchar, person_id varchar, cycle_number integer, "
            "segment varchar, channel varchar, mql_at timestamp",
            [
                (
                    f"{case.person_id}#1",
                    case.person_id,
                    1,
                    case.segment,
                    "w",
                    case.mql_at,
                )
                for case in cases
            ],
        ),
        "intermediate.int_lifecycle__assignments": (
            "person_id varchar, owner_id varchar, assigned_at timestamp, "
            "assignment_number bigint",
            [(case.person_id, case.rep_id, case.mql_at, 1) for case in cases],
        ),
        "intermediate.int_lifecycle__activities": (
            "activity_id varchar, person_id varchar, user_id varchar, "
            "activity_type varchar, direction varchar, occurred_at timestamp",
            [
                (case.person_id, case.person_id, "rep", "call", "outbound", moment)
                for case in cases
                if (moment := case.responded_at)
            ],
        ),
    }


def write_upstream(path: Path, cases: list[Case]) -> None:
    """Write what the models read."""
    tables = policies() | facts(cases)
    with duckdb.connect(str(path)) as connection:
        for name, (columns, rows) in tables.items():
            names = [column.split()[0] for column in columns.split(", ")]
            connection.execute(f"create schema if not exists {name.split('.')[0]}")
            connection.execute(f"create table {name} ({columns})")
            if not rows:
                continue
            landed = [dict(zip(names, row, strict=True)) for row in rows]
            connection.register("landed_rows", pa.Table.from_pylist(landed))
            connection.execute(f"insert into {name} from landed_rows")


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    """Random cases, the same on every run."""
    chance = random.Random(20260630)  # noqa: S311
    return [random_case(number, chance) for number in range(CASES)]


@pytest.fixture(scope="module")
def clocks(cases: list[Case]) -> dict[tuple[str, str, str | None], Clock]:
    """The clocks of the cases."""
    keys = {case.clock_key for case in cases}
    return {
        (calendar, zone, country): Clock(
            HOURS[calendar], zone, FREE_DAYS.get(country or "", [])
        )
        for calendar, zone, country in keys
    }


@pytest.fixture(scope="module")
def built(
    cases: list[Case], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[duckdb.DuckDBPyConnection]:
    """The models of service levels, built from the cases alone."""
    path = tmp_path_factory.mktemp("responses") / "mops.duckdb"
    write_upstream(path, cases)
    assert run_dbt(path, select=MODELS, as_of=str(AS_OF))
    assert judge(path, GUARDS, as_of=str(AS_OF))
    with duckdb.connect(str(path), read_only=True) as connection:
        yield connection


def test_business_time_is_what_counting_minutes_gives(
    built: duckdb.DuckDBPyConnection,
    cases: list[Case],
    clocks: dict[tuple[str, str, str | None], Clock],
) -> None:
    found = {
        person_id: row
        for person_id, *row in built.execute(
            "select person_id, due_at, response_minutes, sla_status "
            "from marts.fct_lead_responses"
        ).fetchall()
    }
    midnight = datetime.combine(AS_OF + timedelta(days=1), datetime.min.time())
    wanted: dict[str, list[object]] = {}
    for case in cases:
        clock = clocks[case.clock_key]
        due_at = clock.after(case.mql_at, TARGETS[case.segment])
        if case.responded_at:
            status = "met" if case.responded_at <= due_at else "missed"
            minutes = clock.minutes_between(case.mql_at, case.responded_at)
        else:
            status, minutes = ("missed" if due_at < midnight else "pending"), None
        wanted[case.person_id] = [due_at, minutes, status]
    wrong = {key: row for key, row in wanted.items() if found.get(key) != row}
    assert len(found) == CASES
    assert not wrong, [(key, found.get(key), wrong[key]) for key in sorted(wrong)[:3]]
    assert {row[2] for row in wanted.values()} == {"met", "missed", "pending"}


def lead(person_id: str, team: str, mql_at: str) -> Case:
    """Return an MQL that nobody answered."""
    moment = datetime.fromisoformat(mql_at)
    return Case(person_id, team, None, "mid_market", moment, None)


@pytest.fixture(scope="module")
def misjudging(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is built by policies with gaps and overlaps, and of an MQL of long ago."""
    path = tmp_path_factory.mktemp("misjudging") / "mops.duckdb"
    cases = [
        lead("typo", "follow_the_sun", "0202-03-02 10:00"),
        lead("overlap", "inside_sales", "2026-03-02 15:00"),
        lead("no_hours_left", "night_desk", "2026-03-02 15:00"),
        lead("no_calendar", "unheard_of", "2026-03-02 15:00"),
        lead("always", "follow_the_sun", "2026-06-30 12:00"),
    ]
    write_upstream(path, cases)
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "insert into policy.business_hours "
            "values ('twice', 'office', 1, '12:00', '14:00', '1900-01-01', null);"
            "update policy.business_hours set effective_to = '2026-03-03' "
            "where calendar = 'night';"
            "update policy.team_calendars set effective_to = '2026-03-02' "
            "where team = '*'"
        )
    assert run_dbt(path, select=MODELS, as_of=str(AS_OF))
    return path


@pytest.mark.parametrize("guard", GUARDS)
def test_policies_that_misjudge_leads_are_refused(misjudging: Path, guard: str) -> None:
    """Two rows for one hour, hours that end before an answer is due, no calendar."""
    assert not judge(misjudging, [guard], as_of=str(AS_OF))


def test_an_mql_of_a_mistyped_year_leaves_the_days_of_others(misjudging: Path) -> None:
    with duckdb.connect(str(misjudging), read_only=True) as connection:
        found = connection.execute(
            "select due_at, sla_status from marts.fct_lead_responses "
            "where person_id = 'always'"
        ).fetchall()
    assert found == [(datetime(2026, 6, 30, 16), "missed")]

"""Stages of a company whose CRM keeps no history: builds remember what they saw.

Three landings, a month apart, and a build after each; then builds of earlier days and
the same build again. Of the other domains the lifecycle sees tables made by hand.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from conftest import Rows, Warehouse, land, run_dbt, write_tables

BUILDS = ("2026-01-31", "2026-02-28", "2026-03-31")
CREATED = "2026-01-02 09:00:00"
CHAIN = (
    "seeds/lifecycle",
    "+int_lifecycle__record_statuses",
    "person_statuses",
    "+fct_stage_transitions,models/intermediate/lifecycle",
    "+fct_stage_event_exclusions,models/intermediate/lifecycle",
    "fct_stage_transitions",
    "fct_stage_event_exclusions",
)
# No source here leaves MQLs to the definition.
ELSEWHERE = ("+int_lifecycle__qualifying_moments,models/intermediate/lifecycle",)
NO_MOMENTS = (
    "create schema intermediate; "
    "create table intermediate.int_lifecycle__qualifying_moments "
    "(person_id varchar, definition_version varchar, qualified_at timestamp)"
)
# Status and when the record says that it changed, in each landing.
LANDINGS: dict[str, tuple[tuple[str, str], ...]] = {
    "moves": (
        ("Lead", "2026-01-02 09:00:00"),
        ("MQL", "2026-02-10 10:00:00"),
        ("SQL", "2026-03-11 11:00:00"),
    ),
    "silent": (("Lead", ""), ("MQL", ""), ("MQL", "")),
    "edited": (  # the record changed again, the status did not
        ("MQL", "2026-01-05 09:00:00"),
        ("MQL", "2026-02-20 09:00:00"),
        ("MQL", "2026-03-20 09:00:00"),
    ),
    "recorded": (  # has stage events, which stand
        ("SQL", "2026-01-05 09:00:00"),
        ("SQL", "2026-02-20 09:00:00"),
        ("SQL", "2026-03-20 09:00:00"),
    ),
    "returns": (  # there and back; of the way back the record keeps no time of its own
        ("MQL", "2026-01-05 09:00:00"),
        ("Recycled", "2026-02-06 09:00:00"),
        ("MQL", "2026-02-06 09:00:00"),
    ),
    "odd": (("Parked", "2026-01-06 09:00:00"),) * 3,
}
MOVED = [
    ("lead", datetime(2026, 1, 2, 9)),
    ("mql", datetime(2026, 2, 10, 10)),
    ("sql", datetime(2026, 3, 11, 11)),
]


def people(landing: int) -> Rows:
    """Return the people as the CRM has them at a landing."""
    return [
        {
            "person_id": person,
            "record_type": "lead",
            "status": LANDINGS[person][landing][0],
            "created_at": CREATED,
            "updated_at": LANDINGS[person][landing][1],
        }
        for person in LANDINGS
    ]


def write_marts(path: Path) -> None:
    """Write what the lifecycle reads of other domains: each record is a person."""
    with duckdb.connect(str(path)) as connection:
        connection.execute(NO_MOMENTS)
        connection.execute("create schema marts")
        for name, columns in (
            (
                "bridge_person_records",
                "person_record_id varchar, person_id varchar, source varchar",
            ),
            ("dim_person_profiles", "person_id varchar, created_at timestamp"),
            ("bridge_opportunity_people", "opportunity_id varchar, person_id varchar"),
            (
                "fct_opportunity_outcomes",
                "opportunity_id varchar, source varchar, is_won boolean, "
                "created_at timestamp, closed_at timestamp",
            ),
        ):
            connection.execute(f"create table marts.{name} ({columns})")
        for person in LANDINGS:
            connection.execute(
                "insert into marts.bridge_person_records values (?, ?, 'generic')",
                [f"generic:{person}", person],
            )
            connection.execute(
                "insert into marts.dim_person_profiles values (?, ?)", [person, CREATED]
            )


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """Three landings, each with its build."""
    folder = tmp_path_factory.mktemp("snapshots")
    path = folder / "mops.duckdb"
    event = {"person_id": "recorded", "stage": "mql", "entered_at": "2026-01-04 08:00"}
    for number, as_of in enumerate(BUILDS):
        tables: dict[str, Rows] = {"people": people(number), "stage_events": [event]}
        raw = write_tables(folder / f"raw{number}", tables)
        with pytest.MonkeyPatch.context() as patch:
            assert land(raw, path, patch) == 0
        if number == 0:
            write_marts(path)
        assert run_dbt(path, select=CHAIN, exclude=ELSEWHERE, as_of=as_of)
    yield Warehouse(path)


def stages(warehouse: Warehouse, person: str) -> list[tuple[str, datetime]]:
    """Return the proven stages of a person, in order."""
    return warehouse.rows(
        "select stage, entered_at from marts.fct_stage_transitions "
        "where person_id = ? and not is_imputed order by sequence_number",
        [person],
    )


def kept(warehouse: Warehouse, person: str) -> list[tuple[object, ...]]:
    """Return the statuses that are kept of a person, in order."""
    return warehouse.rows(
        "select status, dbt_valid_from, dbt_valid_to from history.person_statuses "
        "where person_record_id = ? order by dbt_valid_from",
        [f"generic:{person}"],
    )


def everything(warehouse: Warehouse) -> list[tuple[object, ...]]:
    """Return what is kept and what is made of it."""
    return [
        *warehouse.rows("select * from history.person_statuses order by all"),
        *warehouse.rows("select * from marts.fct_stage_transitions order by all"),
        *warehouse.rows("select * from marts.fct_stage_event_exclusions order by all"),
    ]


def test_every_status_that_a_build_saw_is_a_stage(built: Warehouse) -> None:
    assert stages(built, "moves") == MOVED
    assert built.rows(
        "select distinct evidence from marts.fct_stage_transitions "
        "where person_id = 'moves' and stage in ('mql', 'sql')"
    ) == [("snapshot",)]


def test_a_change_without_a_time_is_one_of_the_build_that_saw_it(
    built: Warehouse,
) -> None:
    seen = datetime(2026, 2, 28, 23, 59, 59, 999_999)
    assert stages(built, "silent")[-1] == ("mql", seen)


def test_an_edit_that_leaves_the_status_is_no_move(built: Warehouse) -> None:
    assert stages(built, "edited")[-1] == ("mql", datetime(2026, 1, 5, 9))
    kept = built.value(
        "select count(*) from history.person_statuses "
        "where person_record_id = 'generic:edited'"
    )
    assert kept == 1


def test_a_status_that_comes_back_is_a_version_of_its_own(built: Warehouse) -> None:
    left, back = datetime(2026, 2, 6, 9), datetime(2026, 3, 31, 23, 59, 59, 999_999)
    assert kept(built, "returns") == [
        ("MQL", datetime(2026, 1, 5, 9), left),
        ("Recycled", left, back),
        ("MQL", back, None),
    ]
    assert stages(built, "returns")[-3:] == [
        ("mql", datetime(2026, 1, 5, 9)),
        ("recycled", left),
        ("mql", back),
    ]


def test_history_stands_over_what_builds_saw(built: Warehouse) -> None:
    assert stages(built, "recorded")[-1] == ("mql", datetime(2026, 1, 4, 8))


def test_a_status_without_a_meaning_is_listed(built: Warehouse) -> None:
    assert built.rows(
        "select stage_value, evidence, reason from marts.fct_stage_event_exclusions "
        "where person_record_id = 'generic:odd'"
    ) == [("Parked", "snapshot", "unmapped_value")]


def test_an_earlier_day_leaves_out_what_was_seen_later_and_harms_nothing(
    built: Warehouse,
) -> None:
    before = everything(built)
    assert run_dbt(built.path, select=CHAIN, exclude=ELSEWHERE, as_of="2026-02-15")
    assert stages(built, "moves") == MOVED[:2]
    assert run_dbt(built.path, select=CHAIN, exclude=ELSEWHERE, as_of=BUILDS[-1])
    assert everything(built) == before


def test_what_builds_saw_outlives_all_else_that_they_made(built: Warehouse) -> None:
    before = everything(built)
    with duckdb.connect(str(built.path)) as connection:
        connection.execute("drop schema intermediate cascade")
        connection.execute(NO_MOMENTS)
        connection.execute("drop schema policy cascade")
        for name in ("stage_transitions", "stage_event_exclusions"):
            connection.execute(f"drop table marts.fct_{name}")
    assert run_dbt(built.path, select=CHAIN, exclude=ELSEWHERE, as_of=BUILDS[-1])
    assert everything(built) == before


def test_a_warehouse_of_before_has_the_statuses_of_today(built: Warehouse) -> None:
    with duckdb.connect(str(built.path)) as connection:
        connection.execute("drop table history.person_statuses")
    assert run_dbt(built.path, select=CHAIN, exclude=ELSEWHERE, as_of=BUILDS[-1])
    assert kept(built, "moves") == [("SQL", datetime(2026, 3, 11, 11), None)]
    assert stages(built, "moves")[-1] == ("sql", datetime(2026, 3, 11, 11))

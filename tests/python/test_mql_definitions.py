"""MQL definitions, against every touch judged by itself, and the what-if about them."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

import dbt_process
from attribution_sql import key
from conftest import run_dbt

AS_OF = datetime(2026, 6, 30, 12)
DAY = timedelta(days=1)
PEOPLE, VERSIONS = 300, 12
JUDGES = (
    "int_lifecycle__person_attributes",
    "int_lifecycle__fitting_people",
    "int_lifecycle__counted_touches",
    "int_lifecycle__criterion_touches",
    "int_lifecycle__engagement_spells",
    "int_lifecycle__condition_spells",
    "int_lifecycle__qualifying_moments",
)
STAGES = (
    "mql_criteria",
    "mql_definitions",
    "lifecycle_stages",
    "freemail_domains",
    "int_lifecycle__definition_mqls",
    "int_lifecycle__known_people",
    "int_lifecycle__placed_stamps",
    "int_lifecycle__cycle_evidence",
    "int_lifecycle__stamped_events",
    "int_lifecycle__stage_events",
    "int_lifecycle__cycle_entries",
    "int_lifecycle__skipped_stages",
    "int_lifecycle__stage_entries",
    "int_lifecycle__first_touches",
    "fct_stage_transitions",
    "fct_lead_funnel",
)
COLUMNS = {
    "policy.mql_criteria": "criterion_id varchar, definition_version varchar, "
    "route varchar, condition_number integer, kind varchar, touch_type varchar, "
    "landing_page_pattern varchar, marketing_only boolean, least_count integer, "
    "window_days integer, column_name varchar, operator varchar, value varchar",
    "policy.freemail_domains": "domain varchar",
    "policy.mql_sources": "source varchar, declares_mqls boolean",
    "marts.dim_person_profiles": "person_id varchar, account_id varchar, "
    "email_domain varchar, title varchar, seniority varchar, lead_source varchar, "
    "country varchar, segment varchar, created_at timestamp",
    "marts.dim_accounts": "account_id varchar, industry varchar, territory varchar, "
    "employee_count integer, annual_revenue_usd double",
    "marts.bridge_person_records": "person_id varchar, source varchar",
    "marts.fct_touchpoints": "touchpoint_id varchar, person_id varchar, "
    "campaign_id varchar, touch_type varchar, channel varchar, is_marketing boolean, "
    "is_sales boolean, touched_at timestamp, " + key("person_key", "person_id"),
    "intermediate.int_lifecycle__landing_pages": "touchpoint_id varchar, "
    "landing_page varchar",
    "intermediate.int_lifecycle__score_standings": "subject_id varchar, "
    "engagement_points double, scored_at timestamp, "
    + key("subject_key", "subject_id"),
    "intermediate.int_lifecycle__conversions": "person_id varchar, source varchar, "
    "stage varchar, entered_at timestamp",
    "intermediate.int_lifecycle__opportunity_facts": "opportunity_id varchar, "
    "person_id varchar, source varchar, stage varchar, entered_at timestamp",
    "intermediate.int_lifecycle__declared_events": "person_id varchar, "
    "person_record_id varchar, source varchar, stage_value varchar, stage varchar, "
    "evidence varchar, exclusion_reason varchar, entered_at timestamp",
    "intermediate.int_lifecycle__overtaken_states": "person_record_id varchar, "
    "stage_value varchar, evidence varchar, entered_at timestamp",
}
Table = list[dict[str, Any]]


def write_upstream(path: Path, tables: Mapping[str, Table]) -> None:
    """Write what the models read; a column that a row lacks is null."""
    with duckdb.connect(str(path)) as connection:
        for schema in ("policy", "marts", "intermediate"):
            connection.execute(f"create schema {schema}")
        for name, columns in COLUMNS.items():
            connection.execute(f"create table {name} ({columns})")
            if tables.get(name):
                # Arrow takes the columns from the first row alone.
                header = {key: None for row in tables[name] for key in row}
                rows = [header | row for row in tables[name]]
                connection.register("given", pa.Table.from_pylist(rows))
                connection.execute(f"insert into {name} by name from given")


# The oracle: every moment of every person is held against every version.


@dataclass(frozen=True)
class World:
    """Criteria, people, touches and points, at random."""

    criteria: Table
    people: Table
    touches: Table
    points: Table

    def moments(self) -> set[tuple[str, str, datetime]]:
        """Return person, version and moment wherever a version is met."""
        routes: dict[tuple[str, str], dict[int, Table]] = defaultdict(dict)
        for row in self.criteria:
            conditions = routes[row["definition_version"], row["route"]]
            conditions.setdefault(row["condition_number"], []).append(row)
        found = set()
        for person in self.people:
            who = person["person_id"]
            touches = [touch for touch in self.touches if touch["person_id"] == who]
            points = [row for row in self.points if row["subject_id"] == who]
            happened = {touch["touched_at"] for touch in touches}
            happened |= {row["scored_at"] for row in points}
            for (version, _), conditions in routes.items():
                for moment in happened:
                    met = [
                        meets(rows, moment, person, touches, points)
                        for rows in conditions.values()
                    ]
                    news = any(
                        row["kind"] != "profile"
                        and concerns(row, moment, touches, points)
                        for rows in conditions.values()
                        for row in rows
                    )
                    if all(met) and news:
                        found.add((who, version, moment))
        return found


def counts(row: Mapping[str, Any], touch: Mapping[str, Any]) -> bool:
    """Tell whether a criterion counts a touch."""
    return (
        row["touch_type"] in ("*", touch["touch_type"])
        and fnmatchcase(
            touch["landing_page"] or "", row["landing_page_pattern"].replace("%", "*")
        )
        and (touch["is_marketing"] or not row["marketing_only"])
        and not touch["is_sales"]
        and touch["touched_at"] <= AS_OF
    )


def concerns(
    row: Mapping[str, Any], moment: datetime, touches: Table, points: Table
) -> bool:
    """Tell whether something that the criterion looks at happened at the moment."""
    if row["kind"] == "engagement":
        return any(point["scored_at"] == moment for point in points)
    return any(
        touch["touched_at"] == moment and counts(row, touch) for touch in touches
    )


def meets(
    rows: Table,
    moment: datetime,
    person: Mapping[str, Any],
    touches: Table,
    points: Table,
) -> bool:
    """Tell whether a condition, of which the rows are alternatives, holds."""
    first = rows[0]
    if first["kind"] == "profile":
        return any(person[row["column_name"]] == row["value"] for row in rows)
    if first["kind"] == "engagement":
        known = [row for row in points if row["scored_at"] <= moment]
        latest = max((row["scored_at"] for row in known), default=None)
        total = sum(
            row["engagement_points"] for row in known if row["scored_at"] == latest
        )
        return bool(known) and total >= float(first["value"])
    counted = sum(
        any(counts(row, touch) for row in rows)
        for touch in touches
        if moment - first["window_days"] * DAY <= touch["touched_at"] <= moment
    )
    return counted >= int(first["least_count"])


def random_criteria(chance: random.Random) -> Table:
    """Return versions of one to three routes of one to four conditions."""
    criteria: Table = []

    def add(version: int, route: int, condition: int, **more: Any) -> None:
        criteria.append(
            {
                "criterion_id": f"c{len(criteria)}",
                "definition_version": f"v{version}",
                "route": f"r{route}",
                "condition_number": condition,
                **more,
            }
        )

    for version in range(VERSIONS):
        for route in range(chance.randint(1, 3)):
            for condition in range(chance.randint(1, 2)):
                window, least = chance.choice([1, 7, 30]), chance.randint(1, 4)
                for _ in range(chance.randint(1, 2)):
                    add(
                        version,
                        route,
                        condition,
                        kind="touches",
                        touch_type=chance.choice(["*", "form", "click"]),
                        landing_page_pattern=chance.choice(["%", "%", "%/demo%"]),
                        marketing_only=chance.random() < 0.5,
                        least_count=least,
                        window_days=window,
                    )
            if chance.random() < 0.3:
                add(
                    version,
                    route,
                    8,
                    kind="engagement",
                    column_name="engagement_points",
                    operator="at_least",
                    value=str(chance.choice([5, 10])),
                )
            if chance.random() < 0.5:
                for seniority in chance.sample(["vp", "c_level", "intern"], 2):
                    add(
                        version,
                        route,
                        9,
                        kind="profile",
                        column_name="seniority",
                        operator="is",
                        value=seniority,
                    )
    return criteria


def random_world(seed: int) -> World:
    """Return a world in which the ends of windows are met to the second."""
    chance = random.Random(seed)  # noqa: S311
    world = World(random_criteria(chance), [], [], [])
    for number in range(PEOPLE):
        who = f"per{number}"
        seniority = chance.choice(["vp", "c_level", "intern", None])
        world.people.append({"person_id": who, "seniority": seniority})
        moment = AS_OF - 100 * DAY
        for _ in range(chance.choice([0, 1, 3, 10, 25])):
            moment += DAY * chance.choice([0, 0, 0.5, 1, 7, 23, 30])
            moment += timedelta(seconds=chance.choice([0, 0, 0, 1]))
            if chance.random() < 0.3:
                points = float(chance.choice([4, 5, 9, 10, 11]))
                add_points(world.points, who, points, moment)
            world.touches.append(
                {
                    "touchpoint_id": f"t{len(world.touches)}",
                    "person_id": who,
                    "touch_type": chance.choice(["form", "click", None]),
                    "is_marketing": chance.random() < 0.8,
                    "is_sales": chance.random() < 0.1,
                    "landing_page": chance.choice(["https://a.test/demo/1", None]),
                    "touched_at": moment,
                }
            )
    return world


def add_points(moments: Table, who: str, points: float, moment: datetime) -> None:
    """Add to a person's moment of points, of which there is one row."""
    last = moments[-1] if moments else {}
    if (last.get("subject_id"), last.get("scored_at")) == (who, moment):
        last["engagement_points"] += points
    else:
        moments.append(
            {
                "subject_id": who,
                "engagement_points": points,
                "scored_at": moment,
            }
        )


def test_a_version_is_met_where_each_touch_alone_says_so(tmp_path: Path) -> None:
    world = random_world(20260630)
    path = tmp_path / "mops.duckdb"
    pages = [
        {key: touch[key] for key in ("touchpoint_id", "landing_page")}
        for touch in world.touches
        if touch["landing_page"]
    ]
    tables = {
        "policy.mql_criteria": world.criteria,
        "marts.dim_person_profiles": world.people,
        "marts.fct_touchpoints": [
            {key: value for key, value in touch.items() if key != "landing_page"}
            for touch in world.touches
        ],
        "intermediate.int_lifecycle__landing_pages": pages,
        "intermediate.int_lifecycle__score_standings": world.points,
    }
    write_upstream(path, tables)
    assert run_dbt(path, select=JUDGES, as_of=str(AS_OF))
    with duckdb.connect(str(path), read_only=True) as connection:
        found = connection.execute(
            "from intermediate.int_lifecycle__qualifying_moments"
        ).fetchall()
    wanted = world.moments()
    assert len(found) == len(set(found))
    assert len(wanted) > 2_000
    assert len({version for _, version, _ in wanted}) == VERSIONS
    assert set(found) == wanted


# A company small enough to judge by hand, by the definitions that are shipped.

BUYER = {"seniority": "vp", "segment": "enterprise"}
PRIVATE = {"email_domain": "gmail.com"}
# Source, profile, then what happened. demo is a request, visit a marketing touch.
COMPANY: dict[str, tuple[str, dict[str, str], Sequence[tuple[str, str]]]] = {
    "anna": (
        "files",
        {},
        [("demo", "2025-06-10"), ("opportunity", "2025-07-01"), ("won", "2025-08-01")],
    ),
    # v2 alone, months before it was in force.
    "ben": (
        "files",
        BUYER,
        [("visit", "2025-05-01"), ("visit", "2025-05-10"), ("visit", "2025-05-20")],
    ),
    # Meets v2 an hour before it starts; the touch after that qualifies.
    "cleo": (
        "files",
        BUYER,
        [
            ("visit", "2025-12-20"),
            ("visit", "2025-12-25"),
            ("visit", "2025-12-31 23:00"),
            ("visit", "2026-01-05"),
        ],
    ),
    "dan": ("files", PRIVATE, [("demo", "2026-02-01")]),
    "eve": (
        "files",
        {},
        [
            ("demo", "2026-02-01"),
            ("demo", "2026-02-05"),
            ("recycled", "2026-02-10"),
            ("demo", "2026-03-01"),
            ("opportunity", "2026-03-15"),
        ],
    ),
    "fay": ("crm", {}, [("demo", "2026-02-03"), ("mql", "2026-02-05")]),
    "gus": ("files+crm", {}, [("demo", "2026-02-06")]),
    "hal": ("files", {}, [("sql", "2026-02-01"), ("demo", "2026-02-02")]),
    "ida": ("files", {}, [("disqualified", "2026-02-01"), ("demo", "2026-02-02")]),
    # Nothing that the CRM tells has followed the recycling.
    "jon": (
        "crm",
        {},
        [("mql", "2026-01-10"), ("recycled", "2026-02-01"), ("demo", "2026-02-20")],
    ),
    # Asked for a demo before anybody knew the name.
    "kim": ("files", {}, [("demo", "2025-03-01")]),
}
CREATED = datetime(2025, 4, 1)


def company_tables() -> dict[str, Table]:
    """Return the company as the models read it."""
    tables: dict[str, Table] = {name: [] for name in COLUMNS}
    del tables["policy.mql_criteria"], tables["policy.freemail_domains"]
    tables["policy.mql_sources"] += [
        {"source": "crm", "declares_mqls": True},
        {"source": "files", "declares_mqls": False},
    ]
    for who, (sources, profile, happened) in COMPANY.items():
        tables["marts.dim_person_profiles"].append(
            {"person_id": who, "email_domain": "acme.test", "segment": "smb"}
            | profile
            | {"created_at": CREATED}
        )
        tables["marts.bridge_person_records"] += [
            {"person_id": who, "source": source} for source in sources.split("+")
        ]
        for number, (what, day) in enumerate(happened):
            row = {"person_id": who, "source": "files"}
            moment = datetime.fromisoformat(day)
            if what in ("demo", "visit"):
                touch = f"{who}{number}"
                tables["marts.fct_touchpoints"].append(
                    {
                        "touchpoint_id": touch,
                        "person_id": who,
                        "touch_type": "form_submit" if what == "demo" else "ad_click",
                        "is_marketing": what == "visit",
                        "is_sales": False,
                        "touched_at": moment,
                    }
                )
                if what == "demo":
                    page = {
                        "touchpoint_id": touch,
                        "landing_page": "https://a.test/demo",
                    }
                    tables["intermediate.int_lifecycle__landing_pages"].append(page)
            elif what in ("opportunity", "won"):
                stage = "customer" if what == "won" else what
                tables["intermediate.int_lifecycle__opportunity_facts"].append(
                    row | {"opportunity_id": who, "stage": stage, "entered_at": moment}
                )
            else:
                tables["intermediate.int_lifecycle__declared_events"].append(
                    row
                    | {
                        "person_record_id": who,
                        "stage_value": what,
                        "stage": what,
                        "evidence": "stage_event",
                        "entered_at": moment,
                    }
                )
    return tables


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The company, built with the shipped definitions."""
    path = tmp_path_factory.mktemp("definitions") / "mops.duckdb"
    write_upstream(path, company_tables())
    assert run_dbt(path, select=(*JUDGES, *STAGES), as_of=str(AS_OF))
    yield path


def query(path: Path, sql: str) -> list[tuple[Any, ...]]:
    """Return what a query finds."""
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_each_person_is_judged_by_the_definition_of_the_day(company: Path) -> None:
    assert query(
        company,
        "select person_id, cycle_number, strftime(entered_at, '%Y-%m-%d'), "
        "definition_version from marts.fct_stage_transitions "
        "where stage = 'mql' and evidence = 'definition' order by all",
    ) == [
        ("anna", 1, "2025-06-10", "v1"),
        ("cleo", 1, "2026-01-05", "v2"),
        ("eve", 1, "2026-02-01", "v2"),
        ("eve", 2, "2026-03-01", "v2"),
        ("kim", 1, "2025-04-01", "v1"),
    ]


def what_if(path: Path, **variables: str) -> dict[tuple[str | None, str], list[float]]:
    """Return the figures of the analysis by month and group."""
    folder = path.parent / "target"
    arguments = ["compile", "--select", "mql_definition_what_if"]
    arguments += ["--target-path", str(folder), "--log-path", str(path.parent)]
    arguments += ["--vars", str({"as_of": str(AS_OF), **variables})]
    assert dbt_process.invoke(arguments, path)
    (compiled,) = folder.glob("compiled/*/analyses/mql_definition_what_if.sql")
    return {
        (month and f"{month:%Y-%m}", group): [*figures]
        for month, group, _, *figures in query(path, compiled.read_text())
    }


def test_what_the_newest_definition_would_have_made(company: Path) -> None:
    found = what_if(company)
    # ben alone is gained; cleo and kim stand where they first qualified or were known.
    assert found == {
        key: pytest.approx(figures)
        for key, figures in {
            (None, "both"): [8, 2, 1, 2 / 8, 1 / 8],
            (None, "in_force"): [8, 2, 1, 2 / 8, 1 / 8],
            (None, "only_proposed"): [1, 0, 0, 0, 0],
            (None, "proposed"): [9, 2, 1, 2 / 9, 1 / 9],
            (None, "declared"): [2, 0, 0, 0, 0],
            ("2025-04", "both"): [1, 0, 0, 0, 0],
            ("2025-04", "in_force"): [1, 0, 0, 0, 0],
            ("2025-04", "proposed"): [1, 0, 0, 0, 0],
            ("2025-05", "only_proposed"): [1, 0, 0, 0, 0],
            ("2025-05", "proposed"): [1, 0, 0, 0, 0],
            ("2025-06", "both"): [1, 1, 1, 1, 1],
            ("2025-06", "in_force"): [1, 1, 1, 1, 1],
            ("2025-06", "proposed"): [1, 1, 1, 1, 1],
            ("2025-12", "both"): [1, 0, 0, 0, 0],
            ("2025-12", "in_force"): [1, 0, 0, 0, 0],
            ("2025-12", "proposed"): [1, 0, 0, 0, 0],
            ("2026-01", "declared"): [1, 0, 0, 0, 0],
            ("2026-02", "both"): [4, 0, 0, 0, 0],
            ("2026-02", "in_force"): [4, 0, 0, 0, 0],
            ("2026-02", "proposed"): [4, 0, 0, 0, 0],
            ("2026-02", "declared"): [1, 0, 0, 0, 0],
            ("2026-03", "both"): [1, 1, 0, 1, 0],
            ("2026-03", "in_force"): [1, 1, 0, 1, 0],
            ("2026-03", "proposed"): [1, 1, 0, 1, 0],
        }.items()
    }


def test_what_the_old_definition_would_have_lost(company: Path) -> None:
    found = what_if(company, proposed_definition="v1", compare_since="2026-01-01")
    totals = {group: row[0] for (month, group), row in found.items() if month is None}
    # cleo, whom v2 alone qualifies, and five requests.
    assert totals == {
        "both": 5,
        "in_force": 6,
        "only_in_force": 1,
        "proposed": 5,
        "declared": 2,
    }


def test_the_definition_in_force_changes_nothing(company: Path, tmp_path: Path) -> None:
    path = tmp_path / "mops.duckdb"
    path.write_bytes(company.read_bytes())
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "delete from policy.mql_definitions where definition_version = 'v1'"
        )
        connection.execute(
            "update policy.mql_definitions set effective_from = date '1900-01-01'"
        )
    found = what_if(path)
    groups: dict[str, dict[str | None, list[float]]] = defaultdict(dict)
    for (month, group), figures in found.items():
        groups[group][month] = figures
    assert groups["in_force"] == groups["proposed"] == groups["both"]
    assert set(groups) == {"in_force", "proposed", "both", "declared"}
    assert groups["both"][None][0] == 9

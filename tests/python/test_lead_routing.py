"""Routing verdicts, against a router that asks every rule of every lead in turn."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache, cached_property
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa
import pytest

from conftest import judge, run_dbt

ZONE = ZoneInfo("America/New_York")
AS_OF = date(2026, 6, 30)
NOW = datetime(2026, 6, 30, 23, 59, 59, 999999)
BEGIN = datetime(2026, 1, 1)
DAYS = 120
LEADS = 2_000
MODELS = (
    "int_lifecycle__short_rep_keys",
    "int_lifecycle__opportunity_facts",
    "int_lifecycle__rep_identities",
    "int_lifecycle__rep_references",
    "int_lifecycle__record_owners",
    "int_lifecycle__owned_opportunities",
    "int_lifecycle__unassigned_leads",
    "int_lifecycle__lead_moments",
    "int_lifecycle__routed_leads",
    "int_lifecycle__opportunity_owners",
    "int_lifecycle__account_owners",
    "int_lifecycle__named_owners",
    "int_lifecycle__entitled_owners",
    "int_lifecycle__pool_members",
    "int_lifecycle__desks",
    "int_lifecycle__first_reps",
    "int_lifecycle__absences",
    "int_lifecycle__full_days",
    "int_lifecycle__pool_changes",
    "int_lifecycle__pool_openings",
    "int_lifecycle__pool_states",
    "int_lifecycle__lead_rules",
    "int_lifecycle__asked_rules",
    "int_lifecycle__asked_pools",
    "int_lifecycle__rule_answers",
    "int_lifecycle__routing_verdicts",
    "int_lifecycle__owner_changes",
    "fct_lead_assignments",
    "fct_assignment_queue",
    "fct_pool_openings",
)
SEEDS_TEST = "assert_lifecycle_rosters_are_unambiguous"
NAMES_TEST = "assert_lifecycle_routing_names_known_reps"
QUEUE = "salesforce:00G5g0000000001EAA"
TEAMS = ("SDR East", "SDR West", "Field")
COUNTRIES = ("United States", "Canada", "Germany", "Peru", None)
BIG = "enterprise"
SEGMENTS = ("smb", "mid_market", BIG, "unknown")
DESK = "Rep2@us.example"
DESK_REP = "generic:u2"
DESKS = {DESK.lower(), QUEUE.lower()}
CUSTOMER = "per0"
SOURCES = ("event", "web", None)
TERRITORIES = (
    ("T0", "Unassigned", "*", "*"),
    ("T1", "AMER", "United States", "*"),
    ("T2", "AMER", "Canada", "*"),
    ("T3", "East", "Canada", "ON"),
    ("T4", "EMEA", "Germany", "*"),
)
FOREVER, EVER = date(9999, 12, 31), date(1900, 1, 1)
Row = dict[str, Any]
Verdicts = dict[tuple[str, datetime, str], tuple[str, set[str]]]


@cache
def local_day(moment: datetime) -> date:
    """Return the day of a UTC moment in the reporting zone."""
    return moment.replace(tzinfo=UTC).astimezone(ZONE).date()


def local(moment: datetime) -> datetime:
    """Return what clocks of the reporting zone show at a UTC moment."""
    return moment.replace(tzinfo=UTC).astimezone(ZONE).replace(tzinfo=None)


@cache
def utc(shown: datetime) -> datetime:
    """Return the UTC moment at which clocks of the reporting zone show a time."""
    return shown.replace(tzinfo=ZONE).astimezone(UTC).replace(tzinfo=None)


def reps() -> list[Row]:
    """Return users: some have left, some have two keys, some no address or team."""
    made: list[Row] = []
    for number in range(16):
        made.append(
            {
                "rep_id": f"generic:u{number}",
                "email": None if number % 5 == 4 else f"Rep{number}@us.example",
                "team": None if number == 15 else TEAMS[number % 3],
                "role": ("sdr", "sdr", "ae", "other")[number // 4],
                "is_active": number % 7 != 6,
            }
        )
    # The same colleagues in another system, one without a team there, one whose id has
    # its short form.
    for number, key, team in (
        (0, "hubspot:70", None),
        (1, "salesforce:0055g0000000001", TEAMS[1]),
    ):
        made.append(made[number] | {"rep_id": key, "team": team})
    return made


OWNERS = (
    *(rep["rep_id"] for rep in reps()),
    "salesforce:0055g0000000001EAA",
    "generic:nobody",
    "marketo:9",
    None,
)


@cache
def rules() -> list[Row]:
    """Return two sets of rules, with ties, ends and narrow ones."""
    columns = (
        "routing_rule_id", "rule_set", "priority", "rule_kind", "territory", "segment",
        "lead_source", "pool", "fallback_owner", "effective_from", "effective_to",
    )  # fmt: skip
    change = date(2026, 3, 8)
    rest = (None, None, EVER)
    rows: list[tuple[Any, ...]] = [
        ("R01", "current", 10, "opportunity_owner", "*", "*", "*", None, None, EVER),
        ("R02", "current", 20, "customer_owner", "*", "*", "*", None, None, EVER),
        ("R03", "current", 30, "account_owner", "*", "*", "*", *rest, change),
        ("R04", "current", 40, "named_account", "*", "*", "*", None, None, EVER),
        ("R05", "current", 35, "account_owner", "*", BIG, "*", None, None, change),
        ("R07", "current", 50, "pool", "AMER", "*", "*", "west", None, EVER),
        ("R06", "current", 50, "pool", "AMER", "smb", "*", "east", None, change),
        ("R08", "current", 50, "pool", "East", "*", "*", "east", None, EVER),
        ("R09", "current", 45, "pool", "*", "*", "event", "events", None, EVER, change),
        ("R10", "current", 60, "pool", "EMEA", "*", "*", "small", None, EVER),
        ("R11", "current", 70, "pool", "EMEA", "*", "*", "nobody", None, EVER),
        ("R12", "current", 900, "fallback", "*", "*", "*", None, QUEUE, EVER, change),
        ("R13", "current", 900, "fallback", "*", "*", "*", None, DESK, change),
        ("P01", "proposed", 10, "pool", "*", "*", "*", "small", None, EVER),
        ("P02", "proposed", 90, "fallback", "*", "*", "*", None, "desk", EVER),
    ]  # fmt: skip
    return [
        dict(zip(columns, (*row, None)[: len(columns)], strict=True))
        | {"routing_rule": row[0].lower()}
        for row in rows
    ]


@cache
def roster() -> list[Row]:
    """Return members by team, by role and by name, some with caps and ends."""
    columns = (
        "roster_id", "pool", "rep", "team", "role", "weight", "daily_cap",
        "effective_from", "effective_to",
    )  # fmt: skip
    rows = [
        ("M01", "east", "*", "sdr_east", "*", 1, 2, EVER, None),
        ("M02", "east", "rep3@us.example", "*", "*", 2, None, EVER, date(2026, 2, 10)),
        ("M03", "west", "*", "sdr_west", "sdr", 1, None, EVER, None),
        ("M04", "west", "generic:U6", "*", "*", 1, 3, EVER, date(2026, 4, 1)),
        ("M05", "west", "generic:u13", "*", "*", 1, None, EVER, None),
        ("M06", "events", "*", "*", "ae", 1, 1, date(2026, 1, 20), None),
        ("M07", "small", "Rep8@US.example", "*", "*", 1, 1, EVER, None),
        ("M08", "nobody", "ghost@us.example", "*", "*", 1, None, EVER, None),
        ("M09", "small", "rep0@us.example", "*", "*", 1, 4, date(2026, 3, 8), None),
    ]
    return [dict(zip(columns, row, strict=True)) for row in rows]


@dataclass(frozen=True)
class World:
    """A company at random, and its policy."""

    accounts: dict[str, Row]
    people: dict[str, Row]
    opportunities: list[Row]
    roles: set[tuple[str, str]]
    assignments: list[Row]
    absences: list[Row]
    named: list[Row]
    lead_at: dict[str, datetime]
    due_at: dict[str, datetime]
    owners: list[Row]

    @cached_property
    def first_loads(self) -> dict[tuple[str, date], list[datetime]]:
        """When whom were given leads first, by day."""
        loads = defaultdict(list)
        given: set[str] = set()
        for row in self.assignments:
            key = key_of(row["owner_id"])
            if key not in DESKS and row["person_id"] not in given:
                given.add(row["person_id"])
                loads[key, local_day(row["assigned_at"])].append(row["assigned_at"])
        return loads

    @cached_property
    def unassigned(self) -> list[str]:
        """Who never had a rep, the next one first: MQLs by when they are due."""
        held = {
            row["person_id"]
            for row in self.assignments
            if key_of(row["owner_id"]) not in DESKS
        } | {row["person_id"] for row in self.owners if row["owner_id"] != DESK_REP}
        return sorted(
            self.people.keys() - held - {CUSTOMER},
            key=lambda person: (
                person not in self.due_at,
                self.due_at.get(person, BEGIN),
                self.lead_at[person],
                person,
            ),
        )


def random_world(chance: random.Random) -> World:
    """Return a company in which every rule has something to say."""

    # Few different moments, so that they meet.
    busy = [
        BEGIN + timedelta(hours=hour)
        for hour in sorted(chance.sample(range(DAYS * 24), 250))
    ]

    def moment() -> datetime:
        return chance.choice(busy)

    accounts = {}
    for number in range(60):
        country = chance.choice(COUNTRIES)
        places = {"Canada": ("AMER", "East"), "United States": ("AMER",)}
        territory = chance.choice(places.get(str(country), ("Unassigned",)))
        accounts[f"acc{number}"] = {
            "account_id": f"acc{number}",
            "domain": None if number % 9 == 0 else f"co{number}.example",
            "country": country,
            "territory": "EMEA" if country == "Germany" else territory,
            "owner_id": chance.choice(OWNERS),
            "created_at": None if number % 11 == 0 else moment(),
        }
    people = {}
    for number in range(LEADS):
        account = chance.choice([*accounts, *[None] * 90])
        country = accounts[account]["country"] if account else None
        people[f"per{number}"] = {
            "person_id": f"per{number}",
            "account_id": account,
            "email_domain": chance.choice([f"co{number % 90}.example", "gmail.com"]),
            "country": chance.choice([country, chance.choice(COUNTRIES)]),
            "segment": chance.choice(SEGMENTS),
            "lead_source": chance.choice(SOURCES),
        }
    opportunities = []
    for number in range(150):
        created = moment()
        closed = moment()
        is_closed = chance.random() < 0.7
        opportunities.append(
            {
                "opportunity_id": f"opp{number}",
                "source": "generic",
                "account_id": chance.choice([*accounts, None]),
                "owner_id": chance.choice(OWNERS),
                "is_closed": is_closed,
                "is_won": is_closed and chance.random() < 0.4,
                "created_at": created,
                "closed_at": closed if is_closed else None,
            }
        )
    roles = {
        (chance.choice(opportunities)["opportunity_id"], chance.choice([*people]))
        for _ in range(400)
    }
    assignments = []
    for person in people:
        moments = sorted(moment() for _ in range(chance.choice((1, 1, 1, 2, 3))))
        for place, assigned_at in enumerate(moments, 1):
            owner = chance.choice([*OWNERS[:-1], QUEUE])
            row = {"owner_id": owner, "assigned_at": assigned_at}
            assignments.append(row | {"person_id": person, "assignment_number": place})
    absences = []
    for number in range(60):
        place = chance.randrange(len(busy) - 9)
        start, end = local(busy[place]), local(busy[place + chance.randrange(1, 9)])
        rep = chance.choice([rep["email"] or rep["rep_id"] for rep in reps()])
        absences.append(
            {
                "absence_id": f"A{number}",
                "rep": rep,
                "absent_from": start,
                "absent_to": end,
            }
        )
    named = [
        {
            "named_account_id": f"N{number}",
            "account": chance.choice([f"co{number}.example", f"acc{number}"]),
            "rep": chance.choice(["rep2@us.example", "generic:U4", "ghost"]),
            "effective_from": EVER,
            "effective_to": chance.choice([None, date(2026, 2, 20)]),
        }
        for number in range(0, 90, 4)
    ]
    lead_at = {person: moment() for person in people}
    due_at = {person: moment() for person in people if chance.random() < 0.3}
    owners = [
        {"person_id": person, "owner_id": chance.choice([DESK_REP, "marketo:9"])}
        for person in chance.sample([*people], 400)
    ]
    return World(
        accounts,
        people,
        opportunities,
        roles,
        assignments,
        absences,
        named,
        lead_at,
        due_at,
        owners,
    )


REPS = {rep["rep_id"]: rep for rep in reps()}


@cache
def key_of(rep_id: str) -> str:
    """Return who a rep is in any system."""
    rep = REPS.get(rep_id) or {}
    return str(rep.get("email") or rep_id).lower()


@cache
def called(word: str, *, active: bool = True) -> set[str]:
    """Return the reps whom policy means by a key or an address."""
    return {
        rep_id
        for rep_id, rep in REPS.items()
        if word.lower() in (rep_id.lower(), key_of(rep_id))
        and (rep["is_active"] or not active)
    }


@cache
def active_owner(owner_id: str | None) -> set[str]:
    """Return the active rep whom a record names in one of the forms of an id."""
    for rep_id in REPS:
        short = rep_id.startswith("salesforce:") and owner_id is not None
        if owner_id == rep_id or (short and str(owner_id)[:26] == rep_id[:26]):
            return {rep_id} if REPS[rep_id]["is_active"] else set()
    # No source lands users of Marketo.
    return {"marketo:9"} if owner_id == "marketo:9" else set()


def holds(row: Row, day: date) -> bool:
    """Return whether a policy row is in force on a day."""
    return bool(row["effective_from"] <= day < (row["effective_to"] or FOREVER))


class Router:
    """Asks every rule of every lead, the slow way."""

    def __init__(self, world: World) -> None:
        self.world = world

    def verdict(self, person: Row, at: datetime, rule_set: str) -> tuple[str, set[str]]:
        """Return the rule that decides, and whom it allows."""
        return next(self.answers(person, at, rule_set))

    def answers(
        self, person: Row, at: datetime, rule_set: str
    ) -> Iterator[tuple[str, set[str]]]:
        """Yield the rules that allow anybody, and whom, in their order."""
        fitting = [
            rule
            for rule in sorted(rules(), key=lambda rule: rule["routing_rule_id"])
            if rule["rule_set"] == rule_set
            and holds(rule, local_day(at))
            and rule["territory"] in (self.territory(person), "*")
            and rule["segment"] in (person["segment"], "*")
            and rule["lead_source"] in (person["lead_source"], "*")
        ]
        for rule in sorted(fitting, key=lambda rule: int(rule["priority"])):
            allowed = self.allowed(rule, person, at)
            if allowed:
                yield rule["routing_rule_id"], allowed

    def territory(self, person: Row) -> str:
        """Return where the lead belongs."""
        account = self.world.accounts.get(person["account_id"])
        country = person["country"]
        if account and country and country == account["country"]:
            return str(account["territory"])
        named = {row[2]: row[1] for row in TERRITORIES if row[3] == "*"}
        return named.get(country, named["*"])

    def allowed(self, rule: Row, person: Row, at: datetime) -> set[str]:
        """Return whom a rule allows."""
        account = self.world.accounts.get(person["account_id"])
        kind = rule["rule_kind"]
        if kind == "pool":
            return self.pool(rule["pool"], at)
        if kind == "fallback":
            found = sorted(called(rule["fallback_owner"], active=False))
            return {found[0] if found else rule["fallback_owner"]}
        if kind == "opportunity_owner":
            return self.deal_owners(person, at)
        if kind == "named_account":
            return self.promised(person, at)
        is_right = {"account_owner": self.is_known, "customer_owner": self.is_customer}
        if account is None or not is_right[kind](person, at):
            return set()
        return active_owner(account["owner_id"])

    def promised(self, person: Row, at: datetime) -> set[str]:
        """Return whom the person's company was promised to then."""
        account = self.world.accounts.get(person["account_id"]) or {}
        names = {
            person["account_id"],
            account.get("domain") or person["email_domain"],
        }
        return {
            rep
            for row in self.world.named
            if row["account"] in names and holds(row, local_day(at))
            for rep in called(row["rep"])
        }

    def is_known(self, person: Row, at: datetime) -> bool:
        """Return whether the account had been created by then."""
        created_at = self.world.accounts[person["account_id"]]["created_at"]
        return created_at is None or created_at <= at

    def is_customer(self, person: Row, at: datetime) -> bool:
        """Return whether the account or the person had bought by then."""
        return any(
            deal["is_won"]
            and max(deal["created_at"], deal["closed_at"]) <= at
            and (
                deal["account_id"] == person["account_id"]
                or (deal["opportunity_id"], person["person_id"]) in self.world.roles
            )
            for deal in self.world.opportunities
        )

    def deal_owners(self, person: Row, at: datetime) -> set[str]:
        """Return who worked deals of the person then, else of the account."""
        own: set[str] = set()
        company: set[str] = set()
        for deal in self.world.opportunities:
            closed = deal["closed_at"] or datetime.max
            if deal["created_at"] <= at <= closed:
                owner = active_owner(deal["owner_id"])
                if (deal["opportunity_id"], person["person_id"]) in self.world.roles:
                    own |= owner
                if deal["account_id"] and deal["account_id"] == person["account_id"]:
                    company |= owner
        return own or company

    def pool(self, pool: str, at: datetime) -> set[str]:
        """Return the members of a pool who are there and below their cap."""
        return {rep_id for rep_id in REPS if self.takes_leads(rep_id, pool, at)}

    def takes_leads(self, rep_id: str, pool: str, at: datetime) -> bool:
        """Return whether a rep is a member, is there and may have one more."""
        rep, key, day = REPS[rep_id], key_of(rep_id), local_day(at)
        team = (rep["team"] or "").lower().replace(" ", "_")
        rows = []
        for row in roster():
            if row["pool"] != pool or not holds(row, day):
                continue
            has_ended = row["effective_to"] and row["effective_to"] <= AS_OF
            if rep_id in called(row["rep"], active=not has_ended):
                rows.append((1, row["roster_id"], row["daily_cap"]))
            fits = row["team"] in (team, "*") and row["role"] in (rep["role"], "*")
            if row["rep"] == "*" and fits and rep["is_active"]:
                rows.append((2, row["roster_id"], row["daily_cap"]))
        if not rows:
            return False
        for absence in self.world.absences:
            if utc(absence["absent_from"]) <= at < utc(absence["absent_to"]) and (
                key in {key_of(other) for other in called(absence["rep"], active=False)}
            ):
                return False
        _, _, cap = min(rows)
        had = sum(when < at for when in self.world.first_loads.get((key, day), []))
        return cap is None or had < cap


def write_upstream(path: Path, world: World) -> None:
    """Write what the models read."""
    tables: dict[str, list[Row]] = {
        "marts.dim_reps": [
            rep | {"source": rep["rep_id"].split(":")[0]} for rep in reps()
        ],
        "marts.dim_people": [
            row
            | {
                "lifecycle_stage": "customer" if person == CUSTOMER else "lead",
                "created_at": BEGIN,
            }
            for person, row in world.people.items()
        ],
        "marts.dim_accounts": [*world.accounts.values()],
        "marts.fct_opportunity_outcomes": world.opportunities,
        "marts.bridge_opportunity_people": [
            {"opportunity_id": deal, "person_id": person}
            for deal, person in sorted(world.roles)
        ],
        "marts.fct_lead_funnel": [
            {
                "funnel_cycle_id": person,
                "person_id": person,
                "cycle_number": 1,
                "lead_at": at,
                "mql_at": world.due_at.get(person),
            }
            for person, at in world.lead_at.items()
        ],
        "marts.fct_lead_responses": [
            {"funnel_cycle_id": person, "due_at": at}
            for person, at in world.due_at.items()
        ],
        "intermediate.int_lifecycle__person_owners": world.owners,
        # Nobody was converted into a deal.
        "intermediate.int_lifecycle__conversions": [
            {"person_id": "nobody", "opportunity_id": None, "entered_at": BEGIN}
        ],
        "policy.lifecycle_stages": [
            {"stage": "lead", "is_assignable": True},
            {"stage": "customer", "is_assignable": False},
        ],
        "intermediate.int_lifecycle__assignments": world.assignments,
        "policy.territories": [
            dict(
                zip(("territory_id", "territory", "country", "state"), row, strict=True)
            )
            | {"effective_from": EVER, "effective_to": None}
            for row in TERRITORIES
        ],
        "policy.routing_rules": rules(),
        "policy.rep_roster": roster(),
        "policy.rep_absences": world.absences,
        "policy.named_accounts": world.named,
    }
    with duckdb.connect(str(path)) as connection:
        for name, rows in tables.items():
            connection.execute(f"create schema if not exists {name.split('.')[0]}")
            table = pa.Table.from_pylist(rows)
            for place, field in enumerate(table.schema):
                if pa.types.is_null(field.type):
                    kind = pa.date32() if field.name == "effective_to" else pa.string()
                    column = table.column(place).cast(kind)
                    table = table.set_column(place, field.name, column)
            connection.register("landed_rows", table)
            connection.execute(f"create table {name} as from landed_rows")


@pytest.fixture(scope="module")
def world() -> World:
    """Return a company that is the same on every run."""
    return random_world(random.Random(20260630))  # noqa: S311


@pytest.fixture(scope="module")
def built(
    world: World, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Return the models of routing, built from the company alone."""
    path = tmp_path_factory.mktemp("routing") / "mops.duckdb"
    write_upstream(path, world)
    assert run_dbt(path, select=MODELS, as_of=str(AS_OF), reporting_time_zone=str(ZONE))
    assert judge(path, [SEEDS_TEST, NAMES_TEST, "fct_lead_assignments,test_type:data"])
    with duckdb.connect(str(path), read_only=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def verdicts(world: World) -> Verdicts:
    """Return what asking each rule gives, by person, moment and set of rules."""
    router = Router(world)
    asked = {(row["person_id"], row["assigned_at"]) for row in world.assignments}
    asked |= {(person, NOW) for person in world.unassigned}
    return {
        (person, at, rule_set): router.verdict(world.people[person], at, rule_set)
        for person, at in asked
        for rule_set in ("current", "proposed")
    }


def test_every_verdict_is_what_asking_each_rule_gives(
    built: duckdb.DuckDBPyConnection,
    verdicts: Verdicts,
) -> None:
    found = {
        (person, at, rule_set): (rule, set(owners.split(",")))
        for person, at, rule_set, rule, owners in built.execute(
            "select person_id, routed_at, rule_set, routing_rule_id, "
            "expected_owner_ids from intermediate.int_lifecycle__routing_verdicts"
        ).fetchall()
    }
    wrong = {key: row for key, row in verdicts.items() if found.get(key) != row}
    assert len(found) == len(verdicts) > LEADS
    assert not wrong, [(key, found.get(key), wrong[key]) for key in sorted(wrong)[:3]]
    decided = Counter(rule for rule, _ in verdicts.values())
    # R11 asks a pool of nobody.
    assert set(decided) == {rule["routing_rule_id"] for rule in rules()} - {"R11"}


def test_every_assignment_is_judged_and_counted(
    built: duckdb.DuckDBPyConnection,
    world: World,
    verdicts: Verdicts,
) -> None:
    found = {
        (person, number): row
        for person, number, *row in built.execute(
            "select person_id, assignment_number, is_correct, is_reroute, reroutes, "
            "minutes_to_owner from marts.fct_lead_assignments"
        ).fetchall()
    }
    wanted = {}
    for person, group in groupby(world.assignments, key=lambda row: row["person_id"]):
        rows = list(group)
        moved = [False] + [
            key_of(before["owner_id"]) not in DESKS
            and key_of(before["owner_id"]) != key_of(row["owner_id"])
            for before, row in pairwise(rows)
        ]
        owned = [
            row["assigned_at"] for row in rows if key_of(row["owner_id"]) not in DESKS
        ]
        wait = (owned[0] - world.lead_at[person]).total_seconds() if owned else -1
        for place, row in enumerate(rows):
            _, allowed = verdicts[person, row["assigned_at"], "current"]
            keys = {key_of(owner) for owner in allowed}
            wanted[person, place + 1] = [
                key_of(row["owner_id"]) in keys,
                moved[place],
                None if place else sum(moved),
                None if place or wait < 0 else wait / 60,
            ]
    wrong = {key: row for key, row in wanted.items() if found.get(key) != row}
    assert len(found) == len(wanted)
    assert not wrong, [(key, found.get(key), wrong[key]) for key in sorted(wrong)[:3]]
    assert {row[0] for row in wanted.values()} == {True, False}


def test_the_queue_is_what_asking_each_rule_of_each_lead_gives(
    built: duckdb.DuckDBPyConnection, world: World
) -> None:
    found = built.execute(
        "select rank, option_number, person_id, routing_rule_id, expected_owner_ids "
        "from marts.fct_assignment_queue order by rank, option_number"
    ).fetchall()
    router = Router(world)
    assert found == [
        (rank, number, person, rule, ",".join(sorted(allowed)))
        for rank, person in enumerate(world.unassigned, 1)
        for number, (rule, allowed) in enumerate(
            router.answers(world.people[person], NOW, "current"), 1
        )
    ]
    assert len({row[3] for row in found}) > 5
    assert len(world.unassigned) > 50


def test_a_pool_s_openings_are_its_members_with_what_their_caps_leave(
    built: duckdb.DuckDBPyConnection, world: World, verdicts: Verdicts
) -> None:
    found = {
        (pool, key): row
        for pool, key, *row in built.execute(
            "select pool, rep_key, rep_ids, leads_today, pool_leads_given "
            "from marts.fct_pool_openings"
        ).fetchall()
    }
    pools = {rule["routing_rule_id"]: rule["pool"] for rule in rules()}
    given: Counter[str] = Counter()
    for _, group in groupby(world.assignments, key=lambda row: row["person_id"]):
        for row in group:
            if key_of(row["owner_id"]) in DESKS:
                continue
            rule, allowed = verdicts[row["person_id"], row["assigned_at"], "current"]
            if key_of(row["owner_id"]) in map(key_of, allowed) and pools[rule]:
                given[str(pools[rule])] += 1
            break
    router = Router(world)
    members = {
        (pool, key_of(rep))
        for pool in {str(row["pool"]) for row in roster()}
        for rep in router.pool(pool, NOW)
    }
    assert found == {
        (pool, key): [
            ",".join(sorted(called(key))),
            len(world.first_loads.get((key, local_day(NOW)), [])),
            given[pool],
        ]
        for pool, key in members
    }
    assert len(given) > 2

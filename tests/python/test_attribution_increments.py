"""A build of the journeys that changed gives what a build of all of them would."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from attribution_sql import TABLES
from conftest import Warehouse, run_dbt

AS_OF = "2025-12-31"
START = datetime(2025, 1, 1)
CHANNELS = ("search", "email", "social", "webinar", "direct")
MODELS = [
    f"int_attribution__{name}"
    for name in (
        "conversions",
        "conversion_people",
        "journeys",
        "journey_positions",
        "shape_touches",
        "shape_weights",
        "position_credits",
    )
]
SEEDS = ("attribution_models", "contact_roles")


# What a build leaves as it is where nothing changed, with one of its figures. Credit by
# channels is none of it: each build makes it anew.
KEPT = {
    "int_attribution__journey_positions": "decay_share",
    "int_attribution__position_credits": "weight",
}


class World:
    """A small warehouse of what attribution reads, and ways in which it changes."""

    def __init__(self, path: Path, seed: int) -> None:
        self.path = path
        self.chance = random.Random(seed)  # noqa: S311
        self.touches = 0
        self.variables: dict[str, Any] = {"as_of": AS_OF}

    @classmethod
    def built(cls, path: Path, seed: int) -> World:
        """Return a world that has been built once."""
        made = cls(path, seed)
        made.begin()
        assert run_dbt(path, select=SEEDS)
        made.build(path)
        return made

    def copied(self, path: Path) -> Path:
        """Copy the warehouse of now."""
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(self.path, path)
        return path

    def begin(self) -> None:
        """Make people, touches, MQLs and deals."""
        with duckdb.connect(str(self.path)) as connection:
            connection.execute("create schema marts")
            connection.execute("create schema intermediate")
            for name, columns in TABLES.items():
                connection.execute(f"create table marts.{name} ({columns})")
        people = [(f"p{n}", f"a{n // 3}", self.moment()) for n in range(45)]
        self.write("dim_people", people)
        for person, account, _ in people:
            for _ in range(self.chance.randrange(8)):
                self.touch(person, account)
            if self.chance.random() < 0.5:
                cycle = (f"{person}#1", person, account, "smb", self.moment())
                self.write("fct_lead_funnel", [cycle])
        for number in range(25):
            self.deal(f"o{number}")

    def moment(self) -> datetime:
        """Return some second of a hundred days, of which a few come often."""
        day = timedelta(days=self.chance.randrange(100))
        return START + day + timedelta(hours=self.chance.choice((0, 0, 9, 17)))

    def write(self, table: str, rows: list[tuple[Any, ...]]) -> None:
        marks = ", ".join("?" for _ in rows[0])
        with duckdb.connect(str(self.path)) as connection:
            for row in rows:
                connection.execute(f"insert into marts.{table} values ({marks})", row)

    def change(self, statement: str, *values: Any) -> None:
        with duckdb.connect(str(self.path)) as connection:
            connection.execute(statement, values)

    def any_of(self, column: str, table: str) -> Any:
        with duckdb.connect(str(self.path), read_only=True) as connection:
            found = connection.execute(
                f"select distinct {column} from marts.{table} order by 1"
            ).fetchall()
        return self.chance.choice(found)[0]

    def account_of(self, person: str) -> str:
        return str(
            Warehouse(self.path).value(
                "select account_id from marts.dim_people where person_id = ?", [person]
            )
        )

    def touch(self, person: str, account: str | None) -> None:
        self.touches += 1
        channel = self.chance.choice(CHANNELS)
        is_sales = channel != "direct" and self.chance.random() < 0.1
        is_marketing = channel != "direct" and not is_sales
        row = (f"t{self.touches}", person, account, "c1", channel, is_marketing)
        more = (channel == "direct", is_sales, self.moment())
        self.write("fct_touchpoints", [row + more])

    def deal(self, key: str) -> None:
        account = (
            f"a{self.chance.randrange(15)}" if self.chance.random() < 0.9 else None
        )
        person = f"p{self.chance.randrange(45)}"
        created = self.moment()
        closed = created + timedelta(days=self.chance.randrange(40))
        amount = self.chance.randrange(1, 10_000_000) / 100
        row = (key, person, account, "smb", amount, self.chance.random() < 0.5)
        self.write("fct_opportunity_outcomes", [(*row, created, closed)])
        role = self.chance.choice(("Champion", "Blocker", None))
        self.write("bridge_opportunity_people", [(key, person, role)])

    # What happens to a company from one build to the next.

    def late_touch(self) -> None:
        person = self.any_of("person_id", "dim_people")
        self.touch(person, self.account_of(person))

    def lost_touch(self) -> None:
        touch = self.any_of("touchpoint_id", "fct_touchpoints")
        self.change("delete from marts.fct_touchpoints where touchpoint_id = ?", touch)

    def other_channel(self) -> None:
        touch = self.any_of("touchpoint_id", "fct_touchpoints")
        self.change(
            "update marts.fct_touchpoints set channel = 'events' "
            "where touchpoint_id = ?",
            touch,
        )

    def merge(self) -> None:
        lost = self.any_of("person_id", "dim_people")
        kept = self.any_of("person_id", "dim_people")
        for table, column in (
            ("fct_touchpoints", "person_id"),
            ("bridge_opportunity_people", "person_id"),
            ("fct_lead_funnel", "person_id"),
            ("fct_opportunity_outcomes", "primary_person_id"),
        ):
            self.change(
                f"update marts.{table} set {column} = ? where {column} = ?", kept, lost
            )
        self.move_touches(kept)

    def move_touches(self, person: str) -> None:
        """Give a person's touches the person's account, whose they are."""
        self.change(
            "update marts.fct_touchpoints set account_id = ? where person_id = ?",
            self.account_of(person),
            person,
        )

    def other_account(self) -> None:
        person = self.any_of("person_id", "dim_people")
        self.change(
            "update marts.dim_people set account_id = ? where person_id = ?",
            f"a{self.chance.randrange(15)}",
            person,
        )
        self.move_touches(person)

    def other_amount(self) -> None:
        deal = self.any_of("opportunity_id", "fct_opportunity_outcomes")
        self.change(
            "update marts.fct_opportunity_outcomes set amount_usd = amount_usd + 0.01 "
            "where opportunity_id = ?",
            deal,
        )

    def lost_deal(self) -> None:
        deal = self.any_of("opportunity_id", "fct_opportunity_outcomes")
        for table in ("fct_opportunity_outcomes", "bridge_opportunity_people"):
            self.change(f"delete from marts.{table} where opportunity_id = ?", deal)

    def new_deal(self) -> None:
        self.deal(f"n{self.chance.randrange(10**9)}")

    def other_close(self) -> None:
        deal = self.any_of("opportunity_id", "fct_opportunity_outcomes")
        self.change(
            "update marts.fct_opportunity_outcomes set closed_at = closed_at "
            "+ interval 9 day, is_won = not is_won where opportunity_id = ?",
            deal,
        )

    def other_lookback(self) -> None:
        self.variables["attribution_lookback_days"] = self.chance.randrange(20, 60)

    def other_model(self) -> None:
        self.change(
            "update policy.attribution_models set first_share = ?, other_share = ? "
            "where attribution_model = 'u_shaped'",
            *((0.5, 0.1) if self.chance.random() < 0.5 else (0.4, 0.2)),
        )

    def other_role(self) -> None:
        self.change(
            "update policy.contact_roles set weight = ? where role = 'champion'",
            self.chance.choice((0, 1, 3)),
        )

    def since_previous(self) -> None:
        name = "attribution_since_previous_conversion"
        self.variables[name] = not self.variables.get(name, False)

    def live(self) -> None:
        """Let some of it happen."""
        small: list[Callable[[], None]] = [
            self.late_touch,
            self.lost_touch,
            self.other_channel,
            self.merge,
            self.other_account,
            self.other_amount,
            self.lost_deal,
            self.new_deal,
            self.other_close,
        ]
        rare = [
            self.other_lookback,
            self.other_model,
            self.other_role,
            self.since_previous,
        ]
        for _ in range(self.chance.randrange(1, 6)):
            self.chance.choice(small)()
        if self.chance.random() < 0.25:
            self.chance.choice(rare)()

    def build(self, path: Path, *, full_refresh: bool = False) -> None:
        assert run_dbt(
            path,
            seeds=False,
            select=MODELS,
            full_refresh=full_refresh,
            **self.variables,
        )


# Weights of policy that change for many touches or models at once.
POLICIES = {
    4: ["update policy.contact_roles set weight = 3 where role = 'champion'"],
    8: [
        "update policy.attribution_models set decay_share = 0.5 "
        "where attribution_model in ('u_shaped', 'w_shaped')"
    ],
    12: ["update policy.contact_roles set weight = 0 where role = 'champion'"],
}


def content(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Return the rows that an increment keeps from build to build."""
    return {
        name: Warehouse(path).rows(f"select * from intermediate.{name} order by all")
        for name in KEPT
    }


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World.built(tmp_path_factory.mktemp("increments") / "mops.duckdb", seed=5)


def test_increments_equal_a_full_refresh(world: World, tmp_path: Path) -> None:
    afresh = tmp_path / "mops.duckdb"
    changed = 0
    before = content(world.path)
    for turn in range(20):
        world.live()
        for statement in POLICIES.get(turn, ()):
            world.change(statement)
        world.build(world.path)
        world.build(world.copied(afresh), full_refresh=True)
        found = content(world.path)
        assert found == content(afresh)
        assert all(found.values())
        changed += found != before
        before = found
    assert changed > 15


def test_journeys_that_did_not_change_are_left_alone(world: World) -> None:
    for name, column in KEPT.items():
        world.change(f"update intermediate.{name} set {column} = 77")
    deal = Warehouse(world.path).value(
        "select min(conversion_id) from intermediate.int_attribution__position_credits "
        "where conversion_type = 'won'"
    )
    world.change(
        "update marts.fct_opportunity_outcomes set amount_usd = amount_usd + 1 "
        "where opportunity_id = ?",
        deal,
    )
    world.build(world.path)
    of_deal = {
        print_
        for (print_,) in Warehouse(world.path).rows(
            "select journey_print from intermediate.int_attribution__journeys "
            "join intermediate.int_attribution__conversions using (conversion_key) "
            "where conversion_id = ? and is_credited",
            [deal],
        )
    }
    assert of_deal
    for name, column in KEPT.items():
        made_anew = Warehouse(world.path).rows(
            f"select distinct journey_print from intermediate.{name} "
            f"where {column} != 77"
        )
        assert {print_ for (print_,) in made_anew} == of_deal
    world.build(world.path, full_refresh=True)

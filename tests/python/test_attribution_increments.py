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
        "opportunity_touches",
        "journey_touches",
        "milestones",
        "journeys",
        "journey_positions",
        "shape_touches",
        "shape_weights",
    )
]
MODELS.append("fct_attribution_credits")
SEEDS = ("attribution_models", "contact_roles")


# What a build leaves as it is where nothing changed, with one of its figures.
KEPT = {
    "intermediate.int_attribution__journey_positions": "decay_share",
    "marts.fct_attribution_credits": "weight",
}
# Credit by channels is made anew in each build; one row stands for it.
CHANNEL_WEIGHTS = """
    create table intermediate.int_attribution__channel_weights as
    select
        'won' as conversion_type, 'o1' as conversion_id, 'a1' as account_id,
        'smb' as segment, 10.00::decimal(18, 2) as amount_usd,
        timestamp '2025-01-02' as converted_at, false as is_role_weighted,
        't1' as touchpoint_id, 'p1' as person_id, 'c1' as campaign_id,
        'search' as channel, 1.0::double as role_weight,
        'markov' as attribution_model, 0.5::double as weight
"""


class World:
    """A small warehouse of what attribution reads, and ways in which it changes."""

    def __init__(self, path: Path, seed: int) -> None:
        self.path = path
        self.chance = random.Random(seed)  # noqa: S311
        self.touches = 0
        self.variables: dict[str, Any] = {"as_of": AS_OF}

    def begin(self) -> None:
        """Make people, touches, MQLs and deals."""
        with duckdb.connect(str(self.path)) as connection:
            connection.execute("create schema marts")
            connection.execute("create schema intermediate")
            for name, columns in TABLES.items():
                connection.execute(f"create table marts.{name} ({columns})")
            connection.execute(CHANNEL_WEIGHTS)
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
        self.touch(person, f"a{int(person[1:]) // 3}")

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

    def other_channels(self) -> None:
        self.change(
            "update intermediate.int_attribution__channel_weights set weight = ?",
            self.chance.random(),
        )

    def live(self) -> None:
        """Let some of it happen."""
        small: list[Callable[[], None]] = [
            self.late_touch,
            self.lost_touch,
            self.other_channel,
            self.merge,
            self.other_amount,
            self.lost_deal,
            self.new_deal,
            self.other_close,
            self.other_channels,
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


def content(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Return the rows that an increment keeps from build to build."""
    return {
        name: Warehouse(path).rows(f"select * from {name} order by all")
        for name in KEPT
    }


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    made = World(tmp_path_factory.mktemp("increments") / "mops.duckdb", seed=5)
    made.begin()
    assert run_dbt(made.path, select=SEEDS)
    made.build(made.path)
    return made


def test_increments_equal_a_full_refresh(world: World, tmp_path: Path) -> None:
    afresh = tmp_path / "mops.duckdb"
    changed = 0
    before = content(world.path)
    for _ in range(20):
        world.live()
        world.build(world.path)
        shutil.copy(world.path, afresh)
        world.build(afresh, full_refresh=True)
        found = content(world.path)
        assert found == content(afresh)
        assert all(found.values())
        changed += found != before
        before = found
    assert changed > 15


def test_journeys_that_did_not_change_are_left_alone(world: World) -> None:
    for name, column in KEPT.items():
        world.change(f"update {name} set {column} = 77")
    deal = Warehouse(world.path).value(
        "select min(conversion_id) from intermediate.int_attribution__journeys "
        "where conversion_type = 'won'"
    )
    world.change(
        "update marts.fct_opportunity_outcomes set amount_usd = amount_usd + 1 "
        "where opportunity_id = ?",
        deal,
    )
    world.build(world.path)
    for name, column in KEPT.items():
        made_anew = Warehouse(world.path).rows(
            f"select distinct conversion_id from {name} "
            f"where {column} != 77 and journey_print is not null"
        )
        assert made_anew == [(deal,)]
    world.build(world.path, full_refresh=True)

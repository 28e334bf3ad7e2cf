"""Whose touches count for a conversion, with what weight, from when and until when.

The models join on numbers that stand for people, accounts and conversions, which only
the models themselves can make; so they are asked here by name, on small worlds.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from attribution_sql import AttributionSql, World, compile_attribution

AT = datetime(2026, 6, 1, 12)
SECOND = timedelta(seconds=1)
LOOKBACK = timedelta(days=90)
MARKETING, DIRECT, SALES, OTHER = range(4)
# Weights that tell apart which row of the seed was read.
WEIGHTS = {"not_named": 0.5, "no_role": 0.25, "decision_maker": 3}
ROLES = [
    f"update mops.policy.contact_roles set weight = {weight} where role = '{role}'"
    for role, weight in WEIGHTS.items()
]
Row = tuple[Any, ...]


@pytest.fixture(scope="module")
def attribution(tmp_path_factory: pytest.TempPathFactory) -> AttributionSql:
    return compile_attribution(tmp_path_factory.mktemp("compiled"))


@pytest.fixture(scope="module")
def by_vars(tmp_path_factory: pytest.TempPathFactory) -> AttributionSql:
    """Journeys begin after the conversion before, and sales touches earn credit."""
    return compile_attribution(
        tmp_path_factory.mktemp("by_vars"),
        attribution_since_previous_conversion=True,
        attribution_include_sales_touches=True,
    )


def touch(key: str, person: str | None, at: datetime, kind: int = MARKETING) -> Row:
    """Return a touch of a person, whose account the models take from the person."""
    kinds = tuple(kind == each for each in (MARKETING, DIRECT, SALES))
    return (key, person, None, None, "email", *kinds, at)


def deal(
    key: str,
    account: str | None,
    person: str | None = None,
    created: datetime = AT,
    closed: datetime | None = None,
) -> Row:
    is_won = closed is not None
    return (key, person, account, "smb", 100, is_won, created, closed)


def people_of(
    attribution: AttributionSql, world: World
) -> dict[tuple[str, str], dict[str, float]]:
    """Return by type and id of a conversion its people, and what each weighs."""
    found: dict[tuple[str, str], dict[str, float]] = {}
    with attribution.build(world, ROLES) as built:
        rows = built.execute(
            "select c.conversion_type, c.conversion_id, p.person_id, r.role_weight "
            "from mops.intermediate.int_attribution__conversion_people as r "
            "join mops.intermediate.int_attribution__conversions as c "
            "using (conversion_key) "
            "join mops.marts.dim_people as p using (person_key)"
        ).fetchall()
        everyone = built.execute(
            "select count(*) from mops.intermediate.int_attribution__conversion_people"
        ).fetchone()
    assert everyone == (len(rows),)
    for kind, key, person, weight in rows:
        people = found.setdefault((kind, key), {})
        assert person not in people, (kind, key, person)
        people[person] = weight
    return found


def journeys_of(
    attribution: AttributionSql, world: World
) -> dict[tuple[str, str], dict[str, Any]]:
    """Return what is told of each conversion's journey."""
    with attribution.build(world) as built:
        rows = built.execute(
            "select conversion_type, conversion_id, lead_created_at, latest_touch_at, "
            "is_credited, has_direct, has_sales, journey_print "
            "from mops.intermediate.int_attribution__journeys "
            "join mops.intermediate.int_attribution__conversions using (conversion_key)"
        )
        names = [column[0] for column in rows.description or []]
        return {
            row[:2]: dict(zip(names[2:], row[2:], strict=True))
            for row in rows.fetchall()
        }


def reasons(attribution: AttributionSql, world: World) -> dict[Row, str]:
    with attribution.build(world) as built:
        return {
            (kind, key): reason
            for kind, key, reason in built.execute(
                "select conversion_type, conversion_id, reason "
                "from mops.marts.fct_unattributed_conversions"
            ).fetchall()
        }


def credited(attribution: AttributionSql, world: World) -> dict[Row, dict[str, float]]:
    """Return the linear credit of each conversion's touches."""
    found: dict[Row, dict[str, float]] = {}
    with attribution.build(world, ROLES) as built:
        for kind, key, touched, weight in built.execute(
            "select conversion_type, conversion_id, touchpoint_id, weight "
            "from mops.marts.fct_attribution_credits "
            "where attribution_model = 'linear'"
        ).fetchall():
            found.setdefault((kind, key), {})[touched] = weight
    return found


# buyer and boss are of a1, friend and stranger of a2, and alone of none.
PEOPLE: list[Row] = [
    ("buyer", "a1", datetime(2026, 3, 1)),
    ("boss", "a1", datetime(2026, 2, 1)),
    ("friend", "a2", datetime(2026, 1, 5)),
    ("stranger", "a2", datetime(2026, 1, 4)),
    ("alone", None, datetime(2026, 1, 3)),
]


class TestWhoCounts:
    def test_a_deal_has_everybody_at_the_account_and_everybody_named(
        self, attribution: AttributionSql
    ) -> None:
        """Each once: buyer is of the account and named too."""
        world = {
            "dim_people": PEOPLE,
            "fct_opportunity_outcomes": [deal("o1", "a1", "buyer", closed=AT)],
            "bridge_opportunity_people": [
                ("o1", "buyer", "Decision Maker"),
                ("o1", "friend", None),
                ("o1", "alone", "Fortune Teller"),
            ],
        }
        wanted = {"buyer": 3, "boss": 0.5, "friend": 0.25, "alone": 1}
        assert people_of(attribution, world) == {
            ("opportunity", "o1"): wanted,
            ("won", "o1"): wanted,
        }

    def test_a_deal_without_account_has_who_is_named_alone(
        self, attribution: AttributionSql
    ) -> None:
        """Somebody without account is no colleague; an open deal was not won."""
        world = {
            "dim_people": PEOPLE,
            "fct_opportunity_outcomes": [
                deal("o1", None, "friend"),
                deal("o2", None, "friend"),
            ],
            "bridge_opportunity_people": [("o1", "friend", "")],
        }
        assert people_of(attribution, world) == {
            ("opportunity", "o1"): {"friend": 0.25}
        }

    def test_nobody_named_leaves_the_colleagues(
        self, attribution: AttributionSql
    ) -> None:
        world = {
            "dim_people": PEOPLE,
            "fct_opportunity_outcomes": [deal("o1", "a2", "buyer")],
        }
        assert people_of(attribution, world) == {
            ("opportunity", "o1"): {"friend": 0.5, "stranger": 0.5}
        }

    def test_an_mql_has_its_person_and_no_role(
        self, attribution: AttributionSql
    ) -> None:
        """A deal of the same name is another conversion."""
        world = {
            "dim_people": PEOPLE,
            "fct_lead_funnel": [
                ("same", "buyer", "a1", "smb", AT),
                ("never", "boss", "a1", "smb", None),
            ],
            "fct_opportunity_outcomes": [deal("same", "a9")],
            "bridge_opportunity_people": [("same", "friend", "Decision Maker")],
        }
        assert people_of(attribution, world) == {
            ("mql", "same"): {"buyer": 1},
            ("opportunity", "same"): {"friend": 3},
        }

    def test_a_win_without_a_date_has_people_too(
        self, attribution: AttributionSql
    ) -> None:
        """So that they are none of those whom no win reached."""
        undated = ("o1", None, "a1", "smb", 100, True, AT, None)
        world = {
            "dim_people": PEOPLE,
            "fct_opportunity_outcomes": [undated],
            "fct_touchpoints": [
                touch("t1", "buyer", AT),
                touch("t2", "stranger", AT),
            ],
        }
        assert people_of(attribution, world)["won", "o1"] == {
            "buyer": 0.5,
            "boss": 0.5,
        }
        with attribution.build(world) as built:
            unconverted = built.execute(
                "select person_id, is_no_mql, is_no_opportunity, is_no_win "
                "from mops.intermediate.int_attribution__unconverted_people "
                "join mops.marts.dim_people using (person_key) order by 1"
            ).fetchall()
        assert unconverted == [
            ("buyer", True, False, False),
            ("stranger", True, True, True),
        ]


class TestRoles:
    def test_each_touch_weighs_what_its_person_does(
        self, attribution: AttributionSql
    ) -> None:
        """3 of buyer, 0.5 of boss, 0.25 of friend, 1 of a role nobody listed."""
        world = {
            "dim_people": PEOPLE,
            "fct_opportunity_outcomes": [deal("o1", "a1", "buyer")],
            "bridge_opportunity_people": [
                ("o1", "buyer", "decision-maker"),
                ("o1", "friend", None),
                ("o1", "alone", "Fortune Teller"),
            ],
            "fct_touchpoints": [touch(person, person, AT) for person, _, _ in PEOPLE],
        }
        found = credited(attribution, world)["opportunity", "o1"]
        total = 3 + 0.5 + 0.25 + 1
        assert found == pytest.approx(
            {
                "buyer": 3 / total,
                "boss": 0.5 / total,
                "friend": 0.25 / total,
                "alone": 1 / total,
            }
        )


class TestLeadCreation:
    def test_the_first_of_the_account_goes_before_an_older_one_who_is_named(
        self, attribution: AttributionSql
    ) -> None:
        """Else it is the first of those named, else nobody's."""
        world = {
            "dim_people": PEOPLE,
            "fct_lead_funnel": [("m1", "buyer", "a1", "smb", AT)],
            "fct_opportunity_outcomes": [
                deal("at account", "a1", closed=AT),
                deal("named", None),
                deal("nobody", "a9"),
            ],
            "bridge_opportunity_people": [
                ("at account", "alone", None),
                ("named", "buyer", None),
                ("named", "friend", None),
            ],
        }
        found = {
            key: told["lead_created_at"]
            for key, told in journeys_of(attribution, world).items()
        }
        boss, buyer = datetime(2026, 2, 1), datetime(2026, 3, 1)
        assert found == {
            ("mql", "m1"): buyer,
            ("opportunity", "at account"): boss,
            ("won", "at account"): boss,
            ("opportunity", "named"): datetime(2026, 1, 5),
            ("opportunity", "nobody"): None,
        }


class TestBounds:
    def test_the_lookback_holds_to_the_second_at_both_ends(
        self, attribution: AttributionSql
    ) -> None:
        world = {
            "dim_people": PEOPLE,
            "fct_lead_funnel": [("m1", "buyer", "a1", "smb", AT)],
            "fct_opportunity_outcomes": [deal("o1", "a1")],
            "fct_touchpoints": [
                touch("early", "buyer", AT - LOOKBACK - SECOND),
                touch("first", "buyer", AT - LOOKBACK),
                touch("last", "buyer", AT),
                touch("late", "buyer", AT + SECOND),
                touch("colleague", "boss", AT),
                touch("stranger", "stranger", AT),
                touch("nobody", None, AT),
            ],
        }
        assert credited(attribution, world) == {
            ("mql", "m1"): {"first": 0.5, "last": 0.5},
            ("opportunity", "o1"): pytest.approx(
                dict.fromkeys(("first", "last", "colleague"), 1 / 3)
            ),
        }

    def test_a_touch_of_the_previous_conversion_s_second_is_its_own(
        self, attribution: AttributionSql, by_vars: AttributionSql
    ) -> None:
        earlier = AT - timedelta(days=9)
        world = {
            "dim_people": PEOPLE,
            "fct_opportunity_outcomes": [
                deal("first", "a1", created=earlier),
                deal("second", "a1"),
                deal("third", "a1", created=AT + SECOND),
            ],
            "fct_touchpoints": [
                touch("t1", "buyer", earlier),
                touch("t2", "buyer", earlier + SECOND),
            ],
        }
        both = {"t1": 0.5, "t2": 0.5}
        assert credited(attribution, world) == {
            ("opportunity", "first"): {"t1": 1},
            ("opportunity", "second"): both,
            ("opportunity", "third"): both,
        }
        assert credited(by_vars, world) == {
            ("opportunity", "first"): {"t1": 1},
            ("opportunity", "second"): {"t2": 1},
        }
        assert reasons(by_vars, world) == {
            ("opportunity", "third"): "before_previous_conversion"
        }

    def test_sales_touches_count_by_the_var_alone(
        self, attribution: AttributionSql, by_vars: AttributionSql
    ) -> None:
        world = {
            "dim_people": PEOPLE,
            "fct_opportunity_outcomes": [deal("o1", "a1"), deal("o2", "a2")],
            "fct_touchpoints": [
                touch("t1", "buyer", AT),
                touch("t2", "buyer", AT, SALES),
                touch("t3", "friend", AT, SALES),
            ],
        }
        assert credited(attribution, world) == {("opportunity", "o1"): {"t1": 1}}
        assert reasons(attribution, world) == {("opportunity", "o2"): "sales_only"}
        # All are of roles that weigh alike.
        assert credited(by_vars, world) == {
            ("opportunity", "o1"): {"t1": 0.5, "t2": 0.5},
            ("opportunity", "o2"): {"t3": 1},
        }


class TestEarlierTouches:
    def test_the_latest_is_of_the_account_or_of_anybody_named(
        self, attribution: AttributionSql
    ) -> None:
        """An MQL has its person's alone; what comes with it or later is not before."""
        old = AT - 2 * LOOKBACK
        world = {
            "dim_people": PEOPLE,
            "fct_lead_funnel": [
                ("own", "buyer", "a1", "smb", AT),
                ("colleague's", "stranger", "a2", "smb", AT),
            ],
            "fct_opportunity_outcomes": [
                deal("account", "a1"),
                deal("named", "a9"),
                deal("cold", "a9"),
                ("undated", None, "a1", "smb", 100, True, None, None),
            ],
            "bridge_opportunity_people": [("named", "alone", None)],
            "fct_touchpoints": [
                touch("t1", "buyer", old),
                touch("t2", "boss", old + SECOND, SALES),
                touch("t3", "boss", old),
                touch("t4", "alone", old - SECOND, DIRECT),
                touch("t5", "friend", old),
                touch("t6", "stranger", AT + SECOND),
            ],
        }
        found = {
            key: told["latest_touch_at"]
            for key, told in journeys_of(attribution, world).items()
        }
        assert found == {
            ("mql", "own"): old,
            ("mql", "colleague's"): None,
            ("opportunity", "account"): old + SECOND,
            ("opportunity", "named"): old - SECOND,
            ("opportunity", "cold"): None,
            ("opportunity", "undated"): None,
            ("won", "undated"): None,
        }

    def test_a_journey_that_holds_a_touch_tells_of_none_before(
        self, attribution: AttributionSql
    ) -> None:
        """Of whatever kind: one that is nobody's business is no earlier touch."""
        world = {
            "dim_people": PEOPLE,
            "fct_lead_funnel": [
                ("m1", "buyer", "a1", "smb", AT),
                ("m2", "friend", "a2", "smb", AT),
                ("m3", "alone", None, "smb", AT),
            ],
            "fct_touchpoints": [
                touch("t1", "buyer", AT, OTHER),
                touch("t2", "buyer", AT - 2 * LOOKBACK),
                touch("t3", "friend", AT),
                touch("t4", "friend", AT, DIRECT),
                touch("t5", "alone", AT, DIRECT),
                touch("t6", "alone", AT, SALES),
            ],
        }
        found = journeys_of(attribution, world)
        flags = ("latest_touch_at", "is_credited", "has_direct", "has_sales")
        assert {key: [told[flag] for flag in flags] for key, told in found.items()} == {
            ("mql", "m1"): [None, False, False, False],
            ("mql", "m2"): [None, True, True, False],
            ("mql", "m3"): [None, False, True, True],
        }
        for told in found.values():
            assert (told["journey_print"] is not None) == told["is_credited"]
        assert reasons(attribution, world) == {
            ("mql", "m1"): "no_touch",
            ("mql", "m3"): "direct_only",
        }

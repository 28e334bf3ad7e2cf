"""Scores by rules, against sums over every touch by itself."""

from __future__ import annotations

import math
import random
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pytest

import attribution_sql
from conftest import judge, run_dbt

AS_OF = datetime(2026, 6, 30, 12)
YEARS_AGO = AS_OF - timedelta(days=3650)
ALWAYS, NEVER = date(1900, 1, 1), date(9999, 12, 31)
PEOPLE, ACCOUNTS, KINDS, SIGNALS = 400, 60, 30, 600
# The heaviest person has a touch every few days of the ten years.
MOST_TOUCHES = 1500
MODELS = (
    "int_lifecycle__counted_touches",
    "int_lifecycle__met_values",
    "int_lifecycle__judged_touches",
    "int_lifecycle__judged_signals",
    "int_lifecycle__score_events",
    "int_lifecycle__limited_events",
    "int_lifecycle__limited_points",
    "int_lifecycle__account_people",
    "int_lifecycle__subject_points",
    "int_lifecycle__decaying_rules",
    "int_lifecycle__half_life_groups",
    "int_lifecycle__placed_points",
    "int_lifecycle__counted_points",
    "int_lifecycle__group_standings",
    "int_lifecycle__score_standings",
    "int_lifecycle__rule_sets",
    "int_lifecycle__person_attributes",
    "int_lifecycle__fit_attributes",
    "int_lifecycle__met_fit_rules",
    "int_lifecycle__score_spans",
    "int_lifecycle__fit_grades",
    "int_lifecycle__score_moments",
    "int_lifecycle__engaging_moments",
    "int_lifecycle__engagement_changes",
    "int_lifecycle__engaged_people",
    "int_lifecycle__fired_rules",
    "int_lifecycle__current_scores",
    "int_lifecycle__told_rules",
    "fct_lead_score_changes",
    "fct_lead_score_rules",
    "fct_lead_rule_scores",
    "fct_account_score_changes",
    "fct_account_score_rules",
    "fct_account_scores",
)
GUARDS = (
    "assert_lifecycle_scores_are_the_sum_of_rules",
    "assert_lifecycle_score_history_adds_up",
)
SENIORITIES = ("c_level", "vp", "intern", None)
GRADES = {"A": 20.0, "B": 10.0, "C": 0.0, "D": -math.inf}


@dataclass(frozen=True)
class Rule:
    """A row of scoring_rules; until is the first day on which it no longer holds."""

    rule_id: str
    subject: str
    dimension: str
    column_name: str
    operator: str
    value: str
    points: float
    half_life_days: float | None = None
    max_points: float | None = None
    since: date = ALWAYS
    until: date = NEVER

    def holds(self, day: date) -> bool:
        return self.since <= day < self.until


@dataclass(frozen=True)
class Definition:
    """A row of mqa_definitions."""

    version: str
    min_score: float
    min_intent_points: float | None
    min_engaged_people: int
    engaged_days: int
    since: date
    until: date


@dataclass
class Scorer:
    """The points that one person or account earned by one decaying rule."""

    rule: Rule
    moments: list[datetime] = field(default_factory=list)
    earned: list[float] = field(default_factory=list)
    standing: float = 0.0

    def fire(self, moment: datetime) -> None:
        """Add what the limit lets the rule give."""
        if self.moments:
            self.standing *= self.fade(moment - self.moments[-1])
        limit = math.inf if self.rule.max_points is None else self.rule.max_points
        before = self.standing
        self.standing = max(-limit, min(limit, before + self.rule.points))
        self.moments.append(moment)
        self.earned.append(self.standing - before)

    def fade(self, span: timedelta) -> float:
        assert self.rule.half_life_days is not None
        days = span / timedelta(days=1)
        return float(0.5 ** (days / self.rule.half_life_days))

    def stands(self, moment: datetime) -> float:
        """Return each touch's points of the moment, added up one by one."""
        known = bisect_right(self.moments, moment)
        ages = [(moment - fired) / timedelta(days=1) for fired in self.moments[:known]]
        half_life = self.rule.half_life_days
        assert half_life is not None
        halves = np.power(0.5, np.array(ages) / half_life)
        return math.fsum(halves * np.array(self.earned[:known]))


Scorers = dict[str, list[Scorer]]


def random_rules(chance: random.Random) -> list[Rule]:
    """Return rules of any half-life; some hold for a span of days or have a sequel."""
    rules = []
    for number in range(KINDS):
        half_life = 1.0 if number < 5 else 10 ** chance.uniform(-0.3, 2.6)
        points = float(chance.choice([-7, 1, 2, 5, 8, 30]))
        limit = chance.choice([None, abs(points) * chance.uniform(0.5, 4)])
        change = YEARS_AGO.date() + timedelta(days=chance.randrange(3650))
        spans = chance.choice([[(ALWAYS, NEVER)], [(ALWAYS, change), (change, NEVER)]])
        for part, (since, until) in enumerate(spans):
            rules.append(
                Rule(
                    f"E{number:02}{part}",
                    "person",
                    "engagement",
                    *chance.choice(
                        [
                            ("touch_type", "is", f"kind{number}"),
                            ("channel", "like", f"CHANNEL{number}%"),
                        ]
                    ),
                    points + part,
                    half_life,
                    limit,
                    since,
                    until,
                )
            )
    change = date(2022, 3, 1)
    return [
        *rules,
        Rule("F1", "person", "fit", "seniority", "is", "VP", 15.0, until=change),
        Rule("F2", "person", "fit", "seniority", "is", "vp", 25.0, since=change),
        Rule("F3", "person", "fit", "seniority", "is_not", "intern", 10.0),
        Rule("F4", "account", "fit", "employee_count", "at_least", "100", 20.0),
        Rule(
            "I1", "account", "intent", "signal_score", "at_least", "50", 4.0, 1.0, 9.0
        ),
        Rule("I2", "account", "intent", "topic", "like", "%plan%", 3.0, 90.0, None),
    ]


DEFINITIONS = (
    Definition("v1", 25.0, None, 1, 30, ALWAYS, date(2019, 1, 1)),
    Definition("v2", 30.0, 2.0, 2, 90, date(2019, 1, 1), date(2024, 1, 1)),
    Definition("v3", 22.0, None, 3, 365, date(2024, 1, 1), NEVER),
)


@dataclass
class World:
    """What happened, and what the rules make of it touch by touch."""

    rules: list[Rule]
    seniorities: dict[str, str | None] = field(default_factory=dict)
    accounts: dict[str, str | None] = field(default_factory=dict)
    employees: dict[str, int | None] = field(default_factory=dict)
    touches: list[dict[str, Any]] = field(default_factory=list)
    signals: list[dict[str, Any]] = field(default_factory=list)
    scorers: Scorers = field(default_factory=dict)

    def score(self) -> None:
        """Hold every touch and signal up to as_of against every rule."""
        found: dict[tuple[str, str], Scorer] = {}
        events = [
            (touch["touched_at"], touch["person_id"], rule)
            for touch in self.touches
            if touch["touched_at"] <= AS_OF and not touch["is_sales"]
            for rule in self.rules
            if rule.dimension == "engagement"
            and rule.holds(touch["touched_at"].date())
            and (
                touch["touch_type"] == rule.value
                if rule.column_name == "touch_type"
                else touch["channel"].startswith(rule.value.lower().rstrip("%"))
            )
        ]
        strongest: dict[tuple[Any, ...], dict[str, Any]] = {}
        for signal in sorted(self.signals, key=lambda signal: signal["score"]):
            measured = signal["domain"], signal["topic"], signal["observed_on"]
            strongest[measured] = signal
        for signal in strongest.values():
            moment = datetime.combine(signal["observed_on"], datetime.min.time())
            account_id = signal["domain"].removesuffix(".test")
            if signal["score"] >= 50:
                events.append((moment, account_id, self.rule("I1")))
            if "plan" in signal["topic"]:
                events.append((moment, account_id, self.rule("I2")))
        for moment, subject_id, rule in sorted(
            events, key=lambda event: (event[0], event[1], event[2].rule_id)
        ):
            key = subject_id, rule.rule_id
            found.setdefault(key, Scorer(rule)).fire(moment)
        self.scorers = defaultdict(list)
        for (subject_id, _), scorer in found.items():
            self.scorers[subject_id].append(scorer)

    def rule(self, rule_id: str) -> Rule:
        return next(rule for rule in self.rules if rule.rule_id == rule_id)

    def fit(self, subject_id: str, day: date) -> float:
        if subject_id in self.employees:
            return 20.0 if (self.employees[subject_id] or 0) >= 100 else 0.0
        seniority = self.seniorities[subject_id]
        points = 0.0 if seniority == "intern" else 10.0
        if seniority == "vp":
            points += 15.0 if day < date(2022, 3, 1) else 25.0
        return points

    def people_of(self, account_id: str) -> list[str]:
        return [who for who, where in self.accounts.items() if where == account_id]

    def engaged(self, account_id: str, moment: datetime, days: int) -> int:
        since = moment - timedelta(days=days)
        return sum(
            any(
                bisect_left(scorer.moments, since)
                < bisect_right(scorer.moments, moment)
                for scorer in self.scorers.get(person_id, [])
                if scorer.rule.points > 0
            )
            for person_id in self.people_of(account_id)
        )

    def account_moment(self, account_id: str, moment: datetime) -> dict[str, Any]:
        """Return all that an account's score of a moment consists of."""
        engagement = math.fsum(
            scorer.stands(moment)
            for person_id in self.people_of(account_id)
            for scorer in self.scorers.get(person_id, [])
        )
        intent = math.fsum(
            scorer.stands(moment) for scorer in self.scorers.get(account_id, [])
        )
        fit = self.fit(account_id, moment.date())
        score = engagement + intent + fit
        definition = next(
            row for row in DEFINITIONS if row.since <= moment.date() < row.until
        )
        engaged = self.engaged(account_id, moment, definition.engaged_days)
        is_mqa = (
            score >= definition.min_score
            and intent >= (definition.min_intent_points or -math.inf)
            and engaged >= definition.min_engaged_people
        )
        return {
            "definition": definition.version,
            "grade": grade(fit),
            "engaged": engaged,
            "is_mqa": is_mqa,
            "points": [engagement, intent, fit, score],
        }


def grade(points: float) -> str:
    """Return the highest grade that the points reach."""
    return max((least, name) for name, least in GRADES.items() if least <= points)[1]


def random_moments(chance: random.Random, count: int) -> list[datetime]:
    """Return moments of ten years: bursts, ties, and one at as_of exactly."""
    moments = [AS_OF] if chance.random() < 0.1 else []
    while len(moments) < count:
        moment = YEARS_AGO + timedelta(seconds=chance.uniform(0, 3650.1 * 86400))
        moments.append(moment.replace(microsecond=chance.choice([0, 1, 999_999])))
        while chance.random() < 0.5:
            moment += timedelta(days=chance.choice([0, 0, 1e-6, 0.01, 1, 7]))
            moments.append(moment)
    return moments[:count]


def random_world(seed: int) -> World:
    """Return people and companies with ten years behind them."""
    chance = random.Random(seed)  # noqa: S311
    world = World(random_rules(chance))
    for number in range(ACCOUNTS):
        world.employees[f"acc{number}"] = chance.choice([None, 5, 99, 100, 5000])
    for number in range(PEOPLE):
        person_id = f"per{number}"
        world.seniorities[person_id] = chance.choice(SENIORITIES)
        account = f"acc{int(ACCOUNTS * chance.random() ** 2)}"
        world.accounts[person_id] = account if chance.random() < 0.6 else None
        count = chance.choice([0, 1, 3, 10, 60])
        kinds = chance.sample(range(KINDS), 4)
        if number < 3:
            # Half-lives of one day, and a limit that they keep running into.
            count, kinds = MOST_TOUCHES // (number + 1), [*range(5)]
            world.accounts[person_id] = None
        for moment in random_moments(chance, count):
            kind = chance.choice(kinds)
            world.touches.append(
                {
                    "touchpoint_id": f"t{len(world.touches)}",
                    "person_id": person_id,
                    "campaign_id": None,
                    "touch_type": f"kind{kind}",
                    "channel": f"channel{kind}{chance.choice(['', '_more'])}",
                    "is_marketing": True,
                    "is_sales": chance.random() < 0.05,
                    "touched_at": moment,
                }
            )
    for _ in range(SIGNALS):
        day = YEARS_AGO.date() + timedelta(days=chance.randrange(3650))
        world.signals.append(
            {
                "domain": f"acc{chance.randrange(ACCOUNTS)}.test",
                "topic": chance.choice(["planning", "budgets"]),
                "vendor": None,
                "score": chance.choice([10.0, 49.9, 50.0, 90.0]),
                "observed_on": day,
            }
        )
    # Measured again on the day, by chance stronger, weaker or as strong.
    world.signals += [
        signal | {"score": chance.choice([10.0, 50.0, 90.0])}
        for signal in world.signals[::9]
    ]
    world.score()
    return world


def policies(rules: Iterable[Rule]) -> dict[str, tuple[str, Sequence[Sequence[Any]]]]:
    """Return the seeds that scoring reads."""
    return {
        "policy.scoring_rules": (
            "rule_id varchar, rule varchar, subject varchar, dimension varchar, "
            "column_name varchar, operator varchar, value varchar, points double, "
            "half_life_days double, max_points double, effective_from date, "
            "effective_to date",
            [
                (
                    row.rule_id,
                    row.rule_id.lower(),
                    row.subject,
                    row.dimension,
                    row.column_name,
                    row.operator,
                    row.value,
                    row.points,
                    row.half_life_days,
                    row.max_points,
                    row.since,
                    None if row.until == NEVER else row.until,
                )
                for row in rules
            ],
        ),
        "policy.score_grades": (
            "grade_id varchar, subject varchar, grade varchar, min_points double, "
            "effective_from date, effective_to date",
            [
                (
                    f"{subject}{name}",
                    subject,
                    name,
                    None if least == -math.inf else least,
                    ALWAYS,
                    None,
                )
                for subject in ("person", "account")
                for name, least in GRADES.items()
            ],
        ),
        "policy.mqa_definitions": (
            "definition_version varchar, min_score double, min_fit_points double, "
            "min_engagement_points double, min_intent_points double, "
            "min_engaged_people integer, engaged_days integer, effective_from date, "
            "effective_to date",
            [
                (
                    row.version,
                    row.min_score,
                    None,
                    None,
                    row.min_intent_points,
                    row.min_engaged_people,
                    row.engaged_days,
                    row.since,
                    None if row.until == NEVER else row.until,
                )
                for row in DEFINITIONS
            ],
        ),
        "policy.freemail_domains": ("domain varchar", []),
    }


def landed(account_id: str | None) -> str | None:
    """Return the id of an account as its source has it: a person's, too."""
    return account_id and account_id.replace("acc", "per")


def facts(world: World) -> dict[str, tuple[str, Sequence[Sequence[Any]]]]:
    """Return the relations of people, accounts, touches and signals."""
    return {
        "marts.fct_touchpoints": (
            "touchpoint_id varchar, person_id varchar, campaign_id varchar, "
            "touch_type varchar, channel varchar, is_marketing boolean, "
            "is_sales boolean, touched_at timestamp",
            [tuple(touch.values()) for touch in world.touches],
        ),
        "marts.dim_campaigns": ("campaign_id varchar, campaign_type varchar", []),
        "marts.dim_people": (
            "person_id varchar, account_id varchar, is_customer boolean",
            [(who, landed(world.accounts[who]), None) for who in world.seniorities],
        ),
        "marts.dim_person_profiles": (
            "person_id varchar, account_id varchar, seniority varchar, "
            "email_domain varchar, title varchar, lead_source varchar, "
            "country varchar, segment varchar",
            [
                (who, landed(world.accounts[who]), seniority, *[None] * 5)
                for who, seniority in world.seniorities.items()
            ],
        ),
        "marts.dim_accounts": (
            "account_id varchar, domain varchar, employee_count integer, "
            "country varchar, segment varchar, is_customer boolean, "
            "industry varchar, territory varchar, annual_revenue_usd double",
            [
                (landed(account_id), f"{account_id}.test", employees, *[None] * 6)
                for account_id, employees in world.employees.items()
            ],
        ),
        "staging.stg_generic__intent_signals": (
            "domain varchar, topic varchar, vendor varchar, score double, "
            "observed_on date",
            [tuple(signal.values()) for signal in world.signals],
        ),
        "intermediate.int_lifecycle__landing_pages": (
            "touchpoint_id varchar, landing_page varchar",
            [],
        ),
    }


def write_upstream(path: Path, world: World) -> None:
    """Write what the models read."""
    tables: Mapping[str, tuple[str, Sequence[Sequence[Any]]]]
    tables = policies(world.rules) | facts(world)
    with duckdb.connect(str(path)) as connection:
        for name, (columns, rows) in tables.items():
            connection.execute(f"create schema if not exists {name.split('.')[0]}")
            connection.execute(f"create table {name} ({columns})")
            if rows:
                names = [column.split()[0] for column in columns.split(", ")]
                landed = [dict(zip(names, row, strict=True)) for row in rows]
                connection.register("landed_rows", pa.Table.from_pylist(landed))
                connection.execute(f"insert into {name} from landed_rows")
        connection.execute(
            "create or replace table marts.fct_touchpoints as select *, "
            f"{attribution_sql.number('person_id')} as person_key "
            "from marts.fct_touchpoints"
        )


@pytest.fixture(scope="module")
def world() -> World:
    """A random world, the same on every run."""
    return random_world(20260630)


@pytest.fixture(scope="module")
def built(
    world: World, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[duckdb.DuckDBPyConnection]:
    """The models of scores, built from the world alone."""
    path = tmp_path_factory.mktemp("scoring") / "mops.duckdb"
    write_upstream(path, world)
    assert run_dbt(path, select=MODELS, as_of=str(AS_OF))
    assert judge(path, GUARDS, as_of=str(AS_OF))
    with duckdb.connect(str(path), read_only=True) as connection:
        yield connection


def near(wanted: Any) -> Any:
    """Return what equals figures to a billionth."""
    return pytest.approx(wanted, rel=1e-9, abs=1e-9)


def test_each_moment_of_a_person_has_the_sum_of_all_touches(
    built: duckdb.DuckDBPyConnection, world: World
) -> None:
    found = built.execute(
        "select person_id, scored_at, rule_ids, grade, "
        "[earned_points, engagement_points, fit_points, score] "
        "from marts.fct_lead_score_changes order by all"
    ).fetchall()
    wanted = []
    for person_id in sorted(world.seniorities):
        scorers = world.scorers.get(person_id, [])
        earned: dict[datetime, float] = defaultdict(float)
        fired: dict[datetime, set[str]] = defaultdict(set)
        for scorer in scorers:
            for moment, points in zip(scorer.moments, scorer.earned, strict=True):
                earned[moment] += points
                fired[moment].add(scorer.rule.rule_id)
        for moment in sorted(earned):
            engagement = math.fsum(scorer.stands(moment) for scorer in scorers)
            fit = world.fit(person_id, moment.date())
            figures = [earned[moment], engagement, fit, engagement + fit]
            rule_ids = ", ".join(sorted(fired[moment]))
            wanted.append((person_id, moment, rule_ids, grade(fit), figures))
    assert len(found) > 5_000
    assert [row[:4] for row in found] == [row[:4] for row in wanted]
    assert np.array([row[4] for row in found]) == near(
        np.array([row[4] for row in wanted])
    )
    assert sum(", " in row[2] for row in found) > 100


def test_no_bit_of_a_person_s_score_hangs_on_who_else_is_there(
    built: duckdb.DuckDBPyConnection, world: World, tmp_path: Path
) -> None:
    # An engine adds up by where rows come to lie, which other people's rows move, as
    # other memory and threads do.
    alone = {who for place, who in enumerate(sorted(world.seniorities)) if place % 3}
    touches = [touch for touch in world.touches if touch["person_id"] in alone]
    path = tmp_path / "mops.duckdb"
    write_upstream(path, replace(world, touches=touches))
    assert run_dbt(path, select=MODELS, as_of=str(AS_OF))
    query = "from marts.fct_lead_score_changes order by person_id, scored_at"
    with duckdb.connect(str(path), read_only=True) as connection:
        found = connection.execute(query).fetchall()
    assert len(found) > 4_000
    assert found == [row for row in built.execute(query).fetchall() if row[0] in alone]


def test_the_score_of_now_is_what_the_rules_give_now(
    built: duckdb.DuckDBPyConnection, world: World
) -> None:
    rules = built.execute(
        "select person_id, rule_id, times_fired, last_fired_at, points "
        "from marts.fct_lead_score_rules where dimension = 'engagement' order by all"
    ).fetchall()
    wanted = sorted(
        (who, one.rule.rule_id, len(one.moments), one.moments[-1], one.stands(AS_OF))
        for who in world.seniorities
        for one in world.scorers.get(who, [])
    )
    assert [row[:4] for row in rules] == [row[:4] for row in wanted]
    assert [row[4] for row in rules] == near([row[4] for row in wanted])
    scores = built.execute(
        "select person_id, engagement_points, fit_points, score "
        "from marts.fct_lead_rule_scores"
    ).fetchall()
    assert len(scores) == PEOPLE
    for person_id, engagement, fit, score in scores:
        scorers = world.scorers.get(person_id, [])
        assert engagement == near(math.fsum(one.stands(AS_OF) for one in scorers))
        assert fit == world.fit(person_id, AS_OF.date())
        assert score == near(engagement + fit)
    assert sum(not world.scorers.get(who) for who in world.seniorities) > 10


def test_an_account_qualifies_at_the_first_moment_that_meets_the_definition(
    built: duckdb.DuckDBPyConnection, world: World
) -> None:
    found: dict[str, dict[datetime, dict[str, Any]]] = defaultdict(dict)
    for account_id, moment, version, letter, engaged, is_mqa, *points in built.execute(
        "select replace(account_id, 'per', 'acc'), scored_at, definition_version, "
        "grade, engaged_people, is_mqa, engagement_points, intent_points, "
        "fit_points, score from marts.fct_account_score_changes"
    ).fetchall():
        found[account_id][moment] = {
            "definition": version,
            "grade": letter,
            "engaged": engaged,
            "is_mqa": is_mqa,
            "points": points,
        }
    current = {
        row[0]: row[1:]
        for row in built.execute(
            "select replace(account_id, 'per', 'acc'), mqa_at, is_mqa, engaged_people, "
            "definition_version from marts.fct_account_scores"
        ).fetchall()
    }
    assert set(current) == set(world.employees)
    kinds: Counter[tuple[bool, bool]] = Counter()
    for account_id in world.employees:
        moments = {
            moment
            for subject_id in (account_id, *world.people_of(account_id))
            for scorer in world.scorers.get(subject_id, [])
            for moment in scorer.moments
        }
        wanted = {
            moment: world.account_moment(account_id, moment) for moment in moments
        }
        assert set(found[account_id]) == moments
        for moment, row in wanted.items():
            row["points"] = near(row["points"])
            assert found[account_id][moment] == row
        first = min((at for at, row in wanted.items() if row["is_mqa"]), default=None)
        now = world.account_moment(account_id, AS_OF)
        expected = (now["is_mqa"], now["engaged"], now["definition"])
        assert current[account_id][1:] == expected
        if first or not now["is_mqa"]:
            assert current[account_id][0] == first
        kinds[first is not None, now["is_mqa"]] += 1
    assert {(True, True), (True, False), (False, False)} <= set(kinds)

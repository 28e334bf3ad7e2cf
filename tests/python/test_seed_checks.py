"""Rows that an analyst might write and that would do nothing, or something else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import jinja2
import pytest

from conftest import read_yaml
from lib.warehouse import PROJECT_ROOT

SEEDS = PROJECT_ROOT / "seeds"
SINGULAR = PROJECT_ROOT / "tests" / "singular"
GENERIC = PROJECT_ROOT / "tests" / "generic"
MACROS = PROJECT_ROOT / "macros"
TODAY = "date '2026-06-30'"
LIMITS = "assert_core_identity_limits_are_complete"
DECISIONS = "assert_core_match_decisions_name_records"
SCORING = "assert_lifecycle_scoring_policies_never_overlap"
GRADES = "assert_lifecycle_grades_cover_all_points"
READ_TOGETHER = (
    "match_thresholds",
    "identity_rules",
    "scoring_rules",
    "score_grades",
    "mqa_definitions",
    "mql_definitions",
    "mql_criteria",
    "rep_roster",
    "named_accounts",
    "rep_absences",
    "routing_rules",
    "tool_policies",
    "tool_criteria",
    "maturity_stages",
    "maturity_criteria",
    "capacity_policies",
    "capacity_methods",
)
PICKLISTS = "assert_core_picklists_are_unambiguous"
CRITERIA = "assert_lifecycle_mql_criteria_are_complete"
ROSTERS = "assert_lifecycle_rosters_are_unambiguous"
NAMES = "assert_lifecycle_routing_names_known_reps"
PHONE_LIMIT = "max_names_per_phone"
PLANS = "assert_campaigns_ab_tests_are_unambiguous"
TOOLS = "assert_finance_tools_can_be_judged"
CAPACITY = "assert_lifecycle_capacity_policies_are_complete"
STAGES = "assert_quality_maturity_stages_are_complete"
DEFAULT_MODEL = "assert_attribution_default_model_is_active"
OUTCOMES = ["distinct", "merged", "review"]
Faults = Callable[..., list[Any]]


@pytest.fixture(scope="module")
def column_types() -> dict[str, dict[str, str]]:
    """Return the types of the columns of each seed."""
    return {
        seed["name"]: seed["config"]["column_types"]
        for path in SEEDS.glob("*/*.yml")
        for seed in read_yaml(path)["seeds"]
    }


@pytest.fixture
def faults(tmp_path: Path, column_types: dict[str, dict[str, str]]) -> Faults:
    """Return a run of one singular test over a seed with other text in it."""

    def find(test: str, seed: str, change: Callable[[str], str]) -> list[Any]:
        with duckdb.connect() as connection:
            connection.execute(
                "create table int_core__person_records as select 'crm:1' as "
                "person_record_id union all select 'crm:2'"
            )
            connection.execute(
                "create table int_lifecycle__rep_references as from (values "
                "('ann@x', true), ('bob@x', false)) as reps(written_as, is_active)"
            )
            connection.execute(
                "create table int_lifecycle__pool_members as from (values "
                "('RST-001'), ('RST-002'), ('RST-003')) as members(roster_id)"
            )
            for path in SEEDS.glob("*/*.csv"):
                if path.stem in (*READ_TOGETHER, seed):
                    text = path.read_text("utf-8")
                    changed = tmp_path / path.name
                    changed.write_text(change(text) if path.stem == seed else text)
                    connection.read_csv(
                        str(changed),
                        header=True,
                        dtype=column_types[path.stem],
                    ).create(path.stem)
            query = jinja2.Template((SINGULAR / f"{test}.sql").read_text()).render(
                config=lambda **_: "",
                ref=lambda name: name,
                as_of=lambda: "now",
                var=lambda _: "linear",
                reporting_date=lambda _: TODAY,
                in_force=lambda: (
                    f"effective_from <= {TODAY} and "
                    f"coalesce(effective_to, date '9999-12-31') > {TODAY}"
                ),
            )
            return connection.execute(query).fetchall()

    return find


@pytest.mark.parametrize(
    ("seed", "old", "new", "wrong"),
    [
        ("match_thresholds", "MTH-001,merged,0.95", "MTH-001,merged,0.95", []),
        ("match_thresholds", "0.95", "0.4", ["merged"]),
        ("match_thresholds", "distinct,0.05", "distinct,0.6", ["review"]),
        ("match_thresholds", "2000-01-01,", "2000-01-01,2026-06-30", OUTCOMES),
        ("match_thresholds", "MTH-002,review", "MTH-002,merged", ["merged", "review"]),
        ("identity_rules", "max_names_per_phone", "names", [PHONE_LIMIT, "names"]),
    ],
)
def test_a_limit_that_matching_lacks_is_told(
    faults: Faults, seed: str, old: str, new: str, wrong: list[str]
) -> None:
    assert old in (SEEDS / "core" / f"{seed}.csv").read_text()
    found = faults(LIMITS, seed, lambda text: text.replace(old, new))
    assert sorted(row[0] for row in found) == wrong


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        (("", ""), []),
        ((",linear,positions", ",lineal,positions"), [("linear",)]),
        (("1,0,true,Equal", "1,0,false,Equal"), [("linear",)]),
    ],
)
def test_a_default_model_that_credits_nobody_is_told(
    faults: Faults, change: tuple[str, str], wrong: list[Any]
) -> None:
    text = (SEEDS / "attribution" / "attribution_models.csv").read_text()
    assert change[0] in text
    found = faults(
        DEFAULT_MODEL, "attribution_models", lambda seed: seed.replace(*change)
    )
    assert found == wrong


def test_a_decision_on_nobody_is_told(faults: Faults) -> None:
    rows = (
        "D1,crm:1,crm:2,merge,me,2026-06-01\n"
        "D2,crm:1,crm:3,merge,me,2026-06-01\n"
        "D3,crm:4,crm:1,merge,me,2026-07-01\n"
    )
    found = faults(DECISIONS, "match_decisions", lambda text: text + rows)
    assert found == [("D2", "crm:3")]


def test_a_field_on_two_picklists_is_told(faults: Faults) -> None:
    row = "PKL-900,people,country,industry,warning,0,me,mend,{},\n"
    assert faults(PICKLISTS, "picklists", lambda text: text) == []
    early = faults(PICKLISTS, "picklists", lambda text: text + row.format("2026-07-01"))
    assert [fault[0] for fault in early] == ["PKL-900"]


@pytest.mark.parametrize(
    ("seed", "row", "is_told"),
    [
        ("rep_roster", "X,amer,nobody@x,*,*,1,,me,1900-01-01,", True),
        ("named_accounts", "X,one.example,Ann@x,me,1900-01-01,", False),
        ("named_accounts", "X,one.example,bob@x,me,1900-01-01,", True),
        ("named_accounts", "X,one.example,bob@x,me,1900-01-01,2026-06-30", False),
        ("rep_absences", "X,Bob@x,2026-01-01,2026-01-02,,me", False),
        ("rep_absences", "X,nobody@x,2026-01-01,2026-01-02,,me", True),
        # Whoever has left keeps no leads; a mailbox of no rep may.
        ("routing_rules", "X,current,9,e,fallback,*,*,*,,Ann@x,,me,1900-01-01,", False),
        ("routing_rules", "X,current,9,e,fallback,*,*,*,,Bob@x,,me,1900-01-01,", True),
        ("routing_rules", "X,trial,9,e,fallback,*,*,*,,Bob@x,,me,1900-01-01,", False),
        ("routing_rules", "X,current,9,e,fallback,*,*,*,,desk,,me,1900-01-01,", False),
    ],
)
def test_a_rep_whom_routing_cannot_find_is_told(
    faults: Faults, seed: str, row: str, *, is_told: bool
) -> None:
    found = faults(NAMES, seed, lambda text: f"{text}{row}\n")
    assert found == ([(seed, "X")] if is_told else [])


@pytest.mark.parametrize(
    ("seed", "row", "other", "wrong"),
    [
        ("rep_roster", "M{},amer,A@x,*,*,1,,me", "M{},amer,a@x,*,*,2,9,me", True),
        ("rep_roster", "M{},amer,A@x,*,*,1,,me", "M{},emea,a@x,*,*,1,,me", False),
        ("named_accounts", "M{},one.example,a@x,me", "M{},one.example,b@x,me", True),
    ],
)
def test_a_roster_s_second_row_for_one_time_is_told(
    faults: Faults, seed: str, row: str, other: str, *, wrong: bool
) -> None:
    """A row may follow another on its last day, and not before."""
    assert faults(ROSTERS, seed, lambda text: text) == []
    first = f"{row.format(1)},2026-01-01,2026-03-01\n"
    for begins, is_told in (("2026-03-01", False), ("2026-02-28", wrong)):
        added = f"{first}{other.format(2)},{begins},\n"
        found = faults(ROSTERS, seed, lambda text, added=added: text + added)
        assert found == ([(seed, "M1", "M2")] if is_told else [])


@pytest.mark.parametrize(
    ("spans", "wrong"),
    [
        (["a,2000-01-01,2020-01-01", "a,2020-01-01,", "b,2010-01-01,"], []),
        (["a,2000-01-01,2020-01-02", "a,2020-01-01,", "b,2010-01-01,"], ["a"]),
        (["a,2000-01-01,", "a,2010-01-01,2011-01-01"], ["a"]),
        (["a,2000-01-01,2001-01-01", "a,2000-01-01,"], ["a"]),
        (["a,2000-01-01,2000-01-01"], ["a"]),
    ],
)
def test_spans_that_overlap_are_told(spans: list[str], wrong: list[str]) -> None:
    """Spans that meet end to start are sound; the last case ends as it begins."""
    text = (GENERIC / "spans_never_overlap.sql").read_text()
    body = text.split("%}", 1)[1].rsplit("{%", 1)[0]
    query = jinja2.Template(body).render(model="spans", columns=["key"])
    with duckdb.connect() as connection:
        connection.execute(
            "create table spans (key varchar, effective_from date, effective_to date)"
        )
        rows = [[part or None for part in span.split(",")] for span in spans]
        connection.executemany("insert into spans values (?, ?, ?)", rows)
        assert [row[0] for row in connection.execute(query).fetchall()] == wrong


@pytest.mark.parametrize(
    ("plans", "wrong"),
    [
        (["c1,email,a,0.6,true", "c1,email,b,0.3,false", "c1,email,c,0.1,false"], []),
        (["c1,email,a,0.5,true", "c1,email,b,0.5,true"], ["c1"]),
        (["c1,email,a,0.8,true", "c1,email,b,0.3,false"], ["c1"]),
        (["c1,email,a,0.8,true", "c1,touch,a,0.8,true"], []),
    ],
)
def test_a_planned_test_of_two_meanings_is_told(
    faults: Faults, plans: list[str], wrong: list[str]
) -> None:
    rows = "".join(f"{number},{plan},me\n" for number, plan in enumerate(plans))
    found = faults(PLANS, "ab_tests", lambda text: text.rstrip() + "\n" + rows)
    assert [row[0] for row in found] == wrong


@pytest.mark.parametrize(
    ("zone", "kept", "is_first"),
    [
        ("UTC", "2026-11-29", True),
        ("Asia/Tokyo", "2026-11-29", False),
        ("Asia/Tokyo", "2026-11-30", True),
    ],
)
def test_today_is_the_day_of_the_reporting_zone(
    zone: str, kept: str, *, is_first: bool
) -> None:
    """At 20:00 UTC Tokyo has its next day; a day still to come holds none back."""
    macros = "".join(
        (MACROS / f"{name}.sql").read_text()
        for name in ("engine/reporting_date", "run_started", "is_first_of_day")
    ).replace("adapter.dispatch('reporting_date')", "default__reporting_date")
    call = "{{ is_first_of_day('measured', 'check_name', 'checked_on') }}"
    condition = jinja2.Template(macros + call).render(
        this="kept",
        var=lambda _: zone,
        is_incremental=lambda: True,
        run_started_at=datetime(2026, 11, 28, 20),
        **{"return": lambda value: value},
    )
    query = (
        "with kept as (select 'a' as check_name, cast(? as date) as checked_on), "
        "measured as (select 'a' as check_name, date '2026-11-28' as checked_on) "
        f"select {condition} from measured"
    )
    assert duckdb.execute(query, [kept]).fetchone() == (is_first,)


@pytest.mark.parametrize(
    ("seed", "rows", "wrong"),
    [
        ("scoring_rules", "", []),
        # A second version of a rule from before the first one ends, or of another name.
        ("scoring_rules", "SCR-900,visit,,,,,,1,,,,,2026-01-01,\n", ["rule visit"]),
        ("scoring_rules", "SCR-900,visits,,,,,,1,,,,,2026-01-01,\n", []),
        ("score_grades", "SGR-900,person,A,50,me,2026-01-01,\n", ["grade person A"]),
        (
            "score_grades",
            "SGR-900,person,E,45,me,2026-01-01,\n",
            ["points person 45.0"],
        ),
        ("mqa_definitions", "v0,,,,,,,,,1800-01-01,1900-01-01\n", []),
        ("mqa_definitions", "v0,,,,,,,,,1800-01-01,1900-01-02\n", ["mqa definition"]),
    ],
)
def test_scoring_policies_that_overlap_are_told(
    faults: Faults, seed: str, rows: str, wrong: list[str]
) -> None:
    found = faults(SCORING, seed, lambda text: text + rows)
    assert [row[0] for row in found] == wrong


@pytest.mark.parametrize(
    ("old", "new", "wrong"),
    [
        ("SGR-004", "SGR-004", []),
        ("SGR-004,person,D,", "SGR-004,person,D,0", ["person"]),
        ("D,,mops@example.com,1900-01-01,", "D,,me,1900-01-02,", ["account", "person"]),
        (
            "D,,mops@example.com,1900-01-01,",
            "D,,,1900-01-01,2026-01-01",
            ["account", "person"],
        ),
    ],
)
def test_points_without_a_grade_are_told(
    faults: Faults, old: str, new: str, wrong: list[str]
) -> None:
    found = faults(GRADES, "score_grades", lambda text: text.replace(old, new))
    assert sorted(row[0] for row in found) == wrong


FIT = "{},a_rule,person,fit,{},{},{},5,,,why,me,2026-01-01,"
TOUCH = "{},a_rule,person,engagement,{},{},{},5,30,10,why,me,2026-01-01,"
SIGNAL = "{},a_rule,account,intent,{},{},{},5,30,,why,me,2026-01-01,"


@pytest.mark.parametrize(
    ("row", "is_fine"),
    [
        (FIT.format("new", "title", "like", "%cfo%"), True),
        (FIT.format("new", "country", "is_empty", ""), True),
        (FIT.format("new", "employee_count", "at_least", "100"), True),
        (TOUCH.format("new", "channel", "is", "referral"), True),
        (SIGNAL.format("new", "signal_score", "at_least", "50"), True),
        (FIT.format("new", "shoe_size", "is", "44"), False),
        (FIT.format("new", "title", "sounds_like", "cfo"), False),
        (FIT.format("new", "title", "is", ""), False),
        (FIT.format("new", "title", "is_empty", "cfo"), False),
        (FIT.format("new", "title", "at_least", "100"), False),
        (FIT.format("new", "employee_count", "is", "100"), False),
        (FIT.format("new", "employee_count", "at_least", "many"), False),
        (FIT.format("new", "touch_type", "is", "webinar"), False),
        (TOUCH.format("new", "title", "is", "cfo"), False),
        (TOUCH.format("new", "channel", "is_not", "referral"), False),
        (SIGNAL.format("new", "channel", "is", "referral"), False),
        (FIT.format("SCR-001", "title", "is", "cfo"), False),
        ("new,a_rule,person,fit,title,is,cfo,0,,,why,me,2026-01-01,", False),
        ("new,a_rule,person,fit,title,is,cfo,5,30,,why,me,2026-01-01,", False),
        ("new,a_rule,person,fit,title,is,cfo,5,,,why,me,2026-01-01,2026-01-01", False),
        ("new,a_rule,account,fit,title,is,cfo,5,,,why,me,2026-01-01,", False),
        ("new,a_rule,account,engagement,channel,is,x,5,9,,why,me,2026-01-01,", False),
        ("new,a_rule,person,engagement,channel,is,x,5,,,why,me,2026-01-01,", False),
        ("new,a_rule,person,engagement,channel,is,x,5,-1,,why,me,2026-01-01,", False),
        ("new,a_rule,person,engagement,channel,is,x,5,9,0,why,me,2026-01-01,", False),
        ("new,A Rule,person,fit,title,is,cfo,5,,,why,me,2026-01-01,", False),
    ],
)
def test_a_scoring_rule_that_would_do_nothing_is_refused(
    tmp_path: Path, column_types: dict[str, dict[str, str]], row: str, *, is_fine: bool
) -> None:
    text = (SEEDS / "lifecycle" / "scoring_rules.csv").read_text("utf-8")
    (tmp_path / "scoring_rules.csv").write_text(f"{text}{row}\n")
    (seed,) = (
        seed
        for seed in read_yaml(SEEDS / "lifecycle" / "_scoring.yml")["seeds"]
        if seed["name"] == "scoring_rules"
    )
    conditions = []
    for test in seed["data_tests"]:
        ((kind, rule),) = test.items()
        if kind == "grain":
            filled = rule["arguments"]["never_null"].split(", ")
            conditions += [f"{name} is not null" for name in filled]
            conditions += [
                f"count(*) over (partition by {key}) = 1"
                for key in rule["arguments"]["keys"].split("; ")
            ]
        else:
            conditions.append(rule["arguments"]["expression"])
    for column in seed["columns"]:
        for test in column.get("data_tests", ()):
            name = column["name"]
            allowed = test["accepted_values"]["arguments"]["values"]
            conditions.append(f"{name} in ({', '.join(map(repr, allowed))})")
    with duckdb.connect() as connection:
        connection.read_csv(
            str(tmp_path / "scoring_rules.csv"),
            header=True,
            dtype=column_types["scoring_rules"],
        ).create("scoring_rules")
        judged = " and ".join(f"coalesce({one}, false)" for one in conditions)
        found = connection.execute(
            f"with judged as (select {judged} as holds from scoring_rules) "
            "select bool_and(holds) from judged"
        ).fetchone()
    assert found == (is_fine,)


@pytest.mark.parametrize(
    ("old", "new", "wrong"),
    [
        ("MQC-001,v1", "MQC-001,v1", []),
        (",v1,", ",proposed_v1,", [("v1", "no criteria")]),
        (",v2,engaged", ",v3,engaged", [("v3", "neither")]),
        (
            "MQC-001,v1,hand_raise,1,touches,form_submit,%/demo%,false,1,1",
            "MQC-001,v1,hand_raise,1,touches,form_submit,%/demo%,false,2,1",
            [("v1", "two")],
        ),
        (
            "MQC-011,v2,engaged_buyer,1,touches,*,%,true,3,30,,,",
            "MQC-011,v2,engaged_buyer,1,profile,,,,,,country,is,france",
            [("v2", "nothing of the route happens")],
        ),
    ],
)
def test_a_definition_that_cannot_be_judged_is_told(
    faults: Faults, old: str, new: str, wrong: list[tuple[str, str]]
) -> None:
    assert old in (SEEDS / "lifecycle" / "mql_criteria.csv").read_text()
    found = faults(CRITERIA, "mql_criteria", lambda text: text.replace(old, new))
    assert len(found) == len(wrong)
    for (version, _, problem), (named, words) in zip(found, wrong, strict=True):
        assert version == named
        assert words in problem


@pytest.mark.parametrize(
    ("seed", "old", "new", "wrong"),
    [
        ("tool_policies", "2000-01-01,", "2000-01-01,", 0),
        ("tool_policies", "2000-01-01,", "2000-01-01,2026-06-30", 1),
        ("tool_policies", "2000-01-01,", "2026-07-01,", 1),
        ("tool_criteria", "TCR-003,time_saved", "TCR-003,better_data", 0),
        ("tool_criteria", "TCR-001,better_data", "TCR-001,time_saved", 1),
    ],
)
def test_tools_that_nothing_would_judge_are_told(
    faults: Faults, seed: str, old: str, new: str, wrong: int
) -> None:
    assert old in (SEEDS / "finance" / f"{seed}.csv").read_text()
    assert len(faults(TOOLS, seed, lambda text: text.replace(old, new))) == wrong


@pytest.mark.parametrize(
    ("seed", "old", "new", "wrong"),
    [
        ("maturity_stages", "reactive,1", "reactive,1", []),
        ("maturity_stages", "predictive,4", "predictive,5", ["predictive"]),
        ("maturity_criteria", ",predictive,", ",strategic,", ["predictive"]),
        ("maturity_criteria", "MTC-001,operational", "MTC-001,reactive", ["reactive"]),
        (
            "maturity_criteria",
            "1900-01-01,",
            "1900-01-01,2026-06-30",
            ["operational", "strategic", "predictive"],
        ),
    ],
)
def test_a_stage_that_nothing_is_asked_for_is_told(
    faults: Faults, seed: str, old: str, new: str, wrong: list[str]
) -> None:
    assert old in (SEEDS / "quality" / f"{seed}.csv").read_text()
    found = faults(STAGES, seed, lambda text: text.replace(old, new))
    assert sorted(row[0] for row in found) == sorted(wrong)


@pytest.mark.parametrize(
    ("seed", "old", "new", "wrong"),
    [
        ("capacity_policies", "1900-01-01,", "1900-01-01,", 0),
        ("capacity_policies", "1900-01-01,", "1900-01-01,2026-06-30", 1),
        ("capacity_policies", ",*,", ",sdr_emea,", 1),
        ("capacity_methods", "1900-01-01,", "2026-07-01,", 1),
    ],
)
def test_a_plan_that_would_be_empty_is_told(
    faults: Faults, seed: str, old: str, new: str, wrong: int
) -> None:
    assert old in (SEEDS / "lifecycle" / f"{seed}.csv").read_text()
    assert len(faults(CAPACITY, seed, lambda text: text.replace(old, new))) == wrong

"""Standards as data: a row of a seed is a rule, with no other change.

Worlds are made by hand from the contracts, as in test_validate.
"""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import jinja2
import pytest
import sqlalchemy
from hypothesis import given, settings
from hypothesis import strategies as st

import validate
from conftest import land, write_tables
from lib.cli import CHECK_FAILED, OK, WRONG_USE, UserError
from lib.quality import engine
from lib.quality.rules import Suite, Verdict
from lib.quality.standards import (
    GOVERNED_FIELDS,
    PICKLIST_VALUES,
    STANDARDS,
    add_standards,
    picklist_key,
    read_seed,
    text_literal,
)
from lib.warehouse import PROJECT_ROOT
from test_validate import declared_tables, make_warehouse

pytestmark = pytest.mark.filterwarnings("ignore:`schema_name` is deprecated")
NOW = datetime(2026, 6, 30, 12)
LAYERS = validate.LAYERS
ALWAYS = {"effective_from": "1900-01-01", "effective_to": ""}
MENDED_BY = {"owner": "governance@example.com", "fix": "Mend it"}
RULE = {"severity": "critical", "tolerated_share": "0", **MENDED_BY, **ALWAYS}
PATTERN = {"pattern": "^[0-9]{5}$", "example": "12345"}
# One row of each seed, which a landing may keep or break.
NEW_ROWS: dict[str, dict[str, str]] = {
    "required_fields": {"required_field_id": "RQF-900", "entity": "people"}
    | {"field": "state"},
    "picklists": {"picklist_id": "PKL-900", "entity": "people", "field": "state"}
    | {"picklist": "country"},
    "field_formats": {"field_format_id": "FMT-900", "entity": "people"}
    | {"field": "state", **PATTERN},
    "naming_rules": {"naming_rule_id": "NMR-900", "asset_type": "people"}
    | {"field": "state", **PATTERN},
}
KEPT = {"required_fields": "Bavaria", "picklists": " United_ states"}
KEPT |= {"field_formats": "80331", "naming_rules": " 80331 "}
BROKEN = {"required_fields": " ", "picklists": "Bavaria"}
BROKEN |= {"field_formats": "8033", "naming_rules": "80331\n8"}
# A row of each kind for columns that no row of a seed names: what keeps and breaks it.
PROFILES = "marts.dim_person_profiles"
CAMPAIGNS = "raw_salesforce.campaign"
OPPORTUNITIES = "marts.fct_opportunities"
UNNAMED = [
    ("required_fields", "people", PROFILES, "seniority", "vp", None),
    ("picklists", "people", PROFILES, "segment", "Chile", "x"),
    ("field_formats", "accounts", "marts.dim_accounts", "territory", "12345", "x"),
    ("naming_rules", "opportunities", OPPORTUNITIES, "opportunity_name", "80331", "A"),
    ("required_fields", "people", "raw_salesforce.lead", "website", "acme.test", " "),
    ("field_formats", "campaigns", CAMPAIGNS, "parent_id", "12345", "x"),
]
PERSON = {"record_type": "lead", "created_at": "2025-01-01"}


@pytest.fixture
def seeds(tmp_path: Path) -> Path:
    """Return a copy of the project's seeds."""
    return Path(shutil.copytree(PROJECT_ROOT / "seeds", tmp_path / "seeds"))


def add_row(seeds: Path, seed: str, **changes: str) -> Path:
    """Add one row to a seed, and return its file."""
    path = seeds / "quality" / f"{seed}.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        header = next(csv.reader(lines))
    row = RULE | NEW_ROWS[seed] | changes
    with path.open("a", encoding="utf-8", newline="") as lines:
        csv.DictWriter(lines, header, lineterminator="\n").writerow(row)
    return path


def only(suites: Sequence[Suite], *rule_ids: str) -> list[Suite]:
    """Return suites of the named rules alone."""
    kept = []
    for suite in suites:
        pairs = [
            (rule, expectation)
            for rule, expectation in zip(
                suite.rules, suite.document["expectations"], strict=True
            )
            if rule.rule_id in rule_ids or not rule_ids
        ]
        if pairs:
            rules, expectations = zip(*pairs, strict=True)
            document = {**suite.document, "expectations": list(expectations)}
            kept.append(
                Suite(suite.name, suite.schema, suite.table, document, tuple(rules))
            )
    return kept


def judge(warehouse: Path, suites: Sequence[Suite]) -> dict[str, Verdict]:
    """Return the verdict on each rule."""
    with engine.inspect(warehouse) as inspection:
        return {
            verdict.rule.rule_id: verdict
            for suite in suites
            for verdict in inspection.judge(suite, {}, (), "run")
        }


def people(*states: str | None) -> dict[str, list[dict[str, Any]]]:
    """Return a world of generic people in these states."""
    rows = [
        {"person_id": f"p{number}", "state": state, **PERSON}
        for number, state in enumerate(states)
    ]
    return {"raw_generic.people": rows}


class TestOneRowIsARule:
    """The promise to the analyst: one row of one CSV file, and CI holds it."""

    def test_a_row_fails_a_bad_landing_and_passes_a_good_one(
        self, seeds: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The commands of CI, on files that were landed; fewer rules are faster."""
        codes = {}
        for seed in ("picklists", "field_formats", "naming_rules"):
            path = seeds / "quality" / f"{seed}.csv"
            path.write_text(path.read_text().splitlines()[0] + "\n")
        suites = tmp_path / "suites"
        suites.mkdir()
        shutil.copy(validate.SUITES / "raw__generic__people.json", suites)
        monkeypatch.setattr(validate, "SUITES", suites)
        add_row(seeds, "required_fields")
        for name, state in (("good", "Bavaria"), ("bad", "")):
            person = {"person_id": "p1", "email": "ann@acme.test", "state": state}
            raw = write_tables(tmp_path / name, {"people": [person | PERSON]})
            warehouse = tmp_path / name / "mops.duckdb"
            assert land(raw, warehouse, monkeypatch) == OK
            out = str(tmp_path / name / "out")
            codes[name] = validate.main(["raw", "--seeds", str(seeds), "--out", out])
        assert codes == {"good": OK, "bad": CHECK_FAILED}
        rows = tmp_path / "bad/out/failing_rows/raw/rqf_900_raw_generic_people.csv"
        assert "RQF-900" not in rows.read_text()
        assert "Mend it" in rows.read_text()
        docs = (tmp_path / "bad/out/data_docs/raw").rglob("*.html")
        said = "state of people is filled (required_fields RQF-900)"
        assert any(said in page.read_text() for page in docs)

    def test_a_row_fails_bad_marts_too(self, seeds: Path, tmp_path: Path) -> None:
        add_row(seeds, "required_fields", entity="accounts", field="country")
        [suite] = only(
            add_standards([], seeds, "marts", NOW), "rqf_900_marts_dim_accounts"
        )
        for name, country, code in (("good", "Chile", OK), ("bad", None, CHECK_FAILED)):
            world = {"marts.dim_accounts": [{"account_id": "a1", "country": country}]}
            path = make_warehouse(tmp_path / name / "mops.duckdb", world)
            suites = tmp_path / name / "suites"
            suites.mkdir()
            shutil.copy(validate.SUITES / "marts__dim_exchange_rates.json", suites)
            found = validate.validate("marts", path, tmp_path / name, suites, seeds)
            assert found == code
        assert suite.rules[0].severity == "critical"

    @pytest.mark.parametrize("seed", NEW_ROWS)
    def test_every_kind_of_standard_is_kept_or_broken(
        self, seeds: Path, tmp_path: Path, seed: str
    ) -> None:
        add_row(seeds, seed)
        rule_id = f"{next(iter(NEW_ROWS[seed].values()))}_raw_generic_people"
        rule_id = rule_id.lower().replace("-", "_")
        suites = only(add_standards([], seeds, "raw", NOW), rule_id)
        # A value that is missing is the business of required fields alone.
        states = (KEPT[seed], BROKEN[seed], None)
        path = make_warehouse(tmp_path / "mops.duckdb", people(*states))
        verdict = judge(path, suites)[rule_id]
        assert not verdict.success
        assert verdict.rows_failed == (2 if seed == "required_fields" else 1)
        path = make_warehouse(tmp_path / "kept" / "mops.duckdb", people(KEPT[seed]))
        assert judge(path, suites)[rule_id].success

    def test_any_published_column_can_be_governed(
        self, seeds: Path, tmp_path: Path
    ) -> None:
        """One row each, for columns that nothing mentions: the check and the table."""
        mentioned = "".join(path.read_text() for path in (seeds / "quality").iterdir())
        worlds: dict[bool, dict[str, list[dict[str, Any]]]] = {True: {}, False: {}}
        rules = []
        for number, (seed, entity, place, field, kept, broken) in enumerate(UNNAMED):
            assert f",{entity},{field}," not in mentioned
            id_column, entity_column = [*NEW_ROWS[seed]][:2]
            row_id = f"NEW-{number}"
            names = {id_column: row_id, entity_column: entity, "field": field}
            add_row(seeds, seed, **names)
            rules.append(f"new_{number}_{place.replace('.', '_')}")
            for is_kept, value in ((True, kept), (False, broken)):
                rows = worlds[is_kept].setdefault(place, [{}])
                rows[0][field] = value
        assert validate.sync(LAYERS, tmp_path / "out", seeds) == OK
        table = (tmp_path / "out" / "rules.md").read_text()
        suites = [s for layer in LAYERS for s in add_standards([], seeds, layer, NOW)]
        for is_kept, world in worlds.items():
            path = make_warehouse(tmp_path / f"{is_kept}" / "mops.duckdb", world)
            verdicts = judge(path, only(suites, *rules))
            assert {rule: verdicts[rule].success for rule in rules} == dict.fromkeys(
                rules, is_kept
            )
        assert all(f"| {rule} | critical |" in table for rule in rules)

    def test_a_field_that_two_marts_show_is_judged_in_the_first(
        self, seeds: Path
    ) -> None:
        """dim_people has the columns of dim_person_profiles, and some of its own."""
        add_row(seeds, "required_fields", field="seniority")
        stage = {"required_field_id": "RQF-901", "field": "lifecycle_stage"}
        add_row(seeds, "required_fields", **stage)
        suites = only(
            add_standards([], seeds, "marts", NOW),
            *(
                f"rqf_{number}_marts_{mart}"
                for number in (900, 901)
                for mart in ("dim_person_profiles", "dim_people")
            ),
        )
        assert [rule.rule_id for suite in suites for rule in suite.rules] == [
            "rqf_901_marts_dim_people",
            "rqf_900_marts_dim_person_profiles",
        ]

    def test_the_models_judge_the_columns_of_the_contracts(self) -> None:
        macro = (PROJECT_ROOT / "macros" / "published_columns.sql").read_text()
        template = jinja2.Template(macro + "{% set _ = published_columns(mart) %}")
        for mart in ("dim_person_profiles", "dim_accounts"):
            listed: list[str] = []
            template.render({"mart": mart, "return": listed.extend})
            [columns] = [found for _, name, found in declared_tables() if name == mart]
            names = [column["name"] for column in columns]
            assert listed == [name for name in names if name != "is_complete"]

    def test_a_share_may_break_the_rule_and_no_more(
        self, seeds: Path, tmp_path: Path
    ) -> None:
        """Of ten states two are missing, then three of eleven; of eight, two wrong."""
        add_row(seeds, "required_fields", tolerated_share="0.2")
        add_row(seeds, "field_formats", tolerated_share="0.25")
        rules = ("rqf_900_raw_generic_people", "fmt_900_raw_generic_people")
        suites = only(add_standards([], seeds, "raw", NOW), *rules)
        states = ["80331"] * 6 + ["x"] * 2 + [None] * 2
        at_limit = make_warehouse(tmp_path / "mops.duckdb", people(*states))
        verdicts = judge(at_limit, suites)
        assert {rule: verdicts[rule].success for rule in rules} == dict.fromkeys(
            rules, True
        )
        assert [verdicts[rule].observed for rule in rules] == [0.2, 0.25]
        above = people(*states, None, "y")
        beyond = make_warehouse(tmp_path / "beyond" / "mops.duckdb", above)
        verdicts = judge(beyond, suites)
        assert [verdicts[rule].success for rule in rules] == [False, False]
        assert verdicts[rules[0]].observed == pytest.approx(3 / 12)
        assert verdicts[rules[1]].observed == pytest.approx(3 / 9)
        assert [verdicts[rule].rows_failed for rule in rules] == [3, 3]

    def test_a_row_is_judged_while_it_is_in_force(self, seeds: Path) -> None:
        spans = {"2026-07-01/": 0, "2026-06-30/": 1, "/2026-06-30": 0, "/2026-07-01": 1}
        for number, (span, count) in enumerate(spans.items()):
            starts, ends = span.split("/")
            dates = {"effective_from": starts, "effective_to": ends}
            row_id = f"RQF-80{number}"
            add_row(seeds, "required_fields", required_field_id=row_id, **dates)
            suites = add_standards([], seeds, "raw", NOW)
            prefix = row_id.lower().replace("-", "_")
            rules = [rule.rule_id for suite in suites for rule in suite.rules]
            of_generic = f"{prefix}_raw_generic_people"
            assert rules.count(of_generic) == count, span

    def test_a_rule_does_not_judge_campaigns_of_before(
        self, seeds: Path, tmp_path: Path
    ) -> None:
        name = {"asset_type": "campaigns", "field": "campaign_name"}
        add_row(seeds, "naming_rules", effective_from="2026-01-01", **name)
        rule = "nmr_900_marts_dim_campaigns"
        suites = only(add_standards([], seeds, "marts", NOW), rule)
        campaigns = [
            {"campaign_id": start or "none", "campaign_name": "x", "start_date": start}
            for start in ("2025-12-31", "2026-01-01", None)
        ]
        path = make_warehouse(tmp_path / "w.duckdb", {"marts.dim_campaigns": campaigns})
        assert judge(path, suites)[rule].rows_failed == 2

    def test_a_share_is_of_the_campaigns_that_a_rule_holds(
        self, seeds: Path, tmp_path: Path
    ) -> None:
        """Nine well named ones of before do not excuse one of two since."""
        name = {"asset_type": "campaigns", "field": "campaign_name"}
        name |= {"effective_from": "2026-01-01", "tolerated_share": "0.4"}
        add_row(seeds, "naming_rules", **name)
        rule = "nmr_900_marts_dim_campaigns"
        suites = only(add_standards([], seeds, "marts", NOW), rule)
        campaigns = [
            {"campaign_id": f"c{number}", "campaign_name": name, "start_date": start}
            for number, (name, start) in enumerate(
                [("80331", "2025-12-31")] * 9
                + [("80331", "2026-01-01"), ("x", "2026-01-02")]
            )
        ]
        path = make_warehouse(tmp_path / "w.duckdb", {"marts.dim_campaigns": campaigns})
        verdict = judge(path, suites)[rule]
        assert (verdict.success, verdict.observed) == (False, 0.5)

    def test_a_share_is_of_the_touches_in_the_span_of_a_utm_rule(
        self, seeds: Path, tmp_path: Path
    ) -> None:
        """99 tagged touches of before and one of after do not excuse one of two."""
        path = seeds / "campaigns" / "utm_rules.csv"
        rows = path.read_text().splitlines()
        assert rows[1].endswith(",1900-01-01,")
        rows[1] = rows[1].replace(",1900-01-01,", ",2026-06-01,2026-07-10")
        path.write_text("\n".join(rows) + "\n")
        rule = "utm_001_marts_fct_utm_violations"
        suites = only(add_standards([], seeds, "marts", NOW), rule)
        moments = ["2026-05-31 23:59:59"] * 99 + ["2026-06-01", "2026-07-09 23:59:59"]
        moments.append("2026-07-10")
        world = {
            "marts.fct_touchpoints": [
                {"touchpoint_id": f"t{number}", "is_tagged": "true", "touched_at": at}
                for number, at in enumerate(moments)
            ],
            "marts.fct_utm_violations": [
                {"touchpoint_id": "t99", "utm_rule_id": "UTM-001"}
            ],
        }
        warehouse = make_warehouse(tmp_path / "mops.duckdb", world)
        verdict = judge(warehouse, suites)[rule]
        assert (verdict.success, verdict.observed) == (False, 0.5)

    def test_what_stands_as_it_landed_may_be_any_spelling(
        self, seeds: Path, tmp_path: Path
    ) -> None:
        """Golden values are spelled as the picklist keeps them, names of deals not."""
        add_row(seeds, "picklists", field="segment")
        deal = {"picklist_id": "PKL-901", "entity": "opportunities"}
        add_row(seeds, "picklists", **deal, field="opportunity_name")
        rules = ["pkl_900_marts_dim_person_profiles", "pkl_901_marts_fct_opportunities"]
        suites = only(add_standards([], seeds, "marts", NOW), *rules)
        for spelled, kept in (("U.S.A.", (False, True)), ("Utopia", (False, False))):
            world = {PROFILES: [{"segment": spelled}]}
            world |= {OPPORTUNITIES: [{"opportunity_name": spelled}]}
            path = make_warehouse(tmp_path / spelled / "mops.duckdb", world)
            verdicts = judge(path, suites)
            assert tuple(verdicts[rule].success for rule in rules) == kept


class TestTheShippedStandards:
    """The rows in seeds/quality."""

    def world(self, layer: str, value: str | None) -> dict[str, list[dict[str, Any]]]:
        """Return a world whose governed text columns all hold one value."""
        suites = {
            (suite.schema, suite.table): suite
            for suite in add_standards([], validate.SEEDS, layer, NOW)
        }
        world = {}
        for schema, table, columns in declared_tables():
            if (schema, table) in suites:
                row = {
                    column["name"]: value
                    for column in columns
                    if column["data_type"] == "varchar"
                }
                world[f"{schema}.{table}"] = [row]
        assert len(world) == len(suites)
        return world

    def test_each_utm_rule_tolerates_its_share(self, tmp_path: Path) -> None:
        """Of 51 touches 50 are tagged or clicked; the limits are 0, 2 and 5 %."""
        suites = add_standards([], validate.SEEDS, "marts", NOW)
        [suite] = [s for s in suites if s.table == "fct_utm_violations"]
        tagged = [{"utm_source": "google", "is_tagged": "true"}] * 49
        tagged += [{"click_id_type": "gclid", "is_tagged": "true"}]
        passing_limits: list[set[float]] = [
            {0, 0.02, 0.05},
            {0.02, 0.05},
            {0.05},
            set(),
        ]
        for broken, passing in enumerate(passing_limits):
            violations = [
                {"touchpoint_id": f"t{number}", "utm_rule_id": row["utm_rule_id"]}
                for row in read_seed(validate.SEEDS / "campaigns" / "utm_rules.csv")
                for number in range(broken)
            ]
            world = {
                "marts.fct_touchpoints": [*tagged, {"channel": "direct"}],
                "marts.fct_utm_violations": violations,
            }
            path = make_warehouse(tmp_path / str(broken) / "mops.duckdb", world)
            for verdict in judge(path, [suite]).values():
                limit = verdict.rule.threshold
                share = limit.value if limit else 0
                assert verdict.success == (share in passing), verdict.rule.rule_id
                assert verdict.success or verdict.rows_failed == broken
        assert len(suite.rules) == 17

    @pytest.mark.parametrize("layer", LAYERS)
    def test_each_can_fail(self, layer: str, tmp_path: Path) -> None:
        suites = add_standards([], validate.SEEDS, layer, NOW)
        failed = set()
        for name, value in (("missing", None), ("nonsense", "¿?")):
            world = self.world(layer, value)
            path = make_warehouse(tmp_path / name / "mops.duckdb", world)
            verdicts = judge(path, suites)
            failed |= {rule for rule, v in verdicts.items() if not v.success}
            expected = "rqf_" if value is None else ("pkl_", "fmt_", "nmr_")
            assert {r for r, v in verdicts.items() if not v.success} == {
                rule for rule in verdicts if rule.startswith(expected)
            }
        rules = {rule.rule_id for suite in suites for rule in suite.rules}
        assert failed == {rule for rule in rules if not rule.startswith("utm_")}

    def test_empty_relations_break_none(self, tmp_path: Path) -> None:
        suites = add_standards([], validate.SEEDS, "marts", NOW)
        path = make_warehouse(tmp_path / "mops.duckdb", {})
        assert all(verdict.success for verdict in judge(path, suites).values())

    def test_each_has_an_owner_and_reaches_every_source(self) -> None:
        raw = add_standards([], validate.SEEDS, "raw", NOW)
        rules = [rule for suite in raw for rule in suite.rules]
        assert all(rule.owner.endswith("@example.com") for rule in rules)
        addressed = {s.relation for s in raw for r in s.rules if "rqf_001" in r.rule_id}
        assert addressed == {
            "raw_generic.people",
            "raw_salesforce.lead",
            "raw_salesforce.contact",
            "raw_hubspot.contact",
            "raw_marketo.lead",
        }

    def test_governed_fields_stand_where_they_are_said_to(self) -> None:
        declared = {
            (schema, table, column["name"])
            for schema, table, columns in declared_tables()
            for column in columns
        }
        relations = {(schema, table) for schema, table, _ in declared}
        for row in read_seed(validate.SEEDS / GOVERNED_FIELDS):
            place = (row["schema_name"], row["table_name"])
            if row["field"] == "*":
                assert row["column_name"] == "*", row.place
                assert place in relations, row.place
                continue
            assert (*place, row["column_name"]) in declared, row.place
            assert not row["judged_on_column"] or (
                (*place, row["judged_on_column"]) in declared
            )

    def test_spellings_are_written_as_they_are_compared(self) -> None:
        rows = read_seed(validate.SEEDS / PICKLIST_VALUES)
        spellings = {(row["field"], row["synonym"]): row for row in rows}
        assert len(spellings) == len(rows)
        with duckdb.connect() as connection:
            for row in rows:
                key = f"select {picklist_key('?')}"
                (compared,) = connection.execute(key, [row["synonym"]]).fetchone() or ()
                assert compared == row["synonym"], row.place
                (own,) = (
                    connection.execute(key, [row["picklist_value"]]).fetchone() or ()
                )
                kept = spellings[row["field"], own]["picklist_value"]
                assert kept == row["picklist_value"], row.place

    def test_picklists_are_compared_as_the_marts_do(self) -> None:
        macro = (PROJECT_ROOT / "macros" / "picklist_key.sql").read_text()
        template = jinja2.Template(macro + "{{ picklist_key('spelled') }}")
        rendered = template.render(regexp_global=lambda: ", 'g'").split("\n")[-1]
        assert rendered.strip() == picklist_key("spelled")

    def test_a_sync_writes_what_is_judged(self, tmp_path: Path) -> None:
        stale = tmp_path / "suites" / "marts__gone.json"
        stale.parent.mkdir()
        stale.write_text("{}")
        assert validate.main(["--sync", "--out", str(tmp_path)]) == OK
        assert not stale.exists()
        lines = (tmp_path / "rules.md").read_text().splitlines()
        suites = [
            suite
            for layer in validate.LAYERS
            for suite in validate.suites_of(layer, NOW, validate.SUITES, validate.SEEDS)
        ]
        assert len(lines) == 2 + sum(len(suite.rules) for suite in suites)
        assert (
            "| rqf_006_marts_dim_person_profiles | warning | marts.dim_person_profiles "
            "| country of people is filled (required_fields RQF-006) "
            "| maximum 0.3 | mops@example.com |"
        ) in lines
        for suite in suites:
            written = json.loads(
                (tmp_path / "suites" / f"{suite.name}.json").read_text()
            )
            kept = [each["meta"]["rule_id"] for each in written["expectations"]]
            assert kept == [rule.rule_id for rule in suite.rules]


class TestMistakes:
    """A row that cannot be judged is told with its file and line, and is no pass."""

    @pytest.mark.parametrize(
        ("seed", "changes", "says"),
        [
            ("required_fields", {"field": "shoe_size"}, "people.shoe_size stands"),
            ("required_fields", {"severity": "fatal"}, "severity of rqf_900_raw_"),
            ("required_fields", {"owner": ""}, "it lacks owner"),
            ("required_fields", {"tolerated_share": "1"}, "is no share"),
            ("required_fields", {"tolerated_share": "few"}, "is no number"),
            ("required_fields", {"effective_from": "soon"}, "is no date"),
            ("picklists", {"picklist": "colour"}, "has no value of colour"),
            ("field_formats", {"pattern": "("}, "pattern is not one"),
            ("field_formats", {"example": "x"}, "example does not match"),
        ],
    )
    def test_a_row_that_cannot_be_judged_is_named(
        self, seeds: Path, seed: str, changes: dict[str, str], says: str
    ) -> None:
        path = add_row(seeds, seed, **changes)
        line = len(path.read_text().splitlines())
        with pytest.raises(UserError, match=says) as caught:
            add_standards([], seeds, "raw", NOW)
        assert caught.value.exit_code == WRONG_USE
        assert f"{path}, line {line}" in str(caught.value)

    def test_a_row_that_comes_twice_is_told(self, seeds: Path) -> None:
        add_row(seeds, "required_fields")
        add_row(seeds, "required_fields", field="country")
        with pytest.raises(UserError, match=r"rqf_900_raw_generic_people .* twice"):
            add_standards([], seeds, "raw", NOW)

    def test_a_missing_seed_is_told(self, seeds: Path) -> None:
        (seeds / STANDARDS[0].seed).unlink()
        with pytest.raises(UserError, match=r"no seed at .*required_fields.csv"):
            add_standards([], seeds, "raw", NOW)

    def test_a_column_that_is_not_there_is_told(
        self, seeds: Path, tmp_path: Path
    ) -> None:
        fields = seeds / GOVERNED_FIELDS
        text = fields.read_text().replace(",lead,email,", ",lead,mail,")
        fields.write_text(text)
        suites = only(
            add_standards([], seeds, "raw", NOW), "rqf_001_raw_salesforce_lead"
        )
        path = make_warehouse(tmp_path / "mops.duckdb", {})
        with pytest.raises(UserError, match=r"rqf_001_raw_salesforce_lead .* judged"):
            judge(path, suites)


WRITTEN = st.characters(exclude_characters="\0", exclude_categories=["Cs"])


@settings(deadline=None)
@given(text=st.text(st.sampled_from(":{}'%\\ab1") | WRITTEN))
def test_text_reaches_the_database_as_it_is(text: str) -> None:
    """Through what fills {batch} in, and through what looks for parameters."""
    query = f"select {text_literal(text)}".format(batch="none")
    parsed = sqlalchemy.text(query).compile()
    assert not parsed.params
    assert duckdb.execute(query).fetchone() == (text,)

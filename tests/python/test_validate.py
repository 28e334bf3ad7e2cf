"""The governance rules, judged by Great Expectations on warehouses made by hand.

One world is sound and passes every rule; in the other everything is wrong that a rule
speaks of, and every rule must say so.
"""

from __future__ import annotations

import csv
import io
import json
import re
import stat
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import great_expectations as gx
import pytest
from great_expectations.execution_engine import sqlalchemy_execution_engine

import validate
from broken_sources import BROKEN_SOURCES, SOUND_SOURCES, STRANGE_CONTACTS
from conftest import read_yaml
from lib.cli import CHECK_FAILED, OK, WRONG_USE, UserError
from lib.erasure.sift import REASON
from lib.quality import engine, mend
from lib.quality.rows import safe_cell
from lib.quality.rules import (
    CRITICAL,
    ROW_LIMIT,
    Suite,
    read_suites,
    read_thresholds,
    suite_parameters,
)
from lib.quality.standards import read_seed
from lib.sql import quote_identifier, relation
from lib.warehouse import PROJECT_ROOT
from other_process import held_open

Rows = Sequence[Mapping[str, Any]]
World = Mapping[str, Rows]
pytestmark = pytest.mark.filterwarnings("ignore:`schema_name` is deprecated")

NOW = datetime.now(UTC).replace(tzinfo=None)
SEEDS = {
    "policy.role_mailboxes": PROJECT_ROOT / "seeds" / "core" / "role_mailboxes.csv",
    "policy.closing_stages": PROJECT_ROOT / "seeds" / "core" / "closing_stages.csv",
    "policy.source_roles": PROJECT_ROOT / "seeds" / "core" / "source_roles.csv",
}


def many(count: int, **values: Any) -> list[dict[str, Any]]:
    """Return rows whose text values have {n} filled in with the row's number from 1."""
    return [
        {
            name: value.format(n=number) if isinstance(value, str) else value
            for name, value in values.items()
        }
        for number in range(1, count + 1)
    ]


PEOPLE = {"record_type": "lead", "created_at": "2025-01-01", "status": "New"}
DEAL = {"created_at": "2025-01-01", "stage": "Won", "is_closed": True, "is_won": True}
TOUCH = {"touched_at": "2025-01-01", "person_id": "p{n}"}
MAIL = {"person_id": "p1", "occurred_at": "2025-01-01"}
RECORD = {"source": "generic", "is_deleted": False}
STANDS = {"is_standing": True}
COPY = {"is_master": False}

SETTINGS = [{"as_of": NOW, "reporting_time_zone": "UTC"}]
WINS = [*(f"generic:o{n}" for n in range(1, 5)), "hubspot:1", "salesforce:O9"]

SOUND: World = {
    **SOUND_SOURCES,
    "marts.dim_build_settings": SETTINGS,
    "raw_meta.loads": [
        {
            "source": "generic",
            "table_name": "people",
            "file": "generic/people.csv",
            "rows_read": 10,
            "rows_landed": 10,
            "rows_rejected": 0,
            "loaded_at": "2025-01-02",
        },
        # The one row was an erased person's.
        {"source": "generic", "table_name": "consent_events", "file": "old.csv"}
        | {"rows_read": 1, "rows_landed": 0, "rows_rejected": 1}
        | {"loaded_at": "2025-01-02"},
    ],
    "raw_meta.rejects": [
        {"source": "generic", "table_name": "consent_events", "file": "old.csv"}
        | {"error": REASON, "loaded_at": "2025-01-02"}
    ],
    "raw_generic.consent_events": [
        {"email": " Mailto:P1@acme.test", "channel": "all", "status": "opt_out"}
        | {"occurred_at": "2025-01-01"},
    ],
    "raw_generic.people": many(10, person_id="p{n}", email="p{n}@acme.test", **PEOPLE),
    "raw_generic.opportunities": many(
        4,
        opportunity_id="o{n}",
        amount=100,
        probability=1.0,
        currency="usd",
        close_date="2025-02-01",
        **DEAL,
    ),
    "raw_generic.touches": many(4, touch_id="t{n}", utm_source="google", **TOUCH),
    "raw_generic.email_events": many(
        99, email_event_id="e{n}", event_type="sent", **MAIL
    ),
    "raw_generic.exchange_rates": [
        {"rate_date": "2025-01-01", "currency": "EUR", "usd_per_unit": 1.08},
        {"rate_date": "2025-01-02", "currency": "EUR", "usd_per_unit": 1.09},
    ],
    "raw_salesforce.lead": many(
        3, id="L{n}", email="l{n}@acme.test", created_date="2025-01-01", status="Open"
    ),
    # 285 golden people, 15 copies: exactly 5 %, which passes. Ten of them stand.
    "marts.bridge_person_records": [
        *many(285, person_id="p{n}", is_master=True, **STANDS),
        *many(10, person_id="p{n}", is_unmerged_duplicate=True, **COPY | STANDS),
        *many(5, person_id="p{n}", **COPY),
    ],
    "marts.dim_person_profiles": many(
        10,
        person_id="p{n}",
        email="p{n}@acme.test",
        is_complete=True,
        is_email_usable=True,
    ),
    "marts.dim_campaigns": [
        {
            "campaign_id": "c1",
            "channel": "event",
            "is_name_compliant": True,
        }
    ],
    "marts.fct_ad_spend_days": many(
        5,
        spend_date="2025-01-0{n}",
        platform="google_ads",
        channel="paid_search",
        cost_type="media",
        campaign_id="c1",
        spend_usd=100,
        has_exchange_rate=True,
    ),
    "marts.fct_opportunity_outcomes": [
        {"opportunity_id": won, "amount": 100, "primary_person_id": "p1"}
        | {"is_won": True, "is_closed": True, "has_exchange_rate": True}
        for won in WINS
    ],
    "marts.fct_opportunities": [
        {"opportunity_id": won, "amount_usd": 100}
        | {"is_won": True, "source_kind": "marketing"}
        for won in WINS
    ],
    "marts.fct_touchpoints": many(
        20,
        touchpoint_id="t{n}",
        person_id="p1",
        channel="email",
        utm_source="google",
        touched_at="2025-01-01",
    ),
}

LATER = "2999-01-01"
BROKEN: World = {
    **BROKEN_SOURCES,
    "marts.dim_build_settings": SETTINGS,
    "raw_meta.loads": [
        # Sent again with a tenth of the rows still broken, and a header alone.
        {**SOUND["raw_meta.loads"][0], "rows_rejected": 1, "loaded_at": "2025-01-03"},
        {"source": "generic", "table_name": "consent_events", "file": "consent.csv"}
        | {"rows_read": 0, "rows_landed": 0, "rows_rejected": 0}
        | {"loaded_at": "2025-01-03"},
    ],
    "raw_meta.rejects": [
        {"source": "generic", "table_name": "consent_events", "file": "consent.csv"}
        | {"error": "no status", "loaded_at": "2025-01-03"}
    ],
    "raw_generic.people": [],
    "raw_generic.accounts": [
        {"account_id": "a1", "created_at": LATER, "employee_count": -1},
        {"account_id": "a1", "created_at": LATER, "annual_revenue": -1},
        {"account_id": None},
    ],
    "raw_generic.opportunities": [
        DEAL | {"opportunity_id": "o1", "created_at": LATER, "probability": 40.0},
        DEAL | {"opportunity_id": "o1", "is_closed": False, "amount": -5},
        DEAL | {"opportunity_id": None, "currency": "XXX"},
    ],
    "raw_generic.campaigns": [
        {"campaign_id": "c1", "budget": -1, "currency": "XXX"},
        {"campaign_id": "c1", "start_date": "2025-02-01", "end_date": "2025-01-01"},
        {"campaign_id": None},
    ],
    "raw_generic.touches": [
        {"touch_id": "t1", "touched_at": LATER, "utm_campaign": "hi=ann@acme.test"},
        {"touch_id": "t1", "touched_at": "1970-01-01"},
        {"touch_id": None},
    ],
    "raw_generic.stage_events": [{"person_id": "p1", "entered_at": LATER}],
    "raw_generic.email_events": [
        *many(1, email_event_id="e1", event_type="sent", **MAIL),
        *many(1, email_event_id="e1", event_type="bounce", **MAIL),
        *many(1, email_event_id="e2", event_type="spam_report", **MAIL),
        {"email_event_id": None, "event_type": "gesendet", "occurred_at": LATER},
    ],
    "raw_generic.consent_events": [
        {"status": "maybe", "channel": "pigeon", "occurred_at": LATER}
        | {"purpose": "gossip", "email": "Ann <ann@acme.test>"}
    ],
    "raw_generic.spend": [
        {"amount": -1, "currency": "XXX", "spend_date": "1999-01-01"}
        | {"end_date": "1998-01-01"}
    ],
    "raw_generic.payments": [
        {"payment_id": "y1", "amount": -1, "currency": "XXX", "kind": "gift"},
        {"payment_id": "y1", "paid_at": LATER},
        {"payment_id": None},
    ],
    "raw_generic.exchange_rates": [
        {"rate_date": "2025-01-01", "currency": "EUR", "usd_per_unit": 1.08},
        {"rate_date": "2025-01-02", "currency": "EUR", "usd_per_unit": 0.5},
        {"rate_date": "2025-01-02", "currency": "eur", "usd_per_unit": 0},
    ],
    "raw_generic.activities": [
        {"activity_id": "v1", "occurred_at": LATER},
        {"activity_id": "v1"},
        {"activity_id": None},
    ],
    "raw_generic.intent_signals": [{"score": 101.0}],
    "raw_salesforce.account": [
        {"id": "A1", "number_of_employees": -1},
        {"id": "A1", "annual_revenue": -1},
        {"id": None},
    ],
    "raw_salesforce.opportunity": [
        {"id": "O1", "created_date": LATER, "stage_name": "Won", "probability": 101.0}
        | {"is_won": True, "is_closed": True},
        {"id": "O1", "amount": -1, "stage_name": "Won", "is_won": True}
        | {"is_closed": False},
        {"id": None, "currency_iso_code": "XXX"},
    ],
    "raw_salesforce.campaign": [
        {"id": "C1", "budgeted_cost": -1, "currency_iso_code": "XXX"},
        {"id": "C1", "start_date": "2025-02-01", "end_date": "2025-01-01"},
        {"id": None},
    ],
    "raw_salesforce.campaign_member": [{"id": "M1"}, {"id": "M1"}, {"id": None}],
    # 94 golden people, 10 copies, of which 4 were converted: 10 of 104 and 6 of 100.
    "marts.bridge_person_records": [
        *many(94, person_id="p{n}", is_master=True, **STANDS),
        *many(6, person_id="p{n}", is_unmerged_duplicate=True, **COPY | STANDS),
        *many(4, person_id="p{n}", **COPY),
    ],
    "marts.bridge_account_records": [
        *many(9, account_id="a{n}", is_master=True, match_rule="domain", **RECORD),
        *many(1, account_id="a{n}", is_master=False, match_rule="domain", **RECORD),
    ],
    "marts.dim_person_profiles": [
        {"person_id": f"p{n}", "email": "=cmd()@acme.test"}
        | {"is_complete": False, "is_email_usable": False}
        for n in range(2)
    ],
    "marts.dim_accounts": [{"account_id": "a1", "is_enriched": False}],
    "marts.fct_quality_checks": [
        {"check_name": "data_decay_rate", "dimension": "all", "is_passed": False}
        | {"checked_on": NOW.date(), "measured_value": 0.5, "threshold": 0.3}
    ],
    "marts.dim_campaigns": [
        {"campaign_id": "c1", "channel": "unknown", "is_name_compliant": False}
    ],
    "marts.fct_touchpoints": [
        {"touchpoint_id": "t1", "channel": "unknown", "touched_at": "2025-01-01"}
        | {"utm_source": "Google Ads", "utm_medium": "C P C", "utm_campaign": "Q1 !"}
    ],
    "marts.fct_ad_spend_days": [
        {"spend_date": f"2025-01-0{day}", "platform": "google_ads", "spend_usd": usd}
        | {"channel": "unknown", "cost_type": "media", "has_exchange_rate": usd > 0}
        for day, usd in ((1, 10), (2, 10), (3, 1000), (4, 0))
    ],
    "marts.fct_opportunity_outcomes": [
        {"opportunity_id": "generic:o1", "is_won": True, "is_closed": True}
        | {"has_exchange_rate": False},
        {"opportunity_id": "generic:o2", "is_won": False, "is_closed": False}
        | {"has_exchange_rate": False, "close_date": "2020-01-01"},
    ],
    "marts.fct_opportunities": [
        {"opportunity_id": "generic:o2", "is_won": False, "amount_usd": 10}
        | {"source_kind": "unknown"},
        {"opportunity_id": "generic:o9", "is_won": True, "amount_usd": 10}
        | {"source_kind": "unknown"},
    ],
    "marts.fct_unattributed_conversions": [
        {"conversion_type": "opportunity", "amount_usd": 20},
        {"conversion_type": "won", "amount_usd": 10},
    ],
    "marts.fct_attribution_credits": [
        {"conversion_type": "won", "attribution_model": "linear", "channel": "email"}
        | {"weight": 1.0}
    ],
    "marts.fct_stage_event_exclusions": [
        {"reason": "unmapped_value", "is_declared": True}
    ],
    "marts.dim_exchange_rates": [
        {"currency": "EUR", "valid_from": "2025-01-01", "valid_to": "9999-12-31"}
    ],
}
# The rules about leads and contacts cannot break while the landing holds nobody.
ABOUT_PEOPLE = re.compile(
    r"(generic_people|salesforce_leads|salesforce_contacts"
    r"|hubspot_contacts|marketo_leads)_"
)
FILES_ABOUT_PEOPLE = (
    "raw__generic__people.json",
    "raw__salesforce__lead.json",
    "raw__salesforce__contact.json",
    "raw__hubspot__contact.json",
    "raw__marketo__lead.json",
)
STRANGE_PEOPLE: World = {
    **STRANGE_CONTACTS,
    "raw_generic.people": [
        {"person_id": "p1", "record_type": "robot", "created_at": LATER},
        {"person_id": "p1", "email": "not an address"},
        {"person_id": None},
    ],
    "raw_salesforce.lead": [
        {"id": "L1", "created_date": LATER},
        {"id": "L1", "email": "ann@"},
        {"id": None},
    ],
    "raw_salesforce.contact": [
        {"id": "K1", "created_date": LATER},
        {"id": "K1", "email": "ann acme.test"},
        {"id": None},
    ],
}


def make_warehouse(path: Path, world: World) -> Path:
    """Make the declared raw tables, marts and seeds, and fill in the world."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(empty_warehouse())
    with duckdb.connect(str(path)) as connection:
        for name, rows in world.items():
            insert(connection, name, rows)
    return path


@cache
def empty_warehouse() -> bytes:
    """Return a DuckDB file with every declared table, made once in a process."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "mops.duckdb")
        with duckdb.connect(str(path)) as connection:
            for schema, table, columns in declared_tables():
                listed = ", ".join(
                    f"{quote_identifier(column['name'])} {column['data_type']}"
                    for column in columns
                )
                connection.execute(f"create schema if not exists {schema}")
                connection.execute(f"create table {relation(schema, table)} ({listed})")
            connection.execute("create schema policy")
            for name, seed in SEEDS.items():
                query = f"create table {name} as from read_csv(?, all_varchar = true)"
                connection.execute(query, [str(seed)])
        return path.read_bytes()


@cache
def declared_tables() -> Sequence[tuple[str, str, list[dict[str, str]]]]:
    """Return schema, name and columns of what landing and dbt make."""
    models = PROJECT_ROOT / "models"
    tables = [
        (source["schema"], table["name"], table["columns"])
        for path in sorted((models / "staging").glob("*/_*__sources.yml"))
        for source in read_yaml(path)["sources"]
        for table in source["tables"]
        if table["name"] != "validation_results"
    ]
    marts = [
        ("marts", model["name"], model["columns"])
        for path in sorted((models / "marts").glob("*/*.yml"))
        for model in read_yaml(path)["models"]
    ]
    return [*tables, *marts]


def insert(connection: duckdb.DuckDBPyConnection, name: str, rows: Rows) -> None:
    """Insert rows that name some of a relation's columns."""
    for row in rows:
        columns = ", ".join(quote_identifier(column) for column in row)
        marks = ", ".join("?" for _ in row)
        connection.execute(
            f"insert into {name} ({columns}) values ({marks})", list(row.values())
        )


def execute(warehouse: Path, statement: str) -> list[tuple[Any, ...]]:
    """Run a statement on a warehouse and return its rows."""
    with duckdb.connect(str(warehouse)) as connection:
        return connection.execute(statement).fetchall()


def failed_rules(warehouse: Path) -> set[str]:
    """Return the rules that the last run found broken."""
    rows = execute(
        warehouse,
        "select rule_id from raw_meta.validation_results where not success "
        "and run_id = (select max(run_id) from raw_meta.validation_results)",
    )
    return {rule_id for (rule_id,) in rows}


def shipped(layer: str) -> list[Suite]:
    """Return the suites of the project."""
    return read_suites(
        validate.SUITES, layer, read_thresholds(validate.THRESHOLDS), NOW
    )


def rules_of(layer: str) -> dict[str, str]:
    """Return the severity of each rule of the project."""
    return {
        rule.rule_id: rule.severity for suite in shipped(layer) for rule in suite.rules
    }


def write_suite(folder: Path, *expectations: Mapping[str, Any], **meta: str) -> Path:
    """Write a suite for marts.things and return its folder."""
    folder.mkdir(exist_ok=True)
    document = {
        "name": "marts__things",
        "meta": {"schema": "marts", "table": "things"} | meta,
        "expectations": list(expectations),
    }
    (folder / "marts__things.json").write_text(json.dumps(document))
    return folder


def expectation(
    kind: str = "expect_column_values_to_be_unique",
    meta: Mapping[str, Any] | None = None,
    **kwargs: Any,
) -> dict[str, Any]:
    """Return one critical expectation about marts.things, as a suite holds it."""
    known = {"rule_id": "a_rule", "severity": CRITICAL, "owner": "us", "fix": "mend it"}
    return {
        "type": kind,
        "kwargs": kwargs or {"column": "thing_id"},
        "description": "A rule",
        "meta": {**known, **(meta or {})},
    }


def sql_rule(query: str, **meta: Any) -> dict[str, Any]:
    """Return one expectation in SQL about marts.things."""
    return expectation("unexpected_rows_expectation", meta, unexpected_rows_query=query)


@pytest.fixture
def things(tmp_path: Path) -> Path:
    """Return a warehouse that holds marts.things alone: ids 0, 1, 1 and their notes."""
    path = tmp_path / "mops.duckdb"
    execute(path, "create schema marts")
    execute(
        path,
        "create table marts.things as from (values (0, 'ann@acme.test'), "
        "(1, '=1+1'), (1, '-2')) as things (thing_id, note)",
    )
    return path


@dataclass(frozen=True)
class Judged:
    """A world whose layers were both judged, and what was said about each."""

    warehouse: Path
    out: Path
    codes: Mapping[str, int]
    said: Mapping[str, str]
    failed: Mapping[str, set[str]]


def judge_world(folder: Path, world: World) -> Judged:
    """Make a world and judge it by the project's suites."""
    warehouse = make_warehouse(folder / "mops.duckdb", world)
    codes, said, failed = {}, {}, {}
    for layer in validate.LAYERS:
        spoken = io.StringIO()
        with redirect_stdout(spoken), redirect_stderr(spoken):
            codes[layer] = validate.validate(layer, warehouse, folder / "out")
        said[layer] = spoken.getvalue()
        failed[layer] = failed_rules(warehouse)
    return Judged(warehouse, folder / "out", codes, said, failed)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Judged:
    return judge_world(tmp_path_factory.mktemp("sound"), SOUND)


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Judged:
    return judge_world(tmp_path_factory.mktemp("broken"), BROKEN)


class TestTheShippedRules:
    """The suites in tests/expectations, on warehouses made from the contracts."""

    @pytest.mark.parametrize("layer", validate.LAYERS)
    def test_a_sound_world_passes_every_rule(self, sound: Judged, layer: str) -> None:
        assert sound.failed[layer] == set()
        assert sound.codes[layer] == OK
        count = len(rules_of(layer))
        summary = f"{layer}: {count} rules checked, 0 critical failed, 0 warnings"
        assert summary in sound.said[layer]
        assert list((sound.out / "failing_rows" / layer).iterdir()) == []

    def test_a_broken_landing_breaks_every_raw_rule(
        self, broken: Judged, tmp_path: Path
    ) -> None:
        assert broken.codes["raw"] == CHECK_FAILED
        rules = set(rules_of("raw"))
        about_people = {rule for rule in rules if ABOUT_PEOPLE.match(rule)}
        assert broken.failed["raw"] == rules - about_people
        path = make_warehouse(tmp_path / "mops.duckdb", STRANGE_PEOPLE)
        suites = tmp_path / "suites"
        suites.mkdir()
        for file in FILES_ABOUT_PEOPLE:
            (suites / file).write_text((validate.SUITES / file).read_text())
        assert validate.validate("raw", path, tmp_path, suites) == CHECK_FAILED
        assert failed_rules(path) == about_people

    def test_broken_governance_breaks_every_rule_of_the_marts(
        self, broken: Judged
    ) -> None:
        assert broken.codes["marts"] == CHECK_FAILED
        rules = rules_of("marts")
        assert broken.failed["marts"] == set(rules)
        lines = [line for line in broken.said["marts"].splitlines() if "owner" in line]
        severities = [line.split(":")[0] for line in lines]
        assert severities == sorted(severities)
        assert sorted(severities) == sorted(rules.values())
        for rule, severity, figures, rows in (
            ("duplicate_rate", "warning", "10 of 104 rows, 0.09615", 10),
            ("unmerged_duplicate_rate", "critical", "6 of 104 rows, 0.06", 6),
        ):
            [duplicates] = [line for line in lines if f" {rule} on " in line]
            assert duplicates.startswith(f"{severity}: ")
            assert f"{figures}, maximum 0.05" in duplicates
            file = broken.out / "failing_rows" / "marts" / f"{rule}.csv"
            assert str(file) in duplicates
            assert len(file.read_text().splitlines()) == rows + 1

    def test_empty_marts_break_no_rule(self, tmp_path: Path) -> None:
        path = make_warehouse(tmp_path / "mops.duckdb", {})
        assert validate.validate("marts", path, tmp_path) == OK
        assert failed_rules(path) == set()

    def test_docs_lead_to_both_layers(self, broken: Judged) -> None:
        docs = broken.out / "data_docs"
        start = (docs / "index.html").read_text()
        for layer in validate.LAYERS:
            assert f'href="{layer}/index.html"' in start
            assert (docs / layer / "index.html").is_file()
        text = "".join(page.read_text() for page in docs.rglob("*.html"))
        assert "critical unmerged_duplicate_rate, owner governance@example.com" in text

    def test_neither_docs_nor_log_nor_history_hold_a_value_of_the_data(
        self, broken: Judged
    ) -> None:
        pages = (broken.out / "data_docs").rglob("*.html")
        history = execute(broken.warehouse, "from raw_meta.validation_results")
        texts = [page.read_text() for page in pages]
        for text in (*texts, *broken.said.values(), str(history)):
            assert "acme.test" not in text
        rows = broken.out / "failing_rows" / "marts" / "people_share_no_address.csv"
        assert "'=cmd()@acme.test" in rows.read_text()

    def test_rules_are_well_described(self) -> None:
        suites = [suite for layer in validate.LAYERS for suite in shipped(layer)]
        rules = [rule for suite in suites for rule in suite.rules]
        assert len({rule.rule_id for rule in rules}) == len(rules)
        assert all(rule.owner.endswith("@example.com") for rule in rules)
        used = {rule.threshold.threshold_id for rule in rules if rule.threshold}
        checks = read_seed(validate.SEEDS / "quality" / "quality_checks.csv")
        used |= {check["threshold_id"] for check in checks}
        assert used == set(read_thresholds(validate.THRESHOLDS))

    def test_the_history_is_as_its_source_declares_it(self, sound: Judged) -> None:
        path = PROJECT_ROOT / "models" / "staging" / "meta" / "_validation__sources.yml"
        [source] = read_yaml(path)["sources"]
        [table] = source["tables"]
        declared = [(c["name"], c["data_type"].upper()) for c in table["columns"]]
        described = execute(sound.warehouse, "describe raw_meta.validation_results")
        assert [tuple(column[:2]) for column in described] == declared


class TestRevenueReconciles:
    """Each win of a source is in the marts, and each win of the marts in a source."""

    def lost_wins(self, folder: Path, world: World) -> set[str]:
        """Return the opportunities that the rule names in a world."""
        settings: World = {"marts.dim_build_settings": SETTINGS}
        warehouse = make_warehouse(folder / "mops.duckdb", {**settings, **world})
        suites = folder / "suites"
        suites.mkdir()
        [suite] = [s for s in shipped("marts") if s.table == "fct_opportunities"]
        file = f"{suite.name}.json"
        (suites / file).write_text((validate.SUITES / file).read_text())
        validate.validate("marts", warehouse, folder, suites)
        rows = folder / "failing_rows" / "marts" / "revenue_reconciles.csv"
        if not rows.exists():
            return set()
        with rows.open(encoding="utf-8", newline="") as lines:
            return {row["opportunity_id"] for row in csv.DictReader(lines)}

    def test_a_hubspot_win_that_the_marts_lack_is_named(self, tmp_path: Path) -> None:
        deals: Rows = [
            # No pipeline has landed: the deal's own flag speaks, then its stage's name.
            {"deal_id": "flag", "property_hs_is_closed_won": True},
            {"deal_id": "name", "deal_pipeline_stage_id": "Closed Won (Sales)"},
            {"deal_id": "lost", "deal_pipeline_stage_id": "closedlost"},
            {"deal_id": "open", "deal_pipeline_stage_id": "demo"},
            # The flag says more than the name.
            {"deal_id": "both", "deal_pipeline_stage_id": "closedwon"}
            | {"property_hs_is_closed_won": False},
            # Of two pipelines with one stage, neither of them the deal's, the one that
            # still stands speaks.
            {"deal_id": "else", "deal_pipeline_stage_id": "s"},
            {"deal_id": "dead", "deal_pipeline_stage_id": "closedwon"}
            | {"_fivetran_deleted": True},
            {"deal_id": "away", "deal_pipeline_stage_id": "closedwon"},
            # Salesforce holds the first of these as its own, and has deleted the other.
            {"deal_id": "sync", "deal_pipeline_stage_id": "closedwon"}
            | {"property_hs_salesforceopportunityid": "O1"},
            {"deal_id": "tied", "deal_pipeline_stage_id": "closedwon"}
            | {"property_hs_salesforceopportunityid": "O2"},
        ]
        stages: Rows = [
            {"pipeline_id": "a", "stage_id": "s", "_fivetran_deleted": True},
            {"pipeline_id": "b", "stage_id": "s", "closed_won": True},
        ]
        world: World = {
            "raw_hubspot.deal": deals,
            "raw_hubspot.deal_pipeline_stage": stages,
            "raw_hubspot.merged_deal": [{"deal_id": "x", "merged_deal_id": "away"}],
            "raw_salesforce.opportunity": [
                {"id": "O1", "is_won": False},
                {"id": "O2", "is_won": True, "_fivetran_active": False},
            ],
        }
        named = self.lost_wins(tmp_path, world)
        assert named == {f"hubspot:{won}" for won in ("flag", "name", "else", "tied")}

    def test_a_win_that_no_source_knows_is_named(self, tmp_path: Path) -> None:
        won = [{"opportunity_id": "hubspot:1", "amount_usd": 5, "is_won": True}]
        outcomes = [{"opportunity_id": "hubspot:1", "amount": 5}]
        deals = [{"deal_id": "1", "property_amount": 5}]
        world: World = {
            "raw_hubspot.deal": deals,
            "marts.fct_opportunities": won,
            "marts.fct_opportunity_outcomes": outcomes,
        }
        assert self.lost_wins(tmp_path, world) == {"hubspot:1"}

    def test_an_amount_that_was_changed_on_the_way_is_named(
        self, tmp_path: Path
    ) -> None:
        world: World = {
            "raw_hubspot.deal": [
                {"deal_id": n, "property_amount": 5, "property_hs_is_closed_won": True}
                for n in ("1", "2")
            ],
            "marts.fct_opportunities": [
                {"opportunity_id": f"hubspot:{n}", "is_won": True} for n in ("1", "2")
            ],
            "marts.fct_opportunity_outcomes": [
                {"opportunity_id": "hubspot:1", "amount": 5},
                {"opportunity_id": "hubspot:2", "amount": 6},
            ],
        }
        assert self.lost_wins(tmp_path, world) == {"hubspot:2"}


class TestFailingRows:
    """The rows that are handed back, as CSV."""

    def read(self, path: Path) -> list[list[str]]:
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.reader(file))

    def test_whole_rows_stand_behind_the_rule(
        self, things: Path, tmp_path: Path
    ) -> None:
        suites = write_suite(tmp_path / "suites", expectation())
        assert validate.validate("marts", things, tmp_path, suites) == CHECK_FAILED
        file = tmp_path / "failing_rows" / "marts" / "a_rule.csv"
        assert self.read(file) == [
            ["rule_id", "severity", "owner", "fix", "thing_id", "note"],
            ["a_rule", "critical", "us", "mend it", "1", "'=1+1"],
            ["a_rule", "critical", "us", "mend it", "1", "'-2"],
        ]
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700

    def test_rows_are_found_whatever_the_columns_are_called(
        self, things: Path, tmp_path: Path
    ) -> None:
        execute(things, "alter table marts.things rename note to note_2_of_0")
        least = expectation(
            "expect_column_values_to_be_between",
            {"rule_id": "another_rule"},
            column="thing_id",
            min_value=2,
        )
        suites = write_suite(tmp_path / "suites", expectation(), least)
        assert validate.validate("marts", things, tmp_path, suites) == CHECK_FAILED
        folder = tmp_path / "failing_rows" / "marts"
        assert len(self.read(folder / "a_rule.csv")) == 1 + 2
        assert len(self.read(folder / "another_rule.csv")) == 1 + 3

    def test_a_rule_that_holds_again_leaves_no_file(
        self, things: Path, tmp_path: Path
    ) -> None:
        suites = write_suite(tmp_path / "suites", expectation())
        validate.validate("marts", things, tmp_path, suites)
        execute(things, "update marts.things set thing_id = rowid")
        assert validate.validate("marts", things, tmp_path, suites) == OK
        assert list((tmp_path / "failing_rows" / "marts").iterdir()) == []

    def test_all_failing_rows_are_counted_and_the_first_written(
        self, things: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        execute(things, "insert into marts.things select 7, '' from range(10001)")
        suites = write_suite(tmp_path / "suites", expectation())
        validate.validate("marts", things, tmp_path, suites)
        rows = self.read(tmp_path / "failing_rows" / "marts" / "a_rule.csv")
        assert len(rows) == 1 + ROW_LIMIT
        said = capsys.readouterr().err
        assert "10,003 of 10,004 rows" in said
        assert "(the first 10,000)" in said

    @pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
    def test_no_cell_is_a_formula(self, start: str) -> None:
        assert safe_cell(f"{start}1") == f"'{start}1"

    def test_numbers_and_plain_text_stay(self) -> None:
        assert [safe_cell(value) for value in (-1, None, "a=b")] == [-1, None, "a=b"]


class TestTheHistory:
    """raw_meta.validation_results."""

    def test_each_run_adds_a_row_per_rule(self, things: Path, tmp_path: Path) -> None:
        rule = sql_rule(
            "select * from {batch} where note like '=%' and {observed} > {threshold}",
            threshold_id="duplicate_rate",
            observed="select count_if(note like '=%') / count(*) from {batch}",
            severity="warning",
        )
        suites = write_suite(tmp_path / "suites", rule)
        assert validate.validate("marts", things, tmp_path, suites) == OK
        assert validate.validate("marts", things, tmp_path, suites) == OK
        rows = execute(
            things,
            "select layer, suite, rule_id, relation, column_name, severity, owner, "
            "success, round(observed_value, 4), threshold, rows_checked, rows_failed, "
            "fix, count(distinct run_id), count(distinct build_id) "
            "from raw_meta.validation_results group by all",
        )
        assert rows == [
            (
                *("marts", "marts__things", "a_rule", "marts.things", None),
                *("warning", "us", False, 0.3333, 0.05, 3, 1, "mend it", 2, 1),
            )
        ]

    def test_the_build_id_follows_the_content(
        self, things: Path, tmp_path: Path
    ) -> None:
        suites = write_suite(tmp_path / "suites", expectation())
        for statement in ("checkpoint", "update marts.things set note = 'other'"):
            execute(things, statement)
            validate.validate("marts", things, tmp_path, suites)
        execute(things, "update marts.things set note = 'other' where note = 'other'")
        validate.validate("marts", things, tmp_path, suites)
        ids = execute(
            things, "select build_id from raw_meta.validation_results order by run_id"
        )
        runs = execute(
            things,
            "select build_id from raw_meta.validation_results order by validated_at",
        )
        assert len(set(ids)) == 2
        assert runs[0] != runs[1]
        assert runs[1] == runs[2]


class TestSharesAndTheirLimits:
    """A rule with a threshold is held to the value in the seed, the value included."""

    @pytest.mark.parametrize(
        ("bound", "parameter"), [("maximum", "1 - limit"), ("minimum", "limit")]
    )
    def test_a_share_at_the_limit_passes_and_is_kept(
        self,
        things: Path,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        bound: str,
        parameter: str,
    ) -> None:
        execute(things, "insert into marts.things values (2, null)")
        seed = tmp_path / "thresholds.csv"
        value = 0.25 if bound == "maximum" else 0.75
        seed.write_text(f"threshold_id,bound,value\nlimit,{bound},{value}\n")
        monkeypatch.setattr(validate, "THRESHOLDS", seed)
        rule = expectation(
            "expect_column_values_to_not_be_null",
            {"threshold_id": "limit"},
            column="note",
            mostly={"$PARAMETER": parameter},
        )
        suites = write_suite(tmp_path / "suites", rule)
        assert validate.validate("marts", things, tmp_path, suites) == OK
        execute(things, "insert into marts.things values (3, null)")
        assert validate.validate("marts", things, tmp_path, suites) == CHECK_FAILED
        observed = execute(
            things,
            "select observed_value, threshold, rows_failed "
            "from raw_meta.validation_results order by validated_at",
        )
        shares = [(0.25, 1), (0.4, 2)] if bound == "maximum" else [(0.75, 1), (0.6, 2)]
        expected = [(pytest.approx(share), value, rows) for share, rows in shares]
        assert observed == expected


class TestMistakes:
    """What a user can get wrong: one line that names it, exit code 2, never a pass."""

    def judge(self, warehouse: Path, folder: Path, *rules: Mapping[str, Any]) -> str:
        suites = write_suite(folder / "suites", *rules)
        with pytest.raises(UserError) as caught:
            validate.validate("marts", warehouse, folder, suites)
        assert caught.value.exit_code == WRONG_USE
        message = str(caught.value)
        assert "\n" not in message
        return message

    @pytest.mark.parametrize(
        ("rule", "says"),
        [
            (expectation(meta={"fix": ""}), "lacks fix"),
            (expectation(meta={"severity": "fatal"}), "severity of a_rule"),
            (expectation(meta={"rule_id": "../x"}), "not snake_case"),
            (expectation(meta={"threshold_id": "nope"}), "has no row nope"),
            (expectation(meta={"threshold_id": "duplicate_rate"}), "do not agree"),
            (expectation("expect_column_values_to_match_regex"), "is not supported"),
            (expectation(column="thing_id", row_condition="x"), "row condition"),
            (expectation(column="other"), "marts.things has no other"),
            (sql_rule("select 1"), "does not read {batch}"),
            (sql_rule("select * from {batch} where other"), "Binder Error"),
            (
                sql_rule(
                    "select * from {batch} where 1 > {threshold}",
                    threshold_id="duplicate_rate",
                ),
                "lacks observed",
            ),
        ],
    )
    def test_a_faulty_rule_is_named(
        self, things: Path, tmp_path: Path, rule: Mapping[str, Any], says: str
    ) -> None:
        assert says in self.judge(things, tmp_path, rule)

    def test_an_error_that_quotes_the_data_is_not_repeated(
        self, things: Path, tmp_path: Path
    ) -> None:
        rule = sql_rule("select * from {batch} where cast(note as integer) > 0")
        other = expectation(meta={"rule_id": "another_rule"})
        message = self.judge(things, tmp_path, other, rule)
        assert "a_rule on marts.things cannot be judged: Conversion Error" in message
        assert "acme" not in message

    def test_a_rule_id_stands_once(self, things: Path, tmp_path: Path) -> None:
        twice = self.judge(things, tmp_path, expectation(), expectation())
        assert "a_rule comes twice" in twice

    def test_a_relation_that_was_not_built_is_no_pass(
        self, things: Path, tmp_path: Path
    ) -> None:
        execute(things, "drop table marts.things")
        message = self.judge(things, tmp_path, expectation())
        assert "marts.things missing" in message
        assert "dbt build" in message

    def test_no_suite_is_no_pass(self, things: Path, tmp_path: Path) -> None:
        with pytest.raises(UserError, match="nothing was checked"):
            validate.validate("marts", things, tmp_path, tmp_path / "none")

    def test_no_warehouse_is_told(self, tmp_path: Path) -> None:
        with pytest.raises(UserError, match="no warehouse at"):
            validate.validate("raw", tmp_path / "mops.duckdb", tmp_path)

    def test_a_busy_warehouse_is_told(self, things: Path, tmp_path: Path) -> None:
        suites = write_suite(tmp_path / "suites", expectation())
        with held_open(things), pytest.raises(UserError, match="in use"):
            validate.validate("marts", things, tmp_path, suites)

    def test_the_output_folder_may_not_be_a_file(
        self, things: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("MOPS_WAREHOUSE", str(things))
        monkeypatch.setattr(
            validate, "validate", lambda *_: (tmp_path / "file" / "x").mkdir()
        )
        (tmp_path / "file").touch()
        with pytest.raises(UserError, match="cannot write to"):
            validate.main(["marts", "--out", str(tmp_path / "file")])

    def test_thresholds_name_their_line(self, tmp_path: Path) -> None:
        seed = tmp_path / "thresholds.csv"
        for row, says in (
            ("limit,maximum,much", "line 2: needs"),
            ("limit,around,1", "line 2: bound"),
            ("The Limit,maximum,1", "line 2: threshold_id"),
            ("limit,maximum,1\nlimit,maximum,2", "line 3: threshold_id comes twice"),
        ):
            seed.write_text(f"threshold_id,bound,value\n{row}\n")
            with pytest.raises(UserError, match=says):
                read_thresholds(seed)

    def test_help_ends_with_an_example(self) -> None:
        script = PROJECT_ROOT / "scripts" / "validate.py"
        command = [sys.executable, str(script)]
        shown = subprocess.run(
            [*command, "--help"], capture_output=True, text=True, check=True
        )
        assert "example: scripts/validate.py marts" in shown.stdout
        wrong = subprocess.run(
            [*command, "gold"], capture_output=True, text=True, check=False
        )
        assert wrong.returncode == WRONG_USE


def test_great_expectations_still_needs_the_mend(
    things: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When this fails, lib/quality/mend.py and its use can go."""
    assert gx.__version__ == "1.24.1"
    monkeypatch.setattr(engine, "mend", lambda: None)
    monkeypatch.setattr(
        sqlalchemy_execution_engine,
        "_PERSISTED_CONNECTION_DIALECTS",
        mend.SHIPPED_DIALECTS,
    )
    folder = write_suite(tmp_path / "suites", expectation())
    [suite] = read_suites(folder, "marts", {}, NOW)
    with (
        engine.inspect(things) as inspection,
        pytest.raises(UserError, match="rule a_rule on"),
    ):
        inspection.judge(suite, suite_parameters({}, NOW), ["thing_id"], "run")


def test_great_expectations_still_leaves_placeholders_in_its_text(
    things: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When this fails, the second patch of lib/quality/mend.py can go."""
    execute(things, "alter table marts.things rename note to note_2")
    monkeypatch.setattr(mend, "_is_never_filled_in", mend.SHIPPED_CHECK)
    suites = write_suite(tmp_path / "suites", expectation())
    with pytest.raises(UserError, match="cannot be judged"):
        validate.validate("marts", things, tmp_path, suites)


def test_great_expectations_still_reads_rows_that_nobody_asks_for(
    things: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When this fails, the third patch of lib/quality/mend.py can go."""
    read: list[object] = []

    def no_rows(*arguments: object, **more: object) -> list[dict[str, object]]:
        read.append(more)
        return []

    monkeypatch.setattr(mend, "_no_rows", no_rows)
    rule = sql_rule("select * from {batch} where thing_id is null")
    suites = write_suite(tmp_path / "suites", rule)
    assert validate.validate("marts", things, tmp_path, suites) == OK
    assert read

"""The random company as it is published, with addresses where no YAML expects them."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from conftest import Warehouse
from lib.quality import history
from lib.quality.fingerprint import fingerprint
from lib.quality.rules import CRITICAL, Rule, Suite, Verdict

# In a free column, in a key, with its @ written as links write it, and none at all.
STRAY = (
    "update marts.fct_touchpoints set utm_campaign = 'mail-Stray.One@acme.example' "
    "where touchpoint_id = (select min(touchpoint_id) from marts.fct_touchpoints)",
    "update marts.fct_touchpoints set utm_source = 'to=stray.two%40acme.example' "
    "where touchpoint_id = (select max(touchpoint_id) from marts.fct_touchpoints)",
    "update marts.fct_touchpoints set utm_medium = 'sale @ 5.00' "
    "where touchpoint_id = (select max(touchpoint_id) from marts.fct_touchpoints)",
    "update marts.dim_accounts set account_id = 'generic:stray.three@acme.example' "
    "where account_id = (select min(account_id) from marts.dim_accounts)",
    "update marts.fct_opportunities set account_id = "
    "'generic:stray.three@acme.example' where opportunity_id = "
    "(select min(opportunity_id) from marts.fct_opportunities)",
    "create table marts.fct_of_nobody as select 'Nobody Knows' as text",
)


def copy_of(company: Warehouse, folder: Path) -> Path:
    """Return a warehouse of one's own, with stray addresses, that passed validation."""
    path = folder / company.path.name
    shutil.copy(company.path, path)
    with duckdb.connect(str(path)) as connection:
        for statement in STRAY:
            connection.execute(statement)
    validate(path)
    return path


def validate(path: Path) -> None:
    """Write into the history that the marts passed, as validate.py does."""
    suite = Suite("marts__dim_people", "marts", "dim_people", {})
    rule = Rule("a_rule", CRITICAL, "us", "mend", "sql", None, None, None, None)
    verdict = Verdict(suite, rule, True, 0.0, 10, 0, None)
    moment = datetime.now(UTC).replace(tzinfo=None)
    with duckdb.connect(str(path)) as connection:
        build_id = fingerprint(
            lambda sql, values: connection.execute(sql, list(values)).fetchall(),
            path.stem,
        )
        run = history.Run(f"run{moment:%H%M%S%f}", "marts", build_id, moment)
        history.append(connection, run, [verdict])

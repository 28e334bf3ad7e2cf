"""`dbt source freshness`: what has not been landed for days is late, and says so."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

import dbt_process
import load

DAYS_AGO = {
    ("generic", "accounts"): 3,
    ("generic", "touches"): 3,
    ("generic", "spend"): 1,
    ("salesforce", "lead"): 1,
}


@pytest.fixture(scope="module")
def statuses(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The verdict on each source table, by its unique id."""
    folder: Path = tmp_path_factory.mktemp("freshness")
    warehouse = folder / "mops.duckdb"
    (folder / "raw").mkdir()
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("MOPS_WAREHOUSE", str(warehouse))
        assert load.main([str(folder / "raw"), "--quiet"]) == 0
    now = datetime.now(UTC).replace(tzinfo=None)
    with duckdb.connect(str(warehouse)) as connection:
        connection.executemany(
            "insert into raw_meta.loads (source, table_name, file, loaded_at) "
            "values (?, ?, 'a file', ?)",
            [[*name, now - timedelta(days=days)] for name, days in DAYS_AGO.items()],
        )
    arguments = ["source", "freshness", "--target-path", str(folder)]
    arguments += ["--log-path", str(folder)]
    assert dbt_process.invoke(arguments, warehouse, artifacts=True)
    found = json.loads((folder / "sources.json").read_text("utf-8"))
    return {
        result["unique_id"].removeprefix("source.mops."): result["status"]
        for result in found["results"]
    }


def test_a_table_of_events_is_late_by_its_own_landing(statuses: dict[str, str]) -> None:
    assert statuses["generic.touches"] == "warn"
    assert statuses["generic.spend"] == "pass"


def test_other_tables_are_as_fresh_as_their_source(statuses: dict[str, str]) -> None:
    assert statuses["generic.accounts"] == "pass"
    assert statuses["salesforce.account"] == "pass"


def test_what_nothing_was_ever_landed_of_is_not_late(statuses: dict[str, str]) -> None:
    assert statuses["hubspot.contact"] == "pass"
    assert statuses["salesforce.task"] == "pass"


def test_every_source_that_lands_is_watched(statuses: dict[str, str]) -> None:
    watched = {name.split(".")[0] for name in statuses}
    assert watched == {
        *("generic", "salesforce", "hubspot", "marketo"),
        *("google_ads", "linkedin_ads", "meta_ads", "microsoft_ads"),
    }

"""Fivetran's history mode: several versions of a record, of which the newest counts.

Of each object one record lives on, one was deleted, and one was deleted and restored.
"""

from __future__ import annotations

import pytest

from conftest import Rows, Warehouse, land, run_dbt, write_csv

# Version, start, end, whether it is current. The newest does not always come last.
VERSIONS = {
    "lives": (("new", "03-01", "", True), ("old", "01-01", "03-01", False)),
    "ended": (("old", "01-01", "02-01", False), ("new", "02-01", "04-01", False)),
    "restored": (("old", "01-01", "02-01", False), ("new", "05-01", "", True)),
}
NAMES = {"lead": "company", "account": "name", "opportunity": "name"}
EXPECTED = [("ended", "new", True), ("lives", "new", False), ("restored", "new", False)]


def versions(name: str) -> Rows:
    """Return every version of an object's records; name holds what changed."""
    return [
        {
            "id": record,
            name: text,
            "_fivetran_start": f"2024-{start}",
            "_fivetran_end": f"2024-{end}" if end else "",
            "_fivetran_active": is_current,
        }
        for record, history in VERSIONS.items()
        for text, start, end, is_current in history
    ]


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    folder = tmp_path_factory.mktemp("history_mode")
    path = folder / "mops.duckdb"
    for table, name in NAMES.items():
        file = folder / "raw" / "salesforce" / f"{table}.csv"
        write_csv(file, versions(name))
    with pytest.MonkeyPatch.context() as patch:
        assert land(folder / "raw", path, patch) == 0
    names = ("people", "accounts", "opportunities")
    assert run_dbt(path, select=[f"+stg_salesforce__{name}" for name in names])
    return Warehouse(path)


@pytest.mark.parametrize(
    ("model", "name"),
    [
        ("people", "company_name"),
        ("accounts", "account_name"),
        ("opportunities", "opportunity_name"),
    ],
)
def test_the_newest_version_stands_and_is_deleted_once_it_ended(
    staged: Warehouse, model: str, name: str
) -> None:
    found = staged.rows(
        f"select record_id, {name}, is_deleted from staging.stg_salesforce__{model} "
        "order by record_id"
    )
    assert found == EXPECTED

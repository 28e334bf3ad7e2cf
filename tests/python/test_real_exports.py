"""Files that nobody here wrote: a native Salesforce export and a connector's landing.

The expected figures were counted in the files by hand.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from conftest import SHARED_DATA, Builder, Warehouse


@pytest.fixture(scope="module")
def native(build: Builder, real_export: Path) -> Warehouse:
    return build(real_export, as_of="2024-03-31")


@pytest.fixture(scope="module")
def connector(build: Builder, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    source = SHARED_DATA / "salesforce"
    if not source.is_dir():
        pytest.skip(f"{source} is not on this machine")
    raw = tmp_path_factory.mktemp("connector")
    (raw / "salesforce").symlink_to(source)
    return build(raw, as_of="2024-03-31")


def test_the_native_export_lands_without_a_reject(native: Warehouse) -> None:
    assert native.value("select count(*) from raw_meta.rejects") == 0
    landed = dict(
        native.rows("select table_name, rows_landed from raw_meta.loads order by all")
    )
    assert landed == {
        "account": 22,
        "account_contact_relation": 22,
        "campaign": 8,
        "campaign_member": 68,
        "contact": 102,
        "lead": 60,
        "opportunity": 50,
        "task": 75,
    }


def test_every_lead_and_contact_comes_through(native: Warehouse) -> None:
    kinds = dict(
        native.rows(
            "select profiles.record_type, count(*) from marts.bridge_person_records "
            "inner join staging.stg_salesforce__people as profiles "
            "using (person_record_id) group by all"
        )
    )
    assert kinds == {"lead": 60, "contact": 102}
    # No two of the 162 records share an address, a conversion or a merge.
    assert native.value("select count(*) from marts.dim_people") == 162


def test_opportunities_have_their_outcome_and_their_value(native: Warehouse) -> None:
    outcomes = native.rows(
        "select is_closed, is_won, count(*), sum(amount_usd) "
        "from marts.fct_opportunities group by all order by all"
    )
    assert outcomes == [
        (False, False, 35, Decimal("30002070.50")),
        (True, False, 3, Decimal("3058912.50")),
        (True, True, 12, Decimal("10542562.98")),
    ]


def test_every_campaign_member_is_a_touch_of_its_person(native: Warehouse) -> None:
    touches = native.rows(
        "select touch_type, count(*), count(person_id), count(campaign_id) "
        "from marts.fct_touchpoints group by all"
    )
    assert touches == [("campaign_member", 68, 68, 68)]
    channels = dict(
        native.rows("select channel, count(*) from marts.dim_campaigns group by all")
    )
    assert sum(channels.values()) == 8
    assert channels["email"] == 3
    assert channels["event"] == 2


def test_the_connector_s_landing_lands_and_builds(connector: Warehouse) -> None:
    assert connector.value("select count(*) from raw_meta.rejects") == 0
    landed = dict(connector.rows("select table_name, rows_landed from raw_meta.loads"))
    assert landed["opportunity"] == 10
    assert landed["contact"] == 4
    assert landed["lead"] == 1
    assert (
        connector.value("select count(*) from marts.fct_opportunities")
        + connector.value(
            "select count(*) from marts.fct_excluded_records "
            "where entity = 'opportunities'"
        )
        == 10
    )

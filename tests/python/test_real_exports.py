"""Files that nobody here wrote: a native Salesforce export and a connector's landing.

The expected figures were counted in the files by hand.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from conftest import (
    OF_SYSTEMS,
    PUBLIC_TESTS,
    SHARED_DATA,
    UPTO_SYSTEMS,
    Builder,
    Warehouse,
)

CONNECTOR_FOLDERS = (
    "salesforce",
    "hubspot",
    "marketo",
    "google_ads",
    "linkedin",
    "facebook_ads",
    "microsoft_ads",
)


@pytest.fixture(scope="module")
def native(build: Builder, real_export: Path) -> Warehouse:
    tests = [*OF_SYSTEMS, "path:models/staging/salesforce"]
    return build(real_export, select=UPTO_SYSTEMS, tests=tests, as_of="2024-03-31")


@pytest.fixture(scope="module")
def connector(build: Builder, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """Land what a connector left of every system, in one warehouse."""
    raw = tmp_path_factory.mktemp("connector")
    for name in CONNECTOR_FOLDERS:
        source = SHARED_DATA / name
        if not source.is_dir():
            pytest.skip(f"{source} is not on this machine")
        (raw / name).symlink_to(source)
    tests = [*PUBLIC_TESTS, "path:models/staging"]
    return build(raw, tests=tests, as_of="2024-12-31")


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


def test_a_connector_s_files_land_without_a_reject(connector: Warehouse) -> None:
    read = connector.rows(
        "select source, count(*), sum(rows_read), sum(rows_rejected) "
        "from raw_meta.loads group by all order by all"
    )
    assert read == [
        ("google_ads", 11, 370, 0),
        ("hubspot", 56, 2171, 0),
        ("linkedin_ads", 9, 368, 0),
        ("marketo", 14, 1331, 0),
        ("meta_ads", 7, 124, 0),
        ("microsoft_ads", 5, 2663, 0),
        ("salesforce", 14, 111, 0),
    ]


def test_a_connector_s_salesforce_comes_through(connector: Warehouse) -> None:
    landed = dict(
        connector.rows(
            "select table_name, rows_landed from raw_meta.loads "
            "where source = 'salesforce'"
        )
    )
    assert landed["opportunity"] == 10
    assert landed["contact"] == 4
    assert landed["lead"] == 1
    told = connector.value(
        "select count(*) from marts.fct_opportunities "
        "where opportunity_id like 'salesforce:%'"
    )
    excluded = connector.value(
        "select count(*) from marts.fct_excluded_records "
        "where entity = 'opportunities' and record_key like 'salesforce:%'"
    )
    assert told + excluded == 10


def test_a_connector_s_hubspot_comes_through(connector: Warehouse) -> None:
    assert connector.value("select count(*) from raw_hubspot.deal") == 44
    assert connector.value("select count(*) from raw_hubspot.contact") == 22
    deals = connector.value(
        "select count(*) from marts.fct_opportunities "
        "where opportunity_id like 'hubspot:%'"
    )
    assert deals == 44


def test_a_connector_s_marketo_comes_through(connector: Warehouse) -> None:
    assert connector.value("select count(*) from raw_marketo.lead") == 100
    # Of 98 sends and 2 that were skipped, the 98 left.
    sent = connector.value(
        "select count(*) from intermediate.int_campaigns__email_events "
        "where event_type = 'sent' and source = 'marketo'"
    )
    assert sent == 98


def test_every_cent_of_the_platforms_files_is_shown(connector: Warehouse) -> None:
    spent = dict(
        connector.rows(
            "select platform, sum(spend_amount) from marts.fct_ad_spend_days group by 1"
        )
    )
    # Google's three reports are of different days: 231.33 by campaign, 3,156.84 by ad
    # group and 1,632.333323 by account.
    assert spent == {
        "google_ads": Decimal("5020.503323"),
        "linkedin_ads": Decimal("530.62"),
        "meta_ads": Decimal("643.63"),
        "microsoft_ads": Decimal("946.34"),
    }


def test_one_row_stands_for_the_versions_of_a_campaign(connector: Warehouse) -> None:
    campaigns = connector.rows(
        "select source, count(*), count(distinct campaign_id) from marts.dim_campaigns "
        "where source like '%_ads' group by all order by all"
    )
    assert campaigns == [
        ("google_ads", 1, 1),
        ("linkedin_ads", 3, 3),
        ("meta_ads", 4, 4),
        ("microsoft_ads", 3, 3),
    ]

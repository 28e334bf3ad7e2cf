"""HubSpot, from a connector's landing to the marts: its traps, each by its name.

The expected figures were worked out by hand.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from conftest import OF_SYSTEMS, UPTO_SYSTEMS, Builder, Rows, Warehouse, write_csv

CREATED = "2024-01-01 08:00:00"
CONTACTS: Rows = [
    # 101 went into 102, 102 into 103; only 103 has a record.
    {
        "id": 103,
        "property_email": "ann@acme.com",
        "property_firstname": "Ann",
        "property_hs_calculated_merged_vids": "102:1706000000000",
    },
    # Two contacts of one address, and two without any.
    {"id": 201, "property_email": "bob@beta.com", "property_firstname": "Bob"},
    {"id": 202, "property_email": "Bob@Beta.com", "property_firstname": "Bob"},
    {"id": 301, "property_firstname": "Cy"},
    {"id": 302, "property_firstname": "Di"},
    # A contact in the recycle bin.
    {"id": 401, "property_email": "eve@eta.com", "_fivetran_deleted": True},
    # A contact with the old list of merged ids, and one that Salesforce has too.
    {"id": 501, "property_firstname": "Flo", "property_hs_merged_object_ids": "11;12"},
    {"id": 601, "property_firstname": "Gil", "property_salesforcecontactid": "003G"},
]
STAGES: Rows = [
    {"pipeline_id": "p", "stage_id": "a1b2", "label": "Demo", "probability": 0.4},
    {
        "pipeline_id": "p",
        "stage_id": "c3d4",
        "label": "Won",
        "probability": 1,
        "is_closed": True,
        "closed_won": True,
    },
]
DEALS: Rows = [
    {"deal_id": 1, "deal_pipeline_stage_id": "c3d4", "property_amount": 1000},
    {"deal_id": 2, "deal_pipeline_stage_id": "a1b2", "property_amount": 200},
    {"deal_id": 3, "property_amount": 30, "is_deleted": True},
    {"deal_id": 4, "deal_pipeline_stage_id": "a1b2", "property_amount": 4},
    {
        "deal_id": 5,
        "deal_pipeline_stage_id": "c3d4",
        "property_amount": 5000,
        "property_hs_salesforceopportunityid": "006S",
    },
]
EVENTS: Rows = [
    {"id": "s1", "type": "SENT", "sent_by_id": "s1", "recipient": "ann@acme.com"},
    {"id": "s2", "type": "SENT", "sent_by_id": "s1", "recipient": "ann@acme.com"},
    {"id": "s3", "type": "SENT", "obsoleted_by_id": "s4", "recipient": "bob@beta.com"},
    {"id": "s4", "type": "SENT", "recipient": "bob@beta.com"},
    {"id": "d1", "type": "DELIVERED", "recipient": "ann@acme.com"},
    {"id": "x1", "type": "DROPPED", "recipient": "ann@acme.com"},
    {"id": "o1", "type": "OPEN", "filtered_event": True, "recipient": "ann@acme.com"},
    {"id": "c1", "type": "CLICK", "recipient": "ann@acme.com"},
    {"id": "u1", "type": "STATUSCHANGE", "recipient": "bob@beta.com"},
]
TABLES: dict[str, Rows] = {
    "contact": [{"property_createdate": CREATED, **row} for row in CONTACTS],
    "contact_merge_audit": [
        {"canonical_vid": 102, "vid_to_merge": 101},
        {"canonical_vid": 103, "vid_to_merge": 102},
    ],
    "contact_property_history": [
        {
            "contact_id": 101,
            "name": "lifecyclestage",
            "value": value,
            "timestamp": moment,
            "_fivetran_synced": synced,
        }
        for value, moment, synced in (
            ("lead", "2024-01-02 09:00:00", "2024-02-01 00:00:00"),
            ("marketingqualifiedlead", "2024-01-03 09:00:00", "2024-02-01 00:00:00"),
            ("marketingqualifiedlead", "2024-01-03 09:00:00", "2024-02-02 00:00:00"),
        )
    ],
    "company": [
        {"id": 77, "property_name": "Acme", "property_domain": "acme.com"},
        {"id": 78, "property_name": "Beta", "property_domain": "beta.com"},
    ],
    "deal_pipeline_stage": STAGES,
    "deal": [{"property_createdate": CREATED, **row} for row in DEALS],
    "deal_stage": [
        {"deal_id": 1, "value": value, "date_entered": moment, "_fivetran_start": start}
        for value, moment, start in (
            ("a1b2", "2024-01-05 09:00:00", "2024-01-05 09:00:00"),
            ("c3d4", "2024-03-05 09:00:00", "2024-03-05 09:00:00"),
            ("c3d4", "2024-03-05 09:00:00", "2024-03-06 09:00:00"),
        )
    ],
    "deal_company": [
        {"deal_id": 1, "company_id": 78, "type_id": 341, "category": "HUBSPOT_DEFINED"},
        {"deal_id": 1, "company_id": 77, "type_id": 5, "category": "HUBSPOT_DEFINED"},
    ],
    # The deal still names the contact that was merged away first.
    "deal_contact": [{"deal_id": 1, "contact_id": 101, "type_id": 3}],
    "merged_deal": [{"deal_id": 2, "merged_deal_id": 4}],
    "email_event": [
        {"created": f"2024-01-04 09:00:{number:02}", **row}
        for number, row in enumerate(EVENTS)
    ],
    "email_event_click": [{"id": "c1", "url": "https://x.com/?utm_source=news"}],
    "email_event_status_change": [
        {"id": "u1", "portal_subscription_status": "UNSUBSCRIBED"}
    ],
}
SALESFORCE: dict[str, Rows] = {
    "contact": [{"id": "003G", "first_name": "Gil", "created_date": CREATED}],
    "opportunity": [
        {
            "id": "006S",
            "amount": 5000,
            "is_closed": True,
            "is_won": True,
            "stage_name": "Won",
            "close_date": "2024-03-31",
            "created_date": CREATED,
        }
    ],
}


@pytest.fixture(scope="module")
def portal(build: Builder, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    raw = tmp_path_factory.mktemp("portal")
    for source, tables in (("hubspot", TABLES), ("salesforce", SALESFORCE)):
        for name, rows in tables.items():
            write_csv(raw / source / f"{name}.csv", rows)
    tests = [*OF_SYSTEMS, "path:models/staging/hubspot"]
    return build(raw, select=UPTO_SYSTEMS, tests=tests, as_of="2024-06-30")


def person(warehouse: Warehouse, record: int) -> str:
    """Return the golden person of a HubSpot contact."""
    return str(
        warehouse.value(
            "select person_id from marts.bridge_person_records "
            "where person_record_id = ?",
            [f"hubspot:{record}"],
        )
    )


def test_merges_chained_over_three_records_are_one_person(portal: Warehouse) -> None:
    assert len({person(portal, record) for record in (101, 102, 103)}) == 1
    emails = portal.rows(
        "select email from marts.dim_people where person_id = ?", [person(portal, 101)]
    )
    assert emails == [("ann@acme.com",)]


def test_both_forms_of_merged_ids_name_the_survivor(portal: Warehouse) -> None:
    assert person(portal, 11) == person(portal, 12) == person(portal, 501)
    assert person(portal, 102) == person(portal, 103)


def test_contacts_without_an_address_stay_apart(portal: Warehouse) -> None:
    assert person(portal, 301) != person(portal, 302)


def test_contacts_of_one_address_are_one_person(portal: Warehouse) -> None:
    assert person(portal, 201) == person(portal, 202)


def test_a_contact_and_its_salesforce_record_are_one_person(portal: Warehouse) -> None:
    rules = portal.rows(
        "select person_record_id, match_rule from marts.bridge_person_records "
        "where person_id = ? order by all",
        [person(portal, 601)],
    )
    assert rules == [("hubspot:601", "crm_link"), ("salesforce:003G", "crm_link")]


def test_deleted_rows_are_excluded_and_listed(portal: Warehouse) -> None:
    excluded = portal.rows(
        "select entity, record_key, reason from marts.fct_excluded_records order by all"
    )
    assert excluded == [
        ("opportunities", "hubspot:3", "deleted"),
        ("opportunities", "hubspot:4", "deleted"),
        ("opportunities", "hubspot:5", "in_system_of_record"),
        ("people", "hubspot:401", "deleted"),
    ]


def test_a_deal_of_two_systems_counts_once(portal: Warehouse) -> None:
    deals = portal.rows(
        "select opportunity_id, amount_usd from marts.fct_opportunities order by all"
    )
    assert deals == [
        ("hubspot:1", Decimal("1000.00")),
        ("hubspot:2", Decimal("200.00")),
        ("salesforce:006S", Decimal("5000.00")),
    ]


def test_a_deal_with_several_companies_has_its_primary_one(portal: Warehouse) -> None:
    accounts = portal.rows(
        "select account_id from marts.fct_opportunities "
        "where opportunity_id = 'hubspot:1'"
    )
    assert accounts == [("hubspot:77",)]


def test_hashed_stages_have_their_labels_and_the_history_closes(
    portal: Warehouse,
) -> None:
    stages = portal.rows(
        "select stage_name, is_won, cast(closed_at as varchar) "
        "from marts.fct_opportunity_outcomes "
        "where opportunity_id in ('hubspot:1', 'hubspot:2') order by all"
    )
    assert stages == [("Demo", False, None), ("Won", True, "2024-03-05 09:00:00")]


def test_a_merged_contact_s_deal_reaches_the_survivor(portal: Warehouse) -> None:
    people = portal.rows(
        "select person_id from marts.bridge_opportunity_people "
        "where opportunity_id = 'hubspot:1'"
    )
    assert people == [(person(portal, 103),)]


def test_several_versions_of_a_stage_are_one_transition(portal: Warehouse) -> None:
    stages = portal.rows(
        "select stage, evidence, count(*) from marts.fct_stage_transitions "
        "where person_id = ? and stage = 'mql' group by all",
        [person(portal, 103)],
    )
    assert stages == [("mql", "field_history", 1)]


def test_emails_sent_by_two_events_are_sent_once(portal: Warehouse) -> None:
    events = portal.rows(
        "select event_type, count(*) from intermediate.int_campaigns__email_events "
        "group by all order by all"
    )
    assert events == [("click", 1), ("delivered", 1), ("sent", 2), ("unsubscribe", 1)]


def test_a_click_is_a_touch_and_a_withdrawal_suppresses(portal: Warehouse) -> None:
    touches = portal.rows(
        "select person_id, touch_type, utm_source from marts.fct_touchpoints"
    )
    assert touches == [(person(portal, 103), "email_click", "news")]
    suppressed = portal.rows(
        "select person_id from marts.dim_person_consents where is_suppressed"
    )
    assert suppressed == [(person(portal, 201),)]

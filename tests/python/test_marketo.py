"""Marketo, from a connector's landing to the marts.

The expected figures were worked out by hand.
"""

from __future__ import annotations

import pytest

from conftest import OF_SYSTEMS, UPTO_SYSTEMS, Builder, Rows, Warehouse, write_csv

CREATED = "2024-01-01 08:00:00"
TABLES: dict[str, Rows] = {
    "lead": [
        {"id": 4, "email": "ann@acme.com", "sfdc_lead_id": "00QA"},
        {"id": 5, "email": "bob@beta.com", "lead_status": "MQL"},
        {"id": 6, "email": "cy@cat.com"},
    ],
    # 1 went into 2, 2 and 3 into 4.
    "activity_merge_leads": [
        {"id": "m1", "lead_id": 2, "merge_ids": "[1]"},
        {"id": "m2", "lead_id": 4, "merge_ids": "[2, 3]"},
    ],
    "activity_delete_lead": [{"id": "x1", "lead_id": 6}],
    "activity_change_data_value": [
        {
            "id": "v1",
            "lead_id": 4,
            "primary_attribute_value": "Lead Status",
            "old_value": "New",
            "new_value": "MQL",
            "activity_date": "2024-02-01 08:00:00",
        }
    ],
    "program": [{"id": 10, "name": "Web", "channel": "Webinar"}],
    "campaign": [{"id": 7, "program_id": 10}],
    "activity_send_email": [
        {"id": "s1", "lead_id": 4, "campaign_id": 7, "activity_date": CREATED},
        {
            "id": "s2",
            "lead_id": 4,
            "action_result": "skipped",
            "activity_date": CREATED,
        },
    ],
    "activity_email_bounced": [
        {"id": "b1", "lead_id": 4, "category": 1, "activity_date": CREATED},
        {"id": "b2", "lead_id": 5, "category": 2, "activity_date": CREATED},
    ],
    "activity_change_status_in_progression": [
        {
            "id": f"p{number}",
            # The first lead of the chain of merges took part.
            "lead_id": 1,
            "program_id": 10,
            "success": success,
            "activity_date": f"2024-01-0{number} 08:00:00",
        }
        for number, success in ((2, False), (3, True), (4, True))
    ],
}
SALESFORCE: dict[str, Rows] = {"lead": [{"id": "00QA", "created_date": CREATED}]}


@pytest.fixture(scope="module")
def instance(build: Builder, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    raw = tmp_path_factory.mktemp("instance")
    for source, tables in (("marketo", TABLES), ("salesforce", SALESFORCE)):
        for name, rows in tables.items():
            write_csv(
                raw / source / f"{name}.csv",
                [{"created_at": CREATED, **row} for row in rows]
                if name == "lead" and source == "marketo"
                else rows,
            )
    tests = [*OF_SYSTEMS, "path:models/staging/marketo"]
    return build(raw, select=UPTO_SYSTEMS, tests=tests, as_of="2024-06-30")


def test_a_chain_of_merges_and_the_crm_record_are_one_person(
    instance: Warehouse,
) -> None:
    records = instance.rows(
        "select person_record_id from marts.bridge_person_records "
        "where person_id = (select person_id from marts.bridge_person_records "
        "where person_record_id = 'marketo:4') order by all"
    )
    merged = [f"marketo:{number}" for number in (1, 2, 3, 4)]
    assert [key for (key,) in records] == [*merged, "salesforce:00QA"]


def test_a_deleted_lead_is_listed(instance: Warehouse) -> None:
    excluded = instance.rows(
        "select record_key, reason from marts.fct_excluded_records"
    )
    assert excluded == [("marketo:6", "deleted")]


def test_a_program_is_touched_once_by_the_survivor(instance: Warehouse) -> None:
    touches = instance.rows(
        "select touches.touchpoint_id, touches.touch_type, touches.channel, "
        "records.person_record_id from marts.fct_touchpoints as touches "
        "inner join marts.bridge_person_records as records using (person_id) "
        "where records.person_record_id = 'marketo:4'"
    )
    assert touches == [("marketo:p3", "campaign_response", "webinar", "marketo:4")]


def test_a_status_change_is_a_stage(instance: Warehouse) -> None:
    stages = instance.rows(
        "select stage, evidence, cast(entered_at as varchar) "
        "from marts.fct_stage_transitions where stage = 'mql' order by all"
    )
    assert ("mql", "field_history", "2024-02-01 08:00:00") in stages


def test_only_a_wrong_address_bounces_for_good(instance: Warehouse) -> None:
    suppressed = instance.rows(
        "select records.person_record_id from marts.dim_person_consents as consents "
        "inner join marts.bridge_person_records as records using (person_id) "
        "where consents.is_suppressed"
    )
    assert suppressed == [("marketo:5",)]
    events = instance.rows(
        "select event_type, count(*), count(campaign_id) "
        "from intermediate.int_campaigns__email_events group by all order by all"
    )
    assert events == [("bounce", 2, 0), ("sent", 1, 1)]

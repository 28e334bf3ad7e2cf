"""Salesforce's LeadHistory: every change of a lead's status and owner."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from lib.demo.columns import NEVER, iso_moments, pick, rank_within, table, take, where
from lib.demo.company import QUEUE_ID, QUEUE_NAME
from lib.demo.ids import salesforce_ids
from lib.demo.lifecycle import NUMBER, REASONS, STATUSES
from lib.demo.world import World

_COLUMNS = ("LeadId", "CreatedById", "Field", "DataType", "OldValue", "NewValue")


def lead_history_table(world: World) -> pa.Table:
    """Return the changes in order of time.

    An owner's change is two rows, as Salesforce writes it: one with the names of the
    two and one with their ids.
    """
    both = pa.concat_tables([_status_changes(world), _owner_changes(world)])
    both = both.sort_by(
        [("at", "ascending"), ("LeadId", "ascending"), ("DataType", "ascending")]
    )
    columns = {name: both[name].combine_chunks() for name in _COLUMNS}
    return table(
        {
            "Id": salesforce_ids("017", both.num_rows),
            "IsDeleted": False,
            **columns,
            "CreatedDate": iso_moments(both["at"].to_numpy()),
        },
        both.num_rows,
    )


def _status_changes(world: World) -> pa.Table:
    log, records, staff = world.lifecycle.log, world.records, world.market.staff
    record = records.primary[log.person]
    first = rank_within(log.person) == 0
    before = np.where(first, NUMBER["New"], np.roll(log.status, 1))
    by_machine = log.status == NUMBER["Marketing Qualified"]
    actor = np.where(by_machine, staff.integration, world.owners.at(record, log.at))
    left = np.flatnonzero(log.reason >= 0)
    changes = table(
        {
            "LeadId": take(records.ids, record),
            "CreatedById": take(staff.ids, actor),
            "at": log.at,
            "Field": "Status",
            "DataType": "DynamicEnum",
            "OldValue": pick(STATUSES, before),
            "NewValue": pick(STATUSES, log.status),
        },
        len(log.at),
    )
    reasons = table(
        {
            "LeadId": take(records.ids, record[left]),
            "CreatedById": take(staff.ids, actor[left]),
            "at": log.at[left],
            "Field": "Reason__c",
            "DataType": "Picklist",
            "OldValue": None,
            "NewValue": pick(REASONS, log.reason[left]),
        },
        len(left),
    )
    return pa.concat_tables([changes, reasons])


def _owner_changes(world: World) -> pa.Table:
    records, owners, staff = world.records, world.owners, world.market.staff
    leads = np.flatnonzero(~records.is_contact)
    moved = leads[owners.reassigned_at[leads] < NEVER]
    rows = np.concatenate([leads, moved])
    again = np.arange(len(rows)) >= len(leads)
    at = np.where(again, owners.reassigned_at[rows], owners.assigned_at[rows])
    new = np.where(again, owners.second[rows], owners.first[rows])
    old = owners.first[rows]
    parts = [
        table(
            {
                "LeadId": take(records.ids, rows),
                "CreatedById": staff.ids[staff.integration].as_py(),
                "at": at,
                "Field": "Owner",
                "DataType": kind,
                "OldValue": where(again, take(values, old), queue),
                "NewValue": take(values, new),
            },
            len(rows),
        )
        for values, queue, kind in (
            (staff.names, QUEUE_NAME, "Text"),
            (staff.ids, QUEUE_ID, "EntityId"),
        )
    ]
    both = pa.concat_tables(parts)
    inside = np.flatnonzero(both["at"].to_numpy() < world.market.clock.end)
    return both.take(pa.array(inside))

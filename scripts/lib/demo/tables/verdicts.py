"""What the published rules say of each assignment, by all that the systems hold."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lib.demo.columns import NEVER, Array, iso_moments, join, take
from lib.demo.columns import table as make_table
from lib.demo.routing import deal_owners, open_deals
from lib.demo.tables import crm, sales, signals
from lib.demo.vocabulary import REGIONS
from lib.demo.world import World

_HEADQUARTERS = REGIONS.index("AMER")


def assignment_table(world: World) -> pa.Table:
    """Return every assignment of a lead, whom the rules allowed then, and the verdict.

    Owners are named as the warehouse names them, sorted, with commas between them.
    """
    records, owners, staff = world.records, world.owners, world.market.staff
    leads = np.flatnonzero(~records.is_contact)
    moved = leads[owners.reassigned_at[leads] < NEVER]
    record = np.concatenate([leads, moved])
    owner = np.concatenate([owners.first[leads], owners.second[moved]])
    at = np.concatenate([owners.assigned_at[leads], owners.reassigned_at[moved]])
    inside = at < world.market.clock.end
    record, owner, at = record[inside], owner[inside], at[inside]
    allowed = _allowed(world, records.person[record], at)
    keys = join("salesforce:", staff.ids)
    names = keys.to_pylist()
    return make_table(
        {
            "record_id": take(records.ids, record),
            "assigned_at": iso_moments(at),
            "owner_id": take(keys, owner),
            "expected_owner_ids": [
                ",".join(sorted(names[number] for number in group)) for group in allowed
            ],
            "is_correct": [
                number in group for number, group in zip(owner, allowed, strict=True)
            ],
        },
        len(record),
    )


def _allowed(world: World, person: Array, at: Array) -> list[Iterable[int]]:
    """Return whom the rules allowed for each person and moment, as staff numbers."""
    accounts, staff = world.market.accounts, world.market.staff
    account = world.people.account[person]
    region = np.where(_placed(world), accounts.region[world.people.account], -1)
    region = np.where(region < 0, _HEADQUARTERS, region)[person]
    pools = [frozenset(staff.pool("sdr", name).tolist()) for name in REGIONS]
    known = world.account_records.known_at[account] <= at
    allowed: list[Iterable[int]] = [
        {int(own)} if is_known else pools[number]
        for own, is_known, number in zip(
            accounts.ae[account], known, region, strict=True
        )
    ]
    deals = world.pipeline.deals
    worked_by = deal_owners(accounts, deals)
    deleted = sales.opportunity_table(world)["IsDeleted"].to_numpy(zero_copy_only=False)
    standing = np.flatnonzero(~deleted)
    named, name, _, _ = sales.deal_members(world)
    live = ~deleted[named]
    # A deal of the person goes before one of the company.
    for deal, key, asked in (
        (standing, deals.account[standing], account),
        (named[live], name[live], person),
    ):
        rows, found = open_deals(deals, deal, key, asked, at)
        at_work: dict[int, set[int]] = {}
        for row, rep in zip(rows.tolist(), worked_by[found].tolist(), strict=True):
            at_work.setdefault(row, set()).add(rep)
        for row, group in at_work.items():
            allowed[row] = group
    return allowed


def _placed(world: World) -> Array:
    """Return which people some system can place: by record, account or enrichment."""
    records, people = world.records, world.people
    placed = world.account_records.known_at[people.account] < NEVER
    for rows, written, column in (
        (np.flatnonzero(~records.is_contact), crm.lead_table(world), "Country"),
        (
            np.flatnonzero(records.is_contact),
            crm.contact_table(world),
            "MailingCountry",
        ),
    ):
        # A record that was deleted since still says where the person is.
        has = pc.is_valid(written[column]).to_numpy(zero_copy_only=False)
        placed[records.person[rows[has]]] = True
    bought = signals.enrichment_table(world)["email"]
    enriched = pc.is_in(people.email, value_set=bought.combine_chunks())
    return np.asarray(placed | enriched.to_numpy(zero_copy_only=False))

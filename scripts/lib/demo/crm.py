"""Salesforce's objects about people and companies: Account, Lead, Contact, LeadHistory."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lib.demo.accounts import Accounts, state_names
from lib.demo.assumptions import CHANNELS, FINANCE, MESS
from lib.demo.clock import Clock
from lib.demo.columns import (
    DAY,
    HOUR,
    NEVER,
    Array,
    blank,
    cents,
    iso_moments,
    join,
    pick,
    rank_within,
    table,
    take,
    text,
    where,
)
from lib.demo.company import QUEUE_ID, Staff
from lib.demo.deals import Pipeline
from lib.demo.ids import salesforce_ids
from lib.demo.lifecycle import NUMBER, REASONS, STATUSES, StatusLog
from lib.demo.people import People
from lib.demo.records import KINDS, Identity, Records
from lib.demo.routing import Owners
from lib.demo.vocabulary import COUNTRIES, CURRENCIES, INDUSTRIES, LEGAL_FORMS

_TARGET_DAYS = 90
_NO_SIZE = 0.2
_PARENT_SHARE = 0.04
_TO_TWIN = 0.3
_POSTAL_LENGTH = 5
_BOUNCE_REASON = "550 5.1.1 The email account does not exist"


@dataclass(frozen=True)
class AccountRecords:
    """Which companies the CRM holds; by account: its record's id or null, its twin's."""

    account: Array
    created_at: Array
    is_twin: Array
    is_merged: Array
    ids: pa.Array  # by record
    id_of: pa.Array  # by account
    live_twin_of: Array  # by account: record of a twin that still lives, or -1
    owner: Array  # by record


def make_account_records(
    clock: Clock, accounts: Accounts, pipeline: Pipeline
) -> AccountRecords:
    """File the customers, the targets and every company with a deal; some twice."""
    rng = clock.rng("account records")
    count = len(accounts)
    created = np.where(
        accounts.is_target,
        clock.start + rng.integers(HOUR, _TARGET_DAYS * DAY, count),
        NEVER,
    )
    created = np.where(accounts.is_installed, clock.start, created)
    np.minimum.at(created, pipeline.deals.account, pipeline.deals.created_at)
    held = np.flatnonzero(created < clock.end)
    twins = held[rng.random(len(held)) < MESS.duplicate_accounts]
    account = np.concatenate([held, twins])
    twin_created = created[twins] + ((clock.end - created[twins]) * 0.4).astype(
        np.int64
    )
    born = np.concatenate([created[held], twin_created])
    is_twin = np.arange(len(account)) >= len(held)
    order = np.lexsort((account, born))
    account, born, is_twin = account[order], born[order], is_twin[order]
    is_merged = is_twin & (rng.random(len(account)) < MESS.account_merged)
    ids = salesforce_ids("001", len(account))
    row_of, live_twin = np.full(count, -1), np.full(count, -1)
    row_of[account[~is_twin]] = np.flatnonzero(~is_twin)
    live = is_twin & ~is_merged
    live_twin[account[live]] = np.flatnonzero(live)
    return AccountRecords(
        account=account,
        created_at=born,
        is_twin=is_twin,
        is_merged=is_merged,
        ids=ids,
        id_of=take(ids, row_of),
        live_twin_of=live_twin,
        owner=accounts.ae[account],
    )


def spelled_country(rng: np.random.Generator, country: Array) -> pa.Array:
    """Write countries as people do: mostly the full name, some by habit."""
    widths = np.array([len(one.spellings) for one in COUNTRIES])
    starts = np.cumsum([0, *widths])[:-1]
    drawn = starts[country] + (rng.random(len(country)) * widths[country]).astype(int)
    odd = pick([word for one in COUNTRIES for word in one.spellings], drawn)
    plain = pick([one.name for one in COUNTRIES], country)
    return where(rng.random(len(country)) < MESS.odd_country, odd, plain)


def account_table(
    clock: Clock,
    staff: Staff,
    accounts: Accounts,
    records: AccountRecords,
    is_customer: Array,
) -> pa.Table:
    """Return Salesforce's Account object."""
    rng = clock.rng("account table")
    account, count = records.account, len(records.account)
    name, domain = take(accounts.name, account), take(accounts.domain, account)
    form = pick(LEGAL_FORMS, rng.integers(1, len(LEGAL_FORMS), count))
    name = where(records.is_twin, join(name, form), name)
    style = rng.integers(0, 3, count)
    site = where(style == 0, join("https://www.", domain, "/"), join("www.", domain))
    site = where(style == 2, domain, site)
    no_size = rng.random(count) < _NO_SIZE
    rates = np.array([1.0, FINANCE.eur_usd, FINANCE.gbp_usd])
    currency = accounts.currency[account]
    revenue = np.rint(accounts.revenue_usd[account] / rates[currency] / 1e4) * 1e4
    changed = records.created_at + (
        (clock.end - records.created_at) * rng.random(count)
    ).astype(np.int64)
    changed = np.minimum(changed, clock.end - 1)
    kind = np.where(is_customer[account], "Customer", "Prospect")
    parents = np.where(
        ~records.is_twin & (rng.random(count) < _PARENT_SHARE) & (np.arange(count) > 0),
        0,
        -1,
    )
    # The parent is an older record of the list, never the record itself.
    parents = np.where(parents == 0, np.arange(count) // 2, -1)
    master = where(
        records.is_merged, take(records.id_of, account), pa.scalar(None, pa.string())
    )
    return table(
        {
            "Id": records.ids,
            "IsDeleted": pa.array(records.is_merged),
            "MasterRecordId": master,
            "Name": name,
            "Type": pa.array(kind),
            "ParentId": take(records.ids, parents),
            "BillingCity": take(accounts.city, account),
            "BillingState": state_names(accounts, account),
            "BillingCountry": spelled_country(rng, accounts.country[account]),
            "Website": site,
            "Industry": blank(pick(INDUSTRIES, accounts.industry[account]), no_size),
            "NumberOfEmployees": pa.array(accounts.employees[account], mask=no_size),
            "AnnualRevenue": cents(revenue, no_size),
            "CurrencyIsoCode": pick(CURRENCIES, currency),
            "OwnerId": take(staff.ids, records.owner),
            "CreatedDate": iso_moments(records.created_at),
            "LastModifiedDate": iso_moments(changed),
        },
        count,
    )


def last_status(people: int, log: StatusLog) -> tuple[Array, Array]:
    """Return each person's status at the end and when it began; New and 0 if none."""
    status, at = np.full(people, NUMBER["New"]), np.zeros(people, dtype=np.int64)
    status[log.person], at[log.person] = log.status, log.at
    return status, at


def _shared_columns(
    clock: Clock,
    accounts: Accounts,
    people: People,
    records: Records,
    identity: Identity,
    rows: Array,
) -> dict[str, pa.Array]:
    """Return what Lead and Contact have in common."""
    rng = clock.rng(f"shared {len(rows)} {int(records.is_contact[rows].any())}")
    person, count = records.person[rows], len(rows)
    title = take(people.title, person)
    source = pick(
        [one.lead_source for one in CHANNELS], people.creation_channel[person]
    )
    synced = rng.random(count) < 0.7
    out = (people.opted_out_at[person] < clock.end) & synced
    bounced = np.where(
        records.kind[rows] < len(KINDS) - 2, people.bounced_at[person], NEVER
    )
    bounced = np.where(bounced > records.created_at[rows], bounced, NEVER)
    reason = where(bounced < NEVER, _BOUNCE_REASON, pa.scalar(None, pa.string()))
    return {
        "FirstName": take(identity.first, rows),
        "LastName": take(identity.last, rows),
        "Title": blank(title, rng.random(count) < MESS.missing_title),
        "Email": take(identity.email, rows),
        "Phone": take(identity.phone, rows),
        "LeadSource": blank(source, rng.random(count) < MESS.missing_lead_source),
        "HasOptedOutOfEmail": pa.array(out),
        "EmailBouncedDate": iso_moments(bounced),
        "EmailBouncedReason": reason,
        "CreatedDate": iso_moments(records.created_at[rows]),
    }


def _postal_codes(accounts: Accounts, account: Array) -> pa.Array:
    digits = text(account * 37 % 90_000 + 10_000)
    return pc.utf8_slice_codeunits(digits, 0, _POSTAL_LENGTH)


def lead_table(
    clock: Clock,
    staff: Staff,
    accounts: Accounts,
    people: People,
    records: Records,
    identity: Identity,
    owners: Owners,
    pipeline: Pipeline,
    account_ids: pa.Array,
    deal_ids: pa.Array,
) -> pa.Table:
    """Return Salesforce's Lead object."""
    rng = clock.rng("lead table")
    rows = np.flatnonzero(~records.is_contact)
    person, count = records.person[rows], len(rows)
    account = people.account[person]
    first = records.kind[rows] == 0
    status, since = last_status(len(people), pipeline.log)
    contact = np.where(first, records.contact[person], -1)
    converted = contact >= 0
    converted_at = np.where(converted, records.joined_at[person], NEVER)
    changed = np.where(first, since[person], 0)
    changed = np.maximum(changed, records.created_at[rows])
    merged_at = records.merged_at[rows]
    changed = np.where(merged_at < NEVER, merged_at, changed)
    deleted = merged_at < NEVER
    deleted |= ~converted & first & (rng.random(count) < MESS.deleted)
    country = spelled_country(rng, accounts.country[account])
    no_country = rng.random(count) < MESS.missing_country
    no_size = rng.random(count) < MESS.missing_employees
    industry = pick(INDUSTRIES, accounts.industry[account])
    shared = _shared_columns(clock, accounts, people, records, identity, rows)
    into = records.merged_into[rows]
    return table(
        {
            "Id": take(records.ids, rows),
            "IsDeleted": pa.array(deleted),
            "MasterRecordId": take(records.ids, into),
            **shared,
            "Company": take(accounts.name, account),
            "City": take(accounts.city, account),
            "State": blank(state_names(accounts, account), no_country),
            "PostalCode": blank(_postal_codes(accounts, account), no_country),
            "Country": blank(country, no_country),
            "Status": pick(STATUSES, np.where(first, status[person], NUMBER["New"])),
            "Industry": blank(industry, rng.random(count) < MESS.missing_industry),
            "NumberOfEmployees": pa.array(accounts.employees[account], mask=no_size),
            "OwnerId": take(staff.ids, owners.current[rows]),
            "IsConverted": pa.array(converted),
            "ConvertedDate": iso_moments(converted_at),
            "ConvertedAccountId": blank(take(account_ids, account), ~converted),
            "ConvertedContactId": take(records.ids, contact),
            "ConvertedOpportunityId": take(
                deal_ids, np.where(converted, pipeline.joined[person], -1)
            ),
            "CreatedById": staff.ids[staff.integration].as_py(),
            "LastModifiedDate": iso_moments(np.minimum(changed, clock.end - 1)),
        },
        count,
    )


def contact_table(
    clock: Clock,
    staff: Staff,
    accounts: Accounts,
    people: People,
    records: Records,
    identity: Identity,
    owners: Owners,
    account_records: AccountRecords,
) -> pa.Table:
    """Return Salesforce's Contact object."""
    rng = clock.rng("contact table")
    rows = np.flatnonzero(records.is_contact)
    person, count = records.person[rows], len(rows)
    account = people.account[person]
    twin = account_records.live_twin_of[account]
    astray = (twin >= 0) & (rng.random(count) < _TO_TWIN)
    no_country = rng.random(count) < MESS.missing_country
    merged_at = records.merged_at[rows]
    changed = np.where(merged_at < NEVER, merged_at, records.created_at[rows])
    country = spelled_country(rng, accounts.country[account])
    return table(
        {
            "Id": take(records.ids, rows),
            "IsDeleted": pa.array(merged_at < NEVER),
            "MasterRecordId": take(records.ids, records.merged_into[rows]),
            "AccountId": where(
                astray,
                take(account_records.ids, twin),
                take(account_records.id_of, account),
            ),
            **_shared_columns(clock, accounts, people, records, identity, rows),
            "MailingCity": take(accounts.city, account),
            "MailingState": blank(state_names(accounts, account), no_country),
            "MailingPostalCode": blank(_postal_codes(accounts, account), no_country),
            "MailingCountry": blank(country, no_country),
            "OwnerId": take(staff.ids, owners.current[rows]),
            "CreatedById": staff.ids[staff.integration].as_py(),
            "LastModifiedDate": iso_moments(changed),
        },
        count,
    )


def lead_history_table(
    clock: Clock,
    staff: Staff,
    records: Records,
    owners: Owners,
    log: StatusLog,
) -> pa.Table:
    """Return Salesforce's LeadHistory: every change of status and of owner.

    An owner's change is two rows, as Salesforce writes it: one with the names of the
    two and one with their ids.
    """
    status = _status_changes(staff, records, owners, log)
    owner = _owner_changes(staff, records, owners)
    both = pa.concat_tables([status, owner])
    both = both.sort_by([("at", "ascending"), ("LeadId", "ascending")])
    count = both.num_rows
    return table(
        {
            "Id": salesforce_ids("017", count),
            "IsDeleted": False,
            "LeadId": both["LeadId"].combine_chunks(),
            "CreatedById": both["CreatedById"].combine_chunks(),
            "CreatedDate": iso_moments(both["at"].to_numpy()),
            "Field": both["Field"].combine_chunks(),
            "DataType": both["DataType"].combine_chunks(),
            "OldValue": both["OldValue"].combine_chunks(),
            "NewValue": both["NewValue"].combine_chunks(),
        },
        count,
    )


def _status_changes(
    staff: Staff, records: Records, owners: Owners, log: StatusLog
) -> pa.Table:
    record = records.primary[log.person]
    first = rank_within(log.person) == 0
    before = np.where(first, NUMBER["New"], np.roll(log.status, 1))
    by_machine = log.status == NUMBER["Marketing Qualified"]
    actor = np.where(by_machine, staff.integration, owners.at(record, log.at))
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
    left = np.flatnonzero(log.reason >= 0)
    reasons = table(
        {
            "LeadId": take(records.ids, record[left]),
            "CreatedById": take(staff.ids, actor[left]),
            "at": log.at[left],
            "Field": "Reason__c",
            "DataType": "DynamicEnum",
            "OldValue": None,
            "NewValue": pick(REASONS, log.reason[left]),
        },
        len(left),
    )
    return pa.concat_tables([changes, reasons])


def _owner_changes(staff: Staff, records: Records, owners: Owners) -> pa.Table:
    leads = np.flatnonzero(~records.is_contact)
    moved = leads[owners.reassigned_at[leads] < NEVER]
    rows = np.concatenate([leads, moved])
    again = np.arange(len(rows)) >= len(leads)
    at = np.where(again, owners.reassigned_at[rows], owners.assigned_at[rows])
    new = np.where(again, owners.second[rows], owners.first[rows])
    old_id = where(again, take(staff.ids, owners.first[rows]), QUEUE_ID)
    logins = pa.array([f"{rep.title} {place}" for place, rep in enumerate(staff.reps)])
    old_name = where(again, take(logins, owners.first[rows]), "Inbound Queue")
    parts = []
    for old, fresh, kind in (
        (old_name, take(logins, new), "Text"),
        (old_id, take(staff.ids, new), "EntityId"),
    ):
        parts.append(
            table(
                {
                    "LeadId": take(records.ids, rows),
                    "CreatedById": staff.ids[staff.integration].as_py(),
                    "at": at,
                    "Field": "Owner",
                    "DataType": kind,
                    "OldValue": old,
                    "NewValue": fresh,
                },
                len(rows),
            )
        )
    return pa.concat_tables(parts)

"""Salesforce's objects about people and companies: Account, Lead, Contact, User."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from lib.demo.accounts import Accounts, state_names
from lib.demo.assumptions import CHANNELS, FINANCE, MESS
from lib.demo.columns import (
    NEVER,
    Array,
    blank,
    cents,
    iso_moments,
    join,
    pick,
    table,
    take,
    text,
    where,
)
from lib.demo.company import QUEUE_ID
from lib.demo.lifecycle import NUMBER, STATUSES, StatusLog
from lib.demo.records import ADDRESS_OF_THEIR_OWN
from lib.demo.vocabulary import COUNTRIES, CURRENCIES, INDUSTRIES, LEGAL_FORMS
from lib.demo.world import World

_PARENT_SHARE = 0.04
_REVENUE_STEP = 10_000
_LEAST_POSTAL_CODE, _POSTAL_CODES = 10_000, 90_000
_BOUNCE_REASON = "550 5.1.1 The email account does not exist"
_NOTHING = pa.scalar(None, pa.string())


def _spelled_country(rng: np.random.Generator, country: Array) -> pa.Array:
    """Write countries as people do: mostly the full name, some by habit."""
    widths = np.array([len(one.spellings) for one in COUNTRIES])
    starts = np.cumsum([0, *widths])[:-1]
    drawn = starts[country] + (rng.random(len(country)) * widths[country]).astype(int)
    odd = pick([word for one in COUNTRIES for word in one.spellings], drawn)
    plain = pick([one.name for one in COUNTRIES], country)
    return where(rng.random(len(country)) < MESS.odd_country, odd, plain)


def account_table(world: World) -> pa.Table:
    """Return Salesforce's Account object."""
    clock, accounts = world.market.clock, world.market.accounts
    records, customers = world.account_records, world.pipeline.customers
    rng = clock.rng("account table")
    account, count = records.account, len(records.account)
    name = take(accounts.name, account)
    form = pick(LEGAL_FORMS, rng.integers(1, len(LEGAL_FORMS), count))
    no_size = rng.random(count) < MESS.account_no_size
    rates = np.array([1.0, FINANCE.eur_usd, FINANCE.gbp_usd])
    currency = accounts.currency[account]
    revenue = accounts.revenue_usd[account] / rates[currency]
    left = (clock.end - 1 - records.created_at) * rng.random(count)
    is_customer = np.zeros(len(accounts), dtype=bool)
    is_customer[customers.account] = customers.until == NEVER
    kind = np.where(is_customer[account], "Customer", "Prospect")
    # A parent is an older record, so no chain of parents comes back to itself.
    is_child = (rng.random(count) < _PARENT_SHARE) & ~records.is_twin
    is_child &= np.arange(count) > 0
    parents = np.where(is_child, np.arange(count) // 2, -1)
    return table(
        {
            "Id": records.ids,
            "IsDeleted": pa.array(records.is_merged),
            "MasterRecordId": where(
                records.is_merged, take(records.id_of, account), _NOTHING
            ),
            "Name": where(records.is_twin, join(name, form), name),
            "Type": pa.array(kind),
            "ParentId": take(records.ids, parents),
            "BillingCity": take(accounts.city, account),
            "BillingState": state_names(accounts, account),
            "BillingCountry": _spelled_country(rng, accounts.country[account]),
            "Website": _websites(rng, take(accounts.domain, account)),
            "Industry": blank(pick(INDUSTRIES, accounts.industry[account]), no_size),
            "NumberOfEmployees": pa.array(accounts.employees[account], mask=no_size),
            "AnnualRevenue": cents(
                np.rint(revenue / _REVENUE_STEP) * _REVENUE_STEP, no_size
            ),
            "CurrencyIsoCode": pick(CURRENCIES, currency),
            "OwnerId": take(world.market.staff.ids, records.owner),
            "CreatedDate": iso_moments(records.created_at),
            "LastModifiedDate": iso_moments(records.created_at + left.astype(np.int64)),
        },
        count,
    )


def _websites(rng: np.random.Generator, domain: pa.Array) -> pa.Array:
    style = rng.integers(0, 3, len(domain))
    site = where(style == 0, join("https://www.", domain, "/"), join("www.", domain))
    return where(style == 2, domain, site)


def last_status(people: int, log: StatusLog) -> tuple[Array, Array]:
    """Return each person's status at the end and when it began; New and 0 if none."""
    status, at = np.full(people, NUMBER["New"]), np.zeros(people, dtype=np.int64)
    status[log.person], at[log.person] = log.status, log.at
    return status, at


def _shared_columns(
    world: World, rng: np.random.Generator, rows: Array
) -> dict[str, pa.Array]:
    """Return what Lead and Contact have in common."""
    people, records, identity = world.people, world.records, world.identity
    person, count = records.person[rows], len(rows)
    names = [one.lead_source for one in CHANNELS]
    source = pick(names, people.creation_channel[person])
    synced = rng.random(count) < MESS.lead_opt_out_synced
    out = (people.opted_out_at[person] < world.market.clock.end) & synced
    other = np.isin(records.kind[rows], ADDRESS_OF_THEIR_OWN)
    bounced = np.where(other, NEVER, people.bounced_at[person])
    bounced = np.where(bounced > records.created_at[rows], bounced, NEVER)
    no_title = rng.random(count) < MESS.missing_title
    no_source = rng.random(count) < MESS.missing_lead_source
    return {
        "FirstName": take(identity.first, rows),
        "LastName": take(identity.last, rows),
        "Title": blank(take(people.title, person), no_title),
        "Email": take(identity.email, rows),
        "Phone": take(identity.phone, rows),
        "LeadSource": blank(source, no_source),
        "HasOptedOutOfEmail": pa.array(out),
        "EmailBouncedDate": iso_moments(bounced),
        "EmailBouncedReason": where(bounced < NEVER, _BOUNCE_REASON, _NOTHING),
        "CreatedById": world.market.staff.ids[world.market.staff.integration].as_py(),
        "CreatedDate": iso_moments(records.created_at[rows]),
    }


def _place_columns(
    world: World, rng: np.random.Generator, account: Array, prefix: str
) -> dict[str, pa.Array]:
    """Return where people are; a form without a country has no state either."""
    accounts = world.market.accounts
    missing = rng.random(len(account)) < MESS.missing_country
    return {
        f"{prefix}City": take(accounts.city, account),
        f"{prefix}State": blank(state_names(accounts, account), missing),
        f"{prefix}PostalCode": blank(_postal_codes(accounts, account), missing),
        f"{prefix}Country": blank(
            _spelled_country(rng, accounts.country[account]), missing
        ),
    }


def _postal_codes(accounts: Accounts, account: Array) -> pa.Array:
    spread = account * 37 + accounts.employees[account]
    return text(spread % _POSTAL_CODES + _LEAST_POSTAL_CODE)


def lead_table(world: World) -> pa.Table:
    """Return Salesforce's Lead object; conversion and merges leave their traces."""
    clock, accounts = world.market.clock, world.market.accounts
    people, records, pipeline = world.people, world.records, world.pipeline
    rng = clock.rng("lead table")
    rows = np.flatnonzero(~records.is_contact)
    person, count = records.person[rows], len(rows)
    account = people.account[person]
    first = records.kind[rows] == 0
    status, since = last_status(len(people), world.lifecycle.log)
    contact = np.where(first, records.contact[person], -1)
    converted = contact >= 0
    deal = np.where(converted, pipeline.joined[person], -1)
    merged_at = records.merged_at[rows]
    changed = np.maximum(np.where(first, since[person], 0), records.created_at[rows])
    changed = np.where(merged_at < NEVER, merged_at, changed)
    deleted = ~converted & first & (rng.random(count) < MESS.deleted)
    no_size = rng.random(count) < MESS.missing_employees
    no_industry = rng.random(count) < MESS.missing_industry
    return table(
        {
            "Id": take(records.ids, rows),
            "IsDeleted": pa.array(deleted | (merged_at < NEVER)),
            "MasterRecordId": take(records.ids, records.merged_into[rows]),
            **_shared_columns(world, rng, rows),
            "Company": take(accounts.name, account),
            **_place_columns(world, rng, account, ""),
            "Status": pick(STATUSES, np.where(first, status[person], NUMBER["New"])),
            "Industry": blank(
                pick(INDUSTRIES, accounts.industry[account]), no_industry
            ),
            "NumberOfEmployees": pa.array(accounts.employees[account], mask=no_size),
            "OwnerId": where(
                world.owners.is_waiting[rows],
                QUEUE_ID,
                take(world.market.staff.ids, world.owners.current[rows]),
            ),
            "IsConverted": pa.array(converted),
            "ConvertedDate": iso_moments(
                np.where(converted, records.joined_at[person], NEVER)
            ),
            "ConvertedAccountId": blank(
                take(world.account_records.id_of, account), ~converted
            ),
            "ConvertedContactId": take(records.ids, contact),
            "ConvertedOpportunityId": take(world.deal_ids, deal),
            "LastModifiedDate": iso_moments(changed),
        },
        count,
    )


def contact_table(world: World) -> pa.Table:
    """Return Salesforce's Contact object."""
    records, companies = world.records, world.account_records
    rng = world.market.clock.rng("contact table")
    rows = np.flatnonzero(records.is_contact)
    account = world.people.account[records.person[rows]]
    twin = companies.live_twin_of[account]
    on_twin = (twin >= 0) & (rng.random(len(rows)) < MESS.contact_on_twin)
    merged_at = records.merged_at[rows]
    changed = np.where(merged_at < NEVER, merged_at, records.created_at[rows])
    return table(
        {
            "Id": take(records.ids, rows),
            "IsDeleted": pa.array(merged_at < NEVER),
            "MasterRecordId": take(records.ids, records.merged_into[rows]),
            "AccountId": where(
                on_twin, take(companies.ids, twin), take(companies.id_of, account)
            ),
            **_shared_columns(world, rng, rows),
            **_place_columns(world, rng, account, "Mailing"),
            "OwnerId": take(world.market.staff.ids, world.owners.current[rows]),
            "LastModifiedDate": iso_moments(changed),
        },
        len(rows),
    )

"""Who owns each lead, from when, and who answers it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lib.demo.account_records import AccountRecords
from lib.demo.accounts import Accounts
from lib.demo.assumptions import MESS, SERVICE
from lib.demo.columns import (
    DAY,
    HOUR,
    MINUTE,
    NEVER,
    Array,
    rank_within,
    repeat_rows,
)
from lib.demo.deals import RENEWAL, Deals
from lib.demo.market import Market
from lib.demo.people import INBOUND, People
from lib.demo.records import LEAD, Records
from lib.demo.vocabulary import REGIONS

_REASSIGN_DAYS = (2, 40)


@dataclass(frozen=True)
class Owners:
    """Owners by record, as places in the staff list."""

    first: Array
    assigned_at: Array
    second: Array
    reassigned_at: Array

    def at(self, record: Array, moment: Array) -> Array:
        """Return who owned the record at the moment."""
        later = moment >= self.reassigned_at[record]
        return np.where(later, self.second[record], self.first[record])

    @property
    def is_waiting(self) -> Array:
        """Return which records nobody was given yet."""
        return np.asarray(self.assigned_at == NEVER)

    @property
    def current(self) -> Array:
        """Return who owns each record at the end."""
        return np.where(self.reassigned_at < NEVER, self.second, self.first)


def deal_owners(accounts: Accounts, deals: Deals) -> Array:
    """Return who works each deal: renewals are the success managers'."""
    return np.where(
        deals.kind == RENEWAL,
        accounts.success_manager[deals.account],
        accounts.ae[deals.account],
    )


def open_deals(
    deals: Deals, deal: Array, key: Array, asked: Array, at: Array
) -> tuple[Array, Array]:
    """Return the pairs of an asked row and a deal of its key that was open then.

    key says for each entry of deal what it is found by; asked and at are the rows' keys
    and moments.
    """
    order = np.argsort(key, kind="stable")
    begins = np.searchsorted(key[order], asked, side="left")
    row = repeat_rows(np.searchsorted(key[order], asked, side="right") - begins)
    found = deal[order[begins[row] + rank_within(row)]]
    is_open = deals.created_at[found] <= at[row]
    is_open &= at[row] <= deals.closes_at[found]
    return row[is_open], found[is_open]


def _by_rule(
    accounts: Accounts,
    known_at: Array,
    deals: Deals,
    leads: tuple[Array, Array],
    otherwise: Array,
) -> Array:
    """Return whom the rules give leads to, as accounts and moments, else otherwise.

    Who works a deal goes first, the executive before the success manager.
    """
    account, at = leads
    owner = np.where(known_at[account] <= at, accounts.ae[account], otherwise)
    every = np.arange(len(deals))
    row, deal = open_deals(deals, every, deals.account, account, at)
    renews = deals.kind[deal] == RENEWAL
    for kept in (renews, ~renews):
        owner[row[kept]] = deal_owners(accounts, deals)[deal[kept]]
    return owner


def make_owners(
    market: Market,
    people: People,
    records: Records,
    deals: Deals,
    account_records: AccountRecords,
    *,
    mql_at: Array,
) -> Owners:
    """Route every record by the published rules; now and then a lead goes astray.

    Some of the newest leads, none of them an MQL, wait in the queue at the end.
    """
    clock, staff, accounts = market.clock, market.staff, market.accounts
    rng = clock.rng("routing")
    count = len(records)
    account = people.account[records.person]
    region = accounts.region[account]
    astray = rng.random(count) < MESS.misrouted
    region_used = np.where(
        astray, (region + rng.integers(1, len(REGIONS), count)) % len(REGIONS), region
    )
    sdr = staff.assign(rng, "sdr", region_used)
    wait = rng.lognormal(
        np.log(SERVICE.assignment_minutes * MINUTE), SERVICE.sigma, count
    ).astype(np.int64)
    assigned_at = records.created_at + np.minimum(wait, HOUR)
    moves = ~records.is_contact & (rng.random(count) < SERVICE.reassigned)
    days = rng.integers(*_REASSIGN_DAYS, count) * DAY
    moved_at = np.where(moves, assigned_at + days, NEVER)
    known_at = account_records.known_at
    ruled = _by_rule(accounts, known_at, deals, (account, assigned_at), sdr)
    first = np.where(astray, sdr, ruled)
    first = np.where(records.is_contact, accounts.ae[account], first)
    second = staff.assign(rng, "sdr", region)
    moved_at = np.where((moved_at < clock.end) & (second != first), moved_at, NEVER)
    asks = (people.kind == INBOUND) & (mql_at == NEVER)
    waits = ~records.is_contact & (records.kind == LEAD) & asks[records.person]
    waits &= records.created_at >= clock.end - SERVICE.waiting_days * DAY
    waits &= clock.rng("waiting").random(count) < SERVICE.waiting
    assigned_at = np.where(waits, NEVER, assigned_at)
    moved_at = np.where(waits, NEVER, moved_at)
    return Owners(
        first=first, assigned_at=assigned_at, second=second, reassigned_at=moved_at
    )

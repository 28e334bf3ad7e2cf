"""Who owns each lead, from when, and who answers it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lib.demo.assumptions import MESS, SERVICE
from lib.demo.columns import DAY, HOUR, MINUTE, NEVER, Array
from lib.demo.market import Market
from lib.demo.people import People
from lib.demo.records import Records
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
    def current(self) -> Array:
        """Return who owns each record at the end."""
        return np.where(self.reassigned_at < NEVER, self.second, self.first)


def make_owners(market: Market, people: People, records: Records) -> Owners:
    """Route every record: by territory to a pool, customers to their own executive."""
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
    own = accounts.ae[account]
    to_executive = records.is_contact | (accounts.is_installed[account] & ~astray)
    wait = rng.lognormal(
        np.log(SERVICE.assignment_minutes * MINUTE), SERVICE.sigma, count
    ).astype(np.int64)
    assigned_at = records.created_at + np.minimum(wait, HOUR)
    moves = ~records.is_contact & (rng.random(count) < SERVICE.reassigned)
    days = rng.integers(*_REASSIGN_DAYS, count) * DAY
    moved_at = np.where(moves, assigned_at + days, NEVER)
    first = np.where(to_executive, own, sdr)
    second = staff.assign(rng, "sdr", region)
    moved_at = np.where((moved_at < clock.end) & (second != first), moved_at, NEVER)
    return Owners(
        first=first, assigned_at=assigned_at, second=second, reassigned_at=moved_at
    )

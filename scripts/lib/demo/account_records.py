"""The CRM's records of companies: customers, targets, prospects, and their twins."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from lib.demo.assumptions import MESS
from lib.demo.columns import DAY, HOUR, NEVER, Array, take
from lib.demo.deals import Pipeline
from lib.demo.ids import salesforce_ids
from lib.demo.market import Market

_TARGET_DAYS = 90  # in which the list of target accounts was typed in
_TWIN_APPEARS = 0.4  # of the time that is left


@dataclass(frozen=True)
class AccountRecords:
    """Which companies the CRM holds; a few of them twice."""

    account: Array
    created_at: Array
    is_twin: Array
    is_merged: Array
    ids: pa.Array  # by record
    id_of: pa.Array  # by account
    live_twin_of: Array  # by account: record of a twin that still lives, or -1
    owner: Array  # by record
    known_at: Array  # by account: when the CRM first had it, or NEVER


def make_account_records(market: Market, pipeline: Pipeline) -> AccountRecords:
    """File the customers, the targets and every company with a deal; some twice."""
    clock, accounts = market.clock, market.accounts
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
    twin_created = created[twins] + (
        (clock.end - created[twins]) * _TWIN_APPEARS
    ).astype(np.int64)
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
        known_at=np.where(created < clock.end, created, NEVER),
    )

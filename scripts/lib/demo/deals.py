"""Opportunities: who opened them, how they went, and the customers they made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from lib.demo.accounts import Accounts
from lib.demo.assumptions import FUNNEL, SALES, SEGMENTS
from lib.demo.clock import Clock
from lib.demo.columns import DAY, HOUR, NEVER, Array, choose, first_within, logistic
from lib.demo.journeys import Touches
from lib.demo.lifecycle import NUMBER, Lifecycle, StatusLog, effects
from lib.demo.people import INSTALLED, PROSPECTED, People

NEW, EXPANSION, RENEWAL = 0, 1, 2
KINDS = ("New Business", "Expansion", "Renewal")
NOBODY = -1
_YEAR = 365
_MOST_DEALS_PER_ACCOUNT = 8
_EXPANSION_LOG_ODDS = 1.0
_INTEREST_ON_WIN = 0.2
_EXPANSION_CYCLE = 0.6
FIRST_RENEWAL_STAGE = SALES.stages.index("Proposal/Price Quote")
_LEAST_AMOUNT_USD = 500


@dataclass(frozen=True)
class Deals:
    """Opportunities as columns. closes_at may lie beyond the window: still open then."""

    account: Array
    kind: Array
    creator: Array
    created_at: Array
    closes_at: Array
    is_won: Array
    win_chance: Array
    last_stage: Array
    amount_usd: Array

    def __len__(self) -> int:
        return len(self.account)

    def rows(self, index: Array) -> Deals:
        """Return the deals at the index."""
        return Deals(*(getattr(self, field.name)[index] for field in fields(self)))


@dataclass(frozen=True)
class Customers:
    """Accounts that pay or paid: from when, until when, and for how much a year."""

    account: Array
    since: Array
    until: Array
    amount_usd: Array


@dataclass(frozen=True)
class Pipeline:
    """All deals, and which deal each person joined and when."""

    deals: Deals
    customers: Customers
    joined: Array
    joined_at: Array
    last_campaign: Array
    log: StatusLog


def merged(parts: Sequence[Deals]) -> Deals:
    """Return all deals of the parts, one behind the other."""
    return Deals(
        *(
            np.concatenate([getattr(part, field.name) for part in parts])
            for field in fields(Deals)
        )
    )


def make_pipeline(
    clock: Clock,
    accounts: Accounts,
    people: People,
    lifecycle: Lifecycle,
    exposures: Array,
    before: Touches,
) -> Pipeline:
    """Open, work and close every deal of the window."""
    rng = clock.rng("deals")
    opened, joined = _from_leads(clock, rng, accounts, people, lifecycle, exposures)
    joined_at = lifecycle.converts_at.copy()
    log = _buying_groups(clock, rng, people, lifecycle, opened, joined, joined_at)
    customers = _customers(clock, rng, accounts, opened)
    renewals, customers = _renewals(clock, rng, accounts, customers)
    expansions = _expansions(clock, rng, accounts, customers)
    deals = merged([opened, renewals, expansions])
    order = np.argsort(deals.created_at, kind="stable")
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    return Pipeline(
        deals=deals.rows(order),
        customers=customers,
        joined=np.where(joined >= 0, place[joined], NOBODY),
        joined_at=joined_at,
        last_campaign=_last_campaign(people, before),
        log=log,
    )


def _last_campaign(people: People, before: Touches) -> Array:
    last = np.full(len(people), -1)
    rows = np.flatnonzero(before.campaign >= 0)
    np.maximum.at(last, before.person[rows], rows)
    return np.where(last >= 0, before.campaign[last], -1)


def _from_leads(
    clock: Clock,
    rng: np.random.Generator,
    accounts: Accounts,
    people: People,
    lifecycle: Lifecycle,
    exposures: Array,
) -> tuple[Deals, Array]:
    """Open a deal per account at a time; colleagues who convert meanwhile join it."""
    joined = np.full(len(people), NOBODY)
    customer_since = np.where(accounts.is_installed, clock.start, NEVER)
    waiting = np.flatnonzero(lifecycle.converts_at < NEVER)
    parts: list[Deals] = []
    opened = 0
    for _ in range(_MOST_DEALS_PER_ACCOUNT):
        at = lifecycle.converts_at[waiting]
        lead = waiting[first_within(people.account[waiting], at)]
        if len(lead) == 0:
            break
        account = people.account[lead]
        is_customer = customer_since[account] <= lifecycle.converts_at[lead]
        kind = np.where(is_customer, EXPANSION, NEW)
        part = _worked(clock, rng, accounts, people, exposures, lead, lifecycle, kind)
        parts.append(part)
        won = np.flatnonzero(part.is_won & (part.closes_at < clock.end))
        np.minimum.at(customer_since, account[won], part.closes_at[won])
        deal_of = np.full(len(accounts), NOBODY)
        deal_of[account] = opened + np.arange(len(part))
        closes = np.full(len(accounts), -1)
        closes[account] = part.closes_at
        joins = lifecycle.converts_at[waiting] <= closes[people.account[waiting]]
        joined[waiting[joins]] = deal_of[people.account[waiting[joins]]]
        waiting = waiting[~joins]
        opened += len(part)
    return merged(parts), joined


def _amounts(
    rng: np.random.Generator, accounts: Accounts, account: Array, factor: Array | float
) -> Array:
    segment = accounts.segment[account]
    median = np.array([one.deal_median_usd for one in SEGMENTS])[segment]
    sigma = np.array([one.deal_sigma for one in SEGMENTS])[segment]
    drawn = median * factor * np.exp(sigma * rng.normal(0, 1, len(account)))
    return np.maximum(np.rint(drawn / 100) * 100, _LEAST_AMOUNT_USD)


def _worked(
    clock: Clock,
    rng: np.random.Generator,
    accounts: Accounts,
    people: People,
    exposures: Array,
    lead: Array,
    lifecycle: Lifecycle,
    kind: Array,
) -> Deals:
    account = people.account[lead]
    segment = accounts.segment[account]
    base = np.array([one.win_rate for one in SEGMENTS])[segment]
    push = _INTEREST_ON_WIN * people.interest[lead]
    push = push + exposures[lead] @ effects("won_effect")
    push = push - push.mean() + np.where(kind == EXPANSION, _EXPANSION_LOG_ODDS, 0)
    chance = logistic(np.log(base / (1 - base)) + push)
    is_won = rng.random(len(lead)) < chance
    lost_after = choose(rng, SALES.lost_after_stage, len(lead))
    median = np.array([one.cycle_median_days for one in SEGMENTS])[segment]
    days = median * np.exp(SALES.cycle_sigma * rng.normal(0, 1, len(lead)))
    days = days * np.where(is_won, 1, SALES.lost_cycle_factor)
    days = days * np.where(kind == EXPANSION, _EXPANSION_CYCLE, 1)
    created_at = lifecycle.converts_at[lead]
    closes_at = created_at + (np.maximum(days, 4) * DAY).astype(np.int64)
    hunted = people.kind[lead] == PROSPECTED
    factor = np.where(hunted, SALES.outbound_size, 1.0)
    factor = factor * np.where(kind == EXPANSION, SALES.expansion_size, 1.0)
    return Deals(
        account=account,
        kind=kind,
        creator=lead,
        created_at=created_at,
        closes_at=clock.in_office(rng, closes_at, accounts.zone[account]),
        is_won=is_won,
        win_chance=chance,
        last_stage=np.where(is_won, len(SALES.stages) - 1, lost_after),
        amount_usd=_amounts(rng, accounts, account, factor),
    )


def _buying_groups(
    clock: Clock,
    rng: np.random.Generator,
    people: People,
    lifecycle: Lifecycle,
    deals: Deals,
    joined: Array,
    joined_at: Array,
) -> StatusLog:
    """Let colleagues join their company's first deal; their lead ends converted."""
    log = lifecycle.log
    deal_of = np.full(people.account.max() + 1, NOBODY)
    deal_of[deals.account[::-1]] = np.arange(len(deals))[::-1]
    deal = deal_of[people.account]
    turned_away = np.zeros(len(people), dtype=bool)
    bad = np.isin(log.status, [NUMBER["Disqualified"], NUMBER["Unqualified"]])
    turned_away[log.person[bad]] = True
    closes = np.minimum(
        np.where(deal >= 0, deals.closes_at[deal], -1), clock.end - HOUR
    )
    opens = np.maximum(deals.created_at[deal], people.lead_at + DAY)
    fits = (joined == NOBODY) & ~turned_away & (people.kind != INSTALLED)
    fits &= (opens < closes) & (rng.random(len(people)) < FUNNEL.buying_group_rate)
    rows = np.flatnonzero(fits)
    moment = opens[rows] + (rng.random(len(rows)) * (closes - opens)[rows]).astype(
        np.int64
    )
    moment = clock.in_office(rng, moment, people.zone[rows])
    inside = moment < clock.end
    rows, moment = rows[inside], moment[inside]
    joined[rows], joined_at[rows] = deal[rows], moment
    kept = log.at < np.where(np.isin(log.person, rows), joined_at[log.person], NEVER)
    return _with_conversions(log, kept, rows, moment)


def _with_conversions(
    log: StatusLog, kept: Array, person: Array, at: Array
) -> StatusLog:
    count = len(person)
    added = StatusLog(
        person=person,
        status=np.full(count, NUMBER["Converted"]),
        at=at,
        reason=np.full(count, -1),
        cycle=np.ones(count, dtype=np.int64),
    )
    columns = [
        np.concatenate([getattr(log, field.name)[kept], getattr(added, field.name)])
        for field in fields(StatusLog)
    ]
    order = np.lexsort((columns[1], columns[2], columns[0]))
    return StatusLog(*(column[order] for column in columns))


def _customers(
    clock: Clock, rng: np.random.Generator, accounts: Accounts, deals: Deals
) -> Customers:
    """Return the customers from before the window and those won in it."""
    old = np.flatnonzero(accounts.is_installed)
    since = clock.start - rng.integers(20, _YEAR - 20, len(old)) * DAY
    won = deals.is_won & (deals.closes_at < clock.end) & (deals.kind == NEW)
    new = np.flatnonzero(won)
    new = new[first_within(deals.account[new], deals.closes_at[new])]
    return Customers(
        account=np.concatenate([old, deals.account[new]]),
        since=np.concatenate([since, deals.closes_at[new]]),
        until=np.full(len(old) + len(new), NEVER),
        amount_usd=np.concatenate(
            [
                _amounts(rng, accounts, old, SALES.installed_size),
                deals.amount_usd[new],
            ]
        ),
    )


def _renewals(
    clock: Clock, rng: np.random.Generator, accounts: Accounts, customers: Customers
) -> tuple[Deals, Customers]:
    """Renew every customer each year; whoever does not sign is gone."""
    until = customers.until.copy()
    amount = customers.amount_usd.copy()
    parts: list[Deals] = []
    for year in (1, 2):
        due = customers.since + year * _YEAR * DAY
        created = np.maximum(due - SALES.renewal_opens_days * DAY, clock.start + HOUR)
        rows = np.flatnonzero(
            (until == NEVER) & (created < clock.end) & (due > clock.start)
        )
        is_won = rng.random(len(rows)) < SALES.renewal_rate
        amount[rows] = np.rint(amount[rows] * SALES.renewal_uplift / 10) * 10
        zone = accounts.zone[customers.account[rows]]
        closes = due[rows] + rng.integers(-9, 5, len(rows)) * DAY
        closes = np.maximum(closes, created[rows] + DAY)
        closes = clock.in_office(rng, closes, zone)
        lost = rows[~is_won & (closes < clock.end)]
        until[lost] = due[lost]
        parts.append(
            Deals(
                account=customers.account[rows],
                kind=np.full(len(rows), RENEWAL),
                creator=np.full(len(rows), NOBODY),
                created_at=clock.in_office(rng, created[rows], zone),
                closes_at=closes,
                is_won=is_won,
                win_chance=np.full(len(rows), SALES.renewal_rate),
                last_stage=np.full(len(rows), len(SALES.stages) - 1),
                amount_usd=amount[rows],
            )
        )
    renewals = merged(parts)
    inside = renewals.created_at < np.minimum(clock.end, renewals.closes_at)
    return renewals.rows(np.flatnonzero(inside)), replace(customers, until=until)


def _expansions(
    clock: Clock, rng: np.random.Generator, accounts: Accounts, customers: Customers
) -> Deals:
    start = np.maximum(customers.since + 60 * DAY, clock.start)
    stop = np.minimum(customers.until, clock.end)
    years = np.maximum(stop - start, 0) / (_YEAR * DAY)
    sold = rng.poisson(SALES.expansion_per_year * years)
    rows = np.repeat(np.arange(len(sold)), sold)
    account = customers.account[rows]
    span = (stop - start)[rows]
    created = start[rows] + (rng.random(len(rows)) * span).astype(np.int64)
    created = clock.in_office(rng, created, accounts.zone[account])
    median = np.array([one.cycle_median_days for one in SEGMENTS])
    days = median[accounts.segment[account]] * _EXPANSION_CYCLE
    days = days * np.exp(SALES.cycle_sigma * rng.normal(0, 1, len(rows)))
    closes = created + (np.maximum(days, 3) * DAY).astype(np.int64)
    base = np.array([one.win_rate for one in SEGMENTS])[accounts.segment[account]]
    chance = logistic(np.log(base / (1 - base)) + _EXPANSION_LOG_ODDS)
    is_won = rng.random(len(rows)) < chance
    lost_after = choose(rng, SALES.lost_after_stage, len(rows))
    made = Deals(
        account=account,
        kind=np.full(len(rows), EXPANSION),
        creator=np.full(len(rows), NOBODY),
        created_at=created,
        closes_at=clock.in_office(rng, closes, accounts.zone[account]),
        is_won=is_won,
        win_chance=chance,
        last_stage=np.where(is_won, len(SALES.stages) - 1, lost_after),
        amount_usd=_amounts(rng, accounts, account, SALES.expansion_size),
    )
    return made.rows(np.flatnonzero(made.created_at < clock.end))

"""Opportunities: who opened them, how they went, and the customers they made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from lib.demo.assumptions import FUNNEL, SALES, SEGMENTS
from lib.demo.columns import (
    DAY,
    HOUR,
    NEVER,
    Array,
    choose,
    first_within,
    logistic,
    repeat_rows,
)
from lib.demo.journeys import Touches
from lib.demo.lifecycle import NUMBER, Lifecycle, effects, ordered_log
from lib.demo.market import Market
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
_LEAST_DAYS = 4
_LEAST_AGE = 20  # days that a customer from before has been one, and is from renewing
_RENEWAL_SLIP_DAYS = (-9, 5)
_SETTLES_DAYS = 60  # before a customer buys more


@dataclass(frozen=True)
class Deals:
    """Opportunities as columns; one that closes beyond the window is still open."""

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
    """All deals, their customers, and which deal each person joined and when."""

    deals: Deals
    customers: Customers
    joined: Array
    joined_at: Array
    born_by: Array  # by person: the campaign that made the lead, or -1
    led_on_by: Array  # by person: the last campaign up to the MQL, or -1


def merged(parts: Sequence[Deals]) -> Deals:
    """Return all deals of the parts, one behind the other."""
    return Deals(
        *(
            np.concatenate([getattr(part, field.name) for part in parts])
            for field in fields(Deals)
        )
    )


def make_pipeline(
    market: Market,
    people: People,
    lifecycle: Lifecycle,
    exposures: Array,
    before: Touches,
) -> tuple[Pipeline, Lifecycle]:
    """Open, work and close every deal; return the lifecycle with who joined them."""
    desk = _Desk(market, people, exposures)
    opened, joined = desk.from_leads(lifecycle.converts_at)
    lifecycle = desk.buying_groups(lifecycle, opened, joined)
    customers = desk.customers(opened)
    renewals, customers = desk.renewals(customers)
    deals = merged([opened, renewals, desk.expansions(customers)])
    order = np.argsort(deals.created_at, kind="stable")
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    pipeline = Pipeline(
        deals=deals.rows(order),
        customers=customers,
        joined=np.where(joined >= 0, place[joined], NOBODY),
        joined_at=lifecycle.converts_at,
        born_by=_last_campaign(people, before, before.is_creation),
        led_on_by=_last_campaign(people, before, ~before.is_creation),
    )
    return pipeline, lifecycle


def _last_campaign(people: People, before: Touches, counted: Array) -> Array:
    last = np.full(len(people), -1)
    rows = np.flatnonzero((before.campaign >= 0) & counted)
    np.maximum.at(last, before.person[rows], rows)
    return np.where(last >= 0, before.campaign[last], -1)


def _by_segment(name: str, segment: Array) -> Array:
    return np.array([getattr(one, name) for one in SEGMENTS])[segment]


class _Desk:
    """Sales at work: one random stream, one market."""

    def __init__(self, market: Market, people: People, exposures: Array) -> None:
        self.clock = market.clock
        self.accounts = market.accounts
        self.people = people
        self.exposures = exposures
        self.rng = self.clock.rng("deals")

    def amounts(self, account: Array, factor: Array | float) -> Array:
        """Draw contract values in USD, in hundreds."""
        segment = self.accounts.segment[account]
        median = _by_segment("deal_median_usd", segment)
        sigma = _by_segment("deal_sigma", segment)
        drawn = median * factor * np.exp(sigma * self.rng.normal(0, 1, len(account)))
        return np.asarray(np.maximum(np.rint(drawn / 100) * 100, _LEAST_AMOUNT_USD))

    def worked(
        self, account: Array, created_at: Array, kind: Array, push: Array, size: Array
    ) -> Deals:
        """Decide how deals go: push is log-odds beyond the segment's, size a factor."""
        segment = self.accounts.segment[account]
        rate = _by_segment("win_rate", segment)
        more = np.where(kind == EXPANSION, _EXPANSION_LOG_ODDS, 0.0)
        chance = logistic(np.log(rate / (1 - rate)) + push + more)
        is_won = self.rng.random(len(account)) < chance
        lost_after = choose(self.rng, SALES.lost_after_stage, len(account))
        days = _by_segment("cycle_median_days", segment)
        days = days * np.exp(SALES.cycle_sigma * self.rng.normal(0, 1, len(account)))
        days = days * np.where(is_won, 1, SALES.lost_cycle_factor)
        days = days * np.where(kind == EXPANSION, _EXPANSION_CYCLE, 1)
        size = size * np.where(kind == EXPANSION, SALES.expansion_size, 1.0)
        closes_at = created_at + (np.maximum(days, _LEAST_DAYS) * DAY).astype(np.int64)
        return Deals(
            account=account,
            kind=kind,
            creator=np.full(len(account), NOBODY),
            created_at=created_at,
            closes_at=self.in_office(closes_at, account),
            is_won=is_won,
            win_chance=chance,
            last_stage=np.where(is_won, len(SALES.stages) - 1, lost_after),
            amount_usd=self.amounts(account, size),
        )

    def in_office(self, moments: Array, account: Array) -> Array:
        """Move moments into the office hours of the accounts."""
        return self.clock.in_office(self.rng, moments, self.accounts.zone[account])

    def from_lead(self, lead: Array, created_at: Array, kind: Array) -> Deals:
        """Open a deal for each lead, with what its journey and interest add."""
        push = _INTEREST_ON_WIN * self.people.interest[lead]
        push = push + self.exposures[lead] @ effects("won_effect")
        hunted = self.people.kind[lead] == PROSPECTED
        size = np.where(hunted, SALES.outbound_size, 1.0)
        account = self.people.account[lead]
        made = self.worked(account, created_at, kind, push - push.mean(), size)
        return replace(made, creator=lead)

    def from_leads(self, converts_at: Array) -> tuple[Deals, Array]:
        """Open one deal per account at a time; who converts meanwhile joins it."""
        of_person = self.people.account
        joined = np.full(len(self.people), NOBODY)
        installed = self.accounts.is_installed
        customer_since = np.where(installed, self.clock.start, NEVER)
        waiting = np.flatnonzero(converts_at < NEVER)
        parts: list[Deals] = []
        opened = 0
        for _ in range(_MOST_DEALS_PER_ACCOUNT):
            if len(waiting) == 0:
                break
            at = converts_at[waiting]
            lead = waiting[first_within(of_person[waiting], at)]
            account = of_person[lead]
            is_customer = customer_since[account] <= converts_at[lead]
            kind = np.where(is_customer, EXPANSION, NEW)
            part = self.from_lead(lead, converts_at[lead], kind)
            parts.append(part)
            won = np.flatnonzero(part.is_won & (part.closes_at < self.clock.end))
            np.minimum.at(customer_since, account[won], part.closes_at[won])
            deal_of = np.full(len(installed), NOBODY)
            deal_of[account] = opened + np.arange(len(part))
            closes = np.full(len(installed), -1)
            closes[account] = part.closes_at
            joins = converts_at[waiting] <= closes[of_person[waiting]]
            joined[waiting[joins]] = deal_of[of_person[waiting[joins]]]
            waiting = waiting[~joins]
            opened += len(part)
        return merged(parts), joined

    def buying_groups(
        self, lifecycle: Lifecycle, deals: Deals, joined: Array
    ) -> Lifecycle:
        """Let colleagues join their company's first deal; their lead ends converted.

        joined is changed in place; what the lead would have done later is dropped.
        """
        log, people = lifecycle.log, self.people
        deal_of = np.full(len(self.accounts), NOBODY)
        deal_of[deals.account[::-1]] = np.arange(len(deals))[::-1]
        deal = deal_of[people.account]
        turned_away = np.zeros(len(people), dtype=bool)
        bad = np.isin(log.status, [NUMBER["Disqualified"], NUMBER["Unqualified"]])
        turned_away[log.person[bad]] = True
        closes = np.where(deal >= 0, deals.closes_at[deal], -1)
        closes = np.minimum(closes, self.clock.end - HOUR)
        opens = np.maximum(deals.created_at[deal], people.lead_at + DAY)
        fits = (joined == NOBODY) & ~turned_away & (people.kind != INSTALLED)
        lot = self.rng.random(len(people))
        fits &= (opens < closes) & (lot < FUNNEL.buying_group_rate)
        rows = np.flatnonzero(fits)
        part = self.rng.random(len(rows))
        moment = opens[rows] + (part * (closes - opens)[rows]).astype(np.int64)
        moment = self.clock.in_office(self.rng, moment, people.zone[rows])
        rows, moment = rows[moment < self.clock.end], moment[moment < self.clock.end]
        joined[rows] = deal[rows]
        converts_at = lifecycle.converts_at.copy()
        converts_at[rows] = moment
        kept = log.at < np.where(
            np.isin(log.person, rows), converts_at[log.person], NEVER
        )
        status = np.full(len(rows), NUMBER["Converted"])
        return replace(
            lifecycle,
            converts_at=converts_at,
            log=ordered_log(
                np.concatenate([log.person[kept], rows]),
                np.concatenate([log.status[kept], status]),
                np.concatenate([log.at[kept], moment]),
                np.concatenate([log.reason[kept], np.full(len(rows), -1)]),
            ),
        )

    def customers(self, deals: Deals) -> Customers:
        """Return the customers from before the window and those won in it."""
        old = np.flatnonzero(self.accounts.is_installed)
        age = self.rng.integers(_LEAST_AGE, _YEAR - _LEAST_AGE, len(old))
        won = deals.is_won & (deals.closes_at < self.clock.end) & (deals.kind == NEW)
        new = np.flatnonzero(won)
        new = new[first_within(deals.account[new], deals.closes_at[new])]
        paid_by_old = self.amounts(old, SALES.installed_size)
        return Customers(
            account=np.concatenate([old, deals.account[new]]),
            since=np.concatenate([self.clock.start - age * DAY, deals.closes_at[new]]),
            until=np.full(len(old) + len(new), NEVER),
            amount_usd=np.concatenate([paid_by_old, deals.amount_usd[new]]),
        )

    def renewals(self, customers: Customers) -> tuple[Deals, Customers]:
        """Renew every customer each year; whoever does not sign is gone."""
        until, amount = customers.until.copy(), customers.amount_usd.copy()
        start, end = self.clock.start, self.clock.end
        parts: list[Deals] = []
        for year in (1, 2):
            due = customers.since + year * _YEAR * DAY
            created = due - SALES.renewal_opens_days * DAY
            created = np.maximum(created, start + HOUR)
            rows = np.flatnonzero((until == NEVER) & (created < end) & (due > start))
            is_won = self.rng.random(len(rows)) < SALES.renewal_rate
            amount[rows] = np.rint(amount[rows] * SALES.renewal_uplift / 10) * 10
            account = customers.account[rows]
            closes = due[rows] + self.rng.integers(*_RENEWAL_SLIP_DAYS, len(rows)) * DAY
            closes = np.maximum(closes, created[rows] + DAY)
            closes = self.in_office(closes, account)
            lost = rows[~is_won & (closes < end)]
            until[lost] = due[lost]
            part = Deals(
                account=account,
                kind=np.full(len(rows), RENEWAL),
                creator=np.full(len(rows), NOBODY),
                created_at=self.in_office(created[rows], account),
                closes_at=closes,
                is_won=is_won,
                win_chance=np.full(len(rows), SALES.renewal_rate),
                last_stage=np.full(len(rows), len(SALES.stages) - 1),
                amount_usd=amount[rows],
            )
            inside = part.created_at < np.minimum(end, part.closes_at)
            parts.append(part.rows(np.flatnonzero(inside)))
        return merged(parts), replace(customers, until=until)

    def expansions(self, customers: Customers) -> Deals:
        """Sell more to customers while they are customers."""
        start = np.maximum(customers.since + _SETTLES_DAYS * DAY, self.clock.start)
        stop = np.minimum(customers.until, self.clock.end)
        years = np.maximum(stop - start, 0) / (_YEAR * DAY)
        rows = repeat_rows(self.rng.poisson(SALES.expansion_per_year * years))
        part = self.rng.random(len(rows))
        created = start[rows] + (part * (stop - start)[rows]).astype(np.int64)
        account = customers.account[rows]
        created = self.in_office(created, account)
        inside = created < self.clock.end
        account, created = account[inside], created[inside]
        kind = np.full(len(account), EXPANSION)
        none = np.zeros(len(account))
        return self.worked(account, created, kind, none, none + 1)

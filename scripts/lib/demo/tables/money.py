"""Generic money tables: rates, spend, budgets, payments and subscriptions."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from lib.demo.adverts import is_on_platform
from lib.demo.assumptions import CHANNEL_NAMES, CHANNELS, COSTS, FINANCE, SEGMENTS
from lib.demo.clock import WORKDAYS, month_starts, weekdays
from lib.demo.columns import (
    DAY,
    NEVER,
    cents,
    dates,
    join,
    moments,
    pick,
    table,
    take,
)
from lib.demo.deals import EXPANSION
from lib.demo.ids import numbered
from lib.demo.spend import COST_TYPES, paid_amounts
from lib.demo.vocabulary import CURRENCIES
from lib.demo.world import World

_PLANNED_DAYS = 150
_BUDGET_STEP = 100
_RECENT_MONTHS = 3
_YEAR_DAYS = 365
_MOST_PAYMENTS = 12
_MONTHS = 12
_REFUND_SHARE = (0.1, 0.6)
_REFUND_DAYS = (3, 40)
_TERM_DAYS = 30


def rate_table(world: World) -> pa.Table:
    """Return the published rates: every workday, and the first day of the window."""
    clock, rates = world.market.clock, world.rates
    days = np.arange(clock.start_day, clock.end_day)
    kept = np.flatnonzero((weekdays(days) < WORKDAYS) | (days == clock.start_day))
    day = np.tile(days[kept], len(CURRENCIES))
    currency = np.repeat(np.arange(len(CURRENCIES)), len(kept))
    order = np.lexsort((currency, day))
    return table(
        {
            "rate_date": dates(day[order]),
            "currency": pick(CURRENCIES, currency[order]),
            "usd_per_unit": rates[:, kept].ravel()[order],
        },
        len(order),
    )


def spend_table(world: World) -> pa.Table:
    """Return the generic spend rows: all that no ad platform reports itself."""
    spend, campaigns = world.spend, world.market.campaigns
    rows = np.flatnonzero(~is_on_platform(spend))
    amount = paid_amounts(world.market.clock, spend, world.rates)[rows]
    spend = spend.rows(rows)
    one_day = spend.first_day == spend.last_day
    return table(
        {
            "spend_date": dates(spend.first_day),
            "end_date": dates(np.where(one_day, NEVER, spend.last_day)),
            "platform": pick(spend.platforms, spend.platform),
            "campaign_id": join("salesforce:", take(campaigns.ids, spend.campaign)),
            "campaign_name": take(campaigns.name, spend.campaign),
            "channel": pick(CHANNEL_NAMES, spend.channel),
            "amount": cents(amount),
            "currency": pick(CURRENCIES, spend.currency),
            "cost_type": pick(COST_TYPES, spend.cost_type),
        },
        len(spend),
    )


def budget_table(world: World) -> pa.Table:
    """Return the plan by month and channel, to the end of the coming quarter.

    Past months were planned near what they came to; coming ones near the last three.
    """
    clock, spend = world.market.clock, world.spend
    rng = clock.rng("budgets")
    months = month_starts(clock.start_day, clock.end_day - 1 + _PLANNED_DAYS)
    past = int(np.searchsorted(months, clock.end_day)) - 1
    rows = np.flatnonzero(spend.channel >= 0)
    month = np.searchsorted(months, spend.first_day[rows], side="right") - 1
    actual = np.zeros((len(CHANNELS), len(months)))
    np.add.at(actual, (spend.channel[rows], month), spend.usd[rows])
    recent = actual[:, max(0, past - _RECENT_MONTHS) : max(past, 1)].mean(
        axis=1, keepdims=True
    )
    actual[:, past:] = recent
    planned = actual * np.exp(COSTS.budget_noise * rng.normal(0, 1, actual.shape))
    planned = np.ceil(planned / _BUDGET_STEP) * _BUDGET_STEP
    channel, month = np.nonzero(planned)
    order = np.lexsort((channel, month))
    channel, month = channel[order], month[order]
    return table(
        {
            "month": dates(months[month]),
            "channel": pick(CHANNEL_NAMES, channel),
            "amount": cents(planned[channel, month]),
            "currency": "USD",
        },
        len(channel),
    )


def payment_table(world: World) -> pa.Table:
    """Return the payments that the won deals brought up to the end, and the refunds.

    A small company pays by the month, a large one a year ahead. The cost of revenue is
    hosting and support, a share of the payment; a refund brings none of it back.
    """
    clock, accounts = world.market.clock, world.market.accounts
    deals, course = world.pipeline.deals, world.course
    account_ids = world.account_records.id_of
    rng = clock.rng("payments")
    won = np.flatnonzero(course.is_won)
    a_year = np.array([one.payments_per_year for one in SEGMENTS])
    times = a_year[accounts.segment[deals.account[won]]]
    deal = np.repeat(won, times)
    part = np.arange(len(deal)) - np.repeat(np.cumsum(times) - times, times)
    due = deals.closes_at[deal] + part * _YEAR_DAYS * DAY // np.repeat(times, times)
    late = rng.exponential(FINANCE.paid_late_days * DAY, len(deal)).astype(np.int64)
    terms = np.where(np.repeat(times, times) < _MOST_PAYMENTS, _TERM_DAYS * DAY, 0)
    paid_at = due + terms + late
    amount = np.round(course.amount[deal] / np.repeat(times, times), 2)
    cost = amount * rng.uniform(*FINANCE.cost_of_revenue, len(deal))
    again = np.flatnonzero(rng.random(len(deal)) < FINANCE.refund)
    back = amount[again] * rng.uniform(*_REFUND_SHARE, len(again))
    back_at = paid_at[again] + rng.integers(*_REFUND_DAYS, len(again)) * DAY
    deal = np.concatenate([deal, deal[again]])
    kind = np.repeat([0, 1], [len(amount), len(again)])
    amount = np.concatenate([amount, back])
    cost = np.concatenate([cost, np.zeros(len(again))])
    paid_at = np.concatenate([paid_at, back_at])
    order = np.lexsort((deal, paid_at))
    order = order[paid_at[order] < clock.end]
    deal = deal[order]
    return table(
        {
            "payment_id": numbered("pay", len(order), width=7),
            "account_id": join("salesforce:", take(account_ids, deals.account[deal])),
            "opportunity_id": join("salesforce:", take(world.deal_ids, deal)),
            "kind": pick(("payment", "refund"), kind[order]),
            "amount": cents(amount[order]),
            "cost_of_revenue": cents(cost[order]),
            "currency": pick(CURRENCIES, course.currency[deal]),
            "paid_at": moments(paid_at[order]),
        },
        len(order),
    )


def subscription_table(world: World) -> pa.Table:
    """Return one subscription per customer, and one per expansion that was sold."""
    clock, accounts, course = world.market.clock, world.market.accounts, world.course
    customers, deals = world.pipeline.customers, world.pipeline.deals
    account_ids = world.account_records.id_of
    rng = clock.rng("subscriptions")
    grown = np.flatnonzero(course.is_won & (deals.kind == EXPANSION))
    ends = np.full(len(accounts), NEVER)
    ends[customers.account] = customers.until
    account = np.concatenate([customers.account, deals.account[grown]])
    since = np.concatenate([customers.since, deals.closes_at[grown]])
    since_day = np.clip(since // DAY - clock.start_day, 0, None)
    currency = accounts.currency[account]
    usd = np.concatenate([customers.amount_usd, deals.amount_usd[grown]])
    mrr = usd / world.rates[currency, since_day] / _MONTHS
    until = ends[account]
    gone = (until < clock.end) & (until > since)
    health = np.where(
        gone, rng.beta(3, 4, len(account)), rng.beta(6, 2.2, len(account))
    )
    plan = pick([one.plan for one in SEGMENTS], accounts.segment[account])
    order = np.lexsort((account, since))
    return table(
        {
            "subscription_id": numbered("sub", len(order), width=6),
            "account_id": join("salesforce:", take(account_ids, account[order])),
            "plan": take(plan, order),
            "mrr": cents(mrr[order]),
            "currency": pick(CURRENCIES, currency[order]),
            "started_on": dates(since[order] // DAY),
            "ended_on": dates(np.where(gone, until // DAY, NEVER)[order]),
            "health_score": np.round(100 * health[order], 1),
        },
        len(order),
    )

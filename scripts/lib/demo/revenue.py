"""What customers pay: subscriptions, payments and refunds."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from lib.demo.accounts import Accounts
from lib.demo.assumptions import FINANCE, SEGMENTS
from lib.demo.clock import Clock
from lib.demo.columns import (
    DAY,
    NEVER,
    Array,
    cents,
    dates,
    join,
    moments,
    pick,
    table,
    take,
)
from lib.demo.deals import EXPANSION, Deals, Pipeline
from lib.demo.ids import numbered
from lib.demo.sales import Course
from lib.demo.vocabulary import CURRENCIES

_YEAR_DAYS = 365
_MOST_PAYMENTS = 12
_MONTHS = 12
_REFUND_SHARE = (0.1, 0.6)
_REFUND_DAYS = (3, 40)
_TERM_DAYS = 30


def payment_table(
    clock: Clock,
    accounts: Accounts,
    deals: Deals,
    course: Course,
    deal_ids: pa.Array,
    account_ids: pa.Array,
) -> pa.Table:
    """Return the payments that the won deals brought up to the end, and the refunds.

    A small company pays by the month, a large one a year ahead. The cost of revenue is
    hosting and support, a share of the payment; a refund brings none of it back.
    """
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
            "opportunity_id": join("salesforce:", take(deal_ids, deal)),
            "kind": pick(("payment", "refund"), kind[order]),
            "amount": cents(amount[order]),
            "cost_of_revenue": cents(cost[order]),
            "currency": pick(CURRENCIES, course.currency[deal]),
            "paid_at": moments(paid_at[order]),
        },
        len(order),
    )


def subscription_table(
    clock: Clock,
    accounts: Accounts,
    pipeline: Pipeline,
    course: Course,
    rates: Array,
    account_ids: pa.Array,
) -> pa.Table:
    """Return one subscription per customer, and one per expansion that was sold."""
    rng = clock.rng("subscriptions")
    customers, deals = pipeline.customers, pipeline.deals
    grown = np.flatnonzero(course.is_won & (deals.kind == EXPANSION))
    ends = np.full(len(accounts), NEVER)
    ends[customers.account] = customers.until
    account = np.concatenate([customers.account, deals.account[grown]])
    since = np.concatenate([customers.since, deals.closes_at[grown]])
    since_day = np.clip(since // DAY - clock.start_day, 0, None)
    currency = accounts.currency[account]
    usd = np.concatenate([customers.amount_usd, deals.amount_usd[grown]])
    mrr = usd / rates[currency, since_day] / _MONTHS
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

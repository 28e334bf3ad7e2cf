"""Bought data: enrichment of companies, and intent signals."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from lib.demo.assumptions import SIGNALS
from lib.demo.columns import (
    DAY,
    HOUR,
    Array,
    blank,
    cents,
    dates,
    moments,
    pick,
    table,
    take,
)
from lib.demo.vocabulary import COUNTRIES, INDUSTRIES, TOPICS
from lib.demo.world import World

_VENDORS = ("datapeak", "firmscope")
_INTENT_VENDOR = "topicwatch"
_REVENUE_STEP = 10_000
_WEEK = 7


def enrichment_table(world: World) -> pa.Table:
    """Return what two vendors know of the companies, near the truth but not quite.

    Most rows name the domain, a few a person's address; amounts are in USD.
    """
    clock, accounts, people = world.market.clock, world.market.accounts, world.people
    rng = clock.rng("enrichments")
    begins = np.full(len(accounts), clock.end - DAY)
    np.minimum.at(begins, people.account, people.lead_at)
    known = np.flatnonzero(rng.random(len(accounts)) < SIGNALS.enriched)
    again = known[rng.random(len(known)) < SIGNALS.enriched_again]
    by_address = np.flatnonzero(rng.random(len(people)) < SIGNALS.enriched_by_address)
    account = np.concatenate([known, again, people.account[by_address]])
    person = np.concatenate([np.full(len(known) + len(again), -1), by_address])
    start = np.where(person >= 0, people.lead_at[person], begins[account])
    wait = rng.exponential(20 * DAY, len(account)).astype(np.int64)
    at = np.minimum(start + HOUR + wait, clock.end - 1)
    order = np.lexsort((account, at))
    account, person, at = account[order], person[order], at[order]
    count = len(order)
    noise = np.exp(SIGNALS.size_error * rng.normal(0, 1, (2, count)))
    employees = np.maximum(np.rint(accounts.employees[account] * noise[0]), 1)
    revenue = accounts.revenue_usd[account] * noise[1]

    def unknown() -> Array:
        return rng.random(count) < SIGNALS.missing_figure

    return table(
        {
            "domain": blank(take(accounts.domain, account), person >= 0),
            "email": take(people.email, person),
            "industry": blank(pick(INDUSTRIES, accounts.industry[account]), unknown()),
            "employee_count": pa.array(employees.astype(np.int64), mask=unknown()),
            "annual_revenue": cents(
                np.rint(revenue / _REVENUE_STEP) * _REVENUE_STEP, unknown()
            ),
            "country": pick([one.name for one in COUNTRIES], accounts.country[account]),
            "vendor": pick(_VENDORS, account % len(_VENDORS)),
            "enriched_at": moments(at),
        },
        count,
    )


def intent_table(world: World) -> pa.Table:
    """Return weekly intent scores: buyers surge before a deal, others for nothing."""
    clock, accounts = world.market.clock, world.market.accounts
    deals = world.pipeline.deals
    rng = clock.rng("intent")
    buyers = np.flatnonzero(rng.random(len(deals)) < SIGNALS.buyers_surge)
    others = np.flatnonzero(rng.random(len(accounts)) < SIGNALS.others_surge)
    account = np.concatenate([deals.account[buyers], others])
    last = np.concatenate(
        [deals.created_at[buyers] // DAY, clock.draw_days(rng, len(others))]
    )
    is_buyer = np.arange(len(account)) < len(buyers)
    weeks = SIGNALS.surge_weeks
    row = np.repeat(np.arange(len(account)), weeks)
    back = np.tile(np.arange(weeks), len(account))
    day = last[row] - back * _WEEK
    # Vendors publish on Mondays.
    day = day - (day + 3) % _WEEK
    level = np.where(is_buyer[row], SIGNALS.surge_score, SIGNALS.quiet_score)
    level = level - 2.0 * back + SIGNALS.score_spread * rng.normal(0, 1, len(row))
    topic = account[row] * 7 % len(TOPICS)
    key = account[row] * 100_000 + day
    seen = np.unique(key, return_index=True)[1]
    seen = seen[(day[seen] >= clock.start_day) & (day[seen] < clock.end_day)]
    seen = seen[np.lexsort((account[row][seen], day[seen]))]
    return table(
        {
            "domain": take(accounts.domain, account[row][seen]),
            "topic": pick(TOPICS, topic[seen]),
            "score": np.round(np.clip(level[seen], 1, 100), 1),
            "vendor": _INTENT_VENDOR,
            "observed_on": dates(day[seen]),
        },
        len(seen),
    )

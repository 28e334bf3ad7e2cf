"""Salesforce's objects about deals: Opportunity, its histories and contact roles."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from lib.demo.accounts import Accounts
from lib.demo.assumptions import CHANNELS, SALES
from lib.demo.campaigns import Campaigns
from lib.demo.clock import Clock
from lib.demo.columns import (
    DAY,
    HOUR,
    MINUTE,
    NEVER,
    Array,
    blank,
    cents,
    dates,
    first_within,
    iso_moments,
    join,
    pick,
    rank_within,
    table,
    take,
    text,
    where,
)
from lib.demo.company import Staff
from lib.demo.deals import (
    EXPANSION,
    FIRST_RENEWAL_STAGE,
    KINDS,
    NOBODY,
    RENEWAL,
    Deals,
    Pipeline,
)
from lib.demo.ids import salesforce_ids
from lib.demo.people import INBOUND, INSTALLED, People
from lib.demo.records import Records
from lib.demo.vocabulary import CURRENCIES, PRODUCTS

STAGES = (*SALES.stages, "Closed Won", "Closed Lost")
_PROBABILITIES = np.array([*SALES.probabilities, 100, 0])
_WON, _LOST = len(SALES.stages), len(SALES.stages) + 1
_FORECASTS = (
    "Pipeline",
    "Pipeline",
    "Best Case",
    "Best Case",
    "Commit",
    "Closed",
    "Omitted",
)
_ROLES = (
    "Decision Maker",
    "Economic Buyer",
    "Evaluator",
    "Influencer",
    "Business User",
)
_MOVED_BETWEEN = (0.15, 0.85)  # of the cycle, when amounts and dates are changed
_FIRST_GUESS = (0.55, 0.95)  # of the cycle, for dates that are pushed later


@dataclass(frozen=True)
class Course:
    """How each deal went: its stages in time, and what was changed on the way."""

    stage_deal: Array
    stage: Array
    stage_at: Array
    amount: Array  # in the deal's currency, at the end
    first_amount: Array
    amount_at: Array  # when it changed, or NEVER
    close_day: Array
    first_close_day: Array
    close_at: Array  # when the date was pushed, or NEVER
    is_closed: Array
    is_won: Array
    current: Array  # stage at the end
    currency: Array


def run_course(
    clock: Clock, accounts: Accounts, deals: Deals, usd_per_unit: Array
) -> Course:
    """Play every deal up to the end of the window.

    usd_per_unit holds rates by currency and day from the window's first day on.
    """
    rng = clock.rng("course")
    count = len(deals)
    deal, stage, at = _stages(clock, rng, accounts, deals)
    is_closed = deals.closes_at < clock.end
    currency = accounts.currency[deals.account]
    day = deals.created_at // DAY - clock.start_day
    amount = np.rint(deals.amount_usd / usd_per_unit[currency, day] / 50) * 50
    span = deals.closes_at - deals.created_at

    def moment(share: float) -> Array:
        met = rng.random(count) < share
        part = rng.uniform(*_MOVED_BETWEEN, count)
        when = deals.created_at + (part * span).astype(np.int64)
        return np.where(met & (when < clock.end), when, NEVER)

    amount_at, close_at = moment(SALES.amount_changed), moment(SALES.date_pushed)
    guess = np.exp(SALES.amount_change_sigma * rng.normal(0, 1, count))
    early = deals.created_at + (rng.uniform(*_FIRST_GUESS, count) * span).astype(
        np.int64
    )
    pushes = rng.random(count) < 0.15  # pushes that are still to come
    close_day = deals.closes_at // DAY
    late = ~is_closed & (close_at == NEVER) & pushes
    close_day = np.where(late, early // DAY, close_day)
    last = np.full(count, 0)
    last[deal] = stage
    return Course(
        stage_deal=deal,
        stage=stage,
        stage_at=at,
        amount=amount,
        first_amount=np.where(
            amount_at < NEVER, np.rint(amount * guess / 50) * 50, amount
        ),
        amount_at=amount_at,
        close_day=close_day,
        first_close_day=np.where(close_at < NEVER, early // DAY, close_day),
        close_at=close_at,
        is_closed=is_closed,
        is_won=is_closed & deals.is_won,
        current=last,
        currency=currency,
    )


def _stages(
    clock: Clock, rng: np.random.Generator, accounts: Accounts, deals: Deals
) -> tuple[Array, Array, Array]:
    """Return deal, stage and time of every stage reached, by deal and time."""
    count, width = len(deals), len(SALES.stages)
    place = np.arange(width)[None, :]
    opening = np.where(deals.kind == RENEWAL, FIRST_RENEWAL_STAGE, 0)[:, None]
    last = deals.last_stage[:, None]
    held = (place >= opening) & (place <= last)
    parts = rng.gamma(2.0, 1.0, (count, width)) * held
    shares = np.cumsum(parts, axis=1) / parts.sum(axis=1, keepdims=True)
    before = np.concatenate([np.zeros((count, 1)), shares[:, :-1]], axis=1)
    span = (deals.closes_at - deals.created_at)[:, None]
    at = deals.created_at[:, None] + (before * span).astype(np.int64)
    zone = np.repeat(accounts.zone[deals.account], width)
    office = clock.in_office(rng, at.ravel(), zone).reshape(count, width)
    office = np.minimum(office, deals.closes_at[:, None] - HOUR)
    at = np.where(place == opening, deals.created_at[:, None], office)
    at = np.maximum.accumulate(np.where(held, at, 0), axis=1) + place * MINUTE
    at = np.where(place == opening, deals.created_at[:, None], at)
    skipped = (place > opening) & (place < last)
    skipped &= rng.random((count, width)) < SALES.stage_skipped
    reached = held & ~skipped & (at < np.minimum(deals.closes_at, clock.end)[:, None])
    deal, stage = np.nonzero(reached)
    closed = np.flatnonzero(deals.closes_at < clock.end)
    ending = np.where(deals.is_won[closed], _WON, _LOST)
    deal = np.concatenate([deal, closed])
    stage = np.concatenate([stage, ending])
    moment = np.concatenate([at[reached], deals.closes_at[closed]])
    order = np.lexsort((stage, moment, deal))
    return deal[order], stage[order], moment[order]


def opportunity_table(
    clock: Clock,
    staff: Staff,
    accounts: Accounts,
    people: People,
    campaigns: Campaigns,
    pipeline: Pipeline,
    course: Course,
    ids: pa.Array,
    account_ids: pa.Array,
) -> pa.Table:
    """Return Salesforce's Opportunity object."""
    rng = clock.rng("opportunity table")
    deals, count = pipeline.deals, len(pipeline.deals)
    creator = deals.creator
    inbound = (creator >= 0) & (people.kind[creator] == INBOUND)
    campaign = np.where(inbound, pipeline.last_campaign[creator], -1)
    named = rng.random(count) < SALES.has_campaign
    product = pick(PRODUCTS, rng.integers(0, len(PRODUCTS), count))
    kind = pick(KINDS, deals.kind)
    name = join(take(accounts.name, deals.account), " - ", product, " - ", kind)
    changed = np.zeros(count, dtype=np.int64)
    np.maximum.at(changed, course.stage_deal, course.stage_at)
    for other in (course.amount_at, course.close_at):
        changed = np.where(other < NEVER, np.maximum(changed, other), changed)
    stage = course.current
    owner = np.where(
        deals.kind == RENEWAL,
        accounts.success_manager[deals.account],
        accounts.ae[deals.account],
    )
    return table(
        {
            "Id": ids,
            "IsDeleted": pa.array(rng.random(count) < SALES.deleted),
            "AccountId": take(account_ids, deals.account),
            "Name": name,
            "StageName": pick(STAGES, stage),
            "Amount": cents(course.amount),
            "CurrencyIsoCode": pick(CURRENCIES, course.currency),
            "Probability": pa.array(_PROBABILITIES[stage]),
            "CloseDate": dates(course.close_day),
            "Type": kind,
            "LeadSource": _lead_sources(rng, people, deals),
            "IsClosed": pa.array(course.is_closed),
            "IsWon": pa.array(course.is_won),
            "ForecastCategory": pick(_FORECASTS, stage),
            "CampaignId": take(campaigns.ids, np.where(named, campaign, -1)),
            "OwnerId": take(staff.ids, owner),
            "CreatedDate": iso_moments(deals.created_at),
            "LastModifiedDate": iso_moments(changed),
        },
        count,
    )


def _lead_sources(rng: np.random.Generator, people: People, deals: Deals) -> pa.Array:
    creator = deals.creator
    channel = np.where(creator >= 0, people.creation_channel[creator], -1)
    named = rng.random(len(deals)) < SALES.has_lead_source
    source = pick([one.lead_source for one in CHANNELS], np.where(named, channel, -1))
    source = where((creator < 0) & (deals.kind == RENEWAL), "Renewal", source)
    return where((creator < 0) & (deals.kind == EXPANSION), "Upsell", source)


def _versions(course: Course, deals: Deals) -> dict[str, Array]:
    """Return one row per deal and moment at which anything changed, in order."""
    amount_rows = np.flatnonzero(course.amount_at < NEVER)
    close_rows = np.flatnonzero(course.close_at < NEVER)
    deal = np.concatenate([course.stage_deal, amount_rows, close_rows])
    at = np.concatenate(
        [course.stage_at, course.amount_at[amount_rows], course.close_at[close_rows]]
    )
    stage = np.concatenate(
        [course.stage, np.full(len(amount_rows) + len(close_rows), -1)]
    )
    order = np.lexsort((stage, at, deal))
    deal, at, stage = deal[order], at[order], stage[order]
    # A row without a stage of its own keeps the one before it.
    known = np.where(stage >= 0, np.arange(len(stage)), 0)
    stage = stage[np.maximum.accumulate(known)]
    amount = np.where(
        at >= course.amount_at[deal], course.amount[deal], course.first_amount[deal]
    )
    close = np.where(
        at >= course.close_at[deal],
        course.close_day[deal],
        course.first_close_day[deal],
    )
    return {"deal": deal, "at": at, "stage": stage, "amount": amount, "close": close}


def opportunity_history_table(
    clock: Clock, accounts: Accounts, staff: Staff, deals: Deals, course: Course,
    ids: pa.Array,
) -> pa.Table:  # fmt: skip
    """Return Salesforce's OpportunityHistory: the deal as it stood after each change."""
    seen = _versions(course, deals)
    order = np.lexsort((seen["deal"], seen["at"]))
    deal, stage = seen["deal"][order], seen["stage"][order]
    probability = _PROBABILITIES[stage]
    amount = seen["amount"][order]
    owner = accounts.ae[deals.account[deal]]
    return table(
        {
            "Id": salesforce_ids("008", len(deal)),
            "OpportunityId": take(ids, deal),
            "CreatedById": take(staff.ids, owner),
            "CreatedDate": iso_moments(seen["at"][order]),
            "StageName": pick(STAGES, stage),
            "Amount": cents(amount),
            "ExpectedRevenue": cents(amount * probability / 100),
            "CloseDate": dates(seen["close"][order]),
            "Probability": pa.array(probability),
            "ForecastCategory": pick(_FORECASTS, stage),
            "IsDeleted": False,
        },
        len(deal),
    )


def opportunity_field_history_table(
    accounts: Accounts, staff: Staff, deals: Deals, course: Course, ids: pa.Array
) -> pa.Table:
    """Return Salesforce's OpportunityFieldHistory of stage, amount and close date."""
    rank = rank_within(course.stage_deal)
    moved = np.flatnonzero(rank > 0)
    amount_rows = np.flatnonzero(course.amount_at < NEVER)
    close_rows = np.flatnonzero(course.close_at < NEVER)
    deal = np.concatenate([course.stage_deal[moved], amount_rows, close_rows])
    at = np.concatenate(
        [
            course.stage_at[moved],
            course.amount_at[amount_rows],
            course.close_at[close_rows],
        ]
    )
    old = pa.concat_arrays(
        [
            pick(STAGES, course.stage[moved - 1]),
            text(course.first_amount[amount_rows].astype(np.int64)),
            text(dates(course.first_close_day[close_rows])),
        ]
    )
    new = pa.concat_arrays(
        [
            pick(STAGES, course.stage[moved]),
            text(course.amount[amount_rows].astype(np.int64)),
            text(dates(course.close_day[close_rows])),
        ]
    )
    sizes = (len(moved), len(amount_rows), len(close_rows))
    field = np.repeat(np.arange(3), sizes)
    order = np.lexsort((deal, at))
    return table(
        {
            "Id": salesforce_ids("01e", len(deal)),
            "IsDeleted": False,
            "OpportunityId": take(ids, deal[order]),
            "CreatedById": take(staff.ids, accounts.ae[deals.account[deal[order]]]),
            "CreatedDate": iso_moments(at[order]),
            "Field": pick(("StageName", "Amount", "CloseDate"), field[order]),
            "DataType": pick(("DynamicEnum", "Currency", "DateOnly"), field[order]),
            "OldValue": take(old, order),
            "NewValue": take(new, order),
        },
        len(deal),
    )


def contact_role_table(
    clock: Clock, people: People, records: Records, pipeline: Pipeline, ids: pa.Array
) -> pa.Table:
    """Return Salesforce's OpportunityContactRole: who has a say in each deal."""
    rng = clock.rng("contact roles")
    deals = pipeline.deals
    joined = np.flatnonzero(pipeline.joined != NOBODY)
    deal, person = pipeline.joined[joined], joined
    # Deals that no lead opened are signed by somebody whom the account already has.
    open_ones = np.flatnonzero(deals.creator < 0)
    known = np.flatnonzero((people.kind == INSTALLED) | (pipeline.joined != NOBODY))
    contact_of = np.full(len(records.primary), NOBODY)
    row = known[first_within(people.account[known], people.lead_at[known])]
    by_account = np.full(int(people.account.max()) + 1, NOBODY)
    by_account[people.account[row]] = row
    signer = np.where(
        deals.account[open_ones] < len(by_account),
        by_account[np.minimum(deals.account[open_ones], len(by_account) - 1)],
        NOBODY,
    )
    has_one = signer >= 0
    deal = np.concatenate([deal, open_ones[has_one]])
    person = np.concatenate([person, signer[has_one]])
    contact_of = np.where(records.contact >= 0, records.contact, records.primary)
    record = contact_of[person]
    at = np.maximum(deals.created_at[deal], records.created_at[record])
    inside = np.flatnonzero((at < clock.end) & records.is_contact[record])
    deal, person, record, at = (column[inside] for column in (deal, person, record, at))
    order = np.lexsort((person, deal, at))
    deal, person, record, at = (column[order] for column in (deal, person, record, at))
    leads_it = (deals.creator[deal] == person) | (deals.creator[deal] < 0)
    unknown = rng.random(len(deal)) < 0.08
    role = pick(_ROLES, rng.integers(0, len(_ROLES), len(deal)))
    return table(
        {
            "Id": salesforce_ids("00K", len(deal)),
            "OpportunityId": take(ids, deal),
            "ContactId": take(records.ids, record),
            "Role": blank(role, unknown),
            "IsPrimary": pa.array(leads_it),
            "IsDeleted": False,
            "CreatedDate": iso_moments(at),
            "LastModifiedDate": iso_moments(at),
        },
        len(deal),
    )

"""Salesforce's objects about deals: Opportunity, its histories and contact roles."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from lib.demo.assumptions import CHANNELS, SALES
from lib.demo.columns import (
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
from lib.demo.course import STAGES, versions
from lib.demo.deals import EXPANSION, KINDS, NOBODY, RENEWAL
from lib.demo.ids import salesforce_ids
from lib.demo.people import INBOUND, INSTALLED
from lib.demo.routing import deal_owners
from lib.demo.vocabulary import CURRENCIES, PRODUCTS
from lib.demo.world import World

_PROBABILITIES = np.array([*SALES.probabilities, 100, 0])
_FORECASTS = (
    "Pipeline", "Pipeline", "Best Case", "Best Case", "Commit", "Closed", "Omitted",
)  # fmt: skip
_ROLES = (
    "Decision Maker", "Economic Buyer", "Evaluator", "Influencer", "Business User",
)  # fmt: skip
_ROLE_MISSING = 0.08


def opportunity_table(world: World) -> pa.Table:
    """Return Salesforce's Opportunity object."""
    clock, accounts = world.market.clock, world.market.accounts
    people, pipeline, course = world.people, world.pipeline, world.course
    rng = clock.rng("opportunity table")
    deals, count = pipeline.deals, len(pipeline.deals)
    creator = deals.creator
    inbound = (creator >= 0) & (people.kind[creator] == INBOUND)
    born_by, led_on_by = pipeline.born_by[creator], pipeline.led_on_by[creator]
    lot = rng.random(count)
    campaign = np.where(lot < SALES.has_later_campaign, led_on_by, -1)
    campaign = np.where(born_by >= 0, born_by, campaign)
    campaign = np.where(inbound & (lot < SALES.has_campaign), campaign, -1)
    product = pick(PRODUCTS, rng.integers(0, len(PRODUCTS), count))
    kind = pick(KINDS, deals.kind)
    name = join(take(accounts.name, deals.account), " - ", product, " - ", kind)
    changed = np.zeros(count, dtype=np.int64)
    np.maximum.at(changed, course.stage_deal, course.stage_at)
    for other in (course.amount_at, course.close_at):
        changed = np.where(other < NEVER, np.maximum(changed, other), changed)
    stage = course.current
    owner = deal_owners(accounts, deals)
    return table(
        {
            "Id": world.deal_ids,
            "IsDeleted": pa.array(rng.random(count) < SALES.deleted),
            "AccountId": take(world.account_records.id_of, deals.account),
            "Name": name,
            "StageName": pick(STAGES, stage),
            "Amount": cents(course.amount),
            "CurrencyIsoCode": pick(CURRENCIES, course.currency),
            "Probability": pa.array(_PROBABILITIES[stage]),
            "CloseDate": dates(course.close_day),
            "Type": kind,
            "LeadSource": _lead_sources(world, rng),
            "IsClosed": pa.array(course.is_closed),
            "IsWon": pa.array(course.is_won),
            "ForecastCategory": pick(_FORECASTS, stage),
            "CampaignId": take(world.market.campaigns.ids, campaign),
            "OwnerId": take(world.market.staff.ids, owner),
            "CreatedDate": iso_moments(deals.created_at),
            "LastModifiedDate": iso_moments(changed),
        },
        count,
    )


def _lead_sources(world: World, rng: np.random.Generator) -> pa.Array:
    people, deals = world.people, world.pipeline.deals
    creator = deals.creator
    channel = np.where(creator >= 0, people.creation_channel[creator], -1)
    named = rng.random(len(deals)) < SALES.has_lead_source
    source = pick([one.lead_source for one in CHANNELS], np.where(named, channel, -1))
    source = where((creator < 0) & (deals.kind == RENEWAL), "Renewal", source)
    return where((creator < 0) & (deals.kind == EXPANSION), "Upsell", source)


def opportunity_history_table(world: World) -> pa.Table:
    """Return Salesforce's OpportunityHistory: the deal after each change."""
    seen = versions(world.course)
    owners = world.market.accounts.ae[world.pipeline.deals.account]
    order = np.lexsort((seen["deal"], seen["at"]))
    deal, stage = seen["deal"][order], seen["stage"][order]
    probability = _PROBABILITIES[stage]
    amount = seen["amount"][order]
    return table(
        {
            "Id": salesforce_ids("008", len(deal)),
            "OpportunityId": take(world.deal_ids, deal),
            "CreatedById": take(world.market.staff.ids, owners[deal]),
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


def opportunity_field_history_table(world: World) -> pa.Table:
    """Return Salesforce's OpportunityFieldHistory of stage, amount and close date."""
    course = world.course
    owners = world.market.accounts.ae[world.pipeline.deals.account]
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
            "OpportunityId": take(world.deal_ids, deal[order]),
            "CreatedById": take(world.market.staff.ids, owners[deal[order]]),
            "CreatedDate": iso_moments(at[order]),
            "Field": pick(("StageName", "Amount", "CloseDate"), field[order]),
            "DataType": pick(("DynamicEnum", "Currency", "DateOnly"), field[order]),
            "OldValue": take(old, order),
            "NewValue": take(new, order),
        },
        len(deal),
    )


def _signers(world: World) -> tuple[Array, Array]:
    """Return deals that no lead opened, and whom the account already has to sign."""
    people, pipeline = world.people, world.pipeline
    known = np.flatnonzero((people.kind == INSTALLED) | (pipeline.joined != NOBODY))
    known = known[first_within(people.account[known], people.lead_at[known])]
    signer_of = np.full(len(world.market.accounts), NOBODY)
    signer_of[people.account[known]] = known
    deal = np.flatnonzero(pipeline.deals.creator == NOBODY)
    person = signer_of[pipeline.deals.account[deal]]
    return deal[person >= 0], person[person >= 0]


def deal_members(world: World) -> tuple[Array, Array, Array, Array]:
    """Return deal, person, contact record and time of each who joined a deal."""
    clock, records, pipeline = world.market.clock, world.records, world.pipeline
    joined = np.flatnonzero(pipeline.joined != NOBODY)
    signed, signers = _signers(world)
    deal = np.concatenate([pipeline.joined[joined], signed])
    person = np.concatenate([joined, signers])
    contact = np.where(records.contact >= 0, records.contact, records.primary)[person]
    at = np.maximum(pipeline.deals.created_at[deal], records.created_at[contact])
    kept = np.flatnonzero((at < clock.end) & records.is_contact[contact])
    kept = kept[np.lexsort((person[kept], deal[kept], at[kept]))]
    return deal[kept], person[kept], contact[kept], at[kept]


def contact_role_table(world: World) -> pa.Table:
    """Return Salesforce's OpportunityContactRole: who has a say in each deal."""
    records, pipeline = world.records, world.pipeline
    rng = world.market.clock.rng("contact roles")
    deal, person, contact, at = deal_members(world)
    creator = pipeline.deals.creator[deal]
    role = pick(_ROLES, rng.integers(0, len(_ROLES), len(deal)))
    return table(
        {
            "Id": salesforce_ids("00K", len(deal)),
            "OpportunityId": take(world.deal_ids, deal),
            "ContactId": take(records.ids, contact),
            "Role": blank(role, rng.random(len(deal)) < _ROLE_MISSING),
            "IsPrimary": pa.array((creator == person) | (creator == NOBODY)),
            "IsDeleted": False,
            "CreatedDate": iso_moments(at),
            "LastModifiedDate": iso_moments(at),
        },
        len(deal),
    )

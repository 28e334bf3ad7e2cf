"""What is hidden from the warehouse: who is who, and what each channel truly did."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from lib.demo.assumptions import CHANNEL_NAMES, CHANNELS, SEGMENTS
from lib.demo.columns import (
    NEVER,
    Array,
    iso_moments,
    join,
    logistic,
    pick,
    table,
    take,
    text,
)
from lib.demo.deals import KINDS, NOBODY
from lib.demo.lifecycle import (
    NUMBER,
    REASONS,
    STATUSES,
    effects,
    opportunity_chance,
    quality,
)
from lib.demo.people import INBOUND
from lib.demo.records import KINDS as RECORD_KINDS
from lib.demo.spend import channel_costs
from lib.demo.tables import activities
from lib.demo.tables.sales import deal_members
from lib.demo.vocabulary import ZONES
from lib.demo.world import World

_ORIGINS = ("marketing", "sales", "customer")
_PERSON_ORIGINS = ("inbound", "prospected", "installed")


def person_keys(person: Array) -> pa.Array:
    """Return the ids of true people; a person of -1 has none."""
    return take(join("p", text(np.arange(int(person.max(initial=0)) + 1))), person)


def person_record_table(world: World, mailed: Array, ids: pa.Array) -> pa.Table:
    """Return which true person each record belongs to, and how it came to be.

    ids holds the mail tool's contacts of the people in mailed.
    """
    records = world.records
    person = np.concatenate([records.person, mailed])
    from_crm = np.arange(len(person)) < len(records)
    made = np.concatenate([records.kind, np.full(len(mailed), len(RECORD_KINDS))])
    return table(
        {
            "source": pick(("hubspot", "salesforce"), from_crm.astype(np.int64)),
            "record_id": pa.concat_arrays([records.ids, ids]),
            "true_person_id": person_keys(person),
            "kind": pick((*RECORD_KINDS, "synced"), made),
        },
        len(person),
    )


def person_table(world: World) -> pa.Table:
    """Return each person's true chances and the times of what happened."""
    people, lifecycle = world.people, world.lifecycle
    return table(
        {
            "true_person_id": person_keys(np.arange(len(people))),
            "origin": pick(_PERSON_ORIGINS, people.kind),
            "first_touch_at": iso_moments(people.first_at),
            "lead_at": iso_moments(people.lead_at),
            "mql_at": iso_moments(lifecycle.mql_at),
            "sal_at": iso_moments(lifecycle.sal_at),
            "sql_at": iso_moments(lifecycle.sql_at),
            "converted_at": iso_moments(lifecycle.converts_at),
            "mql_chance": np.round(lifecycle.mql_chance, 6),
            "opportunity_chance": np.round(lifecycle.opportunity_chance, 6),
            "bounced_at": iso_moments(people.bounced_at),
            "opted_out_at": iso_moments(people.opted_out_at),
        },
        len(people),
    )


def status_table(world: World) -> pa.Table:
    """Return every change of status, by true person."""
    log = world.lifecycle.log
    return table(
        {
            "true_person_id": person_keys(log.person),
            "status": pick(STATUSES, log.status),
            "entered_at": iso_moments(log.at),
            "reason": pick(REASONS, log.reason),
        },
        len(log.at),
    )


def answer_table(world: World) -> pa.Table:
    """Return of each time that somebody became an MQL whose it was and who answered.

    The owner is the last one to whom any lead record of the person had been given,
    else the first one after; answered_at is when sales first called, wrote or met.
    """
    log, market = world.lifecycle.log, world.market
    rows = np.flatnonzero(log.status == NUMBER["Marketing Qualified"])
    person, at = log.person[rows], log.at[rows]
    owner = _owner_at(world, person, at)
    segment = market.accounts.segment[world.people.account[person]]
    return table(
        {
            "true_person_id": person_keys(person),
            "mql_at": iso_moments(at),
            "owner_id": take(market.staff.ids, owner),
            "time_zone": pick(ZONES, market.staff.zones[owner]),
            "segment": pick([one.name for one in SEGMENTS], segment),
            "answered_at": iso_moments(_answered_at(world, person, at)),
        },
        len(rows),
    )


def _owner_at(world: World, person: Array, at: Array) -> Array:
    """Return who had each person at the moment, by all their lead records."""
    records, owners = world.records, world.owners
    leads = np.flatnonzero(~records.is_contact)
    given_at = np.concatenate([owners.assigned_at[leads], owners.reassigned_at[leads]])
    given_to = np.concatenate([owners.first[leads], owners.second[leads]])
    whose = np.tile(records.person[leads], 2)
    inside = np.flatnonzero(given_at < world.market.clock.end)
    order = inside[np.lexsort((given_to[inside], given_at[inside], whose[inside]))]
    places = np.searchsorted(whose[order], np.stack([person, person + 1]))
    found = [
        first
        + max(0, int(np.searchsorted(given_at[order[first:last]], one, "right")) - 1)
        for first, last, one in zip(*places, at, strict=True)
    ]
    return np.asarray(given_to[order[found]])


def _answered_at(world: World, person: Array, at: Array) -> Array:
    """Return when sales first answered each MQL before the person's next one."""
    who, when = activities.human_contacts(world)
    order = np.lexsort((when, who))
    who, when = who[order], when[order]
    again = np.append(person[1:] == person[:-1], False)
    until = np.where(again, np.append(at[1:], NEVER), NEVER)
    answers = []
    for one, begins, ends in zip(person, at, until, strict=True):
        first, last = np.searchsorted(who, [one, one + 1])
        place = first + np.searchsorted(when[first:last], begins)
        answers.append(when[place] if place < last and when[place] < ends else NEVER)
    return np.array(answers, dtype=np.int64)


def opportunity_table(world: World) -> pa.Table:
    """Return who truly brought each deal, its chance and what becomes of it."""
    people, deals = world.people, world.pipeline.deals
    creator = np.maximum(deals.creator, 0)
    led = deals.creator != NOBODY
    inbound = people.kind[creator] == INBOUND
    origin = np.where(led, np.where(inbound, 0, 1), 2)
    return table(
        {
            "opportunity_id": world.deal_ids,
            "origin": pick(_ORIGINS, origin),
            "kind": pick(KINDS, deals.kind),
            "creation_channel": pick(
                CHANNEL_NAMES, np.where(led, people.creation_channel[creator], -1)
            ),
            "true_person_id": person_keys(deals.creator),
            "win_chance": np.round(deals.win_chance, 6),
            "closes_at": iso_moments(deals.closes_at),
            "is_won_at_last": pa.array(deals.is_won),
            "amount_usd": deals.amount_usd,
        },
        len(deals),
    )


def opportunity_person_table(world: World) -> pa.Table:
    """Return who truly took part in each deal, and from when."""
    deal, person, _, at = deal_members(world)
    return table(
        {
            "opportunity_id": take(world.deal_ids, deal),
            "true_person_id": person_keys(person),
            "joined_at": iso_moments(at),
        },
        len(deal),
    )


def touch_table(world: World, ids: pa.Array, rows: Array) -> pa.Table:
    """Return who truly made the touches at those rows, and through which channel."""
    touches = world.touches.rows(rows)
    campaigns = world.market.campaigns
    return table(
        {
            "touch_id": ids,
            "true_person_id": person_keys(touches.person),
            "channel": pick(CHANNEL_NAMES, touches.channel),
            "campaign_id": join("salesforce:", take(campaigns.ids, touches.campaign)),
            "is_before_mql": pa.array(_is_before(world, rows)),
        },
        len(rows),
    )


def _is_before(world: World, rows: Array) -> Array:
    """Return whether a touch was among those that had a say in becoming an MQL."""
    touches, people = world.touches, world.people
    person = np.maximum(touches.person[rows], 0)
    moment = np.minimum(people.candidate_at[person], world.market.clock.end)
    return (touches.person[rows] >= 0) & (touches.at[rows] <= moment)


def channel_table(world: World) -> pa.Table:
    """Return each channel's true effects and what it added, beside its cost.

    Added is the expected number with the channel's touches less the number without
    them, summed over the people who could have become an MQL, other touches unchanged.
    """
    people, lifecycle = world.people, world.lifecycle
    judged = (people.kind == INBOUND) & (lifecycle.mql_chance > 0)
    seen, mql = world.exposures[judged], lifecycle.mql_chance[judged]
    odds = np.log(mql / (1 - mql))
    push = quality(people) + world.exposures @ effects("opportunity_effect")
    push = push[judged] - push[judged].mean()
    with_all = mql * opportunity_chance(push)
    mql_effect, deal_effect = effects("mql_effect"), effects("opportunity_effect")
    added_mqls, added_deals = [], []
    for number in range(len(CHANNELS)):
        without = logistic(odds - seen[:, number] * mql_effect[number])
        less = opportunity_chance(push - seen[:, number] * deal_effect[number])
        added_mqls.append(float((mql - without).sum()))
        added_deals.append(float((with_all - without * less).sum()))
    touches = np.bincount(world.before.channel, minlength=len(CHANNELS))
    return table(
        {
            "channel": list(CHANNEL_NAMES),
            "mql_log_odds": mql_effect,
            "opportunity_log_odds": deal_effect,
            "won_log_odds": effects("won_effect"),
            "touches_before_mql": touches,
            "people_reached": (seen > 0).sum(axis=0),
            "incremental_mqls": np.round(added_mqls, 3) + 0.0,
            "incremental_opportunities": np.round(added_deals, 3) + 0.0,
            "spend_usd": np.round(channel_costs(world.spend), 2),
        },
        len(CHANNELS),
    )

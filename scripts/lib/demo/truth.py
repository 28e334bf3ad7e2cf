"""What is hidden from the warehouse: who is who, and what each channel truly did."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from lib.demo.assumptions import CHANNELS, FUNNEL
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
from lib.demo.deals import KINDS, Pipeline
from lib.demo.journeys import Touches
from lib.demo.lifecycle import Lifecycle, effects, opportunity_chance
from lib.demo.people import INBOUND, People
from lib.demo.records import KINDS as RECORD_KINDS
from lib.demo.records import Records

_ORIGINS = ("marketing", "sales", "customer")


def person_record_table(records: Records) -> pa.Table:
    """Return which true person each record belongs to, and how it came to be."""
    return table(
        {
            "source": "salesforce",
            "record_id": records.ids,
            "true_person_id": join("p", text(records.person)),
            "kind": pick(RECORD_KINDS, records.kind),
        },
        len(records),
    )


def person_table(people: People, lifecycle: Lifecycle, pipeline: Pipeline) -> pa.Table:
    """Return each person's true chances and the times of what happened."""
    return table(
        {
            "true_person_id": join("p", text(np.arange(len(people)))),
            "origin": pick(("inbound", "prospected", "installed"), people.kind),
            "first_touch_at": iso_moments(people.first_at),
            "lead_at": iso_moments(people.lead_at),
            "mql_at": iso_moments(lifecycle.mql_at),
            "sal_at": iso_moments(lifecycle.sal_at),
            "sql_at": iso_moments(lifecycle.sql_at),
            "converted_at": iso_moments(pipeline.joined_at),
            "mql_chance": np.round(lifecycle.mql_chance, 6),
            "opportunity_chance": np.round(lifecycle.opportunity_chance, 6),
            "bounced_at": iso_moments(people.bounced_at),
            "opted_out_at": iso_moments(people.opted_out_at),
        },
        len(people),
    )


def opportunity_table(people: People, pipeline: Pipeline, ids: pa.Array) -> pa.Table:
    """Return who truly brought each deal, its chance and what becomes of it."""
    deals = pipeline.deals
    creator = np.maximum(deals.creator, 0)
    inbound = people.kind[creator] == INBOUND
    origin = np.where(deals.creator < 0, 2, np.where(inbound, 0, 1))
    channel = np.where(deals.creator >= 0, people.creation_channel[creator], -1)
    names = tuple(channel.name for channel in CHANNELS)
    return table(
        {
            "opportunity_id": ids,
            "origin": pick(_ORIGINS, origin),
            "kind": pick(KINDS, deals.kind),
            "creation_channel": pick(names, channel),
            "true_person_id": take(
                join("p", text(np.arange(len(people)))), deals.creator
            ),
            "win_chance": np.round(deals.win_chance, 6),
            "closes_at": iso_moments(deals.closes_at),
            "is_won_at_last": pa.array(deals.is_won),
            "amount_usd": deals.amount_usd,
        },
        len(deals),
    )


def channel_table(
    people: People,
    lifecycle: Lifecycle,
    exposures: Array,
    before: Touches,
    costs: Array,
) -> pa.Table:
    """Return each channel's true effects and what it added, beside its cost.

    Added is the expected number with the channel's touches less the number without
    them, summed over the people who could have become an MQL, other touches unchanged.
    """
    judged = (people.kind == INBOUND) & (lifecycle.mql_chance > 0)
    seen = exposures[judged]
    mql = lifecycle.mql_chance[judged]
    odds = np.log(mql / (1 - mql))
    quality = FUNNEL.fit_effect * people.fit + FUNNEL.interest_effect * people.interest
    push = (quality + exposures @ effects("opportunity_effect"))[judged]
    push = push - push.mean()
    with_all = mql * opportunity_chance(push)
    mql_effect, deal_effect = effects("mql_effect"), effects("opportunity_effect")
    added_mqls, added_deals = [], []
    for number in range(len(CHANNELS)):
        without = logistic(odds - seen[:, number] * mql_effect[number])
        less = opportunity_chance(push - seen[:, number] * deal_effect[number])
        added_mqls.append(float((mql - without).sum()))
        added_deals.append(float((with_all - without * less).sum()))
    touches = np.bincount(before.channel, minlength=len(CHANNELS))
    return table(
        {
            "channel": [channel.name for channel in CHANNELS],
            "mql_log_odds": mql_effect,
            "opportunity_log_odds": deal_effect,
            "won_log_odds": effects("won_effect"),
            "touches_before_mql": touches,
            "people_reached": (seen > 0).sum(axis=0),
            "incremental_mqls": np.round(added_mqls, 3),
            "incremental_opportunities": np.round(added_deals, 3),
            "spend_usd": np.round(costs, 2),
        },
        len(CHANNELS),
    )


def reached(moments: Array) -> int:
    """Return how many times are real ones."""
    return int((moments < NEVER).sum())

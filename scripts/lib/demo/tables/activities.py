"""What sales did: Salesforce's Task and Event, and the mail tool's auto mails."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from lib.demo.assumptions import SERVICE
from lib.demo.columns import (
    DAY,
    MINUTE,
    NEVER,
    Array,
    dates,
    iso_moments,
    moments,
    pick,
    repeat_rows,
    table,
    take,
)
from lib.demo.deals import NOBODY, RENEWAL
from lib.demo.ids import numbered, salesforce_ids
from lib.demo.lifecycle import NUMBER
from lib.demo.people import PROSPECTED
from lib.demo.world import World

_SUBTYPES = ("Call", "Email", "Task")
_SUBTYPE_SHARES = (0.46, 0.42, 0.12)
_SUBJECTS = (
    "Call: follow-up on request", "Email: your request", "Send planning guide",
    "Call back",
)  # fmt: skip
_MEETINGS = ("Discovery call", "Product demo", "Technical review", "Commercial review")
_DURATIONS = (30, 45, 60)
_LONGEST_CALL_SECONDS = 1_500


@dataclass(frozen=True)
class _Acts:
    """Contacts by sales as columns: who did what with whom, and whether it is done."""

    person: Array
    user: Array
    at: Array
    is_inbound: Array
    is_open: Array


def _responses(world: World) -> _Acts:
    """Answer each MQL as fast as sales does: most within the hour, some never."""
    log, clock = world.lifecycle.log, world.market.clock
    rng = clock.rng("responses")
    rows = np.flatnonzero(log.status == NUMBER["Marketing Qualified"])
    person, at = log.person[rows], log.at[rows]
    user = world.owners.at(world.records.primary[person], at)
    zone = world.market.staff.zones[user]
    lot = rng.random(len(rows))
    fast = lot < SERVICE.answered_fast
    answered = lot < SERVICE.answered_fast + SERVICE.answered_slowly
    median = np.where(fast, SERVICE.fast_median_minutes, SERVICE.slow_median_minutes)
    wait = median * MINUTE * rng.lognormal(0, SERVICE.sigma, len(rows))
    begins = clock.in_office(rng, at, zone)
    # The first hour of the morning is when the night's leads are worked off.
    begins = np.where(begins > at, begins, at)
    moment = clock.in_office(rng, begins + wait.astype(np.int64), zone)
    moment, person, user = moment[answered], person[answered], user[answered]
    zone = zone[answered]
    more = repeat_rows(rng.poisson(SERVICE.follow_ups, len(person)))
    gap = rng.exponential(SERVICE.days_between * DAY, len(more)).astype(np.int64) + DAY
    later = clock.in_office(rng, moment[more] + gap, zone[more])
    replies = np.arange(len(more) + len(person)) >= len(person)
    inbound = replies & (rng.random(len(replies)) < SERVICE.replies)
    return _Acts(
        person=np.concatenate([person, person[more]]),
        user=np.concatenate([user, user[more]]),
        at=np.concatenate([moment, later]),
        is_inbound=inbound,
        is_open=np.zeros(len(replies), dtype=bool),
    )


def _prospecting(world: World) -> _Acts:
    """Call and write to the leads that sales found."""
    clock, people = world.market.clock, world.people
    rng = clock.rng("prospecting")
    rows = np.flatnonzero(people.kind == PROSPECTED)
    person = rows[repeat_rows(1 + rng.poisson(SERVICE.follow_ups, len(rows)))]
    user = world.owners.first[world.records.primary[person]]
    wait = rng.exponential(SERVICE.days_between * 2 * DAY, len(person))
    zone = world.market.staff.zones[user]
    at = clock.in_office(rng, people.lead_at[person] + wait.astype(np.int64), zone)
    return _Acts(
        person=person,
        user=user,
        at=at,
        is_inbound=rng.random(len(person)) < SERVICE.replies,
        is_open=np.zeros(len(person), dtype=bool),
    )


def _to_do(world: World) -> _Acts:
    """Leave some tasks open: the follow-ups of the last weeks that nobody did yet."""
    clock, people = world.market.clock, world.people
    rng = clock.rng("to do")
    recent = people.lead_at > clock.end - SERVICE.open_task_days * DAY
    rows = np.flatnonzero(recent & (rng.random(len(people)) < SERVICE.open_tasks))
    at = people.lead_at[rows] + rng.integers(1, 4, len(rows)) * DAY
    return _Acts(
        person=rows,
        user=world.owners.current[world.records.primary[rows]],
        at=np.minimum(at, clock.end - MINUTE),
        is_inbound=np.zeros(len(rows), dtype=bool),
        is_open=np.ones(len(rows), dtype=bool),
    )


def _tasks(world: World) -> _Acts:
    """Return all that becomes a task, in order of time."""
    parts = [_responses(world), _prospecting(world), _to_do(world)]
    person, user, at, is_inbound, is_open = (
        np.concatenate([getattr(part, name) for part in parts])
        for name in ("person", "user", "at", "is_inbound", "is_open")
    )
    order = np.lexsort((person, at))
    order = order[at[order] < world.market.clock.end]
    return _Acts(
        person=person[order],
        user=user[order],
        at=at[order],
        is_inbound=is_inbound[order],
        is_open=is_open[order],
    )


def task_table(world: World) -> pa.Table:
    """Return Salesforce's Task object."""
    clock, records, staff = world.market.clock, world.records, world.market.staff
    rng = clock.rng("tasks")
    acts = _tasks(world)
    person, user, at = acts.person, acts.user, acts.at
    is_inbound, is_open, count = acts.is_inbound, acts.is_open, len(acts.at)
    subtype = rng.choice(len(_SUBTYPES), count, p=_SUBTYPE_SHARES)
    # A task says of a call alone that it came in; an open one is a plan.
    subtype = np.where(is_open, 2, np.where(is_inbound, 0, subtype))
    record = records.at(clock.rng("task records"), person, at)
    called = (subtype == 0) & ~is_open
    seconds = rng.integers(20, _LONGEST_CALL_SECONDS, count)
    deal = world.pipeline.joined[person]
    sold = (deal != NOBODY) & (at >= world.records.joined_at[person])
    created = np.minimum(at, clock.end - 1)
    return table(
        {
            "Id": salesforce_ids("00T", count),
            "WhoId": take(records.ids, record),
            "WhatId": take(world.deal_ids, np.where(sold, deal, NOBODY)),
            "Subject": pick(_SUBJECTS, subtype + 3 * is_inbound),
            "ActivityDate": dates(at // DAY),
            "Status": pick(("Completed", "Not Started"), is_open.astype(np.int64)),
            "Priority": "Normal",
            "OwnerId": take(staff.ids, user),
            "TaskSubtype": pick(_SUBTYPES, subtype),
            "CallType": pick(("Outbound", "Inbound"), np.where(called, is_inbound, -1)),
            "CallDurationInSeconds": pa.array(seconds, mask=~called),
            "IsClosed": pa.array(~is_open),
            "CompletedDateTime": iso_moments(np.where(is_open, NEVER, at)),
            "CreatedDate": iso_moments(created),
            "LastModifiedDate": iso_moments(created),
            "IsDeleted": False,
        },
        count,
    )


def _meetings(world: World, rng: np.random.Generator) -> tuple[Array, Array]:
    """Return the deal and the moment of each meeting, in order of time."""
    market, deals = world.market, world.pipeline.deals
    clock = market.clock
    held = np.where(deals.kind == RENEWAL, 0.4, 1.0) * SERVICE.meetings_per_deal
    deal = repeat_rows(rng.poisson(held))
    span = deals.closes_at - deals.created_at
    at = deals.created_at[deal] + (rng.random(len(deal)) * span[deal]).astype(np.int64)
    account = deals.account[deal]
    at = clock.in_office(
        rng, at // (15 * MINUTE) * 15 * MINUTE, market.accounts.zone[account]
    )
    at = at // (15 * MINUTE) * 15 * MINUTE
    order = np.lexsort((deal, at))
    order = order[at[order] < clock.end]
    return deal[order], at[order]


def human_contacts(world: World) -> tuple[Array, Array]:
    """Return whom sales called, wrote to or met, and when: people and moments."""
    tasks = _tasks(world)
    done = ~tasks.is_open & ~tasks.is_inbound
    deal, met_at = _meetings(world, world.market.clock.rng("meetings"))
    met = world.pipeline.deals.creator[deal]
    known = (met != NOBODY) & (world.records.contact[met] != NOBODY)
    return (
        np.concatenate([tasks.person[done], met[known]]),
        np.concatenate([tasks.at[done], met_at[known]]),
    )


def event_table(world: World) -> pa.Table:
    """Return Salesforce's Event object: the meetings about deals."""
    market, deals = world.market, world.pipeline.deals
    clock = market.clock
    rng = clock.rng("meetings")
    deal, at = _meetings(world, rng)
    account, count = deals.account[deal], len(deal)
    who = deals.creator[deal]
    contact = np.where(who != NOBODY, world.records.contact[who], NOBODY)
    minutes = np.asarray(_DURATIONS)[rng.integers(0, len(_DURATIONS), count)]
    created = np.maximum(at - rng.integers(1, 6, count) * DAY, deals.created_at[deal])
    created = np.minimum(created, at)
    return table(
        {
            "Id": salesforce_ids("00U", count),
            "WhoId": take(world.records.ids, contact),
            "WhatId": take(world.deal_ids, deal),
            "AccountId": take(world.account_records.id_of, account),
            "Subject": pick(_MEETINGS, rng.integers(0, len(_MEETINGS), count)),
            "Type": "Meeting",
            "OwnerId": take(market.staff.ids, market.accounts.ae[account]),
            "ActivityDate": dates(at // DAY),
            "ActivityDateTime": iso_moments(at),
            "StartDateTime": iso_moments(at),
            "EndDateTime": iso_moments(at + minutes * MINUTE),
            "DurationInMinutes": minutes,
            "CreatedDate": iso_moments(created),
            "LastModifiedDate": iso_moments(created),
            "IsDeleted": False,
        },
        count,
    )


def auto_mail_table(world: World) -> pa.Table:
    """Return the generic activities: what the mail tool sent to MQLs by itself."""
    log, clock, records = world.lifecycle.log, world.market.clock, world.records
    rng = clock.rng("auto mails")
    rows = np.flatnonzero(log.status == NUMBER["Marketing Qualified"])
    rows = rows[rng.random(len(rows)) < SERVICE.auto_mail]
    at = log.at[rows] + rng.integers(20, 90, len(rows))
    rows, at = rows[at < clock.end], at[at < clock.end]
    order = np.lexsort((log.person[rows], at))
    person, at = log.person[rows][order], at[order]
    record = records.at(clock.rng("auto mail records"), person, at)
    return table(
        {
            "activity_id": numbered("a", len(at), width=7),
            "person_id": take(records.keys, record),
            "activity_type": "auto_email",
            "direction": "outbound",
            "occurred_at": moments(at),
        },
        len(at),
    )

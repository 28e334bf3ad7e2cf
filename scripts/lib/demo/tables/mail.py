"""The e-mail programme: who was sent what, and what they did; and consents."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from lib.demo.assumptions import CHANNEL_NUMBER, MAIL
from lib.demo.campaigns import Campaigns
from lib.demo.columns import (
    DAY,
    HOUR,
    MINUTE,
    NEVER,
    Array,
    blank,
    join,
    moments,
    pick,
    table,
    take,
    where,
)
from lib.demo.ids import numbered
from lib.demo.journeys import Touches
from lib.demo.people import INBOUND
from lib.demo.vocabulary import FORM_PAGES, REGIONS
from lib.demo.world import World

_KINDS = ("sent", "delivered", "bounce", "open", "click", "unsubscribe", "spam_report")
_KIND = {name: number for number, name in enumerate(_KINDS)}
_SENDING_TAKES = 10 * MINUTE
_CLICKERS = 0.12  # share of an audience that clicks, about
_OPT_IN = {"AMER": 0.45, "EMEA": 0.78, "APAC": 0.6}
_PHONE_ONLY = 0.01
_BY_ADDRESS_ONLY = 0.06


def variant_of(
    campaigns: Campaigns, person: Array, campaign: Array, *, clicked: bool
) -> pa.Array:
    """Return the subject line (A or B) that a person got; null without a test.

    Line B earns more clicks, so more of those who clicked had it; those who did not
    make up for it, and each line went to half of the audience.
    """
    share = (1 + MAIL.variant_lift) / (2 + MAIL.variant_lift)
    if not clicked:
        share = (0.5 - _CLICKERS * share) / (1 - _CLICKERS)
    mixed = (person * 2_654_435_761 + campaign * 40_503 + 12_345) % 4_294_967_296
    # One more turn, so that neighbours do not fall alike.
    mixed = (mixed * 1_103_515_245 + 12_345) % 2_147_483_648
    is_b = mixed / 2_147_483_648 < share
    tested = (campaign >= 0) & (person >= 0)
    tested &= campaigns.variants[np.maximum(campaign, 0)] > 1
    return pick(("A", "B"), np.where(tested, is_b, -1))


@dataclass(frozen=True)
class _Sendings:
    """Messages sent, one row per person and campaign, ordered by both."""

    person: Array
    campaign: Array
    clicked: Array  # whether the person clicked
    key: Array  # person and campaign in one number


def _sendings(world: World, clicks: Touches) -> _Sendings:
    """Return everyone who clicked, a share of all others, and whom it drove away."""
    campaigns, people = world.market.campaigns, world.people
    rng = world.market.clock.rng("audience")
    size = len(campaigns)
    readers = clicks.person * size + clicks.campaign
    until = np.minimum(people.bounced_at, people.opted_out_at)
    parts = [readers]
    for campaign in campaigns.of("email"):
        sent_at = campaigns.sent_at[campaign]
        reachable = (people.lead_at < sent_at) & (sent_at < until)
        drawn = rng.random(len(people)) < MAIL.audience_share
        parts.append(np.flatnonzero(reachable & drawn) * size + campaign)
    for ended_by in (people.bounced_by, people.opted_out_by):
        rows = np.flatnonzero(ended_by >= 0)
        parts.append(rows * size + ended_by[rows])
    key = np.unique(np.concatenate(parts))
    return _Sendings(key // size, key % size, np.isin(key, readers), key)


def email_event_table(world: World) -> pa.Table:
    """Return the generic e-mail events in order of time."""
    campaigns, people = world.market.campaigns, world.people
    rng = world.market.clock.rng("email events")
    mails = world.touches.channel == CHANNEL_NUMBER["email"]
    clicks = world.touches.rows(np.flatnonzero(mails & (world.touches.person >= 0)))
    sendings = _sendings(world, clicks)
    person, campaign = sendings.person, sendings.campaign
    count = len(person)
    sent = campaigns.sent_at[campaign] + rng.integers(0, _SENDING_TAKES, count)
    hard = ~sendings.clicked & (people.bounced_by[person] == campaign)
    soft = ~sendings.clicked & ~hard & (rng.random(count) < MAIL.soft_bounce)
    got = ~hard & ~soft
    leaves = got & (people.opted_out_by[person] == campaign)
    opens = sendings.clicked | leaves | (rng.random(count) < MAIL.open_rate)
    reports = got & (rng.random(count) < MAIL.spam_report)
    wait = rng.lognormal(np.log(MAIL.hours_to_open * HOUR), MAIL.hours_sigma, count)
    read = np.where(sendings.clicked | leaves, sent + 30, sent + wait.astype(np.int64))
    bounced = np.where(hard, people.bounced_at[person], sent + 9)
    events = [
        (np.arange(count), "sent", sent),
        (np.flatnonzero(got), "delivered", sent + 4),
        (np.flatnonzero(hard | soft), "bounce", bounced),
        (np.flatnonzero(got & opens), "open", read),
        (np.flatnonzero(leaves), "unsubscribe", people.opted_out_at[person]),
        (np.flatnonzero(reports), "spam_report", read + MINUTE),
    ]
    key = clicks.person * len(campaigns) + clicks.campaign
    sending = [*(rows for rows, _, _ in events), np.searchsorted(sendings.key, key)]
    at = [*(at[rows] for rows, _, at in events), clicks.at]
    kind = [*(_KIND[name] for _, name, _ in events), _KIND["click"]]
    return _written(
        world,
        sendings,
        hard,
        (
            np.concatenate(sending),
            np.repeat(kind, [len(rows) for rows in sending]),
            np.concatenate(at),
        ),
    )


def _written(
    world: World,
    sendings: _Sendings,
    hard: Array,
    events: tuple[Array, Array, Array],
) -> pa.Table:
    """Write events, given as their sending, kind and time."""
    clock, campaigns = world.market.clock, world.market.campaigns
    sending, kind, at = events
    order = np.lexsort((kind, sending, at))
    order = order[at[order] < clock.end]
    sending, kind, at = sending[order], kind[order], at[order]
    person, campaign = sendings.person[sending], sendings.campaign[sending]
    # One sending goes to one record, so all its events name the same.
    record = world.records.at(
        clock.rng("email records"),
        sendings.person,
        campaigns.sent_at[sendings.campaign],
    )
    bounce = np.where(hard[sending], 0, 1)
    variant = where(
        sendings.clicked[sending],
        variant_of(campaigns, person, campaign, clicked=True),
        variant_of(campaigns, person, campaign, clicked=False),
    )
    return table(
        {
            "email_event_id": numbered("e", len(order), width=9),
            "person_id": take(world.records.keys, record[sending]),
            "email": take(world.people.email, person),
            "campaign_id": join("salesforce:", take(campaigns.ids, campaign)),
            "event_type": pick(_KINDS, kind),
            "bounce_type": pick(
                ("hard", "soft"), np.where(kind == _KIND["bounce"], bounce, -1)
            ),
            "variant": variant,
            "occurred_at": moments(at),
        },
        len(order),
    )


def consent_table(world: World) -> pa.Table:
    """Return the consents: opt-ins at forms, opt-outs in the preference centre."""
    clock, accounts = world.market.clock, world.market.accounts
    people, records = world.people, world.records
    rng = clock.rng("consents")
    region = accounts.region[people.account]
    rate = np.array([_OPT_IN[name] for name in REGIONS])[region]
    came_in = people.kind == INBOUND
    into = np.flatnonzero(came_in & (rng.random(len(people)) < rate))
    out = np.flatnonzero((people.opted_out_at < NEVER) & (people.opted_out_by < 0))
    phone = np.flatnonzero(rng.random(len(people)) < _PHONE_ONLY)
    phone_at = people.lead_at[phone] + rng.integers(1, 200, len(phone)) * DAY
    person = np.concatenate([into, out, phone])
    at = np.concatenate([people.lead_at[into] + 1, people.opted_out_at[out], phone_at])
    kind = np.repeat([0, 1, 2], [len(into), len(out), len(phone)])
    order = np.lexsort((person, at))
    order = order[at[order] < clock.end]
    person, at, kind = person[order], at[order], kind[order]
    count = len(order)
    nameless = rng.random(count) < _BY_ADDRESS_ONLY
    whole = rng.random(count) < 0.2
    channel = np.where(kind == 2, 1, np.where((kind == 1) & whole, 2, 0))
    pages = [f"form {page}" for page in FORM_PAGES]
    evidence = np.where(kind == 0, rng.integers(0, len(pages), count), len(pages))
    return table(
        {
            "person_id": blank(take(records.keys, records.primary[person]), nameless),
            "email": take(people.email, person),
            "channel": pick(("email", "phone", "all"), channel),
            "purpose": "marketing",
            "status": pick(("opt_in", "opt_out"), np.minimum(kind, 1)),
            "lawful_basis": "consent",
            "occurred_at": moments(at),
            "evidence": pick([*pages, "preference centre"], evidence),
        },
        count,
    )

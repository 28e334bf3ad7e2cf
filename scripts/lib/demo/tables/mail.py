"""What became of the e-mails that were sent, and the consents people gave."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from lib.demo.assumptions import MAIL
from lib.demo.campaigns import Campaigns
from lib.demo.columns import (
    DAY,
    HOUR,
    MINUTE,
    NEVER,
    Array,
    blank,
    moments,
    pick,
    table,
    take,
)
from lib.demo.journeys import Touches
from lib.demo.people import INBOUND
from lib.demo.vocabulary import FORM_PAGES, REGIONS
from lib.demo.world import World

KINDS = ("sent", "delivered", "bounce", "open", "click", "unsubscribe", "spam_report")
_KIND = {name: number for number, name in enumerate(KINDS)}
_SENDING_TAKES = 10 * MINUTE
_CLICKERS = 0.12  # share of an audience that clicks, about
_OPT_IN = {"AMER": 0.45, "EMEA": 0.78, "APAC": 0.6}
_PHONE_ONLY = 0.01
_BY_ADDRESS_ONLY = 0.06


def line_of(
    campaigns: Campaigns, person: Array, campaign: Array, clicked: Array
) -> Array:
    """Return which subject line (0 or 1) a person got; all got 0 without a test.

    Line 1 earns more clicks, so more of those who clicked had it; those who did not
    make up for it, and each line went to half of the audience.
    """
    share = (1 + MAIL.variant_lift) / (2 + MAIL.variant_lift)
    rest = (0.5 - _CLICKERS * share) / (1 - _CLICKERS)
    mixed = (person * 2_654_435_761 + campaign * 40_503 + 12_345) % 4_294_967_296
    # One more turn, so that neighbours do not fall alike.
    mixed = (mixed * 1_103_515_245 + 12_345) % 2_147_483_648
    second = mixed / 2_147_483_648 < np.where(clicked, share, rest)
    return np.where(campaigns.variants[campaign] > 1, second, 0).astype(np.int64)


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


@dataclass(frozen=True)
class MailEvents:
    """What became of the messages, one row per event, in order of time."""

    kind: Array  # place in KINDS
    at: Array
    person: Array
    campaign: Array
    line: Array  # the subject line, 0 or 1
    is_hard: Array  # of bounces
    sent: Array  # row of the event that sent the message
    click: Array  # place among the clicks in touches; -1 for what is none


def mail_events(world: World, clicks: Touches) -> MailEvents:
    """Return all events of the e-mail programme."""
    campaigns, people = world.market.campaigns, world.people
    rng = world.market.clock.rng("email events")
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
    sizes = [len(rows) for rows in sending]
    click = np.concatenate([np.full(sum(sizes[:-1]), -1), np.arange(sizes[-1])])
    return _in_order(
        world,
        sendings,
        hard,
        (np.concatenate(sending), np.repeat(kind, sizes), np.concatenate(at), click),
    )


def _in_order(
    world: World,
    sendings: _Sendings,
    hard: Array,
    events: tuple[Array, Array, Array, Array],
) -> MailEvents:
    """Order events, given as their sending, kind, time and click, up to the end."""
    sending, kind, at, click = events
    order = np.lexsort((kind, sending, at))
    order = order[at[order] < world.market.clock.end]
    sending, kind, at, click = (one[order] for one in events)
    sent = np.full(len(sendings.person), -1)
    first = np.flatnonzero(kind == _KIND["sent"])
    sent[sending[first]] = first
    person, campaign = sendings.person, sendings.campaign
    line = line_of(world.market.campaigns, person, campaign, sendings.clicked)
    return MailEvents(
        kind=kind,
        at=at,
        person=person[sending],
        campaign=campaign[sending],
        line=line[sending],
        is_hard=hard[sending],
        sent=sent[sending],
        click=click,
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

"""The e-mail programme: who was sent what, and what they did; and consents."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from lib.demo.accounts import Accounts
from lib.demo.assumptions import CHANNEL_NUMBER, MAIL
from lib.demo.campaigns import Campaigns
from lib.demo.clock import Clock
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
from lib.demo.people import INBOUND, People
from lib.demo.records import Records
from lib.demo.vocabulary import FORM_PAGES, REGIONS

_KINDS = ("sent", "delivered", "bounce", "open", "click", "unsubscribe", "spam_report")
_KIND = {name: number for number, name in enumerate(_KINDS)}
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


def _audience(
    clock: Clock, campaigns: Campaigns, people: People, touches: Touches
) -> tuple[Array, Array]:
    """Return person and campaign of everyone who was sent a message and did not click."""
    rng = clock.rng("audience")
    clicked = touches.channel == CHANNEL_NUMBER["email"]
    size = len(campaigns)
    taken = np.unique(touches.person[clicked] * size + touches.campaign[clicked])
    until = np.minimum(people.bounced_at, people.opted_out_at)
    parts = []
    for campaign in campaigns.of("email"):
        sent_at = campaigns.sent_at[campaign]
        reachable = (people.lead_at < sent_at) & (sent_at < until)
        drawn = rng.random(len(people)) < MAIL.audience_share
        parts.append(np.flatnonzero(reachable & drawn) * size + campaign)
    for ended_by in (people.bounced_by, people.opted_out_by):
        rows = np.flatnonzero(ended_by >= 0)
        parts.append(rows * size + ended_by[rows])
    keys = np.setdiff1d(np.concatenate(parts), taken)
    return keys // size, keys % size


def email_event_table(
    clock: Clock,
    campaigns: Campaigns,
    people: People,
    records: Records,
    touches: Touches,
) -> pa.Table:
    """Return the generic e-mail events in order of time."""
    rng = clock.rng("email events")
    clicks = touches.rows(
        np.flatnonzero(
            (touches.channel == CHANNEL_NUMBER["email"]) & (touches.person >= 0)
        )
    )
    person, campaign = _audience(clock, campaigns, people, touches)
    size = len(campaigns)
    readers = np.unique(clicks.person * size + clicks.campaign)
    quiet = np.arange(len(person) + len(readers)) < len(person)
    person = np.concatenate([person, readers // size])
    campaign = np.concatenate([campaign, readers % size])
    sent = campaigns.sent_at[campaign] + rng.integers(0, 10 * MINUTE, len(person))
    hard = quiet & (people.bounced_by[person] == campaign)
    soft = quiet & ~hard & (rng.random(len(person)) < MAIL.soft_bounce)
    got = ~hard & ~soft
    leaves = people.opted_out_by[person] == campaign
    opens = got & (~quiet | leaves | (rng.random(len(person)) < MAIL.open_rate))
    reports = got & (rng.random(len(person)) < MAIL.spam_report)
    read = sent + rng.lognormal(np.log(4 * HOUR), 1.2, len(person)).astype(np.int64)
    read = np.where(quiet, read, sent + 30)
    left = np.where(leaves, people.opted_out_at[person], read + 2 * MINUTE)
    parts = [
        (np.ones(len(person), dtype=bool), "sent", sent),
        (got, "delivered", sent + 4),
        (hard | soft, "bounce", np.where(hard, people.bounced_at[person], sent + 9)),
        (opens, "open", read),
        (leaves & got, "unsubscribe", left),
        (reports, "spam_report", read + MINUTE),
    ]
    rows = [np.flatnonzero(mask) for mask, _, _ in parts]
    columns = {
        "person": np.concatenate([*(person[row] for row in rows), clicks.person]),
        "campaign": np.concatenate([*(campaign[row] for row in rows), clicks.campaign]),
        "at": np.concatenate(
            [*(at[row] for row, (_, _, at) in zip(rows, parts, strict=True)), clicks.at]
        ),
        "kind": np.repeat(
            [*(_KIND[name] for _, name, _ in parts), _KIND["click"]],
            [*(len(row) for row in rows), len(clicks)],
        ),
        "hard": np.concatenate(
            [*(hard[row] for row in rows), np.zeros(len(clicks), dtype=bool)]
        ),
        "quiet": np.concatenate(
            [*(quiet[row] for row in rows), np.zeros(len(clicks), dtype=bool)]
        ),
    }
    return _written(clock, rng, campaigns, people, records, columns)


def _written(
    clock: Clock,
    rng: np.random.Generator,
    campaigns: Campaigns,
    people: People,
    records: Records,
    columns: dict[str, Array],
) -> pa.Table:
    order = np.lexsort((columns["kind"], columns["person"], columns["at"]))
    order = order[columns["at"][order] < clock.end]
    person, campaign = columns["person"][order], columns["campaign"][order]
    kind = columns["kind"][order]
    variant = where(
        columns["quiet"][order],
        variant_of(campaigns, person, campaign, clicked=False),
        variant_of(campaigns, person, campaign, clicked=True),
    )
    record = records.at(rng, person, campaigns.sent_at[campaign])
    bounce = np.where(columns["hard"][order], 0, 1)
    count = len(order)
    return table(
        {
            "email_event_id": numbered("e", count, width=9),
            "person_id": take(records.keys, record),
            "email": take(people.email, person),
            "campaign_id": join("salesforce:", take(campaigns.ids, campaign)),
            "event_type": pick(_KINDS, kind),
            "bounce_type": pick(
                ("hard", "soft"), np.where(kind == _KIND["bounce"], bounce, -1)
            ),
            "variant": variant,
            "occurred_at": moments(columns["at"][order]),
        },
        count,
    )


def consent_table(
    clock: Clock, accounts: Accounts, people: People, records: Records
) -> pa.Table:
    """Return the consent events: opt-ins at forms, opt-outs in the preference centre."""
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

"""The people of the market, truly: one row each, with the times of their journey."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lib.demo.accounts import Accounts
from lib.demo.assumptions import CHANNEL_NUMBER, CHANNELS, MESS, POPULATION, SEGMENTS
from lib.demo.campaigns import Campaigns
from lib.demo.clock import Clock
from lib.demo.columns import (
    DAY,
    HOUR,
    MINUTE,
    NEVER,
    Array,
    choose,
    join,
    pick,
    rank_within,
    take,
    text,
    where,
)
from lib.demo.market import Market
from lib.demo.vocabulary import (
    COUNTRIES,
    FIRST_NAMES,
    FREEMAIL,
    LAST_NAMES,
    SENIORITIES,
    SENIORITY_SHARES,
    TITLES,
    ZONES,
)

INBOUND, PROSPECTED, INSTALLED = 0, 1, 2
_ENTERPRISE = [segment.name for segment in SEGMENTS].index("enterprise")
_US_ZONES = (0.5, 0.3, 0.2)
_DATED = ("event", "webinar")
_WAITS_DAYS = 60  # at most, for the next event
_EVENT_LASTS = 7 * HOUR
_MIGRATION_DAYS = 2
_MAIL_ENDS = (11 * MINUTE, 20 * MINUTE)  # after the sending
_OPT_OUT_BY_FORM = 0.4


@dataclass(frozen=True)
class People:
    """True people. Times are epoch seconds; NEVER where it did not happen."""

    account: Array
    kind: Array
    first: Array
    last: Array
    seniority: Array
    title: pa.Array
    email: pa.Array
    private_email: pa.Array
    phone: pa.Array
    zone: Array
    interest: Array
    fit: Array
    creation_channel: Array  # -1 for those known from before
    creation_campaign: Array
    first_at: Array
    lead_at: Array
    candidate_at: Array  # when they would become an MQL, if ever
    bounced_at: Array
    bounced_by: Array  # the e-mail campaign it came with, or -1
    opted_out_at: Array
    opted_out_by: Array

    def __len__(self) -> int:
        return len(self.account)


def make_people(market: Market, count: int) -> People:
    """Draw so many people, their employers and when they turned up."""
    accounts = market.accounts
    rng = market.clock.rng("people")
    pull = rng.lognormal(0, POPULATION.account_spread, len(accounts))
    account = choose(rng, pull, count)
    installed = accounts.is_installed[account]
    kind = np.where(
        rng.random(count) < POPULATION.prospected_share, PROSPECTED, INBOUND
    )
    known = installed & (rng.random(count) < POPULATION.installed_people_share)
    kind = np.where(known, INSTALLED, np.where(installed, INBOUND, kind))
    seniority = choose(rng, SENIORITY_SHARES, count)
    first = rng.integers(0, len(FIRST_NAMES), count)
    last = rng.integers(0, len(LAST_NAMES), count)
    work, private = _addresses(rng, accounts, account, first, last)
    interest = rng.normal(0, 1, count)
    people = People(
        account=account,
        kind=kind,
        first=first,
        last=last,
        seniority=seniority,
        title=_titles(rng, seniority),
        email=work,
        private_email=private,
        phone=_phones(rng, accounts, account),
        zone=_zones(rng, accounts, account),
        interest=interest,
        fit=np.asarray(POPULATION.fit_by_seniority)[seniority],
        creation_channel=np.zeros(count, dtype=np.int64),
        creation_campaign=np.full(count, -1),
        first_at=np.zeros(count, dtype=np.int64),
        lead_at=np.zeros(count, dtype=np.int64),
        candidate_at=np.zeros(count, dtype=np.int64),
        bounced_at=np.full(count, NEVER),
        bounced_by=np.full(count, -1),
        opted_out_at=np.full(count, NEVER),
        opted_out_by=np.full(count, -1),
    )
    return _with_times(market, people)


def _titles(rng: np.random.Generator, seniority: Array) -> pa.Array:
    starts = np.cumsum([0, *[len(TITLES[name]) for name in SENIORITIES]])
    widths = np.diff(starts)
    place = (rng.random(len(seniority)) * widths[seniority]).astype(np.int64)
    options = [title for name in SENIORITIES for title in TITLES[name]]
    return pick(options, starts[seniority] + place)


def _addresses(
    rng: np.random.Generator,
    accounts: Accounts,
    account: Array,
    first: Array,
    last: Array,
) -> tuple[pa.Array, pa.Array]:
    """Return the address in use and a private one; both are one person's alone."""
    given = pick([name[1] for name in FIRST_NAMES], first)
    family = pick([name[1] for name in LAST_NAMES], last)
    initial = pc.utf8_slice_codeunits(given, 0, 1)
    pattern = (account % 3).astype(np.int64)
    local = where(
        pattern == 0,
        join(given, ".", family),
        where(pattern == 1, join(initial, family), join(given, "_", family)),
    )
    work = _made_unique(local, take(accounts.domain, account))
    host = pick(FREEMAIL, choose(rng, (6, 3, 2, 1, 1, 1), len(account)))
    digits = text(rng.integers(1, 99, len(account)))
    private = _made_unique(join(given, ".", family, digits), host)
    uses_private = rng.random(len(account)) < POPULATION.freemail_share
    return where(uses_private, private, work), private


def _made_unique(local: pa.Array, host: pa.Array) -> pa.Array:
    address = join(local, "@", host)
    codes = pc.dictionary_encode(address).indices.to_numpy()
    place = rank_within(codes)
    return where(place > 0, join(local, text(place + 1), "@", host), address)


def _phones(rng: np.random.Generator, accounts: Accounts, account: Array) -> pa.Array:
    dial = pick([one.dial for one in COUNTRIES], accounts.country[account])
    number = rng.integers(10_000, 99_999, (2, len(account)))
    return join(dial, " 555 ", text(number[0]), text(number[1]))


def _zones(rng: np.random.Generator, accounts: Accounts, account: Array) -> Array:
    zone = accounts.zone[account]
    american = choose(rng, _US_ZONES, len(account))
    return np.where(zone == ZONES.index("America/New_York"), american, zone)


def _with_times(market: Market, people: People) -> People:
    clock, accounts, campaigns = market.clock, market.accounts, market.campaigns
    rng = clock.rng("arrivals")
    count = len(people)
    region = accounts.region[people.account]
    channel = _creation_channels(rng, accounts, people)
    lead_at = clock.at_visiting_hours(rng, clock.draw_days(rng, count), people.zone)
    channel, campaign, lead_at = _at_dated_campaigns(
        rng, campaigns, region, channel, lead_at
    )
    unknown = rng.exponential(POPULATION.days_unknown * DAY, count).astype(np.int64)
    at_once = rng.random(count) < POPULATION.first_touch_is_creation
    first_at = np.where(at_once, lead_at, lead_at - unknown)
    nurtured = rng.exponential(POPULATION.days_nurtured * DAY, count).astype(np.int64)
    hot = rng.random(count) < POPULATION.mql_at_once
    wait = np.where(hot, rng.integers(MINUTE, HOUR, count), HOUR + nurtured)
    candidate_at = lead_at + wait
    found = people.kind == PROSPECTED
    lead_at = np.where(found, clock.in_office(rng, lead_at, people.zone), lead_at)
    lead_at = np.clip(lead_at, clock.start + HOUR, clock.end - HOUR)
    first_at = np.where(found, lead_at, first_at)
    migrated = clock.start + rng.integers(0, _MIGRATION_DAYS * DAY, count)
    known = people.kind == INSTALLED
    begun = np.where(known, migrated, lead_at)
    bounced_at, bounced_by = _mail_ends(clock, rng, campaigns, begun, MESS.hard_bounce)
    out_at, out_by = _mail_ends(clock, rng, campaigns, begun, MESS.opted_out)
    by_form = rng.random(count) < _OPT_OUT_BY_FORM
    return replace(
        people,
        bounced_at=bounced_at,
        bounced_by=bounced_by,
        opted_out_at=np.where(out_at < NEVER, out_at + DAY * by_form, NEVER),
        opted_out_by=np.where(by_form, -1, out_by),
        creation_channel=np.where(known, -1, channel),
        creation_campaign=np.where(known | found, -1, campaign),
        first_at=np.where(known, migrated, np.clip(first_at, clock.start, lead_at)),
        lead_at=begun,
        candidate_at=np.where(
            known | (candidate_at >= clock.end),
            NEVER,
            np.maximum(candidate_at, lead_at),
        ),
    )


def _mail_ends(
    clock: Clock,
    rng: np.random.Generator,
    campaigns: Campaigns,
    begun: Array,
    share: float,
) -> tuple[Array, Array]:
    """Draw for a share of the people the e-mail that was their last one, and when."""
    met = rng.random(len(begun)) < share
    span = np.maximum(clock.end - begun - DAY, HOUR)
    moment = begun + HOUR + (rng.random(len(begun)) * span).astype(np.int64)
    held = campaigns.of("email")
    hours = np.append(campaigns.sent_at[held], NEVER)
    place = np.searchsorted(hours, moment)
    met &= hours[np.minimum(place, len(held))] < clock.end - 2 * DAY
    at = hours[np.minimum(place, len(held))] + rng.integers(*_MAIL_ENDS, len(begun))
    mail = np.append(held, -1)[np.minimum(place, len(held))]
    return np.where(met, at, NEVER), np.where(met, mail, -1)


def _creation_channels(
    rng: np.random.Generator, accounts: Accounts, people: People
) -> Array:
    base = np.array([channel.creation for channel in CHANNELS], dtype=float)
    tilt = np.array([channel.enterprise_tilt for channel in CHANNELS])
    large = accounts.segment[people.account] == _ENTERPRISE
    drawn = np.where(
        large, choose(rng, base * tilt, len(people)), choose(rng, base, len(people))
    )
    return np.where(people.kind == PROSPECTED, CHANNEL_NUMBER["outbound"], drawn)


def _at_dated_campaigns(
    rng: np.random.Generator,
    campaigns: Campaigns,
    region: Array,
    channel: Array,
    lead_at: Array,
) -> tuple[Array, Array, Array]:
    """Move leads made at an event or webinar to its hour, and name the campaign.

    Where none is near, the person searches and comes by that way.
    """
    lead_at, channel = lead_at.copy(), channel.copy()
    campaign = np.full(len(lead_at), -1)
    for name in _DATED:
        for number in np.unique(region):
            held = campaigns.of(name, int(number))
            rows = np.flatnonzero(
                (channel == CHANNEL_NUMBER[name]) & (region == number)
            )
            hours = np.append(campaigns.sent_at[held], NEVER)
            place = np.searchsorted(hours, lead_at[rows])
            near = hours[place] - lead_at[rows] <= _WAITS_DAYS * DAY
            channel[rows[~near]] = CHANNEL_NUMBER["organic_search"]
            rows, place = rows[near], place[near]
            campaign[rows] = held[place]
            lead_at[rows] = hours[place] + rng.integers(0, _EVENT_LASTS, len(rows))
    return channel, campaign, lead_at

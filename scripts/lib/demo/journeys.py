"""Every touch of every person, and of visitors who never said who they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from lib.demo.accounts import Accounts
from lib.demo.assumptions import (
    CHANNEL_NUMBER,
    CHANNELS,
    SEGMENTS,
    VISITS,
)
from lib.demo.campaigns import Campaigns
from lib.demo.clock import Clock
from lib.demo.columns import (
    DAY,
    HOUR,
    MINUTE,
    NEVER,
    Array,
    choose,
    rank_within,
    repeat_rows,
)
from lib.demo.market import Market
from lib.demo.people import INBOUND, INSTALLED, PROSPECTED, People

STRANGER = -1
_PHASES = ("unknown", "creation", "nurture", "selling")
_ENTERPRISE = [segment.name for segment in SEGMENTS].index("enterprise")
_INTEREST_EDGES = (-0.43, 0.43)  # thirds of a standard normal
_BEFORE_SHARE = 0.42  # of all touches, those up to the moment of the MQL
_ONCE = ("event", "webinar", "content_syndication", "partner")
_RUNNING = (
    "paid_search",
    "paid_social",
    "organic_social",
    "content_syndication",
    "partner",
)
_STAY_HOURS = {"event": 7, "webinar": 1}
_MAIL_DELAY_SIGMA = 1.3
_SESSION_GAP_DAYS = 6
_CUSTOMERS_STAY = 4.0  # how much slower the visits of customers fade


@dataclass(frozen=True)
class Touches:
    """Touches as columns; person is -1 for strangers, whom visitor tells apart."""

    person: Array
    visitor: Array
    at: Array
    channel: Array
    campaign: Array
    is_creation: Array

    def __len__(self) -> int:
        return len(self.person)

    def rows(self, index: Array) -> Touches:
        """Return the touches at the index."""
        return Touches(*(getattr(self, field.name)[index] for field in fields(self)))


def together(parts: Sequence[Touches]) -> Touches:
    """Return all touches in order of time."""
    merged = Touches(
        *(
            np.concatenate([getattr(part, field.name) for part in parts])
            for field in fields(Touches)
        )
    )
    return merged.rows(np.lexsort((merged.channel, merged.person, merged.at)))


def _of_people(person: Array, at: Array, channel: Array) -> Touches:
    return Touches(
        person=person,
        visitor=np.full(len(person), -1),
        at=at,
        channel=channel,
        campaign=np.full(len(person), -1),
        is_creation=np.zeros(len(person), dtype=bool),
    )


def _draw_channels(
    rng: np.random.Generator, phase: Array, large: Array, interest: Array
) -> Array:
    """Draw a channel for each touch by phase, size of account and third of interest."""
    reach = {
        name: np.array([getattr(channel, name) for channel in CHANNELS], dtype=float)
        for name in _PHASES
    }
    size_tilt = np.array([channel.enterprise_tilt for channel in CHANNELS])
    interest_tilt = np.array([channel.interest_tilt for channel in CHANNELS])
    third = np.searchsorted(_INTEREST_EDGES, interest)
    group = (phase * 2 + large) * 3 + third
    drawn = np.zeros(len(phase), dtype=np.int64)
    for number in np.unique(group):
        name = _PHASES[number // 6]
        weights = reach[name] * interest_tilt ** (number % 3 - 1)
        if number // 3 % 2:
            weights = weights * size_tilt
        rows = np.flatnonzero(group == number)
        drawn[rows] = choose(rng, weights, len(rows))
    return drawn


def _in_their_day(
    clock: Clock, rng: np.random.Generator, at: Array, zone: Array
) -> Array:
    """Move moments to weekdays and hours at which people read."""
    day = clock.weekdays_mostly(rng, at // DAY)
    return clock.at_visiting_hours(rng, day, zone)


def before_mql(market: Market, people: People, total: int) -> Touches:
    """Make the touches up to the moment at which a person would become an MQL."""
    clock = market.clock
    rng = clock.rng("touches before")
    came = np.flatnonzero(people.kind != INSTALLED)
    latest = np.minimum(people.candidate_at, clock.end - 1)
    creation = _of_people(came, people.lead_at[came], people.creation_channel[came])
    creation = replace(
        creation,
        campaign=people.creation_campaign[came],
        is_creation=np.ones(len(came), dtype=bool),
    )
    early = np.flatnonzero(
        (people.kind == INBOUND) & (people.first_at < people.lead_at)
    )
    opening = _of_people(early, people.first_at[early], np.zeros_like(early))
    wanted = round(total * (1 - VISITS.never_identified) * _BEFORE_SHARE)
    span = np.sqrt((latest - people.first_at) / DAY + 1)
    weight = span * np.exp(VISITS.interest_effect * people.interest)
    weight = weight * np.array([1.0, 0.5, 0.0])[people.kind]
    extra = max(0, wanted - len(came) - len(early))
    person = repeat_rows(rng.multinomial(extra, weight / weight.sum()))
    share = rng.beta(0.8, 0.8, len(person))
    start, stop = people.first_at[person], latest[person]
    plain = start + (share * (stop - start)).astype(np.int64)
    at = _in_their_day(clock, rng, plain, people.zone[person])
    at = np.where((at >= start) & (at <= stop), at, plain)
    others = together([opening, _of_people(person, at, np.zeros_like(person))])
    phase = np.where(others.at < people.lead_at[others.person], 0, 2)
    phase = np.where(people.kind[others.person] == PROSPECTED, 3, phase)
    others = _with_channels(rng, market.accounts, people, others, phase)
    made = together([creation, others])
    return _placed(market, rng, people, made, latest[made.person])


def _with_channels(
    rng: np.random.Generator,
    accounts: Accounts,
    people: People,
    touches: Touches,
    phase: Array,
) -> Touches:
    large = accounts.segment[people.account[touches.person]] == _ENTERPRISE
    interest = people.interest[touches.person]
    return replace(touches, channel=_draw_channels(rng, phase, large, interest))


def triggered(clock: Clock, people: People, before: Touches) -> People:
    """Let the last touch be what makes the MQL: minutes after it, the score is full."""
    rng = clock.rng("trigger")
    last = people.lead_at.copy()
    np.maximum.at(last, before.person, before.at)
    moment = last + rng.integers(MINUTE, 10 * MINUTE, len(last))
    scored = (people.kind == INBOUND) & (people.candidate_at < NEVER)
    candidate = np.where(scored, moment, people.candidate_at)
    return replace(
        people, candidate_at=np.where(candidate >= clock.end, NEVER, candidate)
    )


def exposure(people: People, before: Touches, total: int) -> Array:
    """Return people × channels: how much of its say each channel has had (0 to 1).

    The say saturates with the number of touches; more touches recorded per person do
    not mean more influence, so the scale follows the number of touches.
    """
    cell = before.person * len(CHANNELS) + before.channel
    counts = np.bincount(cell, minlength=len(people) * len(CHANNELS))
    scale = total / (VISITS.touches_per_person * len(people))
    counts = counts.reshape(len(people), len(CHANNELS))
    return 1 - np.exp(-counts / (VISITS.full_say * max(scale, 0.1)))


def after_mql(
    market: Market,
    people: People,
    mql_at: Array,
    selling: tuple[Array, Array],
    count: int,
) -> Touches:
    """Make the touches after that moment: nurturing, and the sale where there is one.

    selling holds from when and until when each person is in a sale.
    """
    clock = market.clock
    rng = clock.rng("touches after")
    start = np.where(people.candidate_at < NEVER, people.candidate_at, people.lead_at)
    start = np.minimum(start + MINUTE, clock.end - 1)
    length = (clock.end - 1 - start) / DAY
    fade = np.where(people.kind == INSTALLED, _CUSTOMERS_STAY, 1.0)
    fade = fade * VISITS.fades_after_days
    seen = 1 - np.exp(-length / fade)
    level = np.where(mql_at < NEVER, VISITS.after_mql, VISITS.after_lead)
    level = np.where(selling[0] < NEVER, VISITS.after_opportunity, level)
    weight = level * seen * np.exp(VISITS.interest_effect * people.interest)
    person = repeat_rows(rng.multinomial(count, weight / weight.sum()))
    waited = -fade[person] * np.log1p(-rng.random(len(person)) * seen[person])
    plain = np.minimum(start[person] + (waited * DAY).astype(np.int64), clock.end - 1)
    at = _in_their_day(clock, rng, plain, people.zone[person])
    at = np.where((at >= start[person]) & (at < clock.end), at, plain)
    sold_to = (at >= selling[0][person]) & (at <= selling[1][person])
    touches = _of_people(person, at, np.zeros_like(person))
    phase = np.where(sold_to, 3, 2)
    touches = _with_channels(rng, market.accounts, people, touches, phase)
    return _placed(market, rng, people, touches, np.full(len(person), clock.end - 1))


def strangers(market: Market, count: int) -> Touches:
    """Make the visits of people who never leave an address."""
    clock, accounts = market.clock, market.accounts
    rng = clock.rng("strangers")
    visitors = max(1, round(count / VISITS.visits_per_stranger))
    visitor = np.sort(rng.integers(0, visitors, count))
    account = rng.integers(0, len(accounts), visitors)
    day = clock.draw_days(rng, visitors)[visitor]
    gap = rng.exponential(_SESSION_GAP_DAYS, count).astype(np.int64)
    day = np.minimum(
        day + np.where(rank_within(visitor) > 0, gap, 0), clock.end_day - 1
    )
    zone = accounts.zone[account][visitor]
    at = clock.at_visiting_hours(rng, day, zone)
    at = np.clip(at, clock.start, clock.end - 1)
    touches = replace(
        _of_people(np.full(count, STRANGER), at, np.zeros(count, dtype=np.int64)),
        visitor=visitor,
    )
    phase, large = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    channel = _draw_channels(rng, phase, large, rng.normal(0, 1, count))
    region = accounts.region[account][visitor]
    return _running(rng, market.campaigns, region, replace(touches, channel=channel))


def _placed(
    market: Market,
    rng: np.random.Generator,
    people: People,
    touches: Touches,
    latest: Array,
) -> Touches:
    """Give touches their campaigns; what finds none becomes a direct visit."""
    campaigns = market.campaigns
    region = market.accounts.region[people.account[touches.person]]
    earliest = people.lead_at[touches.person]
    touches = _at_dates(rng, campaigns, region, touches, latest)
    until = np.minimum(people.bounced_at, people.opted_out_at)[touches.person]
    touches = _on_mails(rng, campaigns, touches, earliest, until)
    touches = _running(rng, campaigns, region, touches)
    return _once_each(touches)


def _direct(touches: Touches, rows: Array) -> Touches:
    channel, campaign = touches.channel.copy(), touches.campaign.copy()
    channel[rows], campaign[rows] = CHANNEL_NUMBER["direct"], -1
    return replace(touches, channel=channel, campaign=campaign)


def _at_dates(
    rng: np.random.Generator,
    campaigns: Campaigns,
    region: Array,
    touches: Touches,
    latest: Array,
) -> Touches:
    at, campaign = touches.at.copy(), touches.campaign.copy()
    lost = np.zeros(len(at), dtype=bool)
    for name, stay in _STAY_HOURS.items():
        of_channel = touches.channel == CHANNEL_NUMBER[name]
        for number in np.unique(region):
            held = campaigns.of(name, int(number))
            rows = np.flatnonzero(of_channel & (region == number) & (campaign < 0))
            hours = campaigns.sent_at[held]
            next_one = np.searchsorted(hours, at[rows])
            known = next_one < len(held)
            lost[rows[~known]] = True
            rows, next_one = rows[known], next_one[known]
            moment = hours[next_one] + rng.integers(0, stay * HOUR, len(rows))
            near = moment - at[rows] <= VISITS.event_reach_days * DAY
            near &= moment <= latest[rows]
            lost[rows[~near]] = True
            at[rows[near]] = moment[near]
            campaign[rows[near]] = held[next_one[near]]
    return _direct(replace(touches, at=at, campaign=campaign), np.flatnonzero(lost))


def _on_mails(
    rng: np.random.Generator,
    campaigns: Campaigns,
    touches: Touches,
    earliest: Array,
    until: Array,
) -> Touches:
    held = campaigns.of("email")
    rows = np.flatnonzero(touches.channel == CHANNEL_NUMBER["email"])
    if len(held) == 0:
        return _direct(touches, rows)
    at, campaign = touches.at.copy(), touches.campaign.copy()
    hours = campaigns.sent_at[held]
    latest_one = np.searchsorted(hours, at[rows], side="right") - 1
    sent = hours[np.maximum(latest_one, 0)]
    known = (latest_one >= 0) & (sent >= earliest[rows])
    known &= (sent + HOUR < until[rows]) & (at[rows] < until[rows])
    delay = rng.lognormal(np.log(5 * HOUR), _MAIL_DELAY_SIGMA, len(rows)).astype(
        np.int64
    )
    opened = rows[known]
    at[opened] = np.minimum(at[opened], sent[known] + MINUTE + delay[known])
    campaign[opened] = held[latest_one[known]]
    return _direct(replace(touches, at=at, campaign=campaign), rows[~known])


def _running(
    rng: np.random.Generator, campaigns: Campaigns, region: Array, touches: Touches
) -> Touches:
    campaign = touches.campaign.copy()
    day = touches.at // DAY
    for name in _RUNNING:
        of_channel = (touches.channel == CHANNEL_NUMBER[name]) & (campaign < 0)
        for number in np.unique(region):
            rows = np.flatnonzero(of_channel & (region == number))
            held = campaigns.of(name, int(number))
            starts, first, size = np.unique(
                campaigns.start_day[held], return_index=True, return_counts=True
            )
            quarter = np.maximum(
                np.searchsorted(starts, day[rows], side="right") - 1, 0
            )
            drawn = (rng.random(len(rows)) * size[quarter]).astype(np.int64)
            campaign[rows] = held[first[quarter] + drawn]
    return replace(touches, campaign=campaign)


def _once_each(touches: Touches) -> Touches:
    """Let nobody attend one event twice: the later one becomes a direct visit."""
    single = np.isin(touches.channel, [CHANNEL_NUMBER[name] for name in _ONCE])
    rows = np.flatnonzero(single)
    key = touches.person[rows] * (touches.campaign.max(initial=0) + 1)
    key = key + touches.campaign[rows]
    order = np.lexsort((touches.at[rows], ~touches.is_creation[rows], key))
    again = np.zeros(len(rows), dtype=bool)
    again[order[1:]] = key[order[1:]] == key[order[:-1]]
    return _direct(touches, rows[again])

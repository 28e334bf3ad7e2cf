"""What marketing spent, by day and campaign, in the currency it was paid in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from lib.demo.assumptions import CHANNEL_NUMBER, CHANNELS, COSTS, FINANCE, VISITS
from lib.demo.campaigns import Campaigns
from lib.demo.clock import Clock, month_starts, weekdays
from lib.demo.columns import (
    DAY,
    NEVER,
    Array,
    cents,
    dates,
    join,
    pick,
    table,
    take,
)
from lib.demo.journeys import Touches
from lib.demo.vocabulary import CURRENCIES, REGIONS

_PAID = ("paid_search", "paid_social")
_COST_TYPES = ("media", "agency", "tool", "event", "people")
_MONTHS_AHEAD = 5
_WORKDAYS = 5
# What each monthly invoice is for: cost type, platform, channel, share of its kind.
_MONTHLY = (
    ("agency", "agency", "paid_search", COSTS.agency_usd * 0.45),
    ("agency", "agency", "paid_social", COSTS.agency_usd * 0.35),
    ("agency", "agency", None, COSTS.agency_usd * 0.20),
    ("agency", "freelance_writers", "organic_search", COSTS.content_usd * 0.65),
    ("agency", "freelance_writers", "organic_social", COSTS.content_usd * 0.35),
    ("tool", "mailer", "email", COSTS.tools_usd * 0.35),
    ("tool", "webinar_platform", "webinar", COSTS.tools_usd * 0.15),
    ("tool", "marketing_stack", None, COSTS.tools_usd * 0.50),
    ("people", "payroll", None, COSTS.people_usd),
)


@dataclass(frozen=True)
class Spend:
    """Cost rows as columns; amounts in USD until they are written."""

    first_day: Array
    last_day: Array
    platform: Array  # place in platforms
    platforms: tuple[str, ...]
    campaign: Array
    channel: Array
    usd: Array
    currency: Array
    impressions: Array  # -1 where there are none
    clicks: Array
    cost_type: Array

    def __len__(self) -> int:
        return len(self.usd)


def make_rates(clock: Clock) -> Array:
    """Return USD per unit by currency and day of the window; a weekend keeps Friday's."""
    rng = clock.rng("rates")
    days = np.arange(clock.start_day, clock.end_day)
    rates = np.ones((len(CURRENCIES), len(days)))
    for row, mean in ((1, FINANCE.eur_usd), (2, FINANCE.gbp_usd)):
        steps = rng.normal(0, FINANCE.daily_volatility, len(days))
        # A pull back to the mean, written as a discounted sum of the steps.
        decay = np.exp(-FINANCE.pull_to_mean * np.arange(len(days)))
        walk = np.convolve(steps, decay)[: len(days)]
        rates[row] = np.round(mean * np.exp(walk), 5)
    last = np.where(weekdays(days) < _WORKDAYS, np.arange(len(days)), 0)
    return rates[:, np.maximum.accumulate(last)]


def rate_table(clock: Clock, rates: Array) -> pa.Table:
    """Return the published rates: every workday, and the first day of the window."""
    days = np.arange(clock.start_day, clock.end_day)
    kept = np.flatnonzero((weekdays(days) < _WORKDAYS) | (days == clock.start_day))
    day = np.tile(days[kept], len(CURRENCIES))
    currency = np.repeat(np.arange(len(CURRENCIES)), len(kept))
    order = np.lexsort((currency, day))
    return table(
        {
            "rate_date": dates(day[order]),
            "currency": pick(CURRENCIES, currency[order]),
            "usd_per_unit": rates[:, kept].ravel()[order],
        },
        len(order),
    )


def make_spend(
    clock: Clock,
    campaigns: Campaigns,
    touches: Touches,
    people: int,
    total_touches: int,
) -> Spend:
    """Cost everything that was run: media by click, dated campaigns, monthly invoices."""
    rng = clock.rng("spend")
    scale = total_touches / (VISITS.touches_per_person * people)
    parts = [
        _media(clock, rng, campaigns, touches, scale),
        _by_head(clock, rng, campaigns, touches, scale),
        _invoices(clock, rng, people),
    ]
    platforms = tuple(sorted({name for part in parts for name in part["platform"]}))
    place = {name: number for number, name in enumerate(platforms)}
    joined = {
        name: np.concatenate([part[name] for part in parts])
        for name in parts[0]
        if name != "platform"
    }
    platform = np.array([place[name] for part in parts for name in part["platform"]])
    order = np.lexsort((joined["campaign"], platform, joined["first_day"]))
    return Spend(
        platform=platform[order],
        platforms=platforms,
        **{name: values[order] for name, values in joined.items()},
    )


def _currency_of(campaigns: Campaigns, campaign: Array) -> Array:
    europe = campaigns.region[campaign] == REGIONS.index("EMEA")
    event = campaigns.channel[campaign] == CHANNEL_NUMBER["event"]
    return np.where(europe, np.where(event, 2, 1), 0)


def _media(
    clock: Clock, rng: np.random.Generator, campaigns: Campaigns, touches: Touches,
    scale: float,
) -> dict[str, Array]:  # fmt: skip
    """Cost the clicks of each day and campaign, those that were not tracked included."""
    paid = np.isin(touches.channel, [CHANNEL_NUMBER[name] for name in _PAID])
    rows = np.flatnonzero(paid & (touches.campaign >= 0))
    day = touches.at[rows] // DAY
    keys, tracked = np.unique(
        touches.campaign[rows] * (1 << 20) + day, return_counts=True
    )
    campaign, day = keys >> 20, keys & ((1 << 20) - 1)
    noise = np.exp(COSTS.day_noise * rng.normal(0, 1, (3, len(keys))))
    clicks = np.ceil(tracked / COSTS.tracked_clicks * noise[0])
    clicks = np.maximum(clicks, tracked).astype(np.int64)
    search = campaigns.channel[campaign] == CHANNEL_NUMBER["paid_search"]
    price = np.where(search, COSTS.search_cpc_usd, COSTS.social_cpc_usd) * noise[1]
    rate = np.where(search, COSTS.click_rate_search, COSTS.click_rate_social) * noise[2]
    return {
        "first_day": day,
        "last_day": day,
        "platform": np.array(
            [campaigns.platform[one] for one in campaign], dtype=object
        ),
        "campaign": campaign,
        "channel": campaigns.channel[campaign],
        "usd": clicks * price / scale,
        "currency": _currency_of(campaigns, campaign),
        "impressions": np.ceil(clicks / rate).astype(np.int64),
        "clicks": clicks,
        "cost_type": np.zeros(len(keys), dtype=np.int64),
    }


def _by_head(
    clock: Clock, rng: np.random.Generator, campaigns: Campaigns, touches: Touches,
    scale: float,
) -> dict[str, Array]:  # fmt: skip
    """Cost the campaigns that are paid by attendee or by lead, over their days."""
    price = {
        "event": COSTS.event_per_attendee_usd,
        "webinar": COSTS.webinar_per_attendee_usd,
        "content_syndication": COSTS.syndication_per_lead_usd,
        "partner": COSTS.partner_per_lead_usd,
    }
    each = np.zeros(len(CHANNELS) + 1)
    for name, usd in price.items():
        each[CHANNEL_NUMBER[name]] = usd
    heads = np.bincount(
        touches.campaign[touches.campaign >= 0], minlength=len(campaigns)
    )
    usd = (
        heads * each[campaigns.channel] * rng.uniform(0.85, 1.2, len(campaigns)) / scale
    )
    rows = np.flatnonzero(usd > 0)
    channel = campaigns.channel[rows]
    staged = np.isin(channel, [CHANNEL_NUMBER["event"], CHANNEL_NUMBER["webinar"]])
    none = np.full(len(rows), -1)
    return {
        "first_day": campaigns.start_day[rows],
        "last_day": np.minimum(campaigns.end_day[rows], clock.end_day - 1),
        "platform": np.array([campaigns.platform[one] for one in rows], dtype=object),
        "campaign": rows,
        "channel": channel,
        "usd": usd[rows],
        "currency": _currency_of(campaigns, rows),
        "impressions": none,
        "clicks": none,
        "cost_type": np.where(staged, _COST_TYPES.index("event"), 0),
    }


def _invoices(clock: Clock, rng: np.random.Generator, people: int) -> dict[str, Array]:
    """Cost what is paid by the month; a month cut by the window is paid in part."""
    starts = np.maximum(
        month_starts(clock.start_day, clock.end_day - 1), clock.start_day
    )
    ends = np.append(starts[1:], clock.end_day) - 1
    busy = np.add.reduceat(clock.day_weights, starts - clock.start_day)
    # Invoices follow growth but not every dip of the season.
    level = (
        0.5 * busy / busy.sum() + 0.5 * (ends - starts + 1) / (ends - starts + 1).sum()
    )
    kinds, months = len(_MONTHLY), len(starts)
    yearly = np.array([share for *_, share in _MONTHLY])
    usd = people * np.repeat(yearly, months) * np.tile(level, kinds)
    none = np.full(kinds * months, -1)
    channel = [CHANNEL_NUMBER[name] if name else -1 for _, _, name, _ in _MONTHLY]
    return {
        "first_day": np.tile(starts, kinds),
        "last_day": np.tile(ends, kinds),
        "platform": np.repeat(
            np.array([name for _, name, _, _ in _MONTHLY], dtype=object), months
        ),
        "campaign": none,
        "channel": np.repeat(channel, months),
        "usd": usd * rng.uniform(0.95, 1.05, len(usd)),
        "currency": np.zeros(kinds * months, dtype=np.int64),
        "impressions": none,
        "clicks": none,
        "cost_type": np.repeat(
            [_COST_TYPES.index(name) for name, *_ in _MONTHLY], months
        ),
    }


def paid_amounts(clock: Clock, spend: Spend, rates: Array) -> Array:
    """Return each cost in the currency it was paid in, to the cent."""
    rate = rates[spend.currency, spend.first_day - clock.start_day]
    return np.maximum(np.rint(spend.usd / rate * 100), 1) / 100


def spend_table(
    clock: Clock, campaigns: Campaigns, spend: Spend, rates: Array
) -> pa.Table:
    """Return the generic spend rows."""
    one_day = spend.first_day == spend.last_day
    names = tuple(channel.name for channel in CHANNELS)
    return table(
        {
            "spend_date": dates(spend.first_day),
            "end_date": dates(np.where(one_day, NEVER, spend.last_day)),
            "platform": pick(spend.platforms, spend.platform),
            "campaign_id": join("salesforce:", take(campaigns.ids, spend.campaign)),
            "campaign_name": take(campaigns.name, spend.campaign),
            "channel": pick(names, spend.channel),
            "amount": cents(paid_amounts(clock, spend, rates)),
            "currency": pick(CURRENCIES, spend.currency),
            "impressions": pa.array(spend.impressions, mask=spend.impressions < 0),
            "clicks": pa.array(spend.clicks, mask=spend.clicks < 0),
            "cost_type": pick(_COST_TYPES, spend.cost_type),
        },
        len(spend),
    )


def campaign_costs(campaigns: Campaigns, spend: Spend) -> Array:
    """Return the USD spent by campaign."""
    rows = spend.campaign >= 0
    return np.bincount(
        spend.campaign[rows], weights=spend.usd[rows], minlength=len(campaigns)
    )


def channel_costs(spend: Spend) -> Array:
    """Return the USD spent by channel, what belongs to none left out."""
    rows = spend.channel >= 0
    return np.bincount(
        spend.channel[rows], weights=spend.usd[rows], minlength=len(CHANNELS)
    )


def budget_table(clock: Clock, spend: Spend) -> pa.Table:
    """Return the plan by month and channel, to the end of the coming quarter.

    Past months were planned near what they came to; coming ones near the last three.
    """
    rng = clock.rng("budgets")
    months = month_starts(clock.start_day, clock.end_day - 1 + 31 * _MONTHS_AHEAD)
    past = int(np.searchsorted(months, clock.end_day)) - 1
    rows = np.flatnonzero(spend.channel >= 0)
    month = np.searchsorted(months, spend.first_day[rows], side="right") - 1
    actual = np.zeros((len(CHANNELS), len(months)))
    np.add.at(actual, (spend.channel[rows], month), spend.usd[rows])
    recent = actual[:, max(0, past - 3) : max(past, 1)].mean(axis=1, keepdims=True)
    actual[:, past:] = recent
    planned = actual * np.exp(COSTS.budget_noise * rng.normal(0, 1, actual.shape))
    planned = np.ceil(planned / 100) * 100
    channel, month = np.nonzero(planned)
    order = np.lexsort((channel, month))
    channel, month = channel[order], month[order]
    return table(
        {
            "month": dates(months[month]),
            "channel": pick(tuple(one.name for one in CHANNELS), channel),
            "amount": cents(planned[channel, month]),
            "currency": "USD",
        },
        len(channel),
    )

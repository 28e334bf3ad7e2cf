"""What marketing spent, by day and campaign, in the currency it was paid in."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np

from lib.demo.assumptions import CHANNEL_NUMBER, CHANNELS, COSTS, FINANCE, VISITS
from lib.demo.campaigns import Campaigns
from lib.demo.clock import WORKDAYS, Clock, month_starts, weekdays
from lib.demo.columns import DAY, Array
from lib.demo.journeys import Touches
from lib.demo.market import Market
from lib.demo.vocabulary import CURRENCIES, REGIONS

_PAID = ("paid_search", "paid_social")
COST_TYPES = ("media", "agency", "tool", "event", "people")
_DAY_BITS = 20  # a day fits behind the campaign in one key
_HEAD_NOISE = (0.85, 1.2)
_INVOICE_NOISE = (0.95, 1.05)
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

    def rows(self, index: Array) -> Spend:
        """Return the costs at the index."""
        columns = (field.name for field in fields(self) if field.name != "platforms")
        return replace(self, **{name: getattr(self, name)[index] for name in columns})


def make_rates(clock: Clock) -> Array:
    """Return USD per unit by currency and day; a weekend keeps Friday's rate."""
    rng = clock.rng("rates")
    days = np.arange(clock.start_day, clock.end_day)
    rates = np.ones((len(CURRENCIES), len(days)))
    for row, mean in ((1, FINANCE.eur_usd), (2, FINANCE.gbp_usd)):
        steps = rng.normal(0, FINANCE.daily_volatility, len(days))
        # A pull back to the mean, written as a discounted sum of the steps.
        decay = np.exp(-FINANCE.pull_to_mean * np.arange(len(days)))
        walk = np.convolve(steps, decay)[: len(days)]
        rates[row] = np.round(mean * np.exp(walk), 5)
    last = np.where(weekdays(days) < WORKDAYS, np.arange(len(days)), 0)
    return rates[:, np.maximum.accumulate(last)]


def make_spend(
    market: Market, touches: Touches, people: int, total_touches: int
) -> Spend:
    """Cost all that was run: media by click, campaigns by head, monthly invoices."""
    scale = total_touches / (VISITS.touches_per_person * people)
    rng = market.clock.rng("spend")
    parts = [
        _media(rng, market.campaigns, touches, scale),
        _by_head(market, rng, touches, scale),
        _invoices(market.clock, rng, people),
    ]
    joined = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    platforms, platform = np.unique(
        joined.pop("platform").astype(str), return_inverse=True
    )
    order = np.lexsort((joined["campaign"], platform, joined["first_day"]))
    return Spend(
        platform=platform[order],
        platforms=tuple(map(str, platforms)),
        **{name: values[order] for name, values in joined.items()},
    )


def _currency_of(campaigns: Campaigns, campaign: Array) -> Array:
    europe = campaigns.region[campaign] == REGIONS.index("EMEA")
    event = campaigns.channel[campaign] == CHANNEL_NUMBER["event"]
    return np.where(europe, np.where(event, 2, 1), 0)


def _media(
    rng: np.random.Generator, campaigns: Campaigns, touches: Touches, scale: float
) -> dict[str, Array]:
    """Cost the clicks of each day and campaign, also those that went untracked."""
    paid = np.isin(touches.channel, [CHANNEL_NUMBER[name] for name in _PAID])
    rows = np.flatnonzero(paid & (touches.campaign >= 0))
    day = touches.at[rows] // DAY
    keys, tracked = np.unique(
        (touches.campaign[rows] << _DAY_BITS) + day, return_counts=True
    )
    campaign, day = keys >> _DAY_BITS, keys & ((1 << _DAY_BITS) - 1)
    noise = np.exp(COSTS.day_noise * rng.normal(0, 1, (3, len(keys))))
    clicks = np.ceil(tracked / COSTS.tracked_clicks * noise[0])
    clicks = np.maximum(clicks, tracked).astype(np.int64)
    search = campaigns.channel[campaign] == CHANNEL_NUMBER["paid_search"]
    price = np.where(search, COSTS.search_cpc_usd, COSTS.social_cpc_usd) * noise[1]
    rate = np.where(search, COSTS.click_rate_search, COSTS.click_rate_social) * noise[2]
    return {
        "first_day": day,
        "last_day": day,
        "platform": campaigns.platform[campaign],
        "campaign": campaign,
        "channel": campaigns.channel[campaign],
        "usd": clicks * price / scale,
        "currency": _currency_of(campaigns, campaign),
        "impressions": np.ceil(clicks / rate).astype(np.int64),
        "clicks": clicks,
        "cost_type": np.zeros(len(keys), dtype=np.int64),
    }


def _by_head(
    market: Market, rng: np.random.Generator, touches: Touches, scale: float
) -> dict[str, Array]:
    """Cost the campaigns that are paid by attendee or by lead, over their days."""
    campaigns = market.campaigns
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
    noise = rng.uniform(*_HEAD_NOISE, len(campaigns))
    cost = heads * each[campaigns.channel] * noise / scale
    rows = np.flatnonzero(cost > 0)
    channel = campaigns.channel[rows]
    staged = np.isin(channel, [CHANNEL_NUMBER["event"], CHANNEL_NUMBER["webinar"]])
    none = np.full(len(rows), -1)
    return {
        "first_day": campaigns.start_day[rows],
        "last_day": np.minimum(campaigns.end_day[rows], market.clock.end_day - 1),
        "platform": campaigns.platform[rows],
        "campaign": rows,
        "channel": channel,
        "usd": cost[rows],
        "currency": _currency_of(campaigns, rows),
        "impressions": none,
        "clicks": none,
        "cost_type": np.where(staged, COST_TYPES.index("event"), 0),
    }


def _invoices(clock: Clock, rng: np.random.Generator, people: int) -> dict[str, Array]:
    """Cost what is paid by the month; a month cut by the window is paid in part."""
    starts = np.maximum(
        month_starts(clock.start_day, clock.end_day - 1), clock.start_day
    )
    ends = np.append(starts[1:], clock.end_day) - 1
    busy = np.add.reduceat(clock.day_weights, starts - clock.start_day)
    # Invoices follow growth but not every dip of the season.
    length = ends - starts + 1
    level = (busy / busy.sum() + length / length.sum()) / 2
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
        "usd": usd * rng.uniform(*_INVOICE_NOISE, len(usd)),
        "currency": np.zeros(kinds * months, dtype=np.int64),
        "impressions": none,
        "clicks": none,
        "cost_type": np.repeat(
            [COST_TYPES.index(name) for name, *_ in _MONTHLY], months
        ),
    }


def paid_amounts(clock: Clock, spend: Spend, rates: Array) -> Array:
    """Return each cost in the currency it was paid in, to the cent."""
    rate = rates[spend.currency, spend.first_day - clock.start_day]
    return np.asarray(np.maximum(np.rint(spend.usd / rate * 100), 1) / 100)


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

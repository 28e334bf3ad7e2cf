"""The ad platforms' tables, as their connectors land them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from lib.demo.adverts import (
    AD_PLATFORMS,
    ADS,
    AdDays,
    ad_days,
    is_performance_max,
    parts_of,
)
from lib.demo.clock import month_starts
from lib.demo.columns import (
    DAY,
    Array,
    cents,
    dates,
    join,
    moments,
    pick,
    table,
    take,
    text,
)
from lib.demo.tables.campaigns import written_names
from lib.demo.vocabulary import COMPANY, CURRENCIES, SITE
from lib.demo.world import World

Tables = Iterator[tuple[str, pa.Table]]
_MICROS_PER_CENT = 10_000
_AD_NAMES = ("ad-a", "ad-b", "ad-c")
# Where each platform's ids begin, so that they look like its own.
_FIRST_ID = {
    "google_ads": 17_400_000_000,
    "linkedin_ads": 612_000_000,
    "meta_ads": 23_850_000_000_000_000,
    "microsoft_ads": 385_000_000,
}
_ACCOUNT, _GROUP, _ADVERT = 1, 100_000, 1_000_000  # from there on, by kind


@dataclass(frozen=True)
class _Book:
    """A platform's days, and the rows of its campaigns and accounts."""

    platform: str
    days: AdDays
    campaigns: Array
    currency: Array  # by campaign
    accounts: Array  # currencies in use: one account each
    synced: pa.Array

    def account(self, currency: Array) -> pa.Array:
        return text(_FIRST_ID[self.platform] + _ACCOUNT + currency)

    def campaign(self, campaign: Array, kind: int = 1_000) -> pa.Array:
        return text(_FIRST_ID[self.platform] + kind + campaign)

    def advert(self, campaign: Array, place: Array) -> pa.Array:
        return text(_FIRST_ID[self.platform] + _ADVERT + campaign * ADS + place)


def _book(world: World, platform: str) -> _Book:
    market = world.market
    days = ad_days(market.clock, market.campaigns, world.spend, world.rates, platform)
    campaigns, first = np.unique(days.campaign, return_index=True)
    return _Book(
        platform=platform,
        days=days,
        campaigns=campaigns,
        currency=days.currency[first],
        accounts=np.unique(days.currency),
        synced=moments(np.array([market.clock.end - 1])),
    )


def platform_tables(world: World, platform: str) -> Tables:
    """Yield the tables of one platform by name."""
    makers = {
        "google_ads": _google,
        "linkedin_ads": _linkedin,
        "meta_ads": _meta,
        "microsoft_ads": _microsoft,
    }
    return makers[platform](world, _book(world, platform))


def _written(book: _Book, columns: dict[str, object], rows: int) -> pa.Table:
    """Return a table with the time at which the connector read it."""
    return table(
        {**columns, "_fivetran_synced": take(book.synced, np.zeros(rows, np.int64))},
        rows,
    )


def _accounts(world: World, book: _Book, names: dict[str, str]) -> pa.Table:
    """Return one account per currency; names maps what to write to its column."""
    count = len(book.accounts)
    code = pick(CURRENCIES, book.accounts)
    made: dict[str, object] = {
        "id": book.account(book.accounts),
        names["name"]: join(f"{COMPANY} ", code),
        names["currency"]: code,
        names["time"]: moments(np.full(count, world.market.clock.start)),
    }
    return _written(book, made, count)


def _campaigns(world: World, book: _Book) -> dict[str, Array | pa.Array]:
    """Return what every platform knows of a campaign, under names of our own."""
    clock, campaigns = world.market.clock, world.market.campaigns
    rows = book.campaigns
    over = campaigns.end_day[rows] < clock.end_day - 1
    return {
        "id": book.campaign(rows),
        "account": book.account(book.currency),
        "name": take(written_names(clock, campaigns), rows),
        "over": over.astype(np.int64),
        "start": campaigns.start_day[rows],
        "end": campaigns.end_day[rows],
        "changed": moments(np.minimum(campaigns.end_day[rows] * DAY, clock.end - DAY)),
    }


def _adverts(book: _Book) -> tuple[Array, Array]:
    """Return campaign and place of every ad that was not deleted, and ran as one."""
    size = int(book.days.campaign.max(initial=0)) + 1
    shown = np.zeros((size, ADS), dtype=bool)
    shown[book.days.campaign] |= book.days.is_reported
    campaign, place = np.nonzero(shown)
    return campaign, place


def _google(world: World, book: _Book) -> Tables:
    known, days = _campaigns(world, book), book.days
    automatic = is_performance_max(world.market.campaigns)[book.campaigns]
    yield (
        "account_history",
        _accounts(
            world,
            book,
            {
                "name": "descriptive_name",
                "currency": "currency_code",
                "time": "updated_at",
            },
        ),
    )
    yield (
        "campaign_history",
        _written(
            book,
            {
                "id": known["id"],
                "customer_id": known["account"],
                "name": known["name"],
                "advertising_channel_type": pick(
                    ("SEARCH", "PERFORMANCE_MAX"), automatic.astype(np.int64)
                ),
                "status": pick(("ENABLED", "PAUSED"), known["over"]),
                "start_date": dates(known["start"]),
                "end_date": dates(known["end"]),
                "updated_at": known["changed"],
                "_fivetran_active": True,
            },
            len(book.campaigns),
        ),
    )
    yield (
        "campaign_stats",
        _written(
            book,
            {
                "customer_id": book.account(days.currency),
                "id": book.campaign(days.campaign),
                "date": dates(days.day),
                "clicks": days.clicks,
                "impressions": days.impressions,
                "cost_micros": days.cents * _MICROS_PER_CENT,
                "conversions": days.leads,
            },
            len(days),
        ),
    )
    row, place = days.visible()
    yield (
        "ad_stats",
        _written(
            book,
            {
                "customer_id": book.account(days.currency[row]),
                "campaign_id": book.campaign(days.campaign[row]),
                "ad_group_id": book.campaign(days.campaign[row], _GROUP),
                "ad_id": book.advert(days.campaign[row], place),
                "date": dates(days.day[row]),
                "clicks": parts_of(days.clicks)[row, place],
                "impressions": parts_of(days.impressions)[row, place],
                "cost_micros": parts_of(days.cents)[row, place] * _MICROS_PER_CENT,
                "conversions": parts_of(days.leads)[row, place],
            },
            len(row),
        ),
    )


def _linkedin(world: World, book: _Book) -> Tables:
    """Yield LinkedIn's tables: its campaign groups are what others call campaigns."""
    known = _campaigns(world, book)
    count = len(book.campaigns)
    yield (
        "account_history",
        _accounts(
            world,
            book,
            {"name": "name", "currency": "currency", "time": "last_modified_time"},
        ),
    )
    shared = {
        "account_id": known["account"],
        "status": pick(("ACTIVE", "COMPLETED"), known["over"]),
        "run_schedule_start": moments(known["start"] * DAY),
        "run_schedule_end": moments(known["end"] * DAY),
        "last_modified_time": known["changed"],
    }
    yield (
        "campaign_group_history",
        _written(book, {"id": known["id"], "name": known["name"], **shared}, count),
    )
    yield (
        "campaign_history",
        _written(
            book,
            {
                "id": book.campaign(book.campaigns, _GROUP),
                "campaign_group_id": known["id"],
                "name": join(known["name"], "_sponsored"),
                "type": "SPONSORED_UPDATES",
                **shared,
            },
            count,
        ),
    )
    campaign, place = _adverts(book)
    yield (
        "creative_history",
        _written(
            book,
            {
                "id": book.advert(campaign, place),
                "campaign_id": book.campaign(campaign, _GROUP),
                "intended_status": "ACTIVE",
                "click_uri": f"{SITE}/",
                "last_modified_at": moments(
                    np.full(len(campaign), world.market.clock.start)
                ),
            },
            len(campaign),
        ),
    )
    yield from _linkedin_days(book)


def _linkedin_days(book: _Book) -> Tables:
    days = book.days
    yield (
        "ad_analytics_by_campaign",
        _written(
            book,
            {
                "campaign_id": book.campaign(days.campaign, _GROUP),
                "day": moments(days.day * DAY),
                "clicks": days.clicks,
                "impressions": days.impressions,
                "cost_in_local_currency": cents(days.cents / 100),
                "cost_in_usd": cents(days.usd),
                "external_website_conversions": days.leads,
            },
            len(days),
        ),
    )
    row, place = days.visible()
    paid = parts_of(days.cents)[row, place]
    yield (
        "ad_analytics_by_creative",
        _written(
            book,
            {
                "creative_id": book.advert(days.campaign[row], place),
                "day": moments(days.day[row] * DAY),
                "clicks": parts_of(days.clicks)[row, place],
                "impressions": parts_of(days.impressions)[row, place],
                "cost_in_local_currency": cents(paid / 100),
                "cost_in_usd": cents(paid / days.cents[row] * days.usd[row]),
                "external_website_conversions": parts_of(days.leads)[row, place],
            },
            len(row),
        ),
    )


def _meta(world: World, book: _Book) -> Tables:
    known, days = _campaigns(world, book), book.days
    yield (
        "account_history",
        _accounts(
            world,
            book,
            {"name": "name", "currency": "currency", "time": "created_time"},
        ),
    )
    yield (
        "campaign_history",
        _written(
            book,
            {
                "id": known["id"],
                "account_id": known["account"],
                "name": known["name"],
                "status": pick(("ACTIVE", "PAUSED"), known["over"]),
                "objective": "OUTCOME_LEADS",
                "start_time": moments(known["start"] * DAY),
                "stop_time": moments(known["end"] * DAY),
                "updated_time": known["changed"],
            },
            len(book.campaigns),
        ),
    )
    campaign, place = _adverts(book)
    currency = np.zeros(int(campaign.max(initial=0)) + 1, dtype=np.int64)
    currency[book.campaigns] = book.currency
    yield (
        "ad_history",
        _written(
            book,
            {
                "id": book.advert(campaign, place),
                "account_id": book.account(currency[campaign]),
                "campaign_id": book.campaign(campaign),
                "name": pick(_AD_NAMES, place),
                "updated_time": moments(
                    np.full(len(campaign), world.market.clock.start)
                ),
            },
            len(campaign),
        ),
    )
    yield (
        "basic_campaign",
        _written(
            book,
            {
                "campaign_id": book.campaign(days.campaign),
                "date": dates(days.day),
                "account_id": book.account(days.currency),
                "spend": cents(days.cents / 100),
                "impressions": days.impressions,
                "inline_link_clicks": days.clicks,
            },
            len(days),
        ),
    )
    yield from _meta_ads(book)


def _meta_ads(book: _Book) -> Tables:
    days = book.days
    row, place = days.visible()
    advert = book.advert(days.campaign[row], place)
    clicks, leads = (
        parts_of(measure)[row, place] for measure in (days.clicks, days.leads)
    )
    yield (
        "basic_ad",
        _written(
            book,
            {
                "ad_id": advert,
                "date": dates(days.day[row]),
                "account_id": book.account(days.currency[row]),
                "campaign_id": book.campaign(days.campaign[row]),
                "ad_name": pick(_AD_NAMES, place),
                "spend": cents(parts_of(days.cents)[row, place] / 100),
                "impressions": parts_of(days.impressions)[row, place],
                "inline_link_clicks": clicks,
            },
            len(row),
        ),
    )
    counts = np.concatenate([clicks, leads])
    acted = np.flatnonzero(counts)
    source = acted % max(len(row), 1)
    yield (
        "basic_ad_actions",
        _written(
            book,
            {
                "ad_id": take(advert, source),
                "date": dates(days.day[row][source]),
                "action_type": pick(
                    ("link_click", "lead"), (acted >= len(row)).astype(np.int64)
                ),
                "value": counts[acted],
            },
            len(acted),
        ),
    )


def _microsoft(world: World, book: _Book) -> Tables:
    known, days = _campaigns(world, book), book.days
    yield (
        "account_history",
        _accounts(
            world,
            book,
            {"name": "name", "currency": "currency_code", "time": "last_modified_time"},
        ),
    )
    yield (
        "campaign_history",
        _written(
            book,
            {
                "id": known["id"],
                "account_id": known["account"],
                "name": known["name"],
                "type": "Search",
                "status": pick(("Active", "Paused"), known["over"]),
                "modified_time": known["changed"],
            },
            len(book.campaigns),
        ),
    )
    yield (
        "campaign_performance_daily_report",
        _written(
            book,
            {
                "account_id": book.account(days.currency),
                "campaign_id": book.campaign(days.campaign),
                "date": dates(days.day),
                "currency_code": pick(CURRENCIES, days.currency),
                "clicks": days.clicks,
                "impressions": days.impressions,
                "spend": cents(days.cents / 100),
                "conversions_qualified": days.leads,
            },
            len(days),
        ),
    )
    row, place = days.visible()
    yield (
        "ad_performance_daily_report",
        _written(
            book,
            {
                "account_id": book.account(days.currency[row]),
                "campaign_id": book.campaign(days.campaign[row]),
                "ad_group_id": book.campaign(days.campaign[row], _GROUP),
                "ad_id": book.advert(days.campaign[row], place),
                "date": dates(days.day[row]),
                "currency_code": pick(CURRENCIES, days.currency[row]),
                "clicks": parts_of(days.clicks)[row, place],
                "impressions": parts_of(days.impressions)[row, place],
                "spend": cents(parts_of(days.cents)[row, place] / 100),
                "conversions_qualified": parts_of(days.leads)[row, place],
            },
            len(row),
        ),
    )


def true_spend_table(world: World) -> pa.Table:
    """Return what each platform truly billed, by month and currency.

    Beside the amount in the account's currency stand its worth in USD at the rate of
    each day, and the part of the amount that no ad accounts for.
    """
    clock = world.market.clock
    months = month_starts(clock.start_day, clock.end_day - 1)
    parts = []
    for number, platform in enumerate(AD_PLATFORMS):
        days = _book(world, platform).days
        month = np.searchsorted(months, days.day, side="right") - 1
        seen = (parts_of(days.cents) * days.is_reported).sum(axis=1)
        key = (number * len(months) + month) * len(CURRENCIES) + days.currency
        parts.append((key, days.cents, days.cents - seen, days.usd))
    key, paid, unseen, usd = (np.concatenate(part) for part in zip(*parts, strict=True))
    keys, place = np.unique(key, return_inverse=True)
    sums = [np.bincount(place, weights=values) for values in (paid, unseen, usd)]
    month = keys // len(CURRENCIES) % len(months)
    return table(
        {
            "platform": pick(AD_PLATFORMS, keys // len(CURRENCIES) // len(months)),
            "month": dates(months[month]),
            "currency": pick(CURRENCIES, keys % len(CURRENCIES)),
            "amount": cents(sums[0] / 100),
            "not_in_ads": cents(sums[1] / 100),
            "amount_usd": np.round(sums[2], 6),
        },
        len(keys),
    )

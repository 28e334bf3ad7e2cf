"""What the ad platforms bill, by campaign and day, and what their ads account for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lib.demo.assumptions import CHANNEL_NUMBER, COSTS
from lib.demo.campaigns import Campaigns
from lib.demo.clock import Clock
from lib.demo.columns import Array
from lib.demo.spend import Spend, paid_amounts
from lib.demo.vocabulary import REGIONS

AD_PLATFORMS = ("google_ads", "linkedin_ads", "meta_ads", "microsoft_ads")
ADS = 3  # of each campaign; their places are those of utm_content
_AD_SHARES = (50, 30, 20)
_DELETED_AD = 2


@dataclass(frozen=True)
class AdDays:
    """What the campaigns of one platform cost and brought, one row a day.

    Amounts are in hundredths of the account's currency; parts_of splits a measure over
    the ads. An ad that was deleted, and Performance Max, has no report by ad.
    """

    campaign: Array
    day: Array
    currency: Array
    cents: Array
    impressions: Array
    clicks: Array
    leads: Array
    is_reported: Array  # rows × ads: whether the report by ad holds it
    usd: Array

    def __len__(self) -> int:
        return len(self.day)

    def visible(self) -> tuple[Array, Array]:
        """Return row and ad of everything that the report by ad holds."""
        row, advert = np.nonzero(self.is_reported)
        return row, advert


def parts_of(totals: Array) -> Array:
    """Split whole numbers over the ads: rows × ads, adding up exactly."""
    edges = np.concatenate([[0], np.cumsum(_AD_SHARES)])
    bounds = np.asarray(totals, dtype=np.int64)[:, None] * edges // edges[-1]
    return np.diff(bounds, axis=1)


def is_on_platform(spend: Spend) -> Array:
    """Return whether each cost is one that an ad platform reports itself."""
    return np.isin(np.array(spend.platforms)[spend.platform], AD_PLATFORMS)


def is_performance_max(campaigns: Campaigns) -> Array:
    """Return whether Google places the ads of each campaign by itself."""
    google = campaigns.platform == "google_ads"
    return np.asarray(google & (campaigns.region == REGIONS.index("APAC")))


def ad_days(
    clock: Clock, campaigns: Campaigns, spend: Spend, rates: Array, platform: str
) -> AdDays:
    """Return what the platform bills, by campaign and day."""
    rows = np.flatnonzero(np.array(spend.platforms)[spend.platform] == platform)
    campaign, day = spend.campaign[rows], spend.first_day[rows]
    cents = np.rint(paid_amounts(clock, spend, rates)[rows] * 100).astype(np.int64)
    rng = clock.rng(f"ads of {platform}")
    search = campaigns.channel[campaign] == CHANNEL_NUMBER["paid_search"]
    rate = np.where(search, COSTS.search_lead_rate, COSTS.social_lead_rate)
    lost_an_ad = rng.random(len(campaigns)) < COSTS.ad_deleted
    reported = np.ones((len(rows), ADS), dtype=bool)
    reported[lost_an_ad[campaign], _DELETED_AD] = False
    reported[is_performance_max(campaigns)[campaign]] = False
    per_unit = rates[spend.currency[rows], day - clock.start_day]
    return AdDays(
        campaign=campaign,
        day=day,
        currency=spend.currency[rows],
        cents=cents,
        impressions=spend.impressions[rows],
        clicks=spend.clicks[rows],
        leads=rng.binomial(spend.clicks[rows], rate),
        is_reported=reported,
        usd=cents * per_unit / 100,
    )

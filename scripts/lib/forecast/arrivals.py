"""What is still to come: renewals of customers, and deals that nobody has opened yet.

Customers renew around the anniversaries of their first month; when they opened their
renewals before them shows when the next will be. All other deals come in weeks like the
latest ones, those of leads in proportion to what the leads in hand, which the campaigns
under way have brought, and those that still come with the season give by their age.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from lib.forecast.history import NEVER, Array, History

NEW = "new"
_OPENS_MONTHS, _CLOSES_MONTHS = 6, 2  # a renewal's time around the anniversary
_LEAST_RENEWALS = 10
_LEAD_WEEKS = 40
_SEASON_MONTHS = 13  # of leads, from which on seasons are told
_SEASON_LEAN = 60.0  # leads that a month is held to be ordinary with
_LEVEL_WEEKS = 13  # of leads, whose mean is what still comes in
_MOVED_IN = 3.0
_MONTH_DAYS = 30.4
_GROWTH_BOUNDS = (-0.05, 0.05)
_FACTOR_BOUNDS = (0.5, 2.0)
_POOL_DAYS = 365
_LEAST_POOL = 5


@dataclass(frozen=True)
class Renewals:
    """Renewals to come: who, when at the earliest, and how likely by week.

    hazard is cumulative by week since opens; ratios are a renewal's amount by what the
    customer paid in a year; matched says of each deal whether it is such a renewal.
    """

    segment: Array
    opens: Array
    yearly_usd: Array
    hazard: Array
    ratios: Array
    events: int
    matched: Array


def _month_day(month: Array) -> Array:
    return np.asarray(month.astype("datetime64[M]").astype("datetime64[D]"), np.int64)


def _months(day: Array) -> Array:
    return np.asarray(
        day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    )


def _anniversaries(paying: pd.DataFrame, day: int, until: int) -> pd.DataFrame:
    """Return customers by anniversary whose renewal's time begins before until."""
    months = paying.assign(number=_months(paying["month"].to_numpy()))
    first = months.groupby("customer").agg(
        account=("account", "last"),
        segment=("segment", "last"),
        start=("number", "min"),
    )
    last = int(_months(np.array([until]))[0]) + _OPENS_MONTHS
    year = np.arange(1, 1 + max((last - int(first["start"].min())) // 12, 0))
    pairs = first.loc[first.index.repeat(len(year))].reset_index()
    month = pairs["start"].to_numpy() + 12 * np.tile(year, len(first))
    pairs["opens"] = _month_day(month - _OPENS_MONTHS)
    pairs["closes"] = _month_day(month + _CLOSES_MONTHS)
    # Who paid when it began, or last, of those whose time is still to come.
    whole = int(_months(np.array([day]))[0]) - 1
    pairs["number"] = np.minimum(month - _OPENS_MONTHS, whole)
    pairs = pairs.merge(months[["customer", "number", "mrr_usd"]])
    return pairs[pairs["opens"] < until].sort_values(
        ["customer", "opens"], ignore_index=True
    )


def renewals(history: History, day: int, until: int) -> Renewals | None:
    """Return the renewals to expect from a day on; None where too few are known."""
    if history.paying.empty or len(history) == 0:
        return None
    pairs = _anniversaries(history.paying, day, until)
    made = np.flatnonzero(history.renewal & (history.account >= 0))
    deals = pd.DataFrame(
        {"deal": made, "account": history.account[made], "at": history.created[made]}
    )
    met = pairs.reset_index(names="pair").merge(deals, on="account")
    met = met[(met["at"] >= met["opens"]) & (met["at"] < met["closes"])]
    met = met.sort_values(["at", "deal"]).drop_duplicates("pair")
    met = met.drop_duplicates("deal")
    if len(met) < _LEAST_RENEWALS:
        return None
    at = np.full(len(pairs), NEVER)
    at[met["pair"]] = met["at"]
    opens, closes = pairs["opens"].to_numpy(), pairs["closes"].to_numpy()
    begins = np.maximum(opens, history.created.min())
    ends = np.minimum(np.minimum(at, day), closes)
    watched = begins < np.minimum(day, closes)
    weeks = int((closes - opens).max()) // 7 + 1
    entry = np.bincount((begins - opens)[watched] // 7, minlength=weeks)
    leave = np.bincount((ends - opens)[watched] // 7, minlength=weeks + 1)
    risk = np.cumsum(entry) - np.concatenate([[0], np.cumsum(leave)])[:weeks]
    seen = watched & (at < day)
    events = np.bincount((at - opens)[seen] // 7, minlength=weeks)[:weeks]
    rate = np.minimum(events / np.maximum(risk, 1), 0.95)
    matched = np.zeros(len(history), dtype=bool)
    matched[met["deal"]] = True
    deal = met["deal"].to_numpy()
    ratios = history.amount[deal] / (12 * met["mrr_usd"].to_numpy())
    due = (at == NEVER) & (closes > day)
    return Renewals(
        segment=pairs["segment"].to_numpy()[due],
        opens=opens[due],
        yearly_usd=12 * pairs["mrr_usd"].to_numpy()[due],
        hazard=np.cumsum(-np.log1p(-rate)),
        ratios=np.sort(ratios[np.isfinite(ratios)]),
        events=len(met),
        matched=matched,
    )


@dataclass(frozen=True)
class Weeks:
    """The latest weeks, by how many deals of each type and segment came in.

    groups is type × number of segments + segment; factors is by coming week what the
    leads let expect, against the latest weeks; pools are amounts by group.
    """

    counts: Array  # week × group
    groups: Array
    factors: Array
    follows_leads: Array  # by group
    pools: list[Array]


def weeks(
    history: History, day: int, until: int, recent: int, left_out: Array
) -> Weeks:
    """Return what came in of late, other than deals left out, and what to expect."""
    width = len(history.segments)
    ago = (day - 1 - history.created) // 7
    rows = ~left_out & (ago < recent)
    code = history.kind * width + history.segment
    groups = np.unique(code[rows])
    place = np.searchsorted(groups, code[rows])
    counts = np.zeros((recent, len(groups)), dtype=np.int64)
    np.add.at(counts, (ago[rows], place), 1)
    valued = ~left_out & np.isfinite(history.amount)
    pools = []
    for group in groups:
        # Of the last year; where these are few, of any time, or of the whole type.
        own = valued & (code == group)
        young = own & (history.created >= day - _POOL_DAYS)
        for pool in (young, own, valued & (history.kind == group // width)):
            if pool.sum() >= _LEAST_POOL:
                break
        amounts = np.sort(history.amount[pool])
        pools.append(amounts if len(amounts) else np.zeros(1))
    comes = -(-(until - day) // 7)
    new = np.array([history.types[group // width] == NEW for group in groups], bool)
    return Weeks(counts, groups, lead_factors(history, day, comes, recent), new, pools)


def lead_factors(history: History, day: int, comes: int, recent: int) -> Array:
    """Return by coming week how many deals leads let expect, against recent weeks.

    Leads become deals at a rate by their age in weeks, as they did before. Leads still
    to come are the mean of the latest weeks, with the season's ups and downs and the
    growth that is sure.
    """
    flat = np.ones(comes)
    if len(history.lead_day) == 0 or history.leads.sum() == 0:
        return flat
    ago = (day - 1 - history.lead_day) // 7  # weeks since the lead came in
    back = recent + _LEAD_WEEKS
    came = np.bincount(ago, weights=history.leads, minlength=back)
    # Of each age in weeks, how many leads there were to become deals, and how many did.
    watched = np.cumsum(came[::-1])[::-1]
    age = (history.lead_deal_day - history.lead_day) // 7
    became = (history.lead_deal_day < NEVER) & (age >= 0) & (age < _LEAD_WEEKS)
    deals = np.bincount(
        age[became], weights=history.leads[became], minlength=_LEAD_WEEKS
    )
    rate = deals / np.maximum(watched[:_LEAD_WEEKS], 1)
    # A week of many times the usual number is records moved in, not leads.
    came = np.minimum(came, _MOVED_IN * np.median(came[came > 0]))
    season, growth = seasons(history, day)
    latest = min(_LEVEL_WEEKS, recent)
    then = season[_months(day - 4 - 7 * np.arange(latest)) % 12]
    level = came[:latest].sum() / then.sum()
    weeks_on = np.arange(comes)
    coming = level * season[_months(day + 3 + 7 * weeks_on) % 12]
    coming = coming * np.exp(growth * (weeks_on + (latest + 1) / 2) * 7 / _MONTH_DAYS)
    line = np.concatenate([came[:back][::-1], coming])
    expected = np.convolve(line, rate)[: len(line)]
    usual = expected[back - recent : back].mean()
    if usual <= 0:
        return flat
    return np.asarray(np.clip(expected[back:] / usual, *_FACTOR_BOUNDS))


def seasons(history: History, day: int) -> tuple[Array, float]:
    """Return how busy calendar months are, January first, and the growth a month.

    1 is ordinary. Leads of whole months are held against their trend. A month leans to
    1 the more, the fewer leads there are, and the growth, in logarithms, to 0 the less
    sure it is; with little more than a year's leads nothing is told of either.
    """
    months = _months(history.lead_day)
    first, this = int(months.min()) + 1, int(_months(np.array([day]))[0])
    number = this - first
    if number < _SEASON_MONTHS:
        return np.ones(12), 0.0
    inside = (months >= first) & (months < this)
    came = np.bincount(
        months[inside] - first, weights=history.leads[inside], minlength=number
    )
    at = np.arange(number)
    (slope, level), spread = np.polyfit(at, np.log(came + 1), 1, cov=True)
    trend = np.exp(level + slope * at)
    trend *= came.sum() / trend.sum()
    calendar = (at + first) % 12
    seen = np.bincount(calendar, weights=came, minlength=12)
    usual = np.bincount(calendar, weights=trend, minlength=12)
    season = (seen + _SEASON_LEAN) / (usual + _SEASON_LEAN)
    sure = max(1 - spread[0, 0] / slope**2, 0.0) if slope else 0.0
    return season, float(np.clip(slope * sure, *_GROWTH_BOUNDS))

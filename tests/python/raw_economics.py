"""Deals, their source, spend and margin from the demo's raw files."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache

import numpy as np
import pandas as pd

from raw_company import Company, moments, months, rounded, seed
from raw_lifecycle import cycles, deal_people, deals
from raw_touches import LOOKBACK, touches


@cache
def journeys(company: Company) -> pd.DataFrame:
    """Return each deal's touches, of its people and of everybody at its account."""
    named = deal_people(company)[["deal", "person"]]
    staff = pd.Series(company.employer_of, name="account").rename_axis("person")
    of_account = deals(company)["account"].rename_axis("deal").reset_index()
    colleagues = of_account.merge(staff.reset_index().dropna(), on="account")
    people = pd.concat([named, colleagues[["deal", "person"]]]).drop_duplicates()
    touched = touches(company).dropna(subset="person")
    return people.merge(touched, on="person").join(
        deals(company)[["created_at", "closed_at"]], on="deal"
    )


@cache
def sourced_deals(company: Company) -> pd.DataFrame:
    """Return deals with their value, and whether marketing sourced or touched them."""
    deal = deals(company)
    valued_at = deal["closed_at"].fillna(deal["created_at"])
    value = company.usd(deal["Amount"], deal["CurrencyIsoCode"], valued_at)
    by_campaign = deal["CampaignId"].map(campaign_kinds(company))
    kinds = seed("lead_sources").set_index("source_value")["kind"]
    by_lead_source = deal["LeadSource"].str.lower().map(kinds)
    journey = journeys(company)
    since = journey["touched_at"] >= journey["created_at"] - LOOKBACK
    before = journey[since & (journey["touched_at"] <= journey["created_at"])]
    first = before.sort_values(["touched_at", "touch"]).drop_duplicates("deal")
    by_touch = first.set_index("deal")["is_marketing"].map({True: "marketing"})
    kind = by_campaign.fillna(by_lead_source).fillna(by_touch.reindex(deal.index))
    until = journey["closed_at"].fillna(company.as_of)
    during = journey[since & (journey["touched_at"] <= until)]
    touched = during[during["is_marketing"]]["deal"].unique()
    is_sourced = kind == "marketing"
    return deal.assign(
        value=rounded(value, 2),
        is_sourced=is_sourced,
        is_influenced=is_sourced | deal.index.isin(touched),
    )


def campaign_kinds(company: Company) -> pd.Series:
    """Return the kind of each campaign's channel: marketing's unless a seed says no."""
    campaign = company.table("salesforce/Campaign").set_index("Id")
    rules = seed("channel_rules").query("campaign_type != ''")
    rules = rules.assign(priority=rules["priority"].astype(int)).sort_values("priority")
    channel = {
        kind: next(
            (
                rule.channel
                for rule in rules.itertuples()
                if re.fullmatch(_pattern(rule.campaign_type), kind.lower())
            ),
            "unknown",
        )
        for kind in campaign["Type"].unique()
    }
    kinds = seed("channel_kinds").set_index("channel")["kind"]
    return campaign["Type"].map(channel).map(kinds).fillna("marketing")


def _pattern(like: str) -> str:
    return re.escape(like).replace("%", ".*").replace("_", ".")


def _pipeline(company: Company, flag: str) -> pd.DataFrame:
    deal = sourced_deals(company)
    worth = deal["value"].where(deal[flag], Decimal(0))
    return pd.DataFrame({"month": months(deal["created_at"]), "numerator": worth})


def marketing_sourced_pipeline(company: Company) -> pd.DataFrame:
    """Value of the deals that marketing sourced, in the month of creation."""
    return _pipeline(company, "is_sourced")


def marketing_influenced_pipeline(company: Company) -> pd.DataFrame:
    """Value of the deals that marketing touched, in the month of creation."""
    return _pipeline(company, "is_influenced")


def marketing_sourced_revenue_pct(company: Company) -> pd.DataFrame:
    """Won value that marketing sourced, of all that was won, in the month won."""
    won = sourced_deals(company).query("is_won")
    worth = won["value"].where(won["is_sourced"], Decimal(0))
    return pd.DataFrame(
        {
            "month": months(won["closed_at"]),
            "numerator": worth,
            "denominator": won["value"],
        }
    )


@cache
def spend(company: Company) -> pd.DataFrame:
    """Return what was spent by day: what platforms report, and what files enter."""
    entered = company.table("generic/spend").drop_duplicates()
    start = moments(entered["spend_date"])
    end = moments(entered["end_date"]).fillna(start)
    days = [pd.date_range(*span) for span in zip(start, end, strict=True)]
    parts = [
        _parts(Decimal(amount), len(span))
        for amount, span in zip(entered["amount"], days, strict=True)
    ]
    spread = pd.DataFrame(
        {"day": days, "amount": parts, "currency": entered["currency"]}
    ).explode(["day", "amount"])
    billed = pd.concat([spread, *_billed(company)], ignore_index=True)
    billed["day"] = billed["day"].astype("datetime64[us]")
    billed = billed[billed["day"] < company.as_of]
    value = company.usd(billed["amount"], billed["currency"], billed["day"])
    return billed.assign(value=rounded(value, 6))


def _parts(amount: Decimal, days: int) -> list[Decimal]:
    """Divide an amount over days, to the sixth decimal, so that they add up."""
    until = pd.Series([amount * day / days for day in range(days + 1)], dtype=object)
    return list(rounded(until, 6).diff().iloc[1:])


def _billed(company: Company) -> list[pd.DataFrame]:
    """Return what platforms report by campaign, of which ads are a part."""

    def currencies(platform: str, column: str) -> pd.Series:
        account = company.table(f"{platform}/account_history")
        return account.set_index("id")[column]

    google = company.table("google_ads/campaign_stats")
    linked = company.table("linkedin_ads/ad_analytics_by_campaign")
    group = company.table("linkedin_ads/campaign_history").set_index("id")
    meta = company.table("meta_ads/basic_campaign")
    microsoft = company.table("microsoft_ads/campaign_performance_daily_report")
    micros = google["cost_micros"].map(Decimal) / 1_000_000
    return [
        pd.DataFrame({"day": moments(day), "amount": amount, "currency": currency})
        for day, amount, currency in (
            (
                google["date"],
                micros,
                google["customer_id"].map(currencies("google_ads", "currency_code")),
            ),
            (
                linked["day"],
                linked["cost_in_local_currency"].map(Decimal),
                linked["campaign_id"]
                .map(group["account_id"])
                .map(currencies("linkedin_ads", "currency")),
            ),
            (
                meta["date"],
                meta["spend"].map(Decimal),
                meta["account_id"].map(currencies("meta_ads", "currency")),
            ),
            (
                microsoft["date"],
                microsoft["spend"].map(Decimal),
                microsoft["currency_code"],
            ),
        )
    ]


@cache
def won_deals(company: Company) -> pd.DataFrame:
    """Return won deals: margin, whether a touch is credited, whether a new customer."""
    won = sourced_deals(company).query("is_won").sort_values("closed_at")
    kinds = seed("opportunity_types").set_index("source_value")["opportunity_type"]
    kind = won["Type"].str.lower().str.replace(" ", "_").map(kinds)
    is_first = ~won.duplicated("account") & won["account"].notna()
    journey = journeys(company)
    inside = (
        (journey["touched_at"] >= journey["closed_at"] - LOOKBACK)
        & (journey["touched_at"] <= journey["closed_at"])
        & ~journey["is_sales"]
        & ~journey["is_direct"]
    )
    return won.assign(
        is_new_customer=is_first & ~kind.isin(["renewal", "expansion"]),
        is_credited=won.index.isin(journey.loc[inside, "deal"].unique()),
        margin=_margins(company, won),
    )


def _margins(company: Company, won: pd.DataFrame) -> pd.Series:
    """Return the margin of each deal: by its payments, its account's, else the policy.

    What was given back, less the cost that this spares, takes from it once: as a share
    of the deal, or of what was paid for it where that is more.
    """
    paid = company.table("generic/payments")
    paid_at = moments(paid["paid_at"])
    paid = paid[paid_at < company.as_of]
    for column in ("amount", "cost_of_revenue"):
        paid[column] = company.usd(paid[column], paid["currency"], paid_at).astype(
            float
        )
    is_payment = paid["kind"] == "payment"
    kept = paid["amount"] - paid["cost_of_revenue"]
    paid["account"] = paid["account_id"].map(company.account_of)
    paid["deal"] = paid["opportunity_id"].str.removeprefix("salesforce:")
    paid = paid.assign(
        paid=paid["amount"].where(is_payment, 0),
        kept=kept.where(is_payment, 0),
        refunded=kept.where(~is_payment, 0),
    )
    figures = ["paid", "kept", "refunded"]
    of_deal = paid.groupby("deal")[figures].sum().reindex(won.index)
    of_account = paid.groupby("account")[figures].sum().reindex(won["account"])
    of_account.index = won.index
    policy = float(seed("margin_policies")["margin_rate"].item())
    kept_share = (of_deal["kept"] / of_deal["paid"]).replace([np.inf, -np.inf], np.nan)
    kept_share = kept_share.fillna(of_account["kept"] / of_account["paid"])
    at_stake = won["value"].astype(float).clip(lower=of_deal["paid"])
    given_back = of_deal["refunded"] / at_stake
    given_back = given_back.fillna(of_account["refunded"] / of_account["paid"])
    return kept_share.fillna(policy) - given_back.fillna(0)


def _spent_and(company: Company, won: pd.DataFrame) -> pd.DataFrame:
    spent = pd.DataFrame(
        {"month": months(spend(company)["day"]), "spent": spend(company)["value"]}
    )
    return pd.concat([spent, won]).fillna(0)


def cost_per_mql(company: Company) -> pd.DataFrame:
    """Spend of the month, per MQL of the month."""
    mql_at = cycles(company)["mql_at"].dropna()
    mqls = pd.DataFrame({"month": months(mql_at), "denominator": 1})
    return _spent_and(company, mqls).rename(columns={"spent": "numerator"})


def channel_cac(company: Company) -> pd.DataFrame:
    """Spend of the month, per new customer of the month."""
    won = won_deals(company).query("is_new_customer")
    customers = pd.DataFrame({"month": months(won["closed_at"]), "denominator": 1})
    return _spent_and(company, customers).rename(columns={"spent": "numerator"})


def romi(company: Company) -> pd.DataFrame:
    """Margin of the revenue that touches are credited with, less spend, of spend."""
    won = won_deals(company).query("is_credited")
    earned = won["value"].astype(float) * won["margin"]
    margins = pd.DataFrame({"month": months(won["closed_at"]), "earned": earned})
    parts = _spent_and(company, margins)
    spent = parts["spent"].astype(float)
    return pd.DataFrame(
        {
            "month": parts["month"],
            "numerator": parts["earned"] - spent,
            "denominator": spent,
        }
    )

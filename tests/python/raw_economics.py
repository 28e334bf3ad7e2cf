"""Deals, their source, spend and margin from the demo's raw files."""

from __future__ import annotations

from decimal import Decimal
from functools import cache

import numpy as np
import pandas as pd

from raw_company import Company, moments, months, rounded, seed
from raw_lifecycle import cycles, deal_people, deals
from raw_records import accounts, segments_of
from raw_touches import CLUES, LOOKBACK, channels_by_rule, touches


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
    """Return deals with their value, what sourced them, and whether marketing did.

    What is declared decides, a campaign before a lead source, else the first touch.
    """
    deal = deals(company)
    valued_at = deal["closed_at"].fillna(deal["created_at"])
    value = company.usd(deal["Amount"], deal["CurrencyIsoCode"], valued_at)
    journey = journeys(company)
    since = journey["touched_at"] >= journey["created_at"] - LOOKBACK
    until = journey["closed_at"].fillna(company.as_of)
    during = journey[since & (journey["touched_at"] <= until)]
    touched = during[during["is_marketing"]]["deal"].unique()
    before = journey[since & (journey["touched_at"] <= journey["created_at"])]
    first = before.sort_values(["touched_at", "touch"]).drop_duplicates("deal")
    first = first.set_index("deal").reindex(deal.index)
    campaign = deal["CampaignId"].map(campaign_channels(company))
    declared = deal["LeadSource"].str.lower()
    source = seed("lead_sources").set_index("source_value")
    bases = [
        (is_marketings(campaign), campaign),
        (declared.map(source["kind"]) == "marketing", declared.map(source["channel"])),
        (first["is_marketing"] == True, first["channel"]),  # noqa: E712
    ]
    is_sourced = pd.Series(False, deal.index)
    channel = pd.Series("unknown", deal.index)
    for is_by_marketing, tells in reversed(bases):
        is_sourced = is_sourced.mask(tells.notna(), is_by_marketing)
        channel = channel.mask(tells.notna(), tells)
    return deal.assign(
        value=rounded(value, 2),
        channel=channel,
        segment=segments_of(accounts(company)["employees"])
        .reindex(deal["account"])
        .fillna("unknown")
        .to_numpy(),
        is_sourced=is_sourced,
        is_influenced=is_sourced | deal.index.isin(touched),
    )


def is_marketings(channels: pd.Series) -> pd.Series:
    """Return whether campaigns of channels are marketing's: unless a seed says no."""
    return ~channels.isin(seed("channel_kinds")["channel"])


def campaign_channels(company: Company) -> pd.Series:
    """Return the channel of each campaign of the CRM, by its type."""
    campaign = company.table("salesforce/Campaign").set_index("Id")
    clues = pd.DataFrame("", campaign.index, CLUES)
    clues["campaign_type"] = campaign["Type"]
    return channels_by_rule(clues).fillna("unknown")


def _pipeline(company: Company, flag: str) -> pd.DataFrame:
    deal = sourced_deals(company)
    worth = deal["value"].where(deal[flag], Decimal(0))
    return pd.DataFrame(
        {
            "month": months(deal["created_at"]),
            "channel": deal["channel"],
            "segment": deal["segment"],
            "numerator": worth,
        }
    )


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
            "channel": won["channel"],
            "segment": won["segment"],
            "numerator": worth,
            "denominator": won["value"],
        }
    )


@cache
def spend(company: Company) -> pd.DataFrame:
    """Return what each channel was charged by day, or bears of a month's shared costs.

    Channels bear what names none of them in proportion to what they were charged.
    """
    entered = company.table("generic/spend").drop_duplicates()
    start = moments(entered["spend_date"])
    end = moments(entered["end_date"]).fillna(start)
    days = [pd.date_range(*span) for span in zip(start, end, strict=True)]
    parts = [
        _parts(Decimal(amount), len(span))
        for amount, span in zip(entered["amount"], days, strict=True)
    ]
    spread = entered[["channel", "currency"]].assign(day=days, amount=parts)
    billed = pd.concat(
        [spread.explode(["day", "amount"]), *_billed(company)], ignore_index=True
    )
    billed["day"] = billed["day"].astype("datetime64[us]")
    billed = billed[billed["day"] < company.as_of]
    value = company.usd(billed["amount"], billed["currency"], billed["day"])
    billed = billed.assign(value=rounded(value, 6), month=months(billed["day"]))
    charged = billed.groupby(["month", "channel"], as_index=False)["value"].sum()
    shared = charged[charged["channel"] == ""].set_index("month")["value"]
    own = charged[charged["channel"] != ""]
    shares = own["value"] / own.groupby("month")["value"].transform("sum")
    borne = own["month"].map(shared).fillna(Decimal(0)) * shares
    return own.assign(value=own["value"] + borne)


def _parts(amount: Decimal, days: int) -> list[Decimal]:
    """Divide an amount over days, to the sixth decimal, so that they add up."""
    until = pd.Series([amount * day / days for day in range(days + 1)], dtype=object)
    return list(rounded(until, 6).diff().iloc[1:])


def _billed(company: Company) -> list[pd.DataFrame]:
    """Return what platforms report by campaign, of which ads are a part."""

    def of_account(platform: str, ids: pd.Series, column: str) -> pd.Series:
        account = company.table(f"{platform}/account_history")
        return ids.map(account.set_index("id")[column])

    google = company.table("google_ads/campaign_stats")
    linked = company.table("linkedin_ads/ad_analytics_by_campaign")
    meta = company.table("meta_ads/basic_campaign")
    microsoft = company.table("microsoft_ads/campaign_performance_daily_report")
    group = company.table("linkedin_ads/campaign_history").set_index("id")
    campaign = company.table("google_ads/campaign_history").set_index("id")
    kinds = seed("ad_campaign_types").query("platform == 'google_ads'")
    by_type = kinds.set_index("campaign_type")["channel"]
    search = company.table("microsoft_ads/campaign_history")["type"].unique()
    assert list(search) == ["Search"]
    return [
        pd.DataFrame(
            {
                "day": moments(google["date"]),
                "amount": google["cost_micros"].map(Decimal) / 1_000_000,
                "currency": of_account(
                    "google_ads", google["customer_id"], "currency_code"
                ),
                "channel": google["id"]
                .map(campaign["advertising_channel_type"])
                .map(by_type),
            }
        ),
        pd.DataFrame(
            {
                "day": moments(linked["day"]),
                "amount": linked["cost_in_local_currency"].map(Decimal),
                "currency": of_account(
                    "linkedin_ads",
                    linked["campaign_id"].map(group["account_id"]),
                    "currency",
                ),
                "channel": "paid_social",
            }
        ),
        pd.DataFrame(
            {
                "day": moments(meta["date"]),
                "amount": meta["spend"].map(Decimal),
                "currency": of_account("meta_ads", meta["account_id"], "currency"),
                "channel": "paid_social",
            }
        ),
        pd.DataFrame(
            {
                "day": moments(microsoft["date"]),
                "amount": microsoft["spend"].map(Decimal),
                "currency": microsoft["currency_code"],
                "channel": "paid_search",
            }
        ),
    ]


def credit_shares(journey: pd.DataFrame, conversion: str, at: str) -> pd.DataFrame:
    """Return the share of each channel in a conversion, the same for every touch.

    Touches earn credit in the lookback before it, but for direct ones and sales'.
    """
    inside = journey[
        (journey["touched_at"] >= journey[at] - LOOKBACK)
        & (journey["touched_at"] <= journey[at])
        & ~journey["is_sales"]
        & ~journey["is_direct"]
    ]
    count = inside.groupby([conversion, "channel"]).size().rename("share")
    return (count / count.groupby(level=0).sum()).reset_index()


@cache
def won_deals(company: Company) -> pd.DataFrame:
    """Return won deals: margin, and whether they won a new customer."""
    won = sourced_deals(company).query("is_won").sort_values("closed_at")
    kinds = seed("opportunity_types").set_index("source_value")["opportunity_type"]
    kind = won["Type"].str.lower().str.replace(" ", "_").map(kinds)
    is_first = ~won.duplicated("account") & won["account"].notna()
    return won.assign(
        is_new_customer=is_first & ~kind.isin(["renewal", "expansion"]),
        margin=_margins(company, won),
    )


def _margins(company: Company, won: pd.DataFrame) -> pd.Series:
    """Return the margin of each deal: by its payments, its account's, else the policy.

    What was given back, less the cost that this spares, takes from it once: as a share
    of the deal, or of what was paid for it where that is more; what names no deal that
    is won as a share of all that the account won, or paid.
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
        of_none=kept.where(~is_payment & ~paid["deal"].isin(won.index), 0),
    )
    figures = ["paid", "kept", "refunded", "of_none"]
    of_deal = paid.groupby("deal")[figures].sum().reindex(won.index)
    of_account = paid.groupby("account")[figures].sum().reindex(won["account"])
    of_account.index = won.index
    policy = float(seed("margin_policies")["margin_rate"].item())
    kept_share = (of_deal["kept"] / of_deal["paid"]).replace([np.inf, -np.inf], np.nan)
    kept_share = kept_share.fillna(of_account["kept"] / of_account["paid"])
    value = won["value"].astype(float)
    at_stake = value.clip(lower=of_deal["paid"])
    given_back = (of_deal["refunded"] / at_stake).fillna(0)
    account_value = value.groupby(won["account"]).transform("sum")
    of_none = of_account["of_none"] / account_value.clip(lower=of_account["paid"])
    return kept_share.fillna(policy) - given_back - of_none.fillna(0)


def _beside_spend(company: Company, counted: pd.DataFrame) -> pd.DataFrame:
    spent = spend(company)[["month", "channel", "value"]]
    both = pd.concat([spent.rename(columns={"value": "spent"}), counted])
    return both.fillna({"spent": Decimal(0), "counted": 0})


def cost_per_mql(company: Company) -> pd.DataFrame:
    """Spend of the month, per MQL, which channels share by their touches."""
    mqls = cycles(company).dropna(subset="mql_at").drop(columns="channel")
    mqls = mqls.assign(mql=range(len(mqls)), month=months(mqls["mql_at"]))
    journey = mqls[["mql", "person", "mql_at"]].merge(touches(company), on="person")
    shared = mqls.merge(credit_shares(journey, "mql", "mql_at"), how="left", on="mql")
    counted = shared.fillna({"channel": "unattributed", "share": 1})
    counted = counted.rename(columns={"share": "counted"})
    parts = _beside_spend(company, counted[["month", "channel", "counted"]])
    return parts.rename(columns={"spent": "numerator", "counted": "denominator"})


def channel_cac(company: Company) -> pd.DataFrame:
    """Spend of the month, per new customer, whom channels share by their touches."""
    won = won_deals(company).query("is_new_customer").drop(columns="channel")
    shares = credit_shares(journeys(company), "deal", "closed_at").set_index("deal")
    shared = won.join(shares).fillna({"channel": "unattributed", "share": 1})
    counted = pd.DataFrame(
        {
            "month": months(shared["closed_at"]),
            "channel": shared["channel"],
            "counted": shared["share"],
        }
    )
    parts = _beside_spend(company, counted)
    return parts.rename(columns={"spent": "numerator", "counted": "denominator"})


def romi(company: Company) -> pd.DataFrame:
    """Margin of the revenue that touches are credited with, less spend, of spend."""
    won = won_deals(company).drop(columns="channel")
    shared = won.join(
        credit_shares(journeys(company), "deal", "closed_at").set_index("deal")
    )
    shared = shared.dropna(subset="share")
    counted = pd.DataFrame(
        {
            "month": months(shared["closed_at"]),
            "channel": shared["channel"],
            "counted": shared["value"].astype(float)
            * shared["margin"]
            * shared["share"],
        }
    )
    parts = _beside_spend(company, counted)
    spent = parts["spent"].astype(float)
    return parts[["month", "channel"]].assign(
        numerator=parts["counted"] - spent, denominator=spent
    )

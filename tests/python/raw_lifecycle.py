"""Stages of the demo's people from its raw files, and the metrics of the funnel."""

from __future__ import annotations

from functools import cache

import pandas as pd

import stage_truth
from raw_company import Company, moments, months, seed
from raw_records import person_records, segments
from raw_touches import touches


@cache
def deals(company: Company) -> pd.DataFrame:
    """Return opportunities that stand, with when they closed, by the CRM's history."""
    deal = company.table("salesforce/Opportunity").query("IsDeleted == 'false'")
    deal = deal.set_index("Id")
    history = company.table("salesforce/OpportunityHistory")
    history["at"] = moments(history["CreatedDate"])
    history = history.sort_values("at", kind="stable")
    stage_before = history.groupby("OpportunityId")["StageName"].shift()
    stage_now = history["OpportunityId"].map(deal["StageName"])
    is_entered = history["StageName"].eq(stage_now) & history["StageName"].ne(
        stage_before
    )
    entered = history[is_entered]
    closed_at = entered.groupby("OpportunityId")["at"].max().reindex(deal.index)
    return deal.assign(
        created_at=moments(deal["CreatedDate"]),
        closed_at=closed_at.where(deal["IsClosed"] == "true"),
        is_won=deal["IsWon"] == "true",
        account=("salesforce:" + deal["AccountId"]).map(company.account_of),
    )


@cache
def deal_people(company: Company) -> pd.DataFrame:
    """Return who is named on deals, and since when."""
    role = company.table("salesforce/OpportunityContactRole")
    named = pd.DataFrame(
        {
            "deal": role["OpportunityId"],
            "person": ("salesforce:" + role["ContactId"]).map(company.person_of),
            "joined_at": moments(role["CreatedDate"]),
        }
    )
    lead = company.table("salesforce/Lead").query("ConvertedOpportunityId != ''")
    converted = pd.DataFrame(
        {
            "deal": lead["ConvertedOpportunityId"],
            "person": ("salesforce:" + lead["Id"]).map(company.person_of),
            "joined_at": moments(lead["ConvertedDate"]),
        }
    )
    people = pd.concat([named, converted]).dropna()
    people = people[people["deal"].isin(deals(company).index)]
    return people.groupby(["deal", "person"], as_index=False)["joined_at"].min()


def stage_events(company: Company) -> pd.DataFrame:
    """Return what tells of stages: systems that declare them, creations and deals."""
    meaning = seed("lifecycle_stage_map").set_index(["source", "source_value"])["stage"]
    history = company.table("salesforce/LeadHistory").query("Field == 'Status'")
    lead = company.table("salesforce/Lead").set_index("Id")
    changes = pd.DataFrame(
        {
            "person": ("salesforce:" + history["LeadId"]).map(company.person_of),
            "stage": history["NewValue"].str.lower().map(meaning["salesforce"]),
            "at": moments(history["CreatedDate"]),
        }
    )
    first = history.assign(at=changes["at"]).sort_values("at").drop_duplicates("LeadId")
    begun = pd.DataFrame(
        {
            "person": ("salesforce:" + first["LeadId"]).map(company.person_of),
            "stage": first["OldValue"].str.lower().map(meaning["salesforce"]),
            "at": moments(first["LeadId"].map(lead["CreatedDate"])),
        }
    )
    mailed = company.table("hubspot/contact")
    stamps = [
        pd.DataFrame(
            {
                "person": ("hubspot:" + mailed["id"]).map(company.person_of),
                "stage": meaning["hubspot"][name],
                "at": moments(mailed[f"property_hs_lifecyclestage_{name}_date"]),
            }
        )
        for name in (
            "lead",
            "marketingqualifiedlead",
            "salesqualifiedlead",
            "opportunity",
        )
    ]
    converted = lead[lead["ConvertedOpportunityId"] != ""]
    to_deals = pd.DataFrame(
        {
            "person": ("salesforce:" + converted.index.to_series()).map(
                company.person_of
            ),
            "stage": "opportunity",
            "at": moments(converted["ConvertedDate"]),
        }
    )
    made = person_records(company).groupby("person", as_index=False)["created_at"].min()
    made = made.rename(columns={"created_at": "at"}).assign(stage="lead")
    declared = pd.concat([changes, begun, *stamps, to_deals, made]).dropna()
    people = deal_people(company)
    joined = people.rename(columns={"joined_at": "at"}).assign(stage="opportunity")
    won_at = people["deal"].map(deals(company).query("is_won")["closed_at"])
    won = people.assign(at=won_at.clip(lower=people["joined_at"]), stage="customer")
    proved = pd.concat([joined, won])[["person", "stage", "at"]].dropna()
    events = pd.concat([declared.assign(is_deal=False), proved.assign(is_deal=True)])
    return events[events["at"] < company.as_of].drop_duplicates()


@cache
def cycles(company: Company) -> pd.DataFrame:
    """Return one row per person and cycle: when it came to each stage, proved or not.

    A stage that is only implied by a later one has no time, but for the lead.
    """
    rows = []
    for person, life in stage_events(company).groupby("person"):
        walked = stage_truth.walk(
            sorted(
                (row.at, stage_truth.ORDER.index(row.stage), row.stage, row.is_deal)
                for row in life.itertuples()
            )
        )
        rows += [
            (person, number, stage, at)
            for number, stage, at, is_implied in walked
            if stage == "lead" or not is_implied
        ]
    stays = pd.DataFrame(rows, columns=["person", "cycle", "stage", "at"])
    found = stays.pivot_table("at", ["person", "cycle"], "stage", aggfunc="min")
    found = found.add_suffix("_at").reset_index()
    return found.assign(
        channel=found["person"].map(first_channels(company)).fillna("unknown"),
        segment=found["person"].map(segments(company)),
    )


def first_channels(company: Company) -> pd.Series:
    """Return the channel of each person's first touch of any kind."""
    touched = touches(company).dropna(subset="person")
    first = touched.sort_values(["touched_at", "touch"]).drop_duplicates("person")
    return first.set_index("person")["channel"]


def mql_to_sql_rate(company: Company) -> pd.DataFrame:
    """Cycles with an MQL that reached SQL."""
    mqls = cycles(company).dropna(subset="mql_at")
    return pd.DataFrame(
        {
            "month": months(mqls["mql_at"]),
            "channel": mqls["channel"],
            "segment": mqls["segment"],
            "numerator": mqls["sql_at"].notna(),
            "denominator": 1,
        }
    )


def lead_to_opportunity_rate(company: Company) -> pd.DataFrame:
    """Cycles that reached an opportunity, by the creation of the lead."""
    leads = cycles(company)
    return pd.DataFrame(
        {
            "month": months(leads["lead_at"]),
            "channel": leads["channel"],
            "segment": leads["segment"],
            "numerator": leads["opportunity_at"].notna(),
            "denominator": 1,
        }
    )


def time_to_mql_days(company: Company) -> pd.DataFrame:
    """Days from a person's first touch to the first MQL."""
    first = cycles(company).dropna(subset="mql_at").sort_values("mql_at")
    first = first.drop_duplicates("person")
    first_touch = touches(company).groupby("person")["touched_at"].min()
    days = (first["mql_at"] - first["person"].map(first_touch)) / pd.Timedelta(days=1)
    parts = pd.DataFrame(
        {
            "month": months(first["mql_at"]),
            "channel": first["channel"],
            "segment": first["segment"],
            "numerator": days,
            "denominator": 1,
        }
    )
    return parts[days >= 0]

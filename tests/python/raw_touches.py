"""The touches of the demo's people, from its raw files."""

from __future__ import annotations

from functools import cache
from urllib.parse import urlsplit

import pandas as pd

from raw_company import Company, moments, seed

LOOKBACK = pd.Timedelta(days=90)
CLICK_IDS = "gclid|gbraid|wbraid|dclid|msclkid|fbclid|li_fat_id|ttclid|twclid"


@cache
def touches(company: Company) -> pd.DataFrame:
    """Return every touch: whose, when, and whether direct, by sales or by marketing."""
    shared = pd.concat(
        [_written(company), _campaign_members(company), _email_clicks(company)],
        ignore_index=True,
    )
    types = seed("touch_types").set_index("touch_type")
    is_sales = shared["touch_type"].map(types["is_sales"]) == "true"
    is_marketing = shared["touch_type"].map(types["is_marketing"]) == "true"
    return shared.assign(
        is_direct=shared["is_direct"] & ~is_sales,
        is_sales=is_sales,
        is_marketing=is_marketing & ~shared["is_direct"],
        is_response=shared["touch_type"].map(types["is_response"]) == "true",
    )


def _written(company: Company) -> pd.DataFrame:
    """Return the touches of the generic files, visits with whom they turned out to be.

    A visitor is whoever they are next known to be, else whoever they were last.
    """
    written = company.table("generic/touches")
    written["touched_at"] = moments(written["touched_at"])
    written["person"] = written["person_id"].map(company.person_of)
    visits = written[written["anonymous_id"] != ""].sort_values(
        ["touched_at", "touch_id"]
    )
    by_visitor = visits.groupby("anonymous_id")["person"]
    stitched = by_visitor.bfill()
    stitched = stitched.fillna(by_visitor.ffill())
    written["person"] = written["person"].fillna(stitched)
    is_bare = written["touch_type"].eq("web_session") & written["channel"].eq("")
    for column in ("utm_source", "utm_medium", "utm_campaign"):
        is_bare &= written[column] == ""
    is_bare &= ~written["landing_page"].str.contains(rf"[?&](?:{CLICK_IDS})=")
    is_bare &= written["referrer"].map(_host).isin(["", "brightwater.example"])
    written["is_direct"] = is_bare | written["channel"].eq("direct")
    return written.assign(touch="generic:" + written["touch_id"])[
        ["touch", "person", "touched_at", "touch_type", "is_direct"]
    ]


def _host(address: str) -> str:
    return (urlsplit(address).hostname or "").removeprefix("www.")


def _campaign_members(company: Company) -> pd.DataFrame:
    """Return the members of campaigns; whoever responded was touched then."""
    member = company.table("salesforce/CampaignMember")
    has_responded = member["HasResponded"] == "true"
    who = member["LeadId"].where(member["ContactId"] == "", member["ContactId"])
    touched_at = member["FirstRespondedDate"].where(
        has_responded & member["FirstRespondedDate"].ne(""), member["CreatedDate"]
    )
    kind = has_responded.map({True: "campaign_response", False: "campaign_member"})
    return pd.DataFrame(
        {
            "touch": "salesforce:" + member["Id"],
            "person": ("salesforce:" + who).map(company.person_of),
            "touched_at": moments(touched_at),
            "touch_type": kind,
            "is_direct": False,
        }
    )


def _email_clicks(company: Company) -> pd.DataFrame:
    """Return the clicks in e-mails, of whoever has the address."""
    event = company.table("hubspot/email_event").query("type == 'CLICK'")
    mailed = company.table("hubspot/contact")
    address = mailed.assign(record="hubspot:" + mailed["id"]).set_index(
        mailed["property_email"].str.lower()
    )["record"]
    return pd.DataFrame(
        {
            "touch": "hubspot:" + event["id"],
            "person": event["recipient"]
            .str.lower()
            .map(address)
            .map(company.person_of),
            "touched_at": moments(event["created"]),
            "touch_type": "email_click",
            "is_direct": False,
        }
    )

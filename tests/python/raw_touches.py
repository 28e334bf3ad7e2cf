"""The touches of the demo's people, from its raw files."""

from __future__ import annotations

import re
from functools import cache
from urllib.parse import urlsplit

import pandas as pd

from raw_company import Company, moments, seed

LOOKBACK = pd.Timedelta(days=90)
CLUES = [
    "touch_type",
    "utm_source",
    "utm_medium",
    "click_id_type",
    "referrer_host",
    "campaign_type",
]


@cache
def touches(company: Company) -> pd.DataFrame:
    """Return every touch: whose, when, its channel, and whether marketing made it."""
    found = pd.concat(
        [_written(company), _campaign_members(company), _email_clicks(company)],
        ignore_index=True,
    ).fillna({"channel": "", **dict.fromkeys(CLUES, "")})
    types = seed("touch_types").set_index("touch_type")
    defaults = found["touch_type"].map(types["default_channel"]).replace("", "unknown")
    by_rule = channels_by_rule(found[CLUES])
    given = found["channel"].mask(found["is_bare_visit"] == True, "direct")  # noqa: E712
    channel = given.where(given != "", by_rule.fillna(defaults))
    is_sales = found["touch_type"].map(types["is_sales"]) == "true"
    is_direct = (channel == "direct") & ~is_sales
    is_marketing = found["touch_type"].map(types["is_marketing"]) == "true"
    return found[["touch", "person", "touched_at"]].assign(
        channel=channel,
        is_direct=is_direct,
        is_sales=is_sales,
        is_marketing=is_marketing & ~is_direct,
        is_response=found["touch_type"].map(types["is_response"]) == "true",
    )


def channels_by_rule(clues: pd.DataFrame) -> pd.Series:
    """Return the channel by the first rule whose patterns all fit; NaN without one."""
    rules = seed("channel_rules").sort_values("priority", key=pd.to_numeric)
    patterns = [
        (
            rule["channel"],
            {
                clue: re.compile(
                    re.escape(rule[clue]).replace("%", ".*").replace("_", ".")
                )
                for clue in CLUES
                if rule[clue]
            },
        )
        for rule in rules.to_dict("records")
    ]
    clues = clues.apply(lambda column: column.str.lower())
    known = {
        values: next(
            (
                channel
                for channel, asked in patterns
                if all(
                    value and pattern.fullmatch(value)
                    for value, pattern in (
                        (values[CLUES.index(clue)], pattern)
                        for clue, pattern in asked.items()
                    )
                )
            ),
            None,
        )
        for values in set(clues.itertuples(index=False, name=None))
    }
    found = [known[values] for values in clues.itertuples(index=False, name=None)]
    return pd.Series(found, index=clues.index, dtype=object)


def _written(company: Company) -> pd.DataFrame:
    """Return the touches of the generic files, visits with whom they turned out to be.

    A visitor is whoever they are next known to be, else whoever they were last. A visit
    that nothing tells the origin of is a bare one.
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
    names = "|".join(set(seed("channel_rules")["click_id_type"]) - {""})
    click_ids = written["landing_page"].str.extract(rf"[?&]({names})=")[0].fillna("")
    hosts = written["referrer"].map(_host)
    hosts = hosts.mask(hosts == written["landing_page"].map(_host), "")
    # The link says what a column of its own does not.
    utms = [name for name in written if name.startswith("utm_")]
    for name in utms:
        told = written["landing_page"].str.extract(rf"[?&]{name}=([^&#]*)")[0]
        written[name] = written[name].where(written[name] != "", told.fillna(""))
    return written.assign(
        touch="generic:" + written["touch_id"],
        click_id_type=click_ids,
        referrer_host=hosts,
        is_bare_visit=(written["touch_type"] == "web_session")
        & written[["channel", *utms]].eq("").all(axis="columns")
        & (click_ids == "")
        & (hosts == ""),
    )


def _host(address: str) -> str:
    return (urlsplit(address).hostname or "").removeprefix("www.")


def _campaign_members(company: Company) -> pd.DataFrame:
    """Return the members of campaigns; whoever responded was touched then."""
    member = company.table("salesforce/CampaignMember")
    campaign = company.table("salesforce/Campaign").set_index("Id")
    has_responded = member["HasResponded"] == "true"
    who = member["LeadId"].where(member["ContactId"] == "", member["ContactId"])
    touched_at = member["FirstRespondedDate"].where(
        has_responded & member["FirstRespondedDate"].ne(""), member["CreatedDate"]
    )
    return pd.DataFrame(
        {
            "touch": "salesforce:" + member["Id"],
            "person": ("salesforce:" + who).map(company.person_of),
            "touched_at": moments(touched_at),
            "touch_type": has_responded.map(
                {True: "campaign_response", False: "campaign_member"}
            ),
            "campaign_type": member["CampaignId"].map(campaign["Type"]),
        }
    )


def _email_clicks(company: Company) -> pd.DataFrame:
    """Return the clicks in e-mails, of whoever has the address."""
    event = company.table("hubspot/email_event").query("type == 'CLICK'")
    mailed = company.table("hubspot/contact")
    address = mailed.assign(record="hubspot:" + mailed["id"]).set_index(
        mailed["property_email"].str.lower()
    )["record"]
    recipient = event["recipient"].str.lower()
    return pd.DataFrame(
        {
            "touch": "hubspot:" + event["id"],
            "person": recipient.map(address).map(company.person_of),
            "touched_at": moments(event["created"]),
            "touch_type": "email_click",
        }
    )

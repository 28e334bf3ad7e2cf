"""Landings of the connected systems: sound ones, and ones that break every rule.

Keyed by relation; a row names some of the columns, the others stay null.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Rows = Sequence[Mapping[str, Any]]

DAY = "2025-01-01"
LATER = "2999-01-01"

AD_PLATFORMS = ("google_ads", "linkedin_ads", "meta_ads", "microsoft_ads")
SPENT = {"impressions": 100, "clicks": 3}
NEGATIVE = {"impressions": -1, "clicks": -1}
DEAL = {"deal_pipeline_id": "p", "property_createdate": DAY, "property_amount": 100}

# Three HubSpot deals are won, each for another reason; 5 counts in Salesforce.
SOUND_SOURCES: Mapping[str, Rows] = {
    "raw_hubspot.contact": [
        {"id": "1", "property_email": "h@acme.test", "property_createdate": DAY}
    ],
    "raw_hubspot.company": [{"id": "1", "property_numberofemployees": 0}],
    "raw_hubspot.deal_pipeline_stage": [
        {"pipeline_id": "p", "stage_id": "s1", "closed_won": True},
        {"pipeline_id": "p", "stage_id": "s2", "closed_won": False},
        {"pipeline_id": "a", "stage_id": "s2", "closed_won": True},
    ],
    "raw_hubspot.deal": [
        DEAL | {"deal_id": "1", "deal_pipeline_stage_id": "s1"},
        DEAL
        | {"deal_id": "2", "deal_pipeline_stage_id": "s2"}
        # A stage that the pipelines know speaks before the flag.
        | {"property_hs_is_closed_won": True},
        DEAL
        | {"deal_id": "5", "deal_pipeline_stage_id": "s1"}
        | {"property_hs_salesforceopportunityid": "O9"},
    ],
    "raw_hubspot.deal_contact": [{"deal_id": "1", "contact_id": "1"}],
    "raw_hubspot.email_event": [{"id": "e", "type": "SENT", "created": DAY}],
    "raw_hubspot.engagement": [{"id": "g"}],
    "raw_salesforce.opportunity": [
        {"id": "O9", "amount": 100, "is_won": True, "is_closed": True}
        | {"stage_name": "Won", "close_date": DAY},
        # Its newest version ended: it is deleted, and was won before.
        {"id": "O8", "amount": 100, "is_won": True, "is_closed": True}
        | {"stage_name": "Won", "close_date": DAY, "_fivetran_active": False},
    ],
    "raw_marketo.lead": [{"id": "1", "email": "m@acme.test", "created_at": DAY}],
    "raw_marketo.program": [{"id": "1", "start_date": DAY, "end_date": DAY}],
    "raw_marketo.campaign": [{"id": "1", "program_id": "1"}],
    "raw_marketo.activity_send_email": [
        {"id": "1", "lead_id": "1", "activity_date": DAY}
    ],
    **{
        f"raw_{platform}.export_spend": [
            {"reporting_starts": DAY, "reporting_ends": DAY, "spend": 1}
            | {"currency": "usd"}
        ]
        for platform in AD_PLATFORMS
    },
    "raw_google_ads.account_history": [{"id": "1", "currency_code": "usd"}],
    "raw_google_ads.campaign_history": [
        {"id": "1", "name": "old", "updated_at": "2024-01-01"},
        {"id": "1", "name": "new", "updated_at": DAY},
    ],
    "raw_google_ads.campaign_stats": [
        {"id": "1", "date": DAY, "cost_micros": 0, "device": "MOBILE"} | SPENT,
        {"id": "1", "date": DAY, "cost_micros": 5, "device": "DESKTOP"} | SPENT,
    ],
    "raw_linkedin_ads.ad_analytics_by_campaign": [
        {"campaign_id": "1", "day": DAY, "cost_in_local_currency": 1} | SPENT
    ],
    "raw_meta_ads.basic_campaign": [{"campaign_id": "1", "date": DAY, "spend": 1}],
    "raw_meta_ads.basic_ad": [{"ad_id": "1", "date": DAY, "spend": 1}],
    "raw_microsoft_ads.campaign_performance_daily_report": [
        {"campaign_id": "1", "date": DAY, "spend": 1, "device_os": "ios"},
        {"campaign_id": "1", "date": DAY, "spend": 1, "device_os": "android"},
    ],
}


def twice_and_nameless(column: str, **values: Any) -> Rows:
    """Return two rows of one id and one without; the first has the values."""
    return [{column: "1", **values}, {column: "1"}, {column: None}]


def broken_days(spend: str, day: str, campaign: str, **values: Any) -> Rows:
    """Return one day of a campaign twice, of money that was earned far ahead."""
    row = {campaign: "9", day: LATER, spend: -1, **NEGATIVE, **values}
    return [row, row]


def broken_accounts(currency: str) -> Rows:
    """Return an account in a currency without a rate, and one without an id."""
    return [{"id": "1", currency: "XXX"}, {"id": None}]


NAMELESS_CAMPAIGNS: Rows = [{"id": "1"}, {"id": None}]
ACTIVITIES = {"lead_id": None, "activity_date": LATER}

BROKEN_SOURCES: Mapping[str, Rows] = {
    "raw_hubspot.company": twice_and_nameless(
        "id", property_numberofemployees=-1, property_annualrevenue=-1
    ),
    "raw_hubspot.deal_pipeline_stage": [{"pipeline_id": "p", "stage_id": "s1"}],
    "raw_hubspot.deal": twice_and_nameless(
        "deal_id",
        property_createdate=LATER,
        property_amount=-1,
        property_deal_currency_code="XXX",
        property_hs_deal_stage_probability=1.5,
        deal_pipeline_stage_id="gone",
    ),
    "raw_hubspot.deal_contact": [{"deal_id": "2", "contact_id": "1"}],
    "raw_hubspot.email_event": twice_and_nameless("id", created=LATER),
    "raw_hubspot.engagement": twice_and_nameless("id"),
    "raw_marketo.program": twice_and_nameless(
        "id", start_date="2025-02-01", end_date=DAY
    ),
    "raw_marketo.campaign": twice_and_nameless("id", program_id="2"),
    **{
        f"raw_marketo.activity_{name}": twice_and_nameless("id", **ACTIVITIES)
        for name in (
            "change_data_value",
            "email_bounced",
            "email_delivered",
            "fill_out_form",
            "send_email",
        )
    },
    **{
        f"raw_{platform}.export_spend": [
            {"reporting_starts": "1999-12-31", "reporting_ends": DAY}
            | {"spend": -1, "currency": "XXX"}
        ]
        for platform in AD_PLATFORMS
    },
    "raw_google_ads.account_history": broken_accounts("currency_code"),
    "raw_google_ads.campaign_history": NAMELESS_CAMPAIGNS,
    "raw_google_ads.campaign_stats": broken_days("cost_micros", "date", "id"),
    "raw_linkedin_ads.account_history": broken_accounts("currency"),
    "raw_linkedin_ads.campaign_history": NAMELESS_CAMPAIGNS,
    "raw_linkedin_ads.ad_analytics_by_campaign": broken_days(
        "cost_in_local_currency", "day", "campaign_id"
    ),
    "raw_meta_ads.account_history": broken_accounts("currency"),
    "raw_meta_ads.campaign_history": NAMELESS_CAMPAIGNS,
    "raw_meta_ads.basic_campaign": broken_days("spend", "date", "campaign_id"),
    "raw_meta_ads.basic_ad": broken_days("spend", "date", "ad_id"),
    "raw_microsoft_ads.account_history": broken_accounts("currency_code"),
    "raw_microsoft_ads.campaign_history": NAMELESS_CAMPAIGNS,
    "raw_microsoft_ads.campaign_performance_daily_report": broken_days(
        "spend", "date", "campaign_id", currency_code="XXX"
    ),
}
STRANGE_CONTACTS: Mapping[str, Rows] = {
    "raw_hubspot.contact": twice_and_nameless(
        "id", property_createdate=LATER, property_email="ann@"
    ),
    "raw_marketo.lead": twice_and_nameless(
        "id", created_at=LATER, email="ann acme.test", number_of_employees=-1
    ),
}

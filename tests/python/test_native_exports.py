"""Files as vendors' own screens write them, on to the marts: cents, people, seconds.

All of them land in one warehouse, which is built once. What they add up to was added up
by hand from the rows below and in test_load_exports.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from conftest import OF_SYSTEMS, UPTO_SYSTEMS, Builder, Warehouse, write_csv
from test_load_exports import GOOGLE, LINKEDIN, META, MICROSOFT, with_commas

AS_OF = "2026-03-31"


def quoted(*rows: str) -> str:
    """Return rows, their values parted by |, as CSV with every value in quotes."""
    return "".join(
        ",".join(f'"{value}"' for value in row.split("|")) + "\r\n" for row in rows
    )


# Setup > Data Export: every object a file, every value in quotes, booleans 0 and 1.
SALESFORCE = {
    "Account": quoted(
        "Id|IsDeleted|Name|Website|BillingCountry|CreatedDate",
        "001A|0|Größe & Co|https://groesse.example|Germany|2026-01-02 03:04:05",
    ),
    "Lead": quoted(
        "Id|IsDeleted|FirstName|LastName|Company|Email|Status|IsConverted|CreatedDate"
        "|LastModifiedDate",
        "00Q1|0|Jürgen|Müller|Größe & Co|jm@groesse.example|Qualified|0"
        "|2026-01-19 09:42:07|2026-01-25 16:30:59",
        "00Q2|1|Gone|Lead|Acme|gone@acme.example|Working|0"
        "|2026-01-20 00:00:00|2026-01-20 00:00:00",
        "00Q3|0|Ann|O'Brien|Acme, Inc.|ann@acme.example|Marketing Qualified|0"
        "|2026-01-20 00:00:00|2026-02-03 08:15:42",
    ),
    "LeadHistory": quoted(
        "Id|IsDeleted|LeadId|CreatedDate|Field|OldValue|NewValue",
        "017A|0|00Q1|2026-01-20 10:00:01|Status|New|Working",
        "017B|0|00Q1|2026-01-25 16:30:59|Status|Working|Qualified",
    ),
    "Contact": quoted(
        "Id|IsDeleted|AccountId|FirstName|LastName|Email|CreatedDate|LastModifiedDate",
        "003A|0|001A|Eva|Weiß|eva@groesse.example|2026-01-10 07:08:09"
        "|2026-01-10 07:08:09",
    ),
    "Opportunity": quoted(
        "Id|IsDeleted|AccountId|Name|StageName|Amount|Probability|CloseDate|Type"
        "|IsClosed|IsWon|CreatedDate",
        "006A|0|001A|Größe 2026|Closed Won|10000.50|100|2026-02-20|New Business|1|1"
        "|2026-02-01 11:22:33",
    ),
    "OpportunityHistory": quoted(
        "Id|IsDeleted|OpportunityId|StageName|Amount|CloseDate|CreatedDate",
        "008A|0|006A|Prospecting|10000.50|2026-02-20|2026-02-01 11:22:33",
        "008B|0|006A|Closed Won|10000.50|2026-02-20|2026-02-20 13:14:15",
    ),
    "OpportunityContactRole": quoted(
        "Id|IsDeleted|OpportunityId|ContactId|Role|IsPrimary",
        "00KA|0|006A|003A|Decision Maker|1",
    ),
}
# Contacts > Export: labels for headers and for stages, times to the minute.
HUBSPOT = {
    "all-contacts": quoted(
        "Record ID|First Name|Last Name|Email|Lifecycle Stage|Create Date"
        "|Last Modified Date|Became a Marketing Qualified Lead Date"
        "|Associated Company IDs|Primary Associated Company ID",
        "51|Zoë|Müller|Zoe@zeta.example|Marketing Qualified Lead|2026-01-05 09:07"
        "|2026-01-20 14:59|2026-01-20 14:59|900;901|901",
        "52|Max|Mayer|max@zeta.example|Lead|2026-01-06 00:00|2026-01-06 00:00||900|",
        "53|Ida|Holm|ida@zeta.example|Sales Qualified Lead|2026-02-01 06:00"
        "|2026-02-05 10:11|||",
        "54|Ann|O'Brien|Ann@Acme.example|Subscriber|2026-01-18 12:00"
        "|2026-01-18 12:00|||",
    ),
    "all-companies": quoted(
        "Record ID|Company name|Company owner|Company Domain Name|Create Date",
        "900|Old Zeta||old-zeta.example|2026-01-04 10:00",
        "901|Zeta||zeta.example|2026-01-04 10:00",
    ),
    "all-deals": quoted(
        "Record ID|Deal Name|Deal Stage|Pipeline|Amount|Close Date|Create Date"
        "|Associated Contact IDs|Associated Company IDs"
        "|Primary Associated Company ID",
        "7|Zeta 2026|Closed won (Sales Pipeline)|Sales Pipeline|12500.50"
        "|2026-02-01 10:00|2026-01-22 08:30|51;52|900;901|901",
        "8|Zeta more|Closed Lost|Sales Pipeline|800|2026-03-01 09:00"
        "|2026-02-20 09:30||901|",
        "9|Zeta next|Contract Sent|Sales Pipeline|70|2026-05-01 09:00"
        "|2026-03-02 09:30||901|",
    ),
}
# What connectors know beside: one day of one campaign of each report.
CONNECTORS = {
    "google_ads/account_history": [{"id": "5", "currency_code": "EUR"}],
    "google_ads/campaign_stats": [
        {"customer_id": "5", "id": "101", "date": "2026-01-01", "device": "MOBILE"}
        | {"cost_micros": "1000000000", "impressions": "10000"},
        {"customer_id": "5", "id": "101", "date": "2026-01-01", "device": "DESKTOP"}
        | {"cost_micros": "234560000", "impressions": "2345"},
    ],
    "linkedin/account_history": [{"id": "5", "currency": "USD"}],
    "linkedin/campaign_group_history": [
        {"id": "600", "account_id": "5", "name": "Europe"}
    ],
    "linkedin/campaign_history": [
        {"id": "9001", "account_id": "5", "campaign_group_id": "600"}
    ],
    "linkedin/ad_analytics_by_campaign": [
        {"campaign_id": "9001", "day": "2026-01-30"}
        | {"cost_in_local_currency": "1250.10"}
    ],
    "facebook_ads/account_history": [{"id": "9", "currency": "EUR"}],
    "facebook_ads/basic_campaign": [
        {"campaign_id": "238001", "account_id": "9", "date": "2026-01-10"}
        | {"spend": "40.00", "impressions": "7"}
    ],
    "bing_ads/campaign_daily_report": [
        {"account_id": "5", "campaign_id": "359", "date": "2026-01-13"}
        | {"currency_code": "USD", "network": "Bing", "spend": "1045.30"}
    ],
}


@pytest.fixture(scope="module")
def exported(build: Builder, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    raw = tmp_path_factory.mktemp("exports")
    files = {
        f"salesforce/{name}.csv": text.encode("cp1252")
        for name, text in SALESFORCE.items()
    }
    files |= {
        f"hubspot/hubspot-crm-exports-{name}-2026-03-31.csv": text.encode()
        for name, text in HUBSPOT.items()
    }
    january = LINKEDIN.format("1/30/2026", "1/31/2026", "2/1/2026")
    march = LINKEDIN.format("2026-03-01", "2026-03-02", "2026-03-03")
    files |= {
        "Campaign report.csv": GOOGLE.encode(),
        "campaign_performance_report.csv": january.encode("utf-16"),
        "linkedin/march.csv": with_commas(march).encode(),
        "Unbenannter-Bericht.csv": META.encode("utf-8-sig"),
        "bing_ads/Campaign_Performance.csv": MICROSOFT.encode("utf-8-sig"),
    }
    for name, content in files.items():
        path = raw / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    for table, rows in CONNECTORS.items():
        write_csv(raw / f"{table}.csv", rows)
    write_csv(
        raw / "generic" / "exchange_rates.csv",
        [{"currency": "EUR", "rate_date": "2026-01-01", "usd_per_unit": "1.1"}],
    )
    return build(raw, select=UPTO_SYSTEMS, tests=OF_SYSTEMS, as_of=AS_OF)


def test_every_row_lands_where_it_belongs(exported: Warehouse) -> None:
    landed = exported.rows(
        "select source, count(*), sum(rows_landed), sum(rows_rejected) "
        "from raw_meta.loads where source != 'generic' group by all order by all"
    )
    assert landed == [
        ("google_ads", 3, 6, 0),
        ("hubspot", 3, 9, 0),
        ("linkedin_ads", 6, 10, 0),
        ("meta_ads", 3, 4, 0),
        ("microsoft_ads", 2, 4, 0),
        ("salesforce", 7, 11, 0),
    ]


def test_reports_and_connectors_have_raw_tables_of_their_own(
    exported: Warehouse,
) -> None:
    tables = (
        ("google_ads.campaign_stats", "sum(cost_micros) / 1000000"),
        ("google_ads.export_spend", "sum(spend)"),
        ("linkedin_ads.ad_analytics_by_campaign", "sum(cost_in_local_currency)"),
        ("linkedin_ads.export_spend", "sum(spend)"),
        ("meta_ads.basic_campaign", "sum(spend)"),
        ("meta_ads.export_spend", "sum(spend)"),
        ("microsoft_ads.campaign_performance_daily_report", "sum(spend)"),
        ("microsoft_ads.export_spend", "sum(spend)"),
    )
    query = " union all ".join(
        f"select '{table}', count(*), cast({total} as decimal(18, 2)) from raw_{table}"
        for table, total in tables
    )
    assert sorted(exported.rows(query)) == [
        ("google_ads.campaign_stats", 2, Decimal("1234.56")),
        ("google_ads.export_spend", 3, Decimal("3234.61")),
        ("linkedin_ads.ad_analytics_by_campaign", 1, Decimal("1250.10")),
        ("linkedin_ads.export_spend", 6, Decimal("2700.14")),
        ("meta_ads.basic_campaign", 1, Decimal("40.00")),
        ("meta_ads.export_spend", 2, Decimal("2244.67")),
        ("microsoft_ads.campaign_performance_daily_report", 1, Decimal("1045.30")),
        ("microsoft_ads.export_spend", 3, Decimal("1049.37")),
    ]


def test_each_platform_s_spend_is_right_to_the_cent(exported: Warehouse) -> None:
    spent = exported.rows(
        "select platform, source, currency, sum(spend_amount), sum(spend_usd) "
        "from marts.fct_ad_spend_days group by all order by all"
    )
    # Of the 1,234.56 euros that Frühling cost in January the connector knows 40, and
    # its days stand for the month.
    meta = Decimal("1010.11") + 40
    assert spent == [
        ("google_ads", "google_ads", "EUR", Decimal("3234.61"), Decimal("3558.071000")),
        ("linkedin_ads", "linkedin_ads", "USD", Decimal("2700.14"), Decimal("2700.14")),
        ("meta_ads", "meta_ads", "EUR", meta, pytest.approx(meta * Decimal("1.1"))),
        (
            "microsoft_ads",
            "microsoft_ads",
            "USD",
            Decimal("1049.37"),
            Decimal("1049.37"),
        ),
    ]


def test_a_span_is_spread_over_its_days(exported: Warehouse) -> None:
    assert exported.rows(
        "select campaign_id, campaign_name, spend_level, count(*), sum(spend_amount), "
        "min(spend_date), max(spend_date) from marts.fct_ad_spend_days "
        "where platform = 'meta_ads' group by all order by all"
    ) == [
        (
            "meta_ads:238001",
            "Frühling; Retargeting",
            "unattributed_to_ads",
            1,
            Decimal(40),
            date(2026, 1, 10),
            date(2026, 1, 10),
        ),
        (
            "meta_ads:238002",
            "Prospecting",
            "exported",
            31,
            Decimal("1010.11"),
            date(2026, 1, 1),
            date(2026, 1, 31),
        ),
    ]


def test_what_the_connector_knows_better_is_listed(exported: Warehouse) -> None:
    assert exported.rows(
        "select campaign_id, spend_level, count(*), sum(spend_amount) "
        "from marts.fct_superseded_spend_days group by all order by all"
    ) == [
        ("google_ads:101", "exported", 1, Decimal("1234.56")),
        ("linkedin_ads:600", "exported", 1, Decimal("1250.10")),
        ("meta_ads:238001", "exported", 31, Decimal("1234.56")),
        ("microsoft_ads:359", "exported", 1, Decimal("1045.30")),
    ]


def test_campaigns_of_the_reports_have_their_names(exported: Warehouse) -> None:
    assert exported.rows(
        "select campaign_id, campaign_name, channel from marts.dim_campaigns "
        "order by all"
    ) == [
        ("google_ads:101", "Brand | EU", "paid_search"),
        ("google_ads:102", "Total Rebrand", "paid_search"),
        ("google_ads:103", "Generic", "paid_search"),
        ("linkedin_ads:600", "Europe", "paid_social"),
        ("meta_ads:238001", "Frühling; Retargeting", "paid_social"),
        ("meta_ads:238002", "Prospecting", "paid_social"),
        ("microsoft_ads:359", "Brand", "paid_search"),
        ("microsoft_ads:360", "Generic", "paid_search"),
    ]


def test_people_are_counted_once(exported: Warehouse) -> None:
    # Ann is in both systems; the lead in the recycle bin is nobody.
    assert exported.rows(
        "select email, account_name from marts.dim_people "
        "left join marts.dim_accounts using (account_id) order by 1"
    ) == [
        ("ann@acme.example", None),
        ("eva@groesse.example", "Größe & Co"),
        ("ida@zeta.example", "Zeta"),
        ("jm@groesse.example", "Größe & Co"),
        ("max@zeta.example", "Old Zeta"),
        ("zoe@zeta.example", "Zeta"),
    ]


def test_stages_are_entered_at_the_second_that_the_files_say(
    exported: Warehouse,
) -> None:
    entries = exported.rows(
        "select split_part(email, '@', 1), stage, entered_at "
        "from marts.fct_stage_transitions join marts.dim_people using (person_id) "
        "where not is_imputed order by 1, 3, 2"
    )
    assert entries == [
        ("ann", "lead", datetime(2026, 1, 18, 12)),
        ("ann", "mql", datetime(2026, 2, 3, 8, 15, 42)),
        ("eva", "lead", datetime(2026, 1, 10, 7, 8, 9)),
        ("eva", "opportunity", datetime(2026, 2, 1, 11, 22, 33)),
        ("eva", "customer", datetime(2026, 2, 20, 13, 14, 15)),
        ("ida", "lead", datetime(2026, 2, 1, 6)),
        ("ida", "sql", datetime(2026, 2, 5, 10, 11)),
        ("jm", "lead", datetime(2026, 1, 19, 9, 42, 7)),
        ("jm", "sal", datetime(2026, 1, 20, 10, 0, 1)),
        ("jm", "sql", datetime(2026, 1, 25, 16, 30, 59)),
        ("max", "lead", datetime(2026, 1, 6)),
        ("max", "opportunity", datetime(2026, 1, 22, 8, 30)),
        ("max", "customer", datetime(2026, 2, 1, 10)),
        ("zoe", "lead", datetime(2026, 1, 5, 9, 7)),
        ("zoe", "mql", datetime(2026, 1, 20, 14, 59)),
        ("zoe", "opportunity", datetime(2026, 1, 22, 8, 30)),
        ("zoe", "customer", datetime(2026, 2, 1, 10)),
    ]


def test_deals_are_closed_by_the_names_of_their_stages(exported: Warehouse) -> None:
    assert exported.rows(
        "select opportunity_id, account_name, is_closed, is_won, amount_usd, "
        "closed_at from marts.fct_opportunity_outcomes "
        "join marts.dim_accounts using (account_id) order by 1"
    ) == [
        (
            "hubspot:7",
            "Zeta",
            True,
            True,
            Decimal("12500.50"),
            datetime(2026, 2, 1, 10),
        ),
        ("hubspot:8", "Zeta", True, False, 800, datetime(2026, 3, 1, 9)),
        ("hubspot:9", "Zeta", False, False, 70, None),
        (
            "salesforce:006A",
            "Größe & Co",
            True,
            True,
            Decimal("10000.50"),
            datetime(2026, 2, 20, 13, 14, 15),
        ),
    ]

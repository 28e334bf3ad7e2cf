"""Native exports, built as vendors build them: told by header, right to the cent."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from landing_room import Room
from lib.cli import UserError
from lib.contract import STAGING_FOLDER, Contract
from lib.landing.export_rows import UnreadableError, number
from lib.landing.exports import Exports


@pytest.fixture
def room(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Room:
    room = Room(tmp_path, capsys)
    room.contract = STAGING_FOLDER
    return room


GOOGLE = (
    "Campaign report\n"
    '"January 1, 2026 - January 31, 2026"\n'
    "Campaign status,Campaign,Campaign ID,Day,Currency code,Cost,Impr.,Clicks,"
    "Conv. value\n"
    'Enabled,Brand | EU,101,2026-01-01,EUR,"1,234.56","12,345",67, --\n'
    "Paused,Total Rebrand,102,2026-01-02,EUR,0.05,1,0,--\n"
    'Enabled,Generic,103,2026-01-02,EUR,"2,000.00","1,000",5,10.5\n'
    'Total: Campaigns,--,--,--,EUR,"3,234.61","13,346",72,10.5\n'
    'Total: Account,--,--,--,EUR,"3,234.61","13,346",72,10.5\n'
)


@pytest.mark.parametrize("name", ["report.csv", "google_ads/Campaign report (3).csv"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_google_ads_report(room: Room, name: str, encoding: str) -> None:
    text = GOOGLE
    if encoding == "utf-16":
        # "Excel .csv" is separated by tabs.
        lines = [
            line if number < 2 else line.replace(",", "\t")
            for number, line in enumerate(GOOGLE.replace(",234", "234").splitlines())
        ]
        text = "\r\n".join(lines).replace('"12\t345"', '"12,345"')
        text = (
            text.replace('"2\t000.00"', '"2,000.00"')
            .replace('"1\t000"', '"1,000"')
            .replace('"13\t346"', '"13,346"')
        )
    room.write(name, text.encode(encoding))
    code, said = room.load()
    assert code == 0, said
    assert "2 total or footer rows left out" in said
    assert "add up" not in said
    assert room.loads() == [(name, 3, 3, 0)]
    assert room.rows(
        "select sum(spend), sum(impressions), min(reporting_starts), "
        "max(reporting_ends), min(currency) from raw_google_ads.export_spend"
    ) == [(Decimal("3234.61"), 13_346, date(2026, 1, 1), date(2026, 1, 2), "EUR")]
    assert room.rows(
        "select campaign_key, campaign_name, reporting_starts = reporting_ends "
        "from raw_google_ads.export_spend order by 1"
    ) == [
        ("101", "Brand | EU", True),
        ("102", "Total Rebrand", True),
        ("103", "Generic", True),
    ]


def test_a_total_that_the_rows_do_not_add_up_to_is_told(room: Room) -> None:
    room.write("report.csv", GOOGLE.replace("3,234.61", "3,235.00"))
    _, said = room.load()
    assert (
        "its rows add up to 3234.61 in spend, its total row says 3235.00"
        in " ".join(said.split())
    )


LINKEDIN = (
    "Campaign Performance Report (in UTC)\n"
    "Report Start: January 30, 2026, 12:00 AM\n"
    "Report End: February 1, 2026, 11:59 PM\n"
    "Date Generated: February 2, 2026, 9:15 AM\n"
    "\n"
    "Start Date (in UTC)\tAccount Name\tCurrency\tCampaign Group ID\t"
    "Campaign Group Name\tCampaign ID\tCampaign Name\tTotal Spent\tImpressions\t"
    "Clicks\n"
    "{0}\tÄcme\tUSD\t600\tEurope\t9001\tLeads – DACH\t1,250.10\t10,001\t12\n"
    "{1}\tÄcme\tUSD\t600\tEurope\t9002\tBrand\t0.07\t3\t0\n"
    "{2}\tÄcme\tUSD\t600\tEurope\t9001\tLeads – DACH\t99.90\t100\t1\n"
)


def with_commas(report: str) -> str:
    """Return a LinkedIn report as its CSV has it."""
    lines = report.splitlines()
    quoted = [
        ",".join(f'"{value}"' for value in line.split("\t")) for line in lines[5:]
    ]
    return "\n".join(lines[:5] + quoted) + "\n"


@pytest.mark.parametrize(
    "days",
    [
        ("1/30/2026", "1/31/2026", "2/1/2026"),
        ("2026-01-30", "2026-01-31", "2026-02-01"),
        ("Jan 30, 2026", "Jan 31, 2026", "Feb 1, 2026"),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-8"])
def test_linkedin_report(room: Room, days: tuple[str, str, str], encoding: str) -> None:
    text = LINKEDIN.format(*days)
    if encoding == "utf-8":
        text = with_commas(text)
    room.write("linkedin/campaign_report.csv", text.encode(encoding))
    code, said = room.load()
    assert code == 0, said
    assert room.rows(
        "select adset_id, reporting_starts, spend, currency, account_name, campaign_id "
        "from raw_linkedin_ads.export_spend order by 2, 1"
    ) == [
        ("9001", date(2026, 1, 30), Decimal("1250.10"), "USD", "Äcme", "600"),
        ("9002", date(2026, 1, 31), Decimal("0.07"), "USD", "Äcme", "600"),
        ("9001", date(2026, 2, 1), Decimal("99.90"), "USD", "Äcme", "600"),
    ]


META = (
    '"Reporting starts";"Reporting ends";"Campaign name";"Campaign ID";'
    '"Amount spent (EUR)";"Impressions";"Link clicks"\n'
    "2026-01-01;2026-01-31;;;2.244,67;1.001.234;12\n"
    '2026-01-01;2026-01-31;"Frühling; Retargeting";238001;1.234,56;1.000.000;10\n'
    "2026-01-01;2026-01-31;Prospecting;238002;1.010,11;1.234;2\n"
)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_meta_report_with_decimal_commas_over_a_span(room: Room, encoding: str) -> None:
    room.write(
        "Unbenannter-Bericht.csv",
        META.encode(encoding),
    )
    code, said = room.load()
    assert code == 0, said
    assert "add up" not in said
    assert room.rows(
        "select reporting_starts, reporting_ends, campaign_id, campaign_name, "
        "currency, spend, impressions, inline_link_clicks "
        "from raw_meta_ads.export_spend order by 3"
    ) == [
        (
            *(date(2026, 1, 1), date(2026, 1, 31), "238001", "Frühling; Retargeting"),
            *("EUR", Decimal("1234.56"), 1_000_000, 10),
        ),
        (
            *(date(2026, 1, 1), date(2026, 1, 31), "238002", "Prospecting"),
            *("EUR", Decimal("1010.11"), 1_234, 2),
        ),
    ]


MICROSOFT = (
    '"Report Name: Campaign performance report"\n'
    '"Report Time: 1/1/2026,1/31/2026"\n'
    '"Time Zone: (GMT-08:00) Pacific Time (US & Canada), Tijuana"\n'
    '"Last Completed Available Day: 1/31/2026 11:55:00 PM (GMT)"\n'
    "\n"
    '"Gregorian date","Account name","Campaign name","Campaign ID",'
    '"Currency code","Impressions","Clicks","Spend"\n'
    '"1/13/2026","Acme","Brand","359","USD","1,200","30","1,045.30"\n'
    '"1/14/2026","Acme","Brand","359","USD","0","0","0.00"\n'
    '"1/14/2026","Acme","Generic","360","USD","20","3","4.07"\n'
    "\n"
    '"©2026 Microsoft Corporation. All rights reserved. "\n'
)


def test_microsoft_report(room: Room) -> None:
    room.write("bing_ads/download.csv", MICROSOFT.encode("utf-8-sig"))
    code, said = room.load()
    assert code == 0, said
    assert "1 total or footer row left out" in said
    assert room.rejects() == []
    assert room.rows(
        "select count(*), sum(spend), min(reporting_starts), max(reporting_ends), "
        "min(currency) from raw_microsoft_ads.export_spend"
    ) == [(3, Decimal("1049.37"), date(2026, 1, 13), date(2026, 1, 14), "USD")]


@pytest.mark.parametrize(
    "id_header", ["Record ID - Contact", "Contact ID", "Record ID"]
)
def test_hubspot_contacts(room: Room, id_header: str) -> None:
    room.write(
        "hubspot/hubspot-crm-exports-all-contacts-2026-02-01.csv",
        f'"{id_header}","First Name","Last Name","Email","Lifecycle Stage",'
        '"Contact owner","Create Date","Became a Marketing Qualified Lead Date",'
        '"Associated Company","Associated Company IDs","Favourite Colour"\n'
        '"51","Zoë","Müller","Zoe@Example.com","Marketing Qualified Lead","Ann Lee",'
        '"2026-01-05 09:07","2026-01-20 14:59","Acme","900","blue"\n'
        '"52","","","x@example.com","Lead","","2026-01-06 00:00","","","",""\n',
    )
    code, said = room.load()
    assert code == 0, said
    rows = room.rows(
        "select cast(id as varchar), property_email, property_lifecyclestage, "
        "cast(property_createdate as timestamp), "
        "cast(property_hs_lifecyclestage_marketingqualifiedlead_date as timestamp), "
        "cast(property_associatedcompanyid as varchar), property_favourite_colour "
        "from raw_hubspot.contact order by 1"
    )
    assert rows == [
        (
            *("51", "Zoe@Example.com", "marketingqualifiedlead"),
            *(datetime(2026, 1, 5, 9, 7), datetime(2026, 1, 20, 14, 59)),
            *("900", "blue"),
        ),
        (
            *("52", "x@example.com", "lead", datetime(2026, 1, 6)),
            *(None, None, None),
        ),
    ]


def test_hubspot_companies_and_deals(room: Room) -> None:
    room.write(
        "companies.csv",
        '"Record ID - Company","Company name","Company owner","Company Domain Name",'
        '"Number of Employees"\n"900","Acme","","acme.io","1,200"\n',
    )
    room.write(
        "deals.csv",
        '"Record ID - Deal","Deal Name","Deal Stage","Pipeline","Amount","Close Date",'
        '"Create Date","Associated Contact IDs"\n'
        '"7","Acme 2026","Closed Won","Sales Pipeline","12500.50",'
        '"2026-02-01 10:00","2026-01-02 08:30","51;52"\n',
    )
    assert room.load()[0] == 0
    assert room.rows(
        "select cast(id as varchar), property_name, property_domain "
        "from raw_hubspot.company"
    ) == [("900", "Acme", "acme.io")]
    assert room.rows(
        "select cast(deal_id as varchar), deal_pipeline_stage_id, deal_pipeline_id, "
        "cast(property_amount as decimal(18,2)), "
        "cast(property_closedate as timestamp), property_associated_contact_ids "
        "from raw_hubspot.deal"
    ) == [
        (
            *("7", "closedwon", "default", Decimal("12500.50")),
            *(datetime(2026, 2, 1, 10), "51;52"),
        )
    ]


LEADS = (
    '"Id","IsDeleted","LastName","Company","Status","IsConverted","CreatedDate"\r\n'
    '"00Q1","0","Müller","Größe & Co","Open","0","2026-01-19 09:42:07"\r\n'
    '"00Q2","1","O\'Brien","Acme, Inc.","Closed","1","2026-01-20 00:00:00"\r\n'
)


@pytest.mark.parametrize("name", ["salesforce/Lead.csv", "weekly export/lead 1.csv"])
@pytest.mark.parametrize("encoding", ["cp1252", "utf-8"])
def test_salesforce_data_export(room: Room, name: str, encoding: str) -> None:
    room.write(name, LEADS.encode(encoding))
    code, said = room.load()
    assert code == 0, said
    assert room.loads() == [(name, 2, 2, 0)]
    assert room.rows(
        "select id, is_deleted, last_name, company, is_converted, created_date "
        "from raw_salesforce.lead order by 1"
    ) == [
        (
            *("00Q1", False, "Müller", "Größe & Co", False),
            datetime(2026, 1, 19, 9, 42, 7),
        ),
        ("00Q2", True, "O'Brien", "Acme, Inc.", True, datetime(2026, 1, 20)),
    ]


@pytest.mark.parametrize(
    ("header", "table"),
    [
        ("Id,LastName,AccountId,Email", "contact"),
        ("Id,Name,BillingCountry", "account"),
        ("Id,AccountId,StageName,CloseDate,Amount", "opportunity"),
        ("Id,OpportunityId,StageName,CreatedDate,CloseDate", "opportunity_history"),
        ("Id,CampaignId,LeadId,ContactId,Status", "campaign_member"),
        ("Id,WhoId,Subject,ActivityDate,Status", "task"),
        ("Id,WhoId,Subject,StartDateTime", "event"),
        ("Id,Username,IsActive", "user"),
        ("Id,LeadId,Field,OldValue,NewValue,CreatedDate", "lead_history"),
    ],
)
def test_a_salesforce_object_is_told_by_its_header(
    room: Room, header: str, table: str
) -> None:
    room.write("extract.csv", f"{header}\n{'1,' * header.count(',')}\n")
    room.load()
    assert room.rows("select source, table_name from raw_meta.loads") in (
        [("salesforce", table)],
    )


def test_lines_of_two_encodings_are_rejected_and_not_guessed(room: Room) -> None:
    lines = LEADS.encode("cp1252").splitlines(keepends=True)
    lines[2] = '"00Q2","1","Łuk","Acme","Open","0","2026-01-20 00:00:00"\r\n'.encode()
    room.write("salesforce/Lead.csv", b"".join(lines))
    assert room.load()[0] == 0
    assert room.rows("select last_name from raw_salesforce.lead") == [("Łuk",)]
    assert [line for _, line, *_ in room.rejects()] == [2]


def test_a_value_in_another_spelling_than_its_file_is_rejected(room: Room) -> None:
    room.write(
        "report.csv",
        GOOGLE.replace(
            "Paused,Total Rebrand,102,2026-01-02,EUR,0.05",
            'Paused,X,102,2026-01-02,EUR,"0,05"',
        ),
    )
    code, said = room.load()
    assert code == 0
    assert "1 of 3 rows rejected (line 5)" in said
    assert room.rows("select column_name, error from raw_meta.rejects") == [
        ("spend", "is not a number as this file writes them: 0,05")
    ]


def test_dates_that_can_be_read_in_two_ways_are_told(room: Room) -> None:
    room.write("linkedin/r.csv", LINKEDIN.format("1/2/2026", "1/3/2026", "2/3/2026"))
    _, said = room.load()
    assert (
        "the dates of reporting_starts, reporting_ends can be read in two ways, "
        "taken as %m/%d/%Y" in said
    )
    assert room.rows(
        "select min(reporting_starts) from raw_linkedin_ads.export_spend"
    ) == [(date(2026, 1, 2),)]


def test_an_export_landed_twice_changes_nothing(room: Room) -> None:
    room.write("report.csv", GOOGLE)
    room.load()
    _, said = room.load()
    assert "landed before, skipped" in said
    assert len(room.loads()) == 1


META_HEAD = "Reporting starts,Reporting ends,Campaign name,Campaign ID"


def meta(*rows: str, breakdowns: str = "") -> str:
    """Return a report of Meta with the amount spent at the end of each row."""
    divided = f",{breakdowns}" if breakdowns else ""
    head = f"{META_HEAD}{divided},Amount spent (EUR)"
    return "\n".join([head, *rows]) + "\n"


def test_a_report_is_divided_by_the_dimensions_that_its_header_names(
    room: Room,
) -> None:
    room.write("whole.csv", meta("2026-01-01,2026-01-31,Spring,1,10.00", ",,,,10.00"))
    room.write(
        "divided.csv",
        meta(
            "2026-01-01,2026-01-31,Spring,1,male,18-24,4.00",
            '2026-01-01,2026-01-31,Spring,1,"male, other",25-34,5.25',
            "2026-01-01,2026-01-31,Spring,1,female,18-24,0.75",
            breakdowns="Gender,Age",
        ),
    )
    code, said = room.load()
    assert code == 0, said
    assert room.rejects() == []
    assert room.rows(
        "select breakdown, breakdown_value, spend from raw_meta_ads.export_spend "
        "order by breakdown nulls first, spend"
    ) == [
        (None, None, Decimal(10)),
        ("age,gender", "18-24,female", Decimal("0.75")),
        ("age,gender", "18-24,male", Decimal(4)),
        ("age,gender", '25-34,"male, other"', Decimal("5.25")),
    ]
    named = room.rows(
        "select column_name from duckdb_columns() "
        "where table_name = 'export_spend' and column_name in ('age', 'gender')"
    )
    assert named == []


def test_a_report_divided_by_an_unknown_column_collapses_nothing(room: Room) -> None:
    room.write(
        "divided.csv",
        meta(
            "2026-01-01,2026-01-31,Spring,1,red,4.00",
            "2026-01-01,2026-01-31,Spring,1,blue,5.00",
            "2026-01-01,2026-01-31,Spring,1,red,4.00",
            "2026-01-01,2026-01-31,Summer,2,red,1.00",
            breakdowns="Colour",
        ),
    )
    code, said = room.load()
    assert code == 0
    assert "2 of 4 rows rejected (lines 3, 4)" in said
    assert room.loads() == [("divided.csv", 4, 2, 2)]
    assert room.rows(
        "select campaign_id, spend from raw_meta_ads.export_spend order by 1"
    ) == [("1", Decimal(4)), ("2", Decimal(1))]
    rejects = room.rows("select line, error, text from raw_meta.rejects order by line")
    (_, error, text), (line, _, _) = rejects
    assert (line, text) == (4, "2026-01-01,2026-01-31,Spring,1,blue,5.00")
    assert error.startswith("repeats the key of an earlier row: the report is divided")
    assert "Name the column under breakdowns in _meta_ads__exports.yml" in error


def test_a_report_without_accounts_says_what_may_overwrite_it(room: Room) -> None:
    header = "Reporting starts,Reporting ends,Campaign name,{}Amount spent (EUR)\n"
    room.write("one.csv", header.format("") + "2026-01-01,2026-01-31,Spring,1.00\n")
    _, said = room.load()
    assert "has no account_key or campaign_id: the like report of another" in said
    with_account = header.format("Account name,") + "2026-01-01,2026-01-31,A,B,1.00\n"
    room.write("two.csv", with_account)
    _, said = room.load()
    assert "has no account_key" not in said.split("two.csv")[1]


def test_a_report_of_what_was_renamed_takes_the_earlier_one_s_place(
    room: Room,
) -> None:
    room.write("1.csv", meta("2026-01-01,2026-01-31,Spring,1,10.00"))
    room.write("2.csv", meta("2026-01-01,2026-01-31,Spring 26,1,10.50"))
    room.load()
    assert room.rows(
        "select campaign_name, campaign_key, spend from raw_meta_ads.export_spend"
    ) == [("Spring 26", "1", Decimal("10.50"))]


def test_a_report_by_account_lands_and_its_total_does_not(room: Room) -> None:
    room.write(
        "accounts.csv",
        "Reporting starts,Reporting ends,Account name,Account ID,Amount spent (EUR)\n"
        "2026-01-01,2026-01-31,,,11.00\n"
        "2026-01-01,2026-01-31,Acme,9,10.00\n"
        "2026-01-01,2026-01-31,Total Corp,8,1.00\n",
    )
    room.write(
        "google_ads/accounts.csv",
        "Account,Customer ID,Day,Cost,Impr.\n"
        "Total Corp,123-456-7890,2026-01-01,2.00,1\n"
        "Total: Account,--,--,2.00,1\n",
    )
    room.write(
        "google_ads/days.csv",
        "Day,Cost,Impr.\nFeb 1, 2026,3.00,1\n".replace("Feb 1, 2026", '"Feb 1, 2026"')
        + "Total: Account,3.00,1\n",
    )
    room.write(
        "bing_ads/accounts.csv",
        "Gregorian date,Account name,Impressions,Spend\n"
        "1/13/2026,Acme,1,5.00\n"
        "Total,,1,5.00\n"
        '"©2026 Microsoft Corporation. All rights reserved. "\n',
    )
    room.write(
        "linkedin/accounts.csv",
        "Start Date (in UTC),Account Name,Total Spent,Impressions\n"
        "1/13/2026,Acme,6.00,1\n"
        "Total,,6.00,1\n",
    )
    code, said = room.load()
    assert code == 0, said
    assert "add up" not in said
    assert room.rejects() == []
    query = " union all ".join(
        f"select account_key, campaign_key, spend from raw_{platform}.export_spend"
        for platform in ("google_ads", "linkedin_ads", "meta_ads", "microsoft_ads")
    )
    assert sorted(room.rows(query), key=lambda row: row[2]) == [
        ("8", None, Decimal(1)),
        ("123-456-7890", None, Decimal(2)),
        (None, None, Decimal(3)),
        ("Acme", None, Decimal(5)),
        ("Acme", None, Decimal(6)),
        ("9", None, Decimal(10)),
    ]


TOTAL_REWARDS = {
    "google_ads": "Campaign,Day,Cost,Impr.\nTotal Rewards,2026-01-01,7.00,1\n{}",
    "linkedin_ads": "Campaign Name,Start Date,Total Spent,Impressions\n"
    "Total Rewards,2026-01-01,7.00,1\n{}",
    "meta_ads": "Campaign name,Reporting starts,Reporting ends,Amount spent (EUR)\n"
    "Total Rewards,2026-01-01,2026-01-01,7.00\n{}",
    "microsoft_ads": "Campaign name,Date,Spend,Impressions\n"
    "Total Rewards,2026-01-01,7.00,1\n{}",
}


@pytest.mark.parametrize("platform", TOTAL_REWARDS)
def test_a_campaign_whose_name_begins_with_total_is_data(
    room: Room, platform: str
) -> None:
    # Of the last two lines a value is too many, and one too few: nobody knows of what.
    broken = "Total Rewards,B,2026-01-02,8.00,1,1\nTotal Rewards,9.00\n"
    room.write(f"{platform}/r.csv", TOTAL_REWARDS[platform].format(broken))
    assert room.load()[0] == 0
    assert room.rows(
        "select coalesce(campaign_name, adset_name), spend "
        f"from raw_{platform}.export_spend"
    ) == [("Total Rewards", Decimal(7))]
    assert [line for _, line, *_ in room.rejects()] == [3, 4]
    assert [counts for _, *counts in room.loads()] == [[3, 1, 2]]


def test_the_days_of_a_span_are_read_in_one_way(room: Room) -> None:
    # The first day can be read in two ways; the last one tells that days come first.
    room.write(
        "spans.csv",
        meta("01/02/2026,28/02/2026,Spring,1,10.00").replace("-", "/"),
    )
    _, said = room.load()
    assert "two ways" not in said
    assert room.rows(
        "select reporting_starts, reporting_ends from raw_meta_ads.export_spend"
    ) == [(date(2026, 2, 1), date(2026, 2, 28))]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_damaged_utf_16_is_rejected_and_not_replaced(room: Room, encoding: str) -> None:
    text = LINKEDIN.format("2026-01-30", "2026-01-31", "2026-02-01")
    # Half of a pair that stands for one character.
    whole = text.replace("Brand", "Bra\ud83dd").encode(encoding, "surrogatepass")
    room.write("linkedin/r.csv", "\ufeff".encode(encoding) + whole + b"\n")
    assert room.load()[0] == 0
    assert (
        room.rows(
            "select adset_id, adset_name from raw_linkedin_ads.export_spend order by 1"
        )
        == [("9001", "Leads – DACH")] * 2
    )
    first, *_ = room.rejects()
    assert first[1] == 8
    assert "9002" in first[3]


def test_a_file_named_by_another_name_of_its_table_lands_there(room: Room) -> None:
    head = "account_id,campaign_id,date,currency_code,spend\n"
    for table, day in (
        ("campaign_daily_report", 1),
        ("campaign_performance_daily_report", 2),
    ):
        room.write(f"bing_ads/{table}.csv", f"{head}9,1,2026-01-0{day},USD,{day}\n")
    code, said = room.load()
    assert code == 0, said
    assert "not declared" not in said
    assert room.rows(
        "select date, spend from raw_microsoft_ads.campaign_performance_daily_report "
        "order by 1"
    ) == [(date(2026, 1, 1), Decimal(1)), (date(2026, 1, 2), Decimal(2))]


def test_another_name_is_no_other_table_s(tmp_path: Path) -> None:
    path = tmp_path / "shop" / "_shop__sources.yml"
    path.parent.mkdir()
    path.write_text(
        "sources: [{name: shop, tables: [{name: a, config: {meta: {aliases: [b]}}}, "
        "{name: b}]}]"
    )
    with pytest.raises(UserError, match=r"shop\.b is an alias and another table's"):
        Contract.read(tmp_path)


@pytest.mark.parametrize(
    ("given", "comma", "plain"),
    [
        ("1,234.56", False, "1234.56"),
        ("1.234,56", True, "1234.56"),
        ("1 234,56", True, "1234.56"),
        ("1\u202f234,5", True, "1234.5"),
        ("1'234.5", False, "1234.5"),
        ("12,34,567.8", False, "1234567.8"),
        ("-$1,000", False, "-1000"),
        ("€5", False, "5"),
        ("USD 7.50", False, "7.50"),
        ("1234567", True, "1234567"),
        (".5", False, ".5"),
    ],
)
def test_numbers(given: str, comma: bool, plain: str) -> None:
    assert number(given, comma) == plain


@pytest.mark.parametrize(
    ("given", "comma"),
    [
        ("1,5", False),
        ("1.5", True),
        ("1,23,4", False),
        ("", False),
        (".", False),
        ("five", False),
        ("1e3", False),
        ("--5", False),
        ("1,,000", False),
    ],
)
def test_no_numbers(given: str, comma: bool) -> None:
    with pytest.raises(UnreadableError):
        number(given, comma)


def test_a_mapping_says_what_is_wrong_with_it(tmp_path: Path) -> None:
    path = tmp_path / "shop" / "_shop__exports.yml"
    path.parent.mkdir()
    for text, cause in {
        "exports: 5": "exports is not a list",
        "exports: [{table: t}]": "lacks table or recognised_by",
        "exports: [{table: t, recognised_by: [A], colums: {}}]": "unknown key colums",
        "exports: [{table: t, recognised_by: A, columns: {a: {form: A}}}]": "key form",
        "exports: [": "cannot be read",
    }.items():
        path.write_text(text)
        with pytest.raises(UserError, match=cause):
            Exports.read(tmp_path)

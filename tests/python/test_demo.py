"""The demo company: the same from a seed, whole, plausible, and true to its truth."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

import demo
from conftest import Warehouse, land
from lib.cli import OK, WRONG_USE, run
from lib.demo.adverts import AD_PLATFORMS
from lib.demo.assumptions import CHANNELS, SALES
from lib.demo.company import QUEUE_ID
from lib.demo.ids import salesforce_ids

PEOPLE = 700
UNTIL = "2026-06-30"
FIRST_DAY, END = datetime(2024, 6, 30), datetime(2026, 6, 30)
ARGUMENTS = ["--people", str(PEOPLE), "--seed", "5", "--until", UNTIL]

# Every id that a table gives, and where it must be found. A star stands for text that
# names a record of another source by its full key.
REFERENCES = (
    ("Account.OwnerId", "User.Id"),
    ("Account.ParentId", "Account.Id"),
    ("Account.MasterRecordId", "Account.Id"),
    ("User.ManagerId", "User.Id"),
    ("Lead.MasterRecordId", "Lead.Id"),
    ("Lead.ConvertedAccountId", "Account.Id"),
    ("Lead.ConvertedContactId", "Contact.Id"),
    ("Lead.ConvertedOpportunityId", "Opportunity.Id"),
    ("Contact.AccountId", "Account.Id"),
    ("Contact.MasterRecordId", "Contact.Id"),
    ("Contact.OwnerId", "User.Id"),
    ("LeadHistory.LeadId", "Lead.Id"),
    ("LeadHistory.CreatedById", "User.Id"),
    ("Campaign.ParentId", "Campaign.Id"),
    ("Campaign.OwnerId", "User.Id"),
    ("CampaignMember.CampaignId", "Campaign.Id"),
    ("CampaignMember.LeadId", "Lead.Id"),
    ("CampaignMember.ContactId", "Contact.Id"),
    ("Opportunity.AccountId", "Account.Id"),
    ("Opportunity.OwnerId", "User.Id"),
    ("Opportunity.CampaignId", "Campaign.Id"),
    ("OpportunityHistory.OpportunityId", "Opportunity.Id"),
    ("OpportunityFieldHistory.OpportunityId", "Opportunity.Id"),
    ("OpportunityContactRole.OpportunityId", "Opportunity.Id"),
    ("OpportunityContactRole.ContactId", "Contact.Id"),
    ("Task.WhoId", "person.Id"),
    ("Task.WhatId", "Opportunity.Id"),
    ("Task.OwnerId", "User.Id"),
    ("Event.WhoId", "Contact.Id"),
    ("Event.WhatId", "Opportunity.Id"),
    ("touches.person_id", "person.*"),
    ("touches.campaign_id", "Campaign.*"),
    ("hubspot_contact.property_salesforceleadid", "Lead.Id"),
    ("hubspot_contact.property_salesforcecontactid", "Contact.Id"),
    ("hubspot_email_event.recipient", "hubspot_contact.property_email"),
    ("hubspot_email_event.email_campaign_id", "hubspot_email_campaign.id"),
    ("hubspot_email_event.sent_by_id", "hubspot_email_event.id"),
    ("hubspot_email_event_click.id", "hubspot_email_event.id"),
    ("hubspot_email_event_bounce.id", "hubspot_email_event.id"),
    ("hubspot_email_event_status_change.id", "hubspot_email_event.id"),
    ("google_ads_campaign_history.customer_id", "google_ads_account_history.id"),
    ("google_ads_campaign_stats.id", "google_ads_campaign_history.id"),
    ("google_ads_ad_stats.campaign_id", "google_ads_campaign_history.id"),
    ("linkedin_ads_campaign_history.account_id", "linkedin_ads_account_history.id"),
    (
        "linkedin_ads_campaign_history.campaign_group_id",
        "linkedin_ads_campaign_group_history.id",
    ),
    (
        "linkedin_ads_ad_analytics_by_campaign.campaign_id",
        "linkedin_ads_campaign_history.id",
    ),
    (
        "linkedin_ads_ad_analytics_by_creative.creative_id",
        "linkedin_ads_creative_history.id",
    ),
    ("linkedin_ads_creative_history.campaign_id", "linkedin_ads_campaign_history.id"),
    ("meta_ads_campaign_history.account_id", "meta_ads_account_history.id"),
    ("meta_ads_basic_campaign.campaign_id", "meta_ads_campaign_history.id"),
    ("meta_ads_basic_ad.ad_id", "meta_ads_ad_history.id"),
    ("meta_ads_basic_ad_actions.ad_id", "meta_ads_ad_history.id"),
    ("microsoft_ads_campaign_history.account_id", "microsoft_ads_account_history.id"),
    (
        "microsoft_ads_campaign_performance_daily_report.campaign_id",
        "microsoft_ads_campaign_history.id",
    ),
    (
        "microsoft_ads_ad_performance_daily_report.campaign_id",
        "microsoft_ads_campaign_history.id",
    ),
    ("consent_events.person_id", "person.*"),
    ("activities.person_id", "person.*"),
    ("spend.campaign_id", "Campaign.*"),
    ("payments.account_id", "Account.*"),
    ("payments.opportunity_id", "Opportunity.*"),
    ("subscriptions.account_id", "Account.*"),
    ("campaign_steps.campaign_id", "Campaign.*"),
    ("campaign_steps.assignee_id", "User.*"),
    ("tool_users.user_id", "User.*"),
    ("tool_users.tool_id", "tools.tool_id"),
    ("tool_contracts.tool_id", "tools.tool_id"),
    ("tool_usage.tool_id", "tools.tool_id"),
    ("tool_incidents.tool_id", "tools.tool_id"),
)
# Tables of the CRM and the generic files go by their own name.
PREFIXES = {"salesforce": "", "generic": "", "_truth": "true_"}
# What a company as small as this one may lack.
RARE = {"Contact.MasterRecordId"}
KEYS = (
    "User.Id", "Account.Id", "Lead.Id", "Contact.Id", "LeadHistory.Id", "Campaign.Id",
    "CampaignMember.Id", "Opportunity.Id", "OpportunityHistory.Id",
    "OpportunityFieldHistory.Id", "OpportunityContactRole.Id", "Task.Id", "Event.Id",
    "touches.touch_id", "hubspot_email_event.id", "payments.payment_id",
    "hubspot_contact.id", "hubspot_contact.property_email", "hubspot_email_campaign.id",
    "subscriptions.subscription_id", "tools.tool_id", "activities.activity_id",
)  # fmt: skip
# What lies before the window by right: contracts and customers from before, and when
# the users were hired. What may lie after it: plans.
NOT_IN_WINDOW = {
    ("User", "CreatedDate"),
    ("User", "LastModifiedDate"),
    ("Campaign", "StartDate"),
    ("Campaign", "EndDate"),
    ("Opportunity", "CloseDate"),
    ("OpportunityHistory", "CloseDate"),
    ("Event", "EndDateTime"),
    ("budgets", "month"),
    ("subscriptions", "started_on"),
    ("subscriptions", "ended_on"),
    ("tool_contracts", "starts_on"),
    ("tool_contracts", "ends_on"),
    ("tool_usage", "month"),
    ("google_ads_campaign_history", "end_date"),
    ("linkedin_ads_campaign_group_history", "run_schedule_end"),
    ("linkedin_ads_campaign_history", "run_schedule_end"),
    ("meta_ads_campaign_history", "stop_time"),
}
# The totals of each platform, in the account's currency, as a query of all of them.
BILLED = (
    "select 'google_ads' as platform, date, currency_code as currency,"
    " customer_id || '/' || google_ads_campaign_stats.id as campaign,"
    " cost_micros / 1e6 as amount, clicks from google_ads_campaign_stats"
    " inner join google_ads_account_history as account on customer_id = account.id"
    " union all select 'linkedin_ads', day::date, currency,"
    " account_id || '/' || campaign_id, cost_in_local_currency, clicks"
    " from linkedin_ads_ad_analytics_by_campaign"
    " inner join linkedin_ads_campaign_history as campaign on campaign_id = campaign.id"
    " inner join linkedin_ads_account_history as account on account_id = account.id"
    " union all select 'meta_ads', date, currency,"
    " account_id || '/' || campaign_id, spend, inline_link_clicks"
    " from meta_ads_basic_campaign"
    " inner join meta_ads_account_history as account on account_id = account.id"
    " union all select 'microsoft_ads', date, currency_code,"
    " account_id || '/' || campaign_id, spend, clicks"
    " from microsoft_ads_campaign_performance_daily_report"
)
BY_AD = (
    "select 'google_ads' as platform, sum(cost_micros) / 1e6 as amount"
    " from google_ads_ad_stats"
    " union all select 'linkedin_ads', sum(cost_in_local_currency)"
    " from linkedin_ads_ad_analytics_by_creative"
    " union all select 'meta_ads', sum(spend) from meta_ads_basic_ad"
    " union all select 'microsoft_ads', sum(spend)"
    " from microsoft_ads_ad_performance_daily_report"
)


def _text_ids(path: Path) -> dict[str, str]:
    """Return the columns that hold ids, which are text even where they are digits."""
    header = path.open(encoding="utf-8").readline().strip().replace('"', "")
    names = (name for name in header.split(",") if f"_{name}".endswith("_id"))
    return dict.fromkeys(names, "VARCHAR")


class Company:
    """The files of a demo as tables that can be asked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.connection = duckdb.connect()
        self.connection.execute("set TimeZone = 'UTC'")
        self.files: dict[str, Path] = {}
        for path in sorted(folder.rglob("*.*")):
            name = (
                f"{PREFIXES.get(path.parent.name, f'{path.parent.name}_')}{path.stem}"
            )
            if path.suffix == ".csv":
                relation = self.connection.read_csv(str(path), dtype=_text_ids(path))
            elif path.suffix == ".parquet":
                relation = self.connection.read_parquet(str(path))
            else:
                continue
            self.files[name] = path
            relation.create_view(name)
        self.connection.execute(
            "create view person as select Id from Lead union all select Id from Contact"
        )
        self.summary = json.loads((folder / "_truth" / "summary.json").read_text())

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Return what a query finds."""
        return self.connection.sql(query).fetchall()

    def value(self, query: str) -> Any:
        """Return the one value that a query finds."""
        ((found,),) = self.rows(query)
        return found

    def finds_none(self, query: str) -> bool:
        """Return whether a query finds nothing that breaks a rule."""
        return not self.rows(query)


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """Return a small demo company."""
    folder = tmp_path_factory.mktemp("demo") / "out"
    assert demo.main(["--out", str(folder), *ARGUMENTS]) == OK
    made = Company(folder)
    yield made
    made.connection.close()


def digests(folder: Path) -> dict[str, str]:
    """Return the fingerprint of every file under the folder."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_same_seed_gives_the_same_bytes(company: Company, tmp_path: Path) -> None:
    assert demo.main(["--out", str(tmp_path / "again"), *ARGUMENTS]) == OK
    assert digests(tmp_path / "again") == digests(company.folder)


def test_another_seed_gives_another_company(company: Company, tmp_path: Path) -> None:
    other = [*ARGUMENTS[:2], "--seed", "6", *ARGUMENTS[4:]]
    assert demo.main(["--out", str(tmp_path / "other"), *other]) == OK
    made, first = digests(tmp_path / "other"), digests(company.folder)
    assert made.keys() == first.keys()
    assert made["salesforce/Lead.csv"] != first["salesforce/Lead.csv"]


def test_it_lands_without_a_reject(
    company: Company, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    warehouse = Warehouse(tmp_path / "mops.duckdb")
    assert land(company.folder, warehouse.path, monkeypatch) == OK
    logged = warehouse.rows(
        "select source || '/' || table_name, rows_landed, rows_rejected"
        " from raw_meta.loads"
    )
    assert sum(rejected for _, _, rejected in logged) == 0
    written = {
        name: rows
        for name, rows in company.summary["rows"].items()
        if not name.startswith("_truth/")
    }
    assert len(logged) == len(written)
    assert sum(rows for _, rows, _ in logged) == sum(written.values())


def test_every_file_has_as_many_rows_as_the_summary_says(company: Company) -> None:
    counted = {
        f"{path.parent.name}/{path.stem}": company.value(f"select count(*) from {name}")
        for name, path in company.files.items()
    }
    assert counted == company.summary["rows"]


@pytest.mark.parametrize(
    ("figure", "query"),
    [
        ("leads", "select count(*) from Lead"),
        ("contacts", "select count(*) from Contact"),
        ("people", "select count(*) from true_people"),
        ("opportunities", "select count(*) from Opportunity"),
        ("won", "select count(*) from Opportunity where IsWon"),
        ("mqls", "select count(mql_at) from true_people"),
    ],
)
def test_the_summary_tells_what_the_files_hold(
    company: Company, figure: str, query: str
) -> None:
    assert company.value(query) == company.summary[figure] > 0


def test_the_summary_adds_up_the_money(company: Company) -> None:
    spent = company.rows(
        "select currency, sum(amount) from (select currency, amount from spend"
        f" union all select currency, amount from ({BILLED})) group by all"
    )
    assert {code: float(amount) for code, amount in spent} == pytest.approx(
        company.summary["spend_by_currency"]
    )
    pipeline = company.rows(
        "select CurrencyIsoCode, sum(Amount) from Opportunity group by all"
    )
    assert {code: float(amount) for code, amount in pipeline} == pytest.approx(
        company.summary["pipeline_by_currency"]
    )
    assert set(company.summary["spend_by_currency"]) == {"USD", "EUR", "GBP"}


@pytest.mark.parametrize("key", KEYS)
def test_keys_are_unique(company: Company, key: str) -> None:
    table, column = key.split(".")
    total, different = company.rows(
        f"select count(*), count(distinct {column}) from {table}"
    )[0]
    assert total == different > 0


@pytest.mark.parametrize(("reference", "target"), REFERENCES)
def test_references_lead_somewhere(
    company: Company, reference: str, target: str
) -> None:
    table, column = reference.split(".")
    home, key = target.split(".")
    known = (
        f"select 'salesforce:' || Id from {home}"
        if key == "*"
        else (f"select {key} from {home}")
    )
    used, lost = company.rows(
        f"select count({column}), count({column}) filter ({column} not in ({known}))"
        f" from {table}"
    )[0]
    assert lost == 0
    assert used > 0 or reference in RARE


def test_every_lead_is_a_user_s_or_waits_in_the_queue_of_late(company: Company) -> None:
    assert company.finds_none(
        "select * from Lead where OwnerId not in (select Id from User)"
        f" and not (OwnerId = '{QUEUE_ID}' and CreatedDate >= '2026-06-26')"
    )
    assert company.value(f"select count(*) from Lead where OwnerId = '{QUEUE_ID}'") > 0


def test_salesforce_ids_carry_salesforce_s_checksum() -> None:
    """Hold the ids to the rule, written again, and the rule to a real id."""

    def checked(short: str) -> str:
        letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
        chunks = [short[start : start + 5] for start in (0, 5, 10)]
        bits = [
            sum(letter.isupper() << place for place, letter in enumerate(chunk))
            for chunk in chunks
        ]
        return short + "".join(letters[number] for number in bits)

    assert checked("001Ec00000FzlUd") == "001Ec00000FzlUdIAJ"
    made = salesforce_ids("00Q", 5_000).to_pylist()
    assert all(key == checked(key[:15]) for key in made)
    assert made == sorted(made)


def test_truth_knows_every_record_and_touch(company: Company) -> None:
    assert company.finds_none(
        "select * from (select Id from person union all select id from hubspot_contact)"
        " as person full join true_person_records as truth"
        " on person.Id = truth.record_id"
        " where person.Id is null or truth.record_id is null"
    )
    assert company.finds_none(
        "select * from (select touch_id, touched_at from touches"
        " union all select id, created from hubspot_email_event where type = 'CLICK')"
        " as touches full join true_touches using (touch_id)"
        " where touches.touched_at is null or true_touches.channel is null"
    )
    assert (
        company.value("select count(distinct true_person_id) from true_person_records")
        == PEOPLE
    )


def test_touches_name_records_of_who_truly_made_them(company: Company) -> None:
    assert company.finds_none(
        "select * from touches"
        " inner join true_touches using (touch_id)"
        " inner join true_person_records as record"
        " on touches.person_id = 'salesforce:' || record.record_id"
        " where record.true_person_id is distinct from true_touches.true_person_id"
    )


def test_a_cookie_is_one_person_s(company: Company) -> None:
    assert company.finds_none(
        "select * from (select anonymous_id"
        " from touches inner join true_touches using (touch_id)"
        " where anonymous_id is not null group by anonymous_id"
        " having count(distinct true_person_id) > 1)"
    )


def test_anonymous_visits_are_identified_later(company: Company) -> None:
    found = company.value(
        "select count(*) from touches as visit where person_id is null and exists ("
        " select * from touches as other"
        " where other.anonymous_id = visit.anonymous_id"
        " and other.person_id is not null and other.touched_at >= visit.touched_at)"
    )
    assert found > company.summary["touches"] / 10


def test_a_few_records_are_duplicates(company: Company) -> None:
    share = company.summary["duplicate_records"] / PEOPLE
    assert 0.07 <= share <= 0.09
    kinds = {kind for (kind,) in company.rows("select kind from true_person_records")}
    assert {"same_address", "name_typo", "second_lead", "crm_merge"} <= kinds
    merged = company.rows(
        "select Lead.IsDeleted, loser.true_person_id = winner.true_person_id"
        " from Lead"
        " inner join true_person_records as loser on Lead.Id = loser.record_id"
        " inner join true_person_records as winner"
        " on Lead.MasterRecordId = winner.record_id"
    )
    assert merged
    assert set(merged) == {(True, True)}


def test_nothing_happens_outside_the_24_months(company: Company) -> None:
    assert company.summary["first_day"] == FIRST_DAY.date().isoformat()
    assert company.summary["last_day"] == "2026-06-29"
    for name in company.files:
        for column, kind, *_ in company.rows(f"describe {name}"):
            dated = kind == "DATE" or kind.startswith("TIMESTAMP")
            if not dated or (name, column) in NOT_IN_WINDOW or name.startswith("true_"):
                continue
            low, high = company.rows(
                f"select min({column}::timestamp), max({column}::timestamp) from {name}"
            )[0]
            assert low >= FIRST_DAY, (name, column)
            assert high < END, (name, column)


def test_a_status_follows_the_one_before(company: Company) -> None:
    assert company.finds_none(
        "select * from (select OldValue, coalesce("
        " lag(NewValue) over (partition by LeadId order by CreatedDate, Id), 'New'"
        ") as before from LeadHistory where Field = 'Status') where OldValue != before"
    )
    assert company.finds_none(
        "select * from Lead inner join ("
        " select LeadId, max_by(NewValue, (CreatedDate, Id)) as latest"
        " from LeadHistory where Field = 'Status' group by all) as history"
        " on Lead.Id = history.LeadId where Lead.Status != history.latest"
    )


def test_stages_come_in_their_order(company: Company) -> None:
    assert company.finds_none(
        "select * from true_people where origin = 'inbound' and ("
        " mql_at < lead_at or sal_at < mql_at or sql_at < sal_at"
        " or first_touch_at > lead_at)"
    )
    assert company.finds_none(
        "select * from LeadHistory as history"
        " inner join Lead on history.LeadId = Lead.Id"
        " where history.CreatedDate < Lead.CreatedDate"
    )
    for earlier, later in (("Marketing Qualified", "Sales Accepted"),
                           ("Sales Accepted", "Sales Qualified"),
                           ("Sales Qualified", "Converted")):  # fmt: skip
        counts = [
            company.value(
                "select count(distinct LeadId) from LeadHistory"
                f" where NewValue = '{status}'"
            )
            for status in (earlier, later)
        ]
        # Leads that sales found skip the MQL, so only the first step can widen.
        assert counts[1] > 0
        if earlier != "Sales Qualified":
            assert counts[0] > counts[1] / 2


def test_deals_move_forward_and_close_once(company: Company) -> None:
    stages = [*SALES.stages, "Closed Won", "Closed Lost"]
    order = ", ".join(f"'{stage}'" for stage in stages)
    assert company.finds_none(
        "select * from (select place, lag(place) over ("
        " partition by OpportunityId order by CreatedDate, place) as before"
        f" from (select *, list_position([{order}], StageName) as place"
        " from OpportunityHistory)) where place < before"
    )
    assert company.finds_none(
        "select * from Opportunity inner join ("
        f" select OpportunityId, max_by(StageName, (CreatedDate,"
        f" list_position([{order}], StageName))) as latest"
        " from OpportunityHistory group by all) as history"
        " on Opportunity.Id = history.OpportunityId"
        " where StageName != latest"
    )
    assert company.finds_none(
        "select * from Opportunity where IsWon != (StageName = 'Closed Won')"
        " or IsClosed != (StageName in ('Closed Won', 'Closed Lost'))"
    )
    assert company.value("select count(*) from Opportunity where Amount <= 0") == 0


def test_deals_come_from_marketing_sales_partners_and_customers(
    company: Company,
) -> None:
    found = company.rows("select distinct LeadSource from Opportunity")
    sources = {source for (source,) in found}
    assert {"Outbound", "Renewal"} <= sources
    named, only_source, neither = company.rows(
        "select count(CampaignId),"
        " count(*) filter (CampaignId is null and LeadSource is not null),"
        " count(*) filter (CampaignId is null and LeadSource is null)"
        " from Opportunity where Type = 'New Business'"
    )[0]
    assert min(named, only_source, neither) > 0


def test_spend_follows_the_clicks(company: Company) -> None:
    assert company.finds_none("select * from spend where amount <= 0")
    assert company.finds_none(f"select * from ({BILLED}) where amount <= 0")
    company.connection.execute(
        "create view seen as select true_touches.channel, touched_at::date as day,"
        " count(*) as touches from true_touches inner join touches using (touch_id)"
        " where true_touches.channel in ('paid_search', 'paid_social') group by all"
    )
    company.connection.execute(
        "create view billed as select case when platform in"
        " ('google_ads', 'microsoft_ads') then 'paid_search' else 'paid_social' end"
        f" as channel, date as day, sum(clicks) as clicks from ({BILLED}) group by all"
    )
    assert company.finds_none(
        "select * from seen left join billed using (channel, day)"
        " where billed.clicks is null or billed.clicks < seen.touches"
    )
    counted = company.value("select sum(clicks) from billed")
    assert counted > company.value("select sum(touches) from seen") > 0


def test_the_platforms_bill_what_is_true(company: Company) -> None:
    billed = company.rows(
        "select platform, date_trunc('month', date)::date, currency,"
        f" round(sum(amount), 2) from ({BILLED}) group by all order by all"
    )
    truth = company.rows(
        "select platform, month, currency, amount::double from true_ad_spend"
        " order by all"
    )
    assert [row[:3] for row in billed] == [row[:3] for row in truth]
    assert [row[3] for row in billed] == pytest.approx([row[3] for row in truth])
    assert {row[0] for row in truth} == set(AD_PLATFORMS)
    assert {row[2] for row in truth} == {"USD", "EUR"}
    assert company.finds_none(
        "select * from spend where platform in ('google_ads', 'linkedin_ads',"
        " 'meta_ads', 'microsoft_ads')"
    )


def test_ads_account_for_a_bit_less_than_was_billed(company: Company) -> None:
    truth = dict(
        company.rows(
            "select platform, sum(amount - not_in_ads)::double from true_ad_spend"
            " group by all"
        )
    )
    assert dict(company.rows(BY_AD)) == pytest.approx(truth)
    missing, billed = company.rows(
        "select sum(not_in_ads), sum(amount) from true_ad_spend"
    )[0]
    assert 0 < missing < billed / 3


def test_hubspot_knows_the_stages_that_the_crm_declares(company: Company) -> None:
    for stage, column in (("marketingqualifiedlead", "mql_at"),
                          ("salesqualifiedlead", "sql_at"),
                          ("opportunity", "converted_at")):  # fmt: skip
        stamp = f"property_hs_lifecyclestage_{stage}_date"
        assert company.finds_none(
            "select * from hubspot_contact"
            " inner join true_person_records on hubspot_contact.id = record_id"
            " inner join true_people using (true_person_id)"
            f" where origin != 'installed' and {stamp} is distinct from {column}"
        )
        assert company.value(f"select count({stamp}) from hubspot_contact") > 0


def test_there_is_a_rate_for_every_workday_and_the_first_day(company: Company) -> None:
    days, first, lowest = company.rows(
        "select count(distinct rate_date), min(rate_date), min(usd_per_unit)"
        " from exchange_rates where currency = 'EUR'"
    )[0]
    assert first == FIRST_DAY.date()
    assert days >= 5 * 104
    assert 0.8 < lowest < 1.4


def test_no_mail_goes_out_after_the_last_one(company: Company) -> None:
    late = company.rows(
        "with ends as ("
        " select contact.property_email as recipient,"
        " least(coalesce(bounced_at, '9999-12-31'),"
        " coalesce(opted_out_at, '9999-12-31')) as ends_at"
        " from true_people inner join true_person_records as record"
        " using (true_person_id)"
        " inner join hubspot_contact as contact on record.record_id = contact.id)"
        " select count(*) filter (created > ends_at), count(*)"
        " from hubspot_email_event inner join ends using (recipient)"
        " where type = 'SENT'"
    )[0]
    assert late[0] == 0
    assert late[1] > PEOPLE
    bounced = company.value(
        "select count(*) from hubspot_email_event_bounce where status like '5%'"
    )
    assert bounced == company.value("select count(bounced_at) from true_people") > 0


def test_working_life_has_its_rhythm(company: Company) -> None:
    workday, weekend = company.rows(
        "select count(*) filter (isodow(touched_at) <= 5) / 5,"
        " count(*) filter (isodow(touched_at) > 5) / 2 from touches"
    )[0]
    assert workday > 2.5 * weekend
    assert company.finds_none(
        "select * from Task where isodow(CompletedDateTime) = 7"
        " and hour(CompletedDateTime) between 2 and 20"
    )


def test_utm_mess_is_a_few_percent(company: Company) -> None:
    paid, shouted, nameless, only_in_url = company.rows(
        "select count(*), count(*) filter (utm_source != lower(utm_source)),"
        " count(*) filter (utm_source is not null and utm_campaign is null),"
        " count(*) filter (utm_source is null and landing_page like '%utm_source=%')"
        " from touches inner join true_touches using (touch_id)"
        " where true_touches.channel in ('paid_search', 'paid_social')"
    )[0]
    for slips, low, high in ((shouted, 0.01, 0.05), (nameless, 0.01, 0.05),
                             (only_in_url, 0.05, 0.15)):  # fmt: skip
        assert low < slips / paid < high


def test_channels_do_what_their_effects_say(company: Company) -> None:
    with company.files["true_channel_effects"].open(encoding="utf-8") as file:
        truth = {row["channel"]: row for row in csv.DictReader(file)}
    assert set(truth) == {channel.name for channel in CHANNELS}
    assert float(truth["direct"]["incremental_mqls"]) == 0
    assert float(truth["referral"]["incremental_opportunities"]) > 0
    assert float(truth["content_syndication"]["incremental_opportunities"]) < 0
    assert float(truth["paid_search"]["spend_usd"]) > 0


def test_countries_titles_and_phones_are_as_people_leave_them(company: Company) -> None:
    spellings = {
        country for (country,) in company.rows("select distinct Country from Lead")
    }
    assert {None, "United States", "Deutschland"} <= spellings
    for column, low, high in (("Title", 0.05, 0.2), ("Phone", 0.2, 0.5),
                              ("Email", 0.0, 0.05)):  # fmt: skip
        missing = company.value(f"select avg(({column} is null)::int) from Lead")
        assert low < missing < high, column
    shared = company.value("select count(*) from Lead where Email like 'info@%'")
    freemail = company.value("select count(*) from Lead where Email like '%@gmail.com'")
    assert shared + freemail > 0


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--people", "3"], "--people 3"),
        (["--people", "200", "--touches", "10"], "--touches 10"),
        (["--people", "200", "--seed", "-1"], "--seed -1"),
    ],
)
def test_a_wrong_number_is_one_line(
    arguments: list[str],
    named: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = ["--out", str(tmp_path / "x")]
    monkeypatch.setattr("sys.argv", ["demo.py", *out, *arguments])
    with pytest.raises(SystemExit) as ended:
        run(demo.main)
    assert ended.value.code == WRONG_USE
    assert named in capsys.readouterr().err


def test_a_folder_with_other_files_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    out = ["--out", str(tmp_path)]
    monkeypatch.setattr("sys.argv", ["demo.py", *out, "--people", "100"])
    with pytest.raises(SystemExit) as ended:
        run(demo.main)
    assert ended.value.code == WRONG_USE
    assert "holds files of its own" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]

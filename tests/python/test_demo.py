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
from lib.demo.assumptions import CHANNELS, SALES
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
    ("Lead.OwnerId", "User.Id"),
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
    ("email_events.person_id", "person.*"),
    ("email_events.campaign_id", "Campaign.*"),
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
# What a company as small as this one may lack.
RARE = {"Contact.MasterRecordId"}
KEYS = (
    "User.Id", "Account.Id", "Lead.Id", "Contact.Id", "LeadHistory.Id", "Campaign.Id",
    "CampaignMember.Id", "Opportunity.Id", "OpportunityHistory.Id",
    "OpportunityFieldHistory.Id", "OpportunityContactRole.Id", "Task.Id", "Event.Id",
    "touches.touch_id", "email_events.email_event_id", "payments.payment_id",
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
}


class Company:
    """The files of a demo as tables that can be asked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.connection = duckdb.connect()
        self.connection.execute("set TimeZone = 'UTC'")
        self.files: dict[str, Path] = {}
        for path in sorted(folder.rglob("*.*")):
            prefix = "true_" if path.parent.name == "_truth" else ""
            name = f"{prefix}{path.stem}"
            if path.suffix == ".csv":
                relation = self.connection.read_csv(str(path))
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
    spent = company.rows("select currency, sum(amount) from spend group by all")
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
        "select * from person full join true_person_records as truth"
        " on person.Id = truth.record_id"
        " where person.Id is null or truth.record_id is null"
    )
    assert company.finds_none(
        "select * from touches full join true_touches using (touch_id)"
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
    company.connection.execute(
        "create view seen as select true_touches.campaign_id, touched_at::date as day,"
        " count(*) as touches from true_touches inner join touches using (touch_id)"
        " where true_touches.channel in ('paid_search', 'paid_social') group by all"
    )
    assert company.finds_none(
        "select * from seen left join spend"
        " on seen.campaign_id = spend.campaign_id and seen.day = spend.spend_date"
        " where spend.clicks is null or spend.clicks < seen.touches"
    )
    counted = company.value("select sum(clicks) from spend")
    assert counted > company.value("select sum(touches) from seen") > 0


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
        " select record.record_id, least(coalesce(bounced_at, '9999-12-31'),"
        " coalesce(opted_out_at, '9999-12-31')) as ends_at"
        " from true_people inner join true_person_records as record"
        " using (true_person_id))"
        " select count(*) filter (occurred_at > ends_at), count(*) from email_events"
        " inner join ends on person_id = 'salesforce:' || record_id"
        " where event_type = 'sent'"
    )[0]
    assert late[0] == 0
    assert late[1] > PEOPLE
    bounced = company.value(
        "select count(*) from email_events where bounce_type = 'hard'"
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

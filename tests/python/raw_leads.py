"""Who got the demo's leads, how soon they answered, and whose data went stale."""

from __future__ import annotations

from datetime import date
from functools import cache

import pandas as pd

from business_clock import Clock
from raw_company import Company, moments, months, seed
from raw_lifecycle import cycles, deal_people, deals, first_channels
from raw_records import accounts, enrichments, people, person_records, segments
from raw_touches import touches


@cache
def assignments(company: Company) -> pd.DataFrame:
    """Return each time that a user was given a person's lead."""
    history = company.table("salesforce/LeadHistory").query("Field == 'Owner'")
    history = history[history["NewValue"].isin(company.table("salesforce/User")["Id"])]
    given = pd.DataFrame(
        {
            "person": ("salesforce:" + history["LeadId"]).map(company.person_of),
            "owner": history["NewValue"],
            "at": moments(history["CreatedDate"]),
            "id": history["Id"],
        }
    )
    return given.dropna(subset="person").sort_values(["at", "id"])


def responses(company: Company) -> pd.DataFrame:
    """Return what sales did outbound: calls, e-mails, meetings and tasks done."""
    task = company.table("salesforce/Task").query(
        "IsClosed == 'true' and CallType != 'Inbound'"
    )
    event = company.table("salesforce/Event")
    done = pd.DataFrame(
        {
            "person": pd.concat([task["WhoId"], event["WhoId"]]),
            "at": pd.concat(
                [moments(task["CompletedDateTime"]), moments(event["StartDateTime"])]
            ),
        }
    )
    done["person"] = ("salesforce:" + done["person"]).map(company.person_of)
    return done.dropna().sort_values("at")


def sla_compliance_rate(company: Company) -> pd.DataFrame:
    """MQLs answered within the business minutes of their segment, of those due."""
    mqls = cycles(company).dropna(subset="mql_at").sort_values("mql_at")
    mqls["next_at"] = mqls.groupby("person")["mql_at"].shift(-1)
    answers = responses(company).rename(columns={"at": "answered_at"})
    answered = pd.merge_asof(
        mqls,
        answers,
        left_on="mql_at",
        right_on="answered_at",
        by="person",
        direction="forward",
    )
    is_later = answered["answered_at"] >= answered["next_at"]
    answered["answered_at"] = answered["answered_at"].mask(is_later)
    given = assignments(company)[["person", "owner", "at"]]
    keys = {"left_on": "mql_at", "right_on": "at", "by": "person"}
    before = pd.merge_asof(answered, given, **keys)["owner"]
    after = pd.merge_asof(answered, given, direction="forward", **keys)["owner"]
    zones = company.table("salesforce/User").set_index("Id")["TimeZoneSidKey"]
    answered["zone"] = before.fillna(after).map(zones).fillna("America/New_York")
    answered["minutes"] = answered["segment"].map(_minutes)
    answered["due_at"] = [
        _clock(row.zone).after(row.mql_at.to_pydatetime(), row.minutes)
        for row in answered.itertuples()
    ]
    is_pending = answered["answered_at"].isna() & (answered["due_at"] > company.as_of)
    judged = answered[~is_pending]
    return pd.DataFrame(
        {
            "month": months(judged["mql_at"]),
            "channel": judged["channel"],
            "segment": judged["segment"],
            "numerator": judged["answered_at"] <= judged["due_at"],
            "denominator": 1,
        }
    )


def _minutes(segment: str) -> int:
    """Return the minutes that the first target allows that fits the segment."""
    targets = seed("sla_targets").assign(
        priority=lambda row: row["priority"].astype(int)
    )
    fit = targets[targets["segment"].isin([segment, "*"])].sort_values("priority")
    return int(fit["sla_minutes"].iloc[0])


@cache
def _clock(zone: str) -> Clock:
    """Return the business clock of every team, in a zone."""
    team = seed("team_calendars").query("team == '*'").iloc[0]
    hours = seed("business_hours").groupby("calendar").get_group(team["calendar"])
    holidays = seed("holidays").groupby("country")
    free = holidays.get_group(team["holiday_country"])["holiday_date"]
    spans = [
        ((int(row.weekday),), row.opens_at, row.closes_at, date.min, date.max)
        for row in hours.itertuples()
    ]
    return Clock(spans, zone, [date.fromisoformat(day) for day in free])


def lead_routing_accuracy(company: Company) -> pd.DataFrame:
    """First assignments to somebody whom the first rule that fits allowed then."""
    first = assignments(company).drop_duplicates("person")
    allowed = _Routing(company)
    is_right = [
        row.owner in allowed.owners(row.person, row.at) for row in first.itertuples()
    ]
    return pd.DataFrame(
        {
            "month": months(first["at"]),
            "channel": first["person"].map(first_channels(company)).fillna("unknown"),
            "segment": first["person"].map(segments(company)),
            "numerator": is_right,
            "denominator": 1,
        }
    )


class _Routing:
    """The shipped rules in their order; nobody is absent, capped or promised a name."""

    def __init__(self, company: Company) -> None:
        for name in ("rep_absences", "named_accounts"):
            assert seed(name).empty, name
        assert set(seed("rep_roster")["daily_cap"]) == {""}
        rules = seed("routing_rules").sort_values("priority", key=pd.to_numeric)
        assert list(rules["rule_kind"].unique()) == [
            "opportunity_owner",
            "customer_owner",
            "account_owner",
            "named_account",
            "pool",
            "fallback",
        ]
        self.company = company
        user = company.table("salesforce/User")
        self.active = set(user.query("IsActive == 'true'")["Id"])
        team = user["Department"].str.lower().str.replace(" ", "_")
        roster = seed("rep_roster").set_index("team")["pool"]
        pools = user["Id"][user["Id"].isin(self.active)].groupby(team.map(roster))
        self.pools = {pool: set(ids) for pool, ids in pools}
        self.deals = deals(company).assign(
            end=lambda deal: deal["closed_at"].fillna(pd.Timestamp.max)
        )
        named = deal_people(company)
        self.deals_of = {
            person: set(ids) for person, ids in named.groupby("person")["deal"]
        }
        self.accounts = accounts(company)
        self.territory = territories(company)

    def owners(self, person: str, at: pd.Timestamp) -> set[str]:
        """Return whom the first rule that allows anybody allows."""
        account = self.company.employer_of[person]
        mine = self.deals.index.isin(self.deals_of.get(person, set()))
        theirs = self.deals["account"] == account
        is_open = (self.deals["created_at"] <= at) & (self.deals["end"] > at)
        for which in (mine, theirs):
            found = set(self.deals["OwnerId"][which & is_open]) & self.active
            if found:
                return found
        if account in self.accounts.index:
            owner = self.accounts.loc[account, "owner"].removeprefix("salesforce:")
            has_bought = self.deals["is_won"] & (self.deals["end"] <= at)
            is_there = self.accounts.loc[account, "created_at"] <= at
            is_customer = (has_bought & (mine | theirs)).any()
            if owner in self.active and (is_customer or is_there):
                return {owner}
        return self.pools[self.territory[person]]


def territories(company: Company) -> pd.Series:
    """Return the pool of each person's territory, else headquarters'."""
    golden = people(company)
    employers = accounts(company)["country"].reindex(
        golden.index.map(company.employer_of)
    )
    written = golden["country"].fillna(
        golden["email"].map(enrichments(company)["country"])
    )
    written = written.fillna(pd.Series(employers.to_numpy(), golden.index))
    names = seed("picklist_values").query("field == 'country'").set_index("synonym")
    country = written.str.strip().str.lower().map(names["picklist_value"])
    places = seed("territories").set_index("country")["territory"]
    rules = seed("routing_rules").query("rule_kind == 'pool'").set_index("territory")
    return country.map(places).fillna("Unassigned").map(rules["pool"])


def data_decay_rate(company: Company) -> pd.DataFrame:
    """People fresh a year before the end of the month and not at its end."""
    records = person_records(company)
    answered = touches(company).query("is_response").dropna(subset="person")
    signs = pd.concat(
        [
            records[["person", column]].rename(columns={column: "at"})
            for column in ("created_at", "changed_at")
        ]
        + [answered[["person", "touched_at"]].rename(columns={"touched_at": "at"})]
    )
    signs = signs[signs["at"] < company.as_of].drop_duplicates()
    ends = signs["at"] + pd.DateOffset(months=12)
    bounced_at = signs["person"].map(people(company)["bounced_at"])
    signs["end"] = ends.mask(bounced_at < ends, bounced_at)

    def fresh(at: pd.Timestamp) -> set[str]:
        return set(signs["person"][(signs["at"] <= at) & (at < signs["end"])])

    rows = []
    for month in company.month_starts:
        end = min(month + pd.offsets.MonthBegin(), company.as_of)
        before = fresh(end - pd.DateOffset(months=12))
        if before:
            rows.append((month, len(before - fresh(end)), len(before)))
    return pd.DataFrame(rows, columns=["month", "numerator", "denominator"])

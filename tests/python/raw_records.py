"""People and accounts in the demo's raw files, and metrics of their state."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from raw_company import Company, moments, months, seed


@cache
def person_records(company: Company) -> pd.DataFrame:
    """Return every record of somebody who is a person, whatever its source."""
    lead = company.table("salesforce/Lead")
    contact = company.table("salesforce/Contact")
    mailed = company.table("hubspot/contact")
    records = pd.concat(
        [
            pd.DataFrame(
                {
                    "record": "salesforce:" + lead["Id"],
                    "kind": "lead",
                    "email": lead["Email"],
                    "first_name": lead["FirstName"],
                    "last_name": lead["LastName"],
                    "title": lead["Title"],
                    "company_name": lead["Company"],
                    "country": lead["Country"],
                    "employees": lead["NumberOfEmployees"],
                    "is_deleted": lead["IsDeleted"] == "true",
                    "is_gone": lead[["MasterRecordId", "ConvertedContactId"]]
                    .ne("")
                    .any(axis="columns"),
                    "bounced_at": moments(lead["EmailBouncedDate"]),
                    "created_at": moments(lead["CreatedDate"]),
                    "changed_at": moments(lead["LastModifiedDate"]),
                }
            ),
            pd.DataFrame(
                {
                    "record": "salesforce:" + contact["Id"],
                    "kind": "contact",
                    "email": contact["Email"],
                    "first_name": contact["FirstName"],
                    "last_name": contact["LastName"],
                    "title": contact["Title"],
                    "company_name": "",
                    "country": contact["MailingCountry"],
                    "employees": "",
                    "is_deleted": contact["IsDeleted"] == "true",
                    "is_gone": contact["MasterRecordId"] != "",
                    "bounced_at": moments(contact["EmailBouncedDate"]),
                    "created_at": moments(contact["CreatedDate"]),
                    "changed_at": moments(contact["LastModifiedDate"]),
                }
            ),
            pd.DataFrame(
                {
                    "record": "hubspot:" + mailed["id"],
                    # Whom sales has not qualified is a lead there, too.
                    "kind": mailed["property_lifecyclestage"]
                    .isin(["lead", "marketingqualifiedlead", "subscriber"])
                    .map({True: "lead", False: "contact"}),
                    "email": mailed["property_email"],
                    "first_name": mailed["property_firstname"],
                    "last_name": mailed["property_lastname"],
                    "title": "",
                    "company_name": mailed["property_company"],
                    "country": "",
                    "employees": "",
                    "is_deleted": False,
                    "is_gone": False,
                    "bounced_at": pd.NaT,
                    "created_at": moments(mailed["property_createdate"]),
                    "changed_at": moments(mailed["property_lastmodifieddate"]),
                }
            ),
        ],
        ignore_index=True,
    )
    records["person"] = records["record"].map(company.person_of)
    return records[records["person"].notna()]


@cache
def people(company: Company) -> pd.DataFrame:
    """Return golden people: of each field the best record's value, by survivorship.

    Records that stand go before those that are gone, contacts before leads, and what
    changed last before what changed earlier; an address that bounced goes last.
    """
    records = person_records(company)
    records = records.assign(
        email=records["email"].str.lower(),
        has_bounced=records["bounced_at"].notna(),
        bounced_at=_bounced_at(company, records),
        is_past=records["is_deleted"] | records["is_gone"],
        is_lead=records["kind"] == "lead",
    ).sort_values(
        ["is_past", "is_lead", "changed_at", "record"],
        ascending=[True, True, False, True],
    )
    records = records.replace("", np.nan)
    golden = records.groupby("person")[["country", "employees"]].first()
    addresses = records.dropna(subset="email").sort_values("has_bounced", kind="stable")
    in_use = addresses.drop_duplicates("person").set_index("person")
    return golden.join(in_use[["email", "bounced_at"]])


def _bounced_at(company: Company, records: pd.DataFrame) -> pd.Series:
    """Return when the address of each record last bounced for good, in any system."""
    hard = seed("bounce_categories").query(
        "source == 'hubspot' and bounce_type == 'hard'"
    )
    bounces = company.table("hubspot/email_event_bounce")
    bounces = bounces[bounces["category"].str.lower().isin(hard["category"])]
    events = company.table("hubspot/email_event").set_index("id").loc[bounces["id"]]
    mailed = moments(events["created"]).groupby(events["recipient"].str.lower()).max()
    stamped = records.groupby(records["email"].str.lower())["bounced_at"].max()
    known = pd.concat([mailed, stamped]).groupby(level=0).max()
    return records["email"].str.lower().map(known)


@cache
def account_records(company: Company) -> pd.DataFrame:
    """Return every record of an account."""
    account = company.table("salesforce/Account")
    records = pd.DataFrame(
        {
            "record": "salesforce:" + account["Id"],
            "name": account["Name"],
            "country": account["BillingCountry"],
            "domain": account["Website"]
            .str.replace(r"^https?://", "", regex=True)
            .str.replace(r"^www\.|/.*$", "", regex=True),
            "industry": account["Industry"],
            "employees": account["NumberOfEmployees"],
            "revenue": account["AnnualRevenue"],
            "owner": "salesforce:" + account["OwnerId"],
            "is_gone": (account["IsDeleted"] == "true")
            | (account["MasterRecordId"] != ""),
            "created_at": moments(account["CreatedDate"]),
            "changed_at": moments(account["LastModifiedDate"]),
        }
    )
    records["account"] = records["record"].map(company.account_of)
    return records[records["account"].notna()]


@cache
def enrichments(company: Company) -> pd.DataFrame:
    """Return the latest answer to each field about each address and each domain."""
    told = company.table("generic/enrichments")
    told["told_at"] = moments(told["enriched_at"])
    told = pd.concat(
        [
            told.assign(asked=told["email"].str.lower()),
            told.assign(asked=told["domain"]),
        ]
    )
    told = told[told["asked"] != ""].replace("", np.nan)
    # The last of a group is, field by field, the last that is not empty.
    return told.sort_values("told_at", kind="stable").groupby("asked").last()


@cache
def accounts(company: Company) -> pd.DataFrame:
    """Return golden accounts: what the CRM says, else a vendor of their domain."""
    records = account_records(company).sort_values(
        ["is_gone", "changed_at"], ascending=[True, False], kind="stable"
    )
    fields = ["name", "country", "domain", "industry", "employees", "revenue", "owner"]
    golden = records[fields].replace("", np.nan).groupby(records["account"]).first()
    vendors = enrichments(company)
    for field, theirs in (
        ("industry", "industry"),
        ("employees", "employee_count"),
        ("revenue", "annual_revenue"),
        ("country", "country"),
    ):
        golden[field] = golden[field].fillna(golden["domain"].map(vendors[theirs]))
    golden["created_at"] = records.groupby("account")["created_at"].min()
    return golden


@cache
def segments(company: Company) -> pd.Series:
    """Return the segment of each person, by the size of account or lead."""
    golden = people(company)
    employers = golden.index.map(company.employer_of)
    sizes = pd.Series(
        accounts(company)["employees"].reindex(employers).to_numpy(), golden.index
    )
    sizes = sizes.fillna(golden["employees"]).fillna(
        golden["email"].map(enrichments(company)["employee_count"])
    )
    return segments_of(sizes)


def segments_of(sizes: pd.Series) -> pd.Series:
    """Return the segment of each number of employees; unknown without one."""
    rule = seed("segments").assign(
        least=lambda row: pd.to_numeric(row["min_employees"])
    )
    rule = rule.sort_values("least")
    found = pd.cut(
        pd.to_numeric(sizes),
        [*rule["least"], float("inf")],
        right=False,
        labels=list(rule["segment"]),
    )
    return found.astype(object).fillna("unknown")


def at_month_ends(
    company: Company, made_at: pd.Series, counts: pd.Series
) -> pd.DataFrame:
    """Add up, for each month, what was made by its end."""
    by_month = pd.DataFrame(
        {"month": months(made_at), "numerator": counts, "denominator": 1}
    )
    grown = by_month.groupby("month").sum().reindex(company.month_starts).fillna(0)
    grown = grown.cumsum().rename_axis("month").reset_index()
    return grown[grown["denominator"] > 0]


def contact_completeness_rate(company: Company) -> pd.DataFrame:
    """People with every required field on any record, or by vendor or employer."""
    records = person_records(company)
    told = records["email"].str.lower().map(enrichments(company)["country"])
    records = records.assign(country=records["country"].mask(told.notna(), "told"))
    required = seed("required_fields").query("entity == 'people'")["field"]
    filled = records[list(required)].ne("").groupby(records["person"]).any()
    employers = accounts(company).reindex(filled.index.map(company.employer_of))
    filled["company_name"] |= employers["name"].notna().to_numpy()
    filled["country"] |= employers["country"].notna().to_numpy()
    made_at = records.groupby("person")["created_at"].min()
    return at_month_ends(company, made_at, filled.all(axis="columns"))


def duplicate_rate(company: Company) -> pd.DataFrame:
    """Records less people, of the records there by the end of the month."""
    records = person_records(company).sort_values("created_at")
    is_copy = records.duplicated("person")
    return at_month_ends(company, records["created_at"], is_copy)


def enrichment_coverage_rate(company: Company) -> pd.DataFrame:
    """Accounts of known size, industry and revenue, of those there by then."""
    golden = accounts(company)
    known = golden[["employees", "industry", "revenue"]].notna().all(axis="columns")
    return at_month_ends(company, golden["created_at"], known)

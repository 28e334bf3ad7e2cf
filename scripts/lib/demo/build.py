"""Make the company and write its files: the order of the whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from lib.cli import working
from lib.demo import crm, mail, revenue, sales, spend, truth, web, writers
from lib.demo.accounts import Accounts, make_accounts
from lib.demo.assumptions import VISITS
from lib.demo.campaigns import Campaigns, campaign_table, make_campaigns
from lib.demo.clock import Clock, as_date, make_clock
from lib.demo.columns import DAY, NEVER, Array, take
from lib.demo.company import Staff, make_staff, user_table
from lib.demo.deals import Pipeline, make_pipeline
from lib.demo.ids import salesforce_ids
from lib.demo.journeys import (
    Touches,
    after_mql,
    before_mql,
    exposure,
    strangers,
    together,
    triggered,
)
from lib.demo.lifecycle import Lifecycle, live
from lib.demo.people import People, make_people
from lib.demo.records import Identity, Records, make_records, written_identity
from lib.demo.routing import Owners, make_owners
from lib.demo.vocabulary import CURRENCIES

_AFTER_CLOSE_DAYS = 30
Tables = dict[str, pa.Table]


@dataclass(frozen=True)
class World:
    """Everything that is true about the company, before any system wrote it down."""

    clock: Clock
    staff: Staff
    accounts: Accounts
    campaigns: Campaigns
    people: People
    before: Touches
    touches: Touches
    exposures: Array
    lifecycle: Lifecycle
    pipeline: Pipeline
    records: Records
    identity: Identity
    owners: Owners
    rates: Array
    spend: spend.Spend
    course: sales.Course
    account_records: crm.AccountRecords
    deal_ids: pa.Array


def make_world(people_count: int, touch_count: int, seed: int, until: date) -> World:
    """Let the company live through its 24 months."""
    clock = make_clock(seed, until)
    staff = make_staff(clock, people_count)
    accounts = make_accounts(clock, staff, people_count)
    campaigns = make_campaigns(clock)
    people = make_people(clock, accounts, campaigns, people_count)
    before = before_mql(clock, accounts, campaigns, people, touch_count)
    people = triggered(clock, people, before)
    exposures = exposure(people, before, touch_count)
    lifecycle = live(clock, people, exposures)
    pipeline = make_pipeline(clock, accounts, people, lifecycle, exposures, before)
    touches = _all_touches(
        clock, accounts, campaigns, people, before, lifecycle, pipeline, touch_count
    )
    records = make_records(clock, people, pipeline)
    domains = take(accounts.domain, people.account[records.person])
    rates = spend.make_rates(clock)
    return World(
        clock=clock,
        staff=staff,
        accounts=accounts,
        campaigns=campaigns,
        people=people,
        before=before,
        touches=touches,
        exposures=exposures,
        lifecycle=lifecycle,
        pipeline=pipeline,
        records=records,
        identity=written_identity(clock, people, records, domains),
        owners=make_owners(clock, staff, accounts, people, records),
        rates=rates,
        spend=spend.make_spend(clock, campaigns, touches, people_count, touch_count),
        course=sales.run_course(clock, accounts, pipeline.deals, rates),
        account_records=crm.make_account_records(clock, accounts, pipeline),
        deal_ids=salesforce_ids("006", len(pipeline.deals)),
    )


def _all_touches(
    clock: Clock,
    accounts: Accounts,
    campaigns: Campaigns,
    people: People,
    before: Touches,
    lifecycle: Lifecycle,
    pipeline: Pipeline,
    total: int,
) -> Touches:
    unknown = round(total * VISITS.never_identified)
    known = max(0, total - unknown - len(before))
    sold = pipeline.joined >= 0
    closes = pipeline.deals.closes_at[pipeline.joined] + _AFTER_CLOSE_DAYS * DAY
    after = after_mql(
        clock,
        accounts,
        campaigns,
        people,
        lifecycle.mql_at,
        np.minimum(lifecycle.sal_at, pipeline.joined_at),
        np.where(sold, closes, lifecycle.sal_at + _AFTER_CLOSE_DAYS * DAY),
        known,
    )
    return together([before, after, strangers(clock, accounts, campaigns, unknown)])


def salesforce_tables(world: World) -> Iterator[tuple[str, pa.Table]]:
    """Yield Salesforce's objects by name."""
    clock, staff, accounts = world.clock, world.staff, world.accounts
    people, records, pipeline = world.people, world.records, world.pipeline
    deals, course, ids = pipeline.deals, world.course, world.deal_ids
    account_ids = world.account_records.id_of
    members, heads = web.member_table(
        clock, world.campaigns, people, records, world.touches
    )
    costs = spend.campaign_costs(world.campaigns, world.spend)
    is_customer = np.zeros(len(accounts), dtype=bool)
    is_customer[pipeline.customers.account] = pipeline.customers.until == NEVER
    yield "User", user_table(clock, staff)
    yield (
        "Account",
        crm.account_table(clock, staff, accounts, world.account_records, is_customer),
    )
    yield "Lead", crm.lead_table(
        clock, staff, accounts, people, records, world.identity, world.owners,
        pipeline, account_ids, ids,
    )  # fmt: skip
    yield "Contact", crm.contact_table(
        clock, staff, accounts, people, records, world.identity, world.owners,
        world.account_records,
    )  # fmt: skip
    yield (
        "LeadHistory",
        crm.lead_history_table(clock, staff, records, world.owners, pipeline.log),
    )
    yield "Campaign", campaign_table(clock, staff, world.campaigns, costs, heads)
    yield "CampaignMember", members
    yield "Opportunity", sales.opportunity_table(
        clock, staff, accounts, people, world.campaigns, pipeline, course, ids,
        account_ids,
    )  # fmt: skip
    yield (
        "OpportunityHistory",
        sales.opportunity_history_table(clock, accounts, staff, deals, course, ids),
    )
    yield (
        "OpportunityFieldHistory",
        sales.opportunity_field_history_table(accounts, staff, deals, course, ids),
    )
    yield (
        "OpportunityContactRole",
        sales.contact_role_table(clock, people, records, pipeline, ids),
    )


def generic_tables(world: World) -> Iterator[tuple[str, pa.Table]]:
    """Yield the small generic tables by name."""
    clock, accounts, pipeline = world.clock, world.accounts, world.pipeline
    account_ids = world.account_records.id_of
    yield (
        "consent_events",
        mail.consent_table(clock, accounts, world.people, world.records),
    )
    yield "spend", spend.spend_table(clock, world.campaigns, world.spend, world.rates)
    yield "budgets", spend.budget_table(clock, world.spend)
    yield "exchange_rates", spend.rate_table(clock, world.rates)
    yield (
        "payments",
        revenue.payment_table(
            clock, accounts, pipeline.deals, world.course, world.deal_ids, account_ids
        ),
    )
    yield (
        "subscriptions",
        revenue.subscription_table(
            clock, accounts, pipeline, world.course, world.rates, account_ids
        ),
    )


def truth_tables(world: World) -> Iterator[tuple[str, pa.Table]]:
    """Yield what the warehouse must not see, by name."""
    yield "person_records", truth.person_record_table(world.records)
    yield "people", truth.person_table(world.people, world.lifecycle, world.pipeline)
    yield (
        "opportunities",
        truth.opportunity_table(world.people, world.pipeline, world.deal_ids),
    )
    yield (
        "channel_effects",
        truth.channel_table(
            world.people,
            world.lifecycle,
            world.exposures,
            world.before,
            spend.channel_costs(world.spend),
        ),
    )


def summarise(world: World, rows: dict[str, int], touch_count: int) -> dict[str, Any]:
    """Return the settings, the row counts and the figures that matter."""
    clock, course, deals = world.clock, world.course, world.pipeline.deals
    paid = spend.paid_amounts(clock, world.spend, world.rates)
    by_currency = {
        code: round(float(paid[world.spend.currency == number].sum()), 2)
        for number, code in enumerate(CURRENCIES)
    }
    pipeline_by_currency = {
        code: round(float(course.amount[course.currency == number].sum()), 2)
        for number, code in enumerate(CURRENCIES)
    }
    return {
        "seed": clock.seed,
        "first_day": as_date(clock.start_day).isoformat(),
        "last_day": as_date(clock.end_day - 1).isoformat(),
        "people": len(world.people),
        "touches": touch_count,
        "accounts": len(world.accounts),
        "records": len(world.records),
        "duplicate_records": int((world.records.kind > 2).sum()),
        "mqls": truth.reached(world.lifecycle.mql_at),
        "opportunities": len(deals),
        "won": int(course.is_won.sum()),
        "customers": int((world.pipeline.customers.until == NEVER).sum()),
        "spend_usd": round(float(world.spend.usd.sum()), 2),
        "spend_by_currency": by_currency,
        "pipeline_by_currency": pipeline_by_currency,
        "rows": rows,
    }


def build(
    out: Path, people: int, touches: int, seed: int, until: date
) -> dict[str, Any]:
    """Make the company and write every file; return the summary.

    Raises:
        UserError: out cannot be written or holds something else.
    """
    writers.clear(out)
    with working(f"living through 24 months with {people:,} people"):
        world = make_world(people, touches, seed, until)
    rows: dict[str, int] = {}

    def counted(folder: str, tables: Iterator[tuple[str, pa.Table]]) -> Tables:
        made = dict(tables)
        rows.update({f"{folder}/{name}": made[name].num_rows for name in made})
        return made

    with working("writing the CRM's and the other systems' files"):
        writers.write_csv(
            counted("salesforce", salesforce_tables(world)), out / "salesforce"
        )
        writers.write_csv(counted("generic", generic_tables(world)), out / "generic")
        writers.write_csv(counted("_truth", truth_tables(world)), out / "_truth")
        seen = web.touch_tables(
            world.clock, world.campaigns, world.people, world.records, world.touches
        )
        mails = mail.email_event_table(
            world.clock, world.campaigns, world.people, world.records, world.touches
        )
        large = iter([("touches", seen.table), ("email_events", mails)])
        writers.write_parquet(counted("generic", large), out / "generic")
        hidden = iter([("touches", seen.truth)])
        writers.write_parquet(counted("_truth", hidden), out / "_truth")
    summary = summarise(world, rows, touches)
    writers.write_summary(summary, out / "_truth")
    return summary

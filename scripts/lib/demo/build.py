"""Write the files of every system, and beside them what is true."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from lib.cli import working
from lib.demo import writers
from lib.demo.adverts import AD_PLATFORMS
from lib.demo.clock import as_date
from lib.demo.columns import NEVER, Array
from lib.demo.planting import Planting, problem_table
from lib.demo.records import FIRST_DUPLICATE
from lib.demo.spend import paid_amounts
from lib.demo.tables import (
    activities,
    ads,
    campaigns,
    crm,
    hubspot,
    lead_history,
    mail,
    money,
    sales,
    signals,
    tools,
    truth,
    users,
    verdicts,
    web,
)
from lib.demo.vocabulary import CURRENCIES
from lib.demo.world import World, make_world

Tables = Iterator[tuple[str, pa.Table]]


def salesforce_tables(world: World) -> Tables:
    """Yield Salesforce's objects by name, as its export names them."""
    members, heads = web.member_table(world)
    yield "User", users.user_table(world)
    yield "Account", crm.account_table(world)
    yield "Lead", crm.lead_table(world)
    yield "Contact", crm.contact_table(world)
    yield "LeadHistory", lead_history.lead_history_table(world)
    yield "Campaign", campaigns.campaign_table(world, heads)
    yield "CampaignMember", members
    yield "Opportunity", sales.opportunity_table(world)
    yield "OpportunityHistory", sales.opportunity_history_table(world)
    yield "OpportunityFieldHistory", sales.opportunity_field_history_table(world)
    yield "OpportunityContactRole", sales.contact_role_table(world)
    yield "Task", activities.task_table(world)
    yield "Event", activities.event_table(world)


def generic_tables(world: World) -> Tables:
    """Yield the smaller tables of the other systems by name."""
    yield "activities", activities.auto_mail_table(world)
    yield "consent_events", mail.consent_table(world)
    yield "spend", money.spend_table(world)
    yield "budgets", money.budget_table(world)
    yield "payments", money.payment_table(world)
    yield "exchange_rates", money.rate_table(world)
    yield "enrichments", signals.enrichment_table(world)
    yield "intent_signals", signals.intent_table(world)
    yield "subscriptions", money.subscription_table(world)
    yield "campaign_steps", campaigns.step_table(world)
    yield "tools", tools.tool_table(world)
    yield "tool_contracts", tools.contract_table(world)
    yield "tool_usage", tools.usage_table(world)
    yield "tool_users", tools.user_table(world)
    yield "tool_incidents", tools.incident_table(world)


def truth_tables(world: World, mailing: hubspot.Mailing) -> Tables:
    """Yield what the warehouse must not see, by name."""
    people = truth.person_record_table(world, mailing.contacts, mailing.ids)
    yield "person_records", people
    yield "people", truth.person_table(world)
    yield "status_changes", truth.status_table(world)
    yield "answers", truth.answer_table(world)
    yield "opportunities", truth.opportunity_table(world)
    yield "assignments", verdicts.assignment_table(world)
    yield "opportunity_people", truth.opportunity_person_table(world)
    yield "channel_effects", truth.channel_table(world)
    yield "ad_spend", ads.true_spend_table(world)
    yield "tools", tools.true_tool_table(world)


def build(
    out: Path, *, people: int, touches: int, seed: int, until: date, messy: bool
) -> dict[str, Any]:
    """Make the company and write every file; return the summary.

    A messy one has the problems of lib.demo.planting in its data.

    Raises:
        UserError: out cannot be written or holds something else.
    """
    with writers.replaced(out) as folder:
        with working(f"living through 24 months with {people:,} people"):
            world = make_world(people, touches, seed, until)
        with working("writing the files of the CRM and the other systems"):
            rows = _write(world, folder, messy=messy)
        summary = _summary(world) | {"rows": rows}
        writers.write_summary(summary, folder)
    return summary


def _write(world: World, folder: Path, *, messy: bool) -> dict[str, int]:
    """Write every table; return the rows by file."""
    generic, hidden = folder / "generic", folder / writers.TRUTH
    touches, true_touches, pages = web.touch_tables(world)
    mailing = hubspot.make_mailing(world, pages)
    true_clicks = hubspot.true_click_table(world, mailing)
    true_touches = pa.concat_tables([true_touches, true_clicks])
    crm_tables, other_tables = salesforce_tables(world), generic_tables(world)
    if messy:
        planting = Planting(world)
        crm_tables = planting.planted(crm_tables)
        other_tables = planting.planted(other_tables)
    rows = writers.write_csv(crm_tables, folder / "salesforce")
    rows |= writers.write_csv(other_tables, generic)
    for platform in AD_PLATFORMS:
        made = ads.platform_tables(world, platform)
        rows |= writers.write_csv(made, folder / platform)
    rows |= writers.write_csv(truth_tables(world, mailing), hidden)
    if messy:
        rows |= writers.write_csv(iter([("problems", problem_table())]), hidden)
    rows |= writers.write_parquet(iter([("touches", touches)]), generic)
    rows |= writers.write_parquet(
        hubspot.hubspot_tables(world, mailing), folder / "hubspot"
    )
    rows |= writers.write_parquet(iter([("touches", true_touches)]), hidden)
    return rows


def _by_currency(amounts: Array, currency: Array) -> dict[str, float]:
    return {
        code: round(float(amounts[currency == number].sum()), 2)
        for number, code in enumerate(CURRENCIES)
    }


def _summary(world: World) -> dict[str, Any]:
    """Return the settings and the figures that matter."""
    clock, course, records = world.market.clock, world.course, world.records
    spend = world.spend
    paid = paid_amounts(clock, spend, world.rates)
    return {
        "seed": clock.seed,
        "first_day": as_date(clock.start_day).isoformat(),
        "last_day": as_date(clock.end_day - 1).isoformat(),
        "people": len(world.people),
        "accounts": len(world.market.accounts),
        "leads": int((~records.is_contact).sum()),
        "contacts": int(records.is_contact.sum()),
        "duplicate_records": int((records.kind >= FIRST_DUPLICATE).sum()),
        "touches": len(world.touches),
        "mqls": int((world.lifecycle.mql_at < NEVER).sum()),
        "opportunities": len(course.is_won),
        "won": int(course.is_won.sum()),
        "customers": int((world.pipeline.customers.until == NEVER).sum()),
        "spend_usd": round(float(np.sum(spend.usd)), 2),
        "spend_by_currency": _by_currency(paid, spend.currency),
        "pipeline_by_currency": _by_currency(course.amount, course.currency),
    }

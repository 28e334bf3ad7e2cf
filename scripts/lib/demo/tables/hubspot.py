"""HubSpot, where marketing sends its e-mails: contacts in step with the CRM, events."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from lib.demo.columns import (
    NEVER,
    Array,
    join,
    moments,
    pick,
    table,
    take,
    text,
    where,
)
from lib.demo.ids import numbered
from lib.demo.people import INBOUND, INSTALLED
from lib.demo.tables.campaigns import written_names
from lib.demo.tables.mail import KINDS, MailEvents, mail_events
from lib.demo.tables.truth import touch_table
from lib.demo.tables.web import is_mail_click
from lib.demo.world import World

Tables = Iterator[tuple[str, pa.Table]]
_TYPES = {
    "sent": "SENT", "delivered": "DELIVERED", "bounce": "BOUNCE", "open": "OPEN",
    "click": "CLICK", "unsubscribe": "STATUSCHANGE", "spam_report": "SPAMREPORT",
}  # fmt: skip
_FIRST_CONTACT = 100_001
_FIRST_CAMPAIGN = 310_000_000
_LINES = 2  # subject lines that a test tries
_STAGES = ("lead", "marketingqualifiedlead", "salesqualifiedlead", "opportunity")


@dataclass(frozen=True)
class Mailing:
    """What HubSpot knows: whom it mailed or met at a form, and every event."""

    contacts: Array  # people
    ids: pa.Array  # of the contacts
    events: MailEvents
    event_ids: pa.Array
    click_rows: Array  # in the touches
    pages: pa.Array  # that the clicks led to


def make_mailing(world: World, pages: pa.Array) -> Mailing:
    """Send all e-mails; pages holds where the clicks led, in order of time."""
    rows = np.flatnonzero(is_mail_click(world.touches))
    events = mail_events(world, world.touches.rows(rows))
    known = world.people.kind == INBOUND
    known[events.person] = True
    contacts = np.flatnonzero(known)
    return Mailing(
        contacts=contacts,
        ids=text(_FIRST_CONTACT + contacts),
        events=events,
        event_ids=numbered("e", len(events.at), width=9),
        click_rows=rows,
        pages=pages,
    )


def true_click_table(world: World, mailing: Mailing) -> pa.Table:
    """Return what the clicks are in truth, in the order of their events."""
    clicked = np.flatnonzero(mailing.events.click >= 0)
    rows = mailing.click_rows[mailing.events.click[clicked]]
    return touch_table(world, take(mailing.event_ids, clicked), rows)


def hubspot_tables(world: World, mailing: Mailing) -> Tables:
    """Yield HubSpot's tables by name, as a connector lands them."""
    synced = moments(np.array([world.market.clock.end - 1]))
    for name, columns in (
        ("contact", _contacts(world, mailing)),
        ("email_campaign", _email_campaigns(world)),
        ("email_event", _events(world, mailing)),
        ("email_event_click", _clicks(mailing)),
        ("email_event_bounce", _bounces(mailing)),
        ("email_event_status_change", _withdrawals(mailing)),
    ):
        count = len(columns["id"])
        yield (
            name,
            table(
                {**columns, "_fivetran_synced": take(synced, np.zeros(count, int))},
                count,
            ),
        )


def _contacts(world: World, mailing: Mailing) -> dict[str, pa.Array]:
    """Return one contact per address; its stages are those that the CRM gave it.

    Customers from before came in by the sync, without a stage.
    """
    clock, people, records = world.market.clock, world.people, world.records
    lifecycle, who = world.lifecycle, mailing.contacts
    primary = records.primary[who]
    lead = np.where(records.is_contact[primary], -1, primary)
    contact = np.where(records.is_contact[primary], primary, records.contact[who])
    times = np.stack(
        [
            people.lead_at,
            lifecycle.mql_at,
            lifecycle.sql_at,
            lifecycle.converts_at,
        ]
    )[:, who]
    times[:, people.kind[who] == INSTALLED] = NEVER
    reached = times < clock.end
    last = np.where(reached, np.arange(len(_STAGES))[:, None], -1).max(axis=0)
    left = people.opted_out_at[who]
    changed = np.where(reached, times, 0).max(axis=0)
    changed = np.maximum(changed, np.where(left < clock.end, left, 0))
    changed = np.maximum(changed, people.lead_at[who])
    stamps = {
        f"property_hs_lifecyclestage_{stage}_date": moments(
            np.where(reached[place], times[place], NEVER)
        )
        for place, stage in enumerate(_STAGES)
    }
    return {
        "id": mailing.ids,
        "property_email": take(people.email, who),
        "property_firstname": take(world.identity.first, primary),
        "property_lastname": take(world.identity.last, primary),
        "property_company": take(world.market.accounts.name, people.account[who]),
        "property_lifecyclestage": pick(_STAGES, last),
        **stamps,
        "property_hs_email_optout": pa.array(left < clock.end),
        "property_salesforceleadid": take(records.ids, lead),
        "property_salesforcecontactid": take(records.ids, contact),
        "property_createdate": moments(people.lead_at[who]),
        "property_lastmodifieddate": moments(changed),
    }


def _campaign_ids(campaign: Array, line: Array) -> pa.Array:
    return text(_FIRST_CAMPAIGN + campaign * _LINES + line)


def _email_campaigns(world: World) -> dict[str, pa.Array]:
    """Return the e-mails; one with two subject lines is a test of two of them."""
    campaigns = world.market.campaigns
    held = campaigns.of("email")
    campaign = np.repeat(held, campaigns.variants[held])
    line = np.concatenate([np.arange(one) for one in campaigns.variants[held]])
    tested = campaigns.variants[campaign] > 1
    name = take(written_names(world.market.clock, campaigns), campaign)
    return {
        "id": _campaign_ids(campaign, line),
        "name": where(line > 0, join(name, "-b"), name),
        "subject": where(line > 0, "What changed this month", "News from us"),
        "type": pa.repeat(pa.scalar("BATCH_EMAIL"), len(campaign)),
        "sub_type": pick(("BATCH", "AB_MASTER", "AB_VARIANT"), tested + line * 1),
    }


def _events(world: World, mailing: Mailing) -> dict[str, pa.Array]:
    events = mailing.events
    is_sent = events.kind == KINDS.index("sent")
    sent = np.where(is_sent, -1, events.sent)
    at = np.where(is_sent, NEVER, events.at[events.sent])
    return {
        "id": mailing.event_ids,
        "type": pick([_TYPES[name] for name in KINDS], events.kind),
        "recipient": take(world.people.email, events.person),
        "email_campaign_id": _campaign_ids(events.campaign, events.line),
        "sent_by_id": take(mailing.event_ids, sent),
        "sent_by_created": moments(at),
        "created": moments(events.at),
    }


def _clicks(mailing: Mailing) -> dict[str, pa.Array]:
    rows = np.flatnonzero(mailing.events.click >= 0)
    return {
        "id": take(mailing.event_ids, rows),
        "url": take(mailing.pages, mailing.events.click[rows]),
    }


def _bounces(mailing: Mailing) -> dict[str, pa.Array]:
    rows = np.flatnonzero(mailing.events.kind == KINDS.index("bounce"))
    hard = mailing.events.is_hard[rows].astype(np.int64)
    return {
        "id": take(mailing.event_ids, rows),
        "category": pick(("MAILBOX_FULL", "UNKNOWN_USER"), hard),
        "status": pick(("4.2.2", "5.1.1"), hard),
    }


def _withdrawals(mailing: Mailing) -> dict[str, pa.Array]:
    rows = np.flatnonzero(mailing.events.kind == KINDS.index("unsubscribe"))
    count = len(rows)
    return {
        "id": take(mailing.event_ids, rows),
        "portal_subscription_status": pa.repeat(pa.scalar("UNSUBSCRIBED"), count),
        "source": pa.repeat(pa.scalar("SOURCE_RECIPIENT"), count),
    }

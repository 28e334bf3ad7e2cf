"""The touches as web, mail and sales tools kept them, and the campaign members."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lib.demo.assumptions import CHANNEL_NUMBER, MESS, VISITS
from lib.demo.campaigns import Campaigns
from lib.demo.columns import (
    DAY,
    HOUR,
    NEVER,
    Array,
    blank,
    choose,
    first_within,
    iso_moments,
    join,
    moments,
    pick,
    table,
    take,
    where,
)
from lib.demo.ids import numbered, salesforce_ids, tokens
from lib.demo.journeys import Touches
from lib.demo.people import People
from lib.demo.tables.truth import touch_table
from lib.demo.vocabulary import FORM_PAGES, KEYWORDS, PAGES, SITE
from lib.demo.world import World

# Responses that the CRM keeps as campaign members; all else goes to the touch files.
MEMBER_CHANNELS = ("event", "content_syndication", "partner")
_SOURCES = {
    "google_ads": ("google", "cpc", "gclid", "https://www.google.com/"),
    "microsoft_ads": ("bing", "cpc", "msclkid", "https://www.bing.com/"),
    "linkedin_ads": (
        "linkedin",
        "paid_social",
        "li_fat_id",
        "https://www.linkedin.com/",
    ),
    "meta_ads": ("facebook", "paid_social", "fbclid", "https://www.facebook.com/"),
    "linkedin": ("linkedin", "social", None, "https://www.linkedin.com/"),
    "mailer": ("newsletter", "email", None, None),
}
_TYPOS = {
    "google": "gogle", "bing": "bingg", "linkedin": "linkdin", "facebook": "facebok",
    "newsletter": "newletter",
}  # fmt: skip
_REFERRERS = {
    "organic_search": ("https://www.google.com/", "https://www.bing.com/",
                       "https://duckduckgo.com/"),
    "organic_social": ("https://www.linkedin.com/", "https://t.co/",
                       "https://www.youtube.com/"),
    "referral": ("https://www.software-reviews.example/planning",
                 "https://blog.cfo-letters.example/tools",
                 "https://www.ops-community.example/stack"),
    "direct": (f"{SITE}/pricing", f"{SITE}/"),
}  # fmt: skip
_REFERRER_SHARES = {
    "organic_search": (85, 9, 6),
    "organic_social": (70, 18, 12),
    "referral": (50, 30, 20),
    "direct": (50, 50),
}
_INTERNAL_REFERRER = 0.12
_AD_CLICK = 0.45
_FORM_LATER = 0.04
_CONTENT_LATER = 0.05
_TYPES = (
    "web_session", "form_submit", "email_click", "webinar", "ad_click", "content",
    "sales",
)  # fmt: skip
_TYPE = {name: number for number, name in enumerate(_TYPES)}
_DEVICES = 2
_COOKIE_LENGTH = 20
_CLICK_ID_LENGTH = 24
_COPIES = 4_096  # different click ids; a click id need not be told apart from others
_NO_SHOW = 0.45


def is_mail_click(touches: Touches) -> Array:
    """Return whether the mail tool keeps the touch: clicks of people it knows."""
    by_mail = touches.channel == CHANNEL_NUMBER["email"]
    return np.asarray(by_mail & (touches.person >= 0))


def touch_tables(world: World) -> tuple[pa.Table, pa.Table, pa.Array]:
    """Return the generic touches in order of time, and what each is in truth.

    Last come the pages of the clicks in e-mails, in the same order: those the mail
    tool keeps.
    """
    clock, campaigns, people = world.market.clock, world.market.campaigns, world.people
    records, touches = world.records, world.touches
    rng = clock.rng("touch table")
    in_crm = [CHANNEL_NUMBER[name] for name in MEMBER_CHANNELS]
    rows = np.flatnonzero(~np.isin(touches.channel, in_crm))
    touches = touches.rows(rows)
    count = len(touches)
    kind = _types(rng, touches)
    device, known = _devices(rng, people, touches, kind)
    record = records.at(rng, touches.person, touches.at)
    on_web = ~np.isin(kind, [_TYPE["webinar"], _TYPE["sales"]])
    utm = _utm(rng, campaigns, touches, kind)
    page = _landing_pages(rng, touches, kind, utm)
    no_columns = rng.random(count) < MESS.utm_only_in_url
    columns = {name: blank(utm[name], no_columns) for name in _UTM_COLUMNS}
    given = {
        CHANNEL_NUMBER["webinar"]: "webinar",
        CHANNEL_NUMBER["outbound"]: "outbound",
    }
    channel = pa.array([given.get(number) for number in range(len(CHANNEL_NUMBER))])
    # A form or a read without any trace is no visit, so analytics calls it direct.
    traceless = touches.channel == CHANNEL_NUMBER["direct"]
    traceless &= np.isin(kind, [_TYPE["form_submit"], _TYPE["content"]])
    campaign = where(
        kind == _TYPE["webinar"],
        join("salesforce:", take(campaigns.ids, touches.campaign)),
        pa.scalar(None, pa.string()),
    )
    all_columns = {
        "person_id": blank(take(records.keys, record), ~known),
        "anonymous_id": blank(_cookies(rng, people, touches, device), ~on_web),
        "touched_at": moments(touches.at),
        "touch_type": pick(_TYPES, kind),
        "campaign_id": campaign,
        "channel": where(traceless, "direct", take(channel, touches.channel)),
        **columns,
        "referrer": blank(_referrers(rng, campaigns, touches), ~on_web),
        "landing_page": blank(page, ~on_web),
    }
    in_mail = is_mail_click(touches)
    kept = np.flatnonzero(~in_mail)
    ids = numbered("t", len(kept))
    written = table(
        {"touch_id": ids}
        | {name: take(values, kept) for name, values in all_columns.items()},
        len(kept),
    )
    clicked = take(page, np.flatnonzero(in_mail))
    return written, touch_table(world, ids, rows[kept]), clicked


def _types(rng: np.random.Generator, touches: Touches) -> Array:
    lot = rng.random(len(touches))
    number = CHANNEL_NUMBER
    paid = np.isin(touches.channel, [number["paid_search"], number["paid_social"]])
    kind = np.where(paid & (lot < _AD_CLICK), _TYPE["ad_click"], _TYPE["web_session"])
    kind = np.where(lot > 1 - _FORM_LATER, _TYPE["form_submit"], kind)
    reads = (lot > 1 - _FORM_LATER - _CONTENT_LATER) & (lot <= 1 - _FORM_LATER)
    kind = np.where(reads & ~paid, _TYPE["content"], kind)
    # Strangers leave no address, so they send no form.
    kind = np.where(
        (touches.person < 0) & (kind == _TYPE["form_submit"]),
        _TYPE["web_session"],
        kind,
    )
    kind = np.where(touches.is_creation, _TYPE["form_submit"], kind)
    kind = np.where(touches.channel == number["email"], _TYPE["email_click"], kind)
    kind = np.where(touches.channel == number["webinar"], _TYPE["webinar"], kind)
    return np.where(touches.channel == number["outbound"], _TYPE["sales"], kind)


def _devices(
    rng: np.random.Generator, people: People, touches: Touches, kind: Array
) -> tuple[Array, Array]:
    """Return which device each touch used, and whether it told who the person is."""
    who = np.maximum(touches.person, 0)
    owns_second = rng.random(len(people)) < VISITS.second_device
    second_hidden = rng.random(len(people)) < VISITS.device_never_known
    tells = np.isin(
        kind,
        [_TYPE["form_submit"], _TYPE["email_click"], _TYPE["webinar"], _TYPE["sales"]],
    )
    since = touches.at >= people.lead_at[who]
    uses_second = owns_second[who] & (rng.random(len(touches)) < 0.35)
    uses_second &= ~(tells & second_hidden[who]) & ~touches.is_creation
    device = uses_second.astype(np.int64)
    hidden = uses_second & second_hidden[who]
    recognised = since & ~hidden & (rng.random(len(touches)) < VISITS.recognised)
    known = (touches.person >= 0) & ((tells & since) | recognised)
    return device, known


def _cookies(
    rng: np.random.Generator, people: People, touches: Touches, device: Array
) -> pa.Array:
    own = len(people) * _DEVICES
    visitors = int(touches.visitor.max(initial=-1)) + 1
    cookies = tokens(rng, own + visitors, _COOKIE_LENGTH)
    number = np.where(
        touches.person >= 0, touches.person * _DEVICES + device, own + touches.visitor
    )
    return take(cookies, number)


_UTM_COLUMNS = ("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term")


def _utm(
    rng: np.random.Generator, campaigns: Campaigns, touches: Touches, kind: Array
) -> dict[str, pa.Array]:
    """Return UTM values and click ids as written, with the mistakes people make."""
    count = len(touches)
    has = (touches.campaign >= 0) & ~np.isin(kind, [_TYPE["webinar"], _TYPE["sales"]])
    platforms = tuple(_SOURCES)
    codes = {name: number for number, name in enumerate(platforms)}
    of_campaign = np.array([codes.get(name, -1) for name in campaigns.platform])
    platform = np.where(has, of_campaign[touches.campaign], -1)
    right = [_SOURCES[name][0] for name in platforms]
    typo = [_TYPOS[name] for name in right]
    shout = [
        name.upper() if place % 2 else name.title() for place, name in enumerate(right)
    ]
    lot = rng.random(count)
    slip = np.where(lot < MESS.utm_typo, 1, np.where(lot > 1 - MESS.utm_case, 2, 0))
    source = pick(
        [*right, *typo, *shout],
        np.where(platform >= 0, slip * len(right) + platform, -1),
    )
    campaign = take(campaigns.name, np.where(platform >= 0, touches.campaign, -1))
    campaign = blank(campaign, rng.random(count) < MESS.utm_missing_campaign)
    medium = pick([_SOURCES[name][1] for name in platforms], platform)
    medium = where(lot > 1 - MESS.utm_case / 2, pc.utf8_upper(medium), medium)
    searched = touches.channel == CHANNEL_NUMBER["paid_search"]
    paid = searched | (touches.channel == CHANNEL_NUMBER["paid_social"])
    word = np.where(
        searched & (platform >= 0), rng.integers(0, len(KEYWORDS), count), -1
    )
    advert = np.where(paid & (platform >= 0), rng.integers(0, 3, count), -1)
    click = pick([_SOURCES[name][2] for name in platforms], platform)
    return {
        "utm_source": source,
        "utm_medium": medium,
        "utm_campaign": campaign,
        "utm_content": pick(("ad-a", "ad-b", "ad-c"), advert),
        "utm_term": pick(KEYWORDS, word),
        "click_id": click,
    }


def _landing_pages(
    rng: np.random.Generator, touches: Touches, kind: Array, utm: dict[str, pa.Array]
) -> pa.Array:
    count = len(touches)
    page = pick(PAGES, rng.integers(0, len(PAGES), count))
    form = pick(FORM_PAGES, rng.integers(0, len(FORM_PAGES), count))
    page = where(kind == _TYPE["form_submit"], form, page)
    empty = pa.scalar("")

    def pair(name: str, key: str) -> Any:
        value = pc.replace_substring(utm[key], " ", "+")
        return pc.coalesce(join("&", name, "=", value), empty)

    click_ids = take(
        tokens(rng, _COPIES, _CLICK_ID_LENGTH), rng.integers(0, _COPIES, count)
    )
    click = pc.coalesce(join("&", utm["click_id"], "=", click_ids), empty)
    query = join(*(pair(name, name) for name in _UTM_COLUMNS), click)
    query = pc.replace_substring_regex(query, "^&", "?")
    return join(SITE, page, query)


def _referrers(
    rng: np.random.Generator, campaigns: Campaigns, touches: Touches
) -> pa.Array:
    number = np.full(len(touches), -1)
    options: list[str | None] = []
    for name, hosts in _REFERRERS.items():
        rows = np.flatnonzero(touches.channel == CHANNEL_NUMBER[name])
        drawn = choose(rng, _REFERRER_SHARES[name], len(rows))
        if name == "direct":
            inside = rng.random(len(rows)) < _INTERNAL_REFERRER
            rows, drawn = rows[inside], drawn[inside]
        number[rows] = len(options) + drawn
        options += hosts
    for platform in ("google_ads", "microsoft_ads", "linkedin_ads", "meta_ads"):
        of = campaigns.platform == platform
        rows = np.flatnonzero((touches.campaign >= 0) & of[touches.campaign])
        number[rows] = len(options)
        options.append(_SOURCES[platform][3])
    return pick(options, number)


def member_table(world: World) -> tuple[pa.Table, Array]:
    """Return Salesforce's CampaignMember object, and the members by campaign.

    Besides those who responded there are some who were invited or did not show up. A
    member that became a contact carries both ids, as Salesforce keeps them.
    """
    clock, campaigns, people = world.market.clock, world.market.campaigns, world.people
    records, touches = world.records, world.touches
    rng = clock.rng("members")
    answered = np.isin(
        touches.channel, [CHANNEL_NUMBER[name] for name in MEMBER_CHANNELS]
    )
    rows = np.flatnonzero(answered & (touches.person >= 0) & (touches.campaign >= 0))
    at_event = touches.channel[rows] == CHANNEL_NUMBER["event"]
    invited = rows[at_event & (rng.random(len(rows)) < _NO_SHOW)]
    stand_in = rng.integers(0, len(people), len(invited))
    person = np.concatenate([touches.person[rows], stand_in])
    campaign = np.concatenate([touches.campaign[rows], touches.campaign[invited]])
    at = np.concatenate([touches.at[rows], touches.at[invited]])
    responded = np.arange(len(person)) < len(rows)
    created = np.where(responded, at, at - rng.integers(1, 20, len(at)) * DAY)
    created = np.maximum(created, people.lead_at[person])
    fits = (responded | (created < at)) & (created < clock.end)
    key = person * len(campaigns) + campaign
    rows = np.flatnonzero(fits)
    rows = rows[first_within(key[rows], ~responded[rows], at[rows])]
    rows = rows[np.lexsort((person[rows], created[rows]))]
    person, campaign, responded = person[rows], campaign[rows], responded[rows]
    at, created = at[rows], created[rows]
    record = records.at(rng, person, at)
    main = records.primary[person]
    is_duplicate = records.duplicate[person] == record
    lead = np.where(is_duplicate, record, main)
    lead = np.where(records.is_contact[lead], -1, lead)
    contact = np.where(is_duplicate, -1, records.contact[person])
    contact = np.where(records.is_contact[record], record, contact)
    late = np.where(responded, at + HOUR, created)
    status = _member_status(rng, campaigns, campaign, responded)
    members = table(
        {
            "Id": salesforce_ids("00v", len(rows)),
            "CampaignId": take(campaigns.ids, campaign),
            "LeadId": take(records.ids, lead),
            "ContactId": take(records.ids, contact),
            "Status": status,
            "HasResponded": pa.array(responded),
            "FirstRespondedDate": iso_moments(np.where(responded, at, NEVER)),
            "CreatedDate": iso_moments(created),
            "LastModifiedDate": iso_moments(np.minimum(late, clock.end - 1)),
            "IsDeleted": False,
        },
        len(rows),
    )
    return members, np.bincount(campaign, minlength=len(campaigns))


def _member_status(
    rng: np.random.Generator, campaigns: Campaigns, campaign: Array, responded: Array
) -> pa.Array:
    at_event = campaigns.channel[campaign] == CHANNEL_NUMBER["event"]
    absent = np.where(rng.random(len(campaign)) < 0.5, 2, 3)
    number = np.where(responded, np.where(at_event, 0, 1), absent)
    return pick(("Attended", "Responded", "Registered", "Sent"), number)

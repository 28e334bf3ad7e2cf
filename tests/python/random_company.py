"""A small random company in generic files, dense in the cases that go wrong."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

START = datetime(2025, 1, 1)
AS_OF = "2025-12-31"
Tables = dict[str, list[dict[str, Any]]]


def _moment(chance: random.Random, days: float = 360) -> datetime:
    """Return a moment of the year; half lie on full hours, so that ties happen."""
    moment = START + timedelta(seconds=chance.randrange(int(days * 86400)))
    return moment.replace(minute=0, second=0) if chance.random() < 0.5 else moment


def _maybe(chance: random.Random, share: float, value: Any) -> Any:
    return value if chance.random() < share else ""


def _accounts(chance: random.Random) -> list[dict[str, Any]]:
    return [
        {
            "account_id": f"a{number}",
            "name": f"Company {number}",
            # Some companies share a domain, some have none, some a mail provider's.
            "domain": _maybe(chance, 0.8, f"https://www.c{number % 50}.com/about"),
            "employee_count": _maybe(chance, 0.8, chance.choice([5, 99, 100, 5000])),
            "created_at": _moment(chance, 30),
            "is_deleted": _maybe(chance, 0.05, "true"),
        }
        for number in range(70)
    ]


def _people(chance: random.Random) -> list[dict[str, Any]]:
    people: list[dict[str, Any]] = []
    for number in range(400):
        local = chance.choice(["Ann", "bob", "cy", "DEE", "info", f"solo{number}"])
        domain = chance.choice([f"c{chance.randrange(50)}.com", "gmail.com"])
        people.append(
            {
                "person_id": f"p{number}",
                "record_type": chance.choice(["lead", "contact"]),
                "email": _maybe(chance, 0.8, f"{local}@{domain}"),
                "first_name": chance.choice(["Ann", "Bob", "Cy", "Dee", "Eve", ""]),
                "last_name": chance.choice(["Lee", "Ray", ""]),
                "account_id": _maybe(chance, 0.5, f"a{chance.randrange(70)}"),
                "created_at": _moment(chance, 60),
                "updated_at": _maybe(chance, 0.5, _moment(chance)),
                "merged_into_id": _maybe(chance, 0.08, f"p{chance.randrange(420)}"),
                "converted_contact_id": _maybe(
                    chance, 0.08, f"p{chance.randrange(420)}"
                ),
                "is_deleted": _maybe(chance, 0.1, "true"),
            }
        )
    return people


def _touches(chance: random.Random) -> list[dict[str, Any]]:
    kinds = ["web_session", "form_submit", "event", "sales", "email_click", "mystery"]
    channels = ["", "", "Paid Search", "direct", "E-Mail", "organic_social"]
    return [
        {
            "touch_id": f"t{number}",
            "person_id": _maybe(chance, 0.8, f"p{chance.randrange(410)}"),
            "anonymous_id": _maybe(chance, 0.4, f"v{chance.randrange(200)}"),
            "touched_at": _moment(chance),
            "touch_type": chance.choice(kinds),
            "channel": chance.choice(channels),
            "campaign_id": _maybe(chance, 0.5, f"k{chance.randrange(12)}"),
        }
        for number in range(5000)
    ]


def _opportunities(chance: random.Random) -> Tables:
    opportunities, contacts = [], []
    for number in range(200):
        created = _moment(chance)
        closed = chance.random() < 0.6
        opportunities.append(
            {
                "opportunity_id": f"o{number}",
                "account_id": f"a{chance.randrange(75)}",
                "stage": "Closed" if closed else "Open",
                "amount": _maybe(chance, 0.95, f"{chance.uniform(1, 1e6):.2f}"),
                "currency": chance.choice(["", "USD", "EUR", "XXX"]),
                "lead_source": chance.choice(["", "Webinar", "Cold Call", "Astrology"]),
                "primary_campaign_id": _maybe(chance, 0.3, f"k{chance.randrange(15)}"),
                "created_at": created,
                "closed_at": created + timedelta(days=chance.randrange(-5, 90))
                if closed
                else "",
                "is_closed": str(closed).lower(),
                "is_won": str(closed and chance.random() < 0.6).lower(),
                "is_deleted": _maybe(chance, 0.05, "true"),
            }
        )
        contacts += [
            {
                "opportunity_id": f"o{number}",
                "person_id": f"p{chance.randrange(410)}",
                "role": chance.choice(["", "Buyer"]),
                "is_primary": str(chance.random() < 0.3).lower(),
            }
            for _ in range(chance.randrange(3))
        ]
    return {"opportunities": opportunities, "opportunity_contacts": contacts}


def random_company(seed: int) -> Tables:
    """Return the tables of a company; the same seed gives the same one."""
    chance = random.Random(seed)  # noqa: S311 - a reproducible test, not a secret
    return {
        "accounts": _accounts(chance),
        "people": _people(chance),
        "touches": _touches(chance),
        "campaigns": [
            {
                "campaign_id": f"k{number}",
                "name": f"Campaign {number}",
                "channel": chance.choice(["webinar", "outbound", "", "email"]),
            }
            for number in range(12)
        ],
        "stage_events": [
            {
                "person_id": f"p{chance.randrange(410)}",
                "stage": chance.choice(["mql", "sal", "sql", "recycled", "MQL", "odd"]),
                "entered_at": _moment(chance),
            }
            for _ in range(900)
        ],
        "exchange_rates": [
            {
                "rate_date": (START + timedelta(days=30 * month)).date(),
                "currency": "EUR",
                "usd_per_unit": f"{1 + chance.random() / 5:.4f}",
            }
            for month in range(1, 12)
        ],
        "spend": [
            {
                "spend_date": _moment(chance).date(),
                "platform": "google_ads",
                "amount": f"{chance.uniform(1, 1e4):.2f}",
                "currency": chance.choice(["", "EUR"]),
            }
            for _ in range(100)
        ],
        **_opportunities(chance),
    }

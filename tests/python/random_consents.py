"""Consent for a random company: dense in objections, ties and ways to name a person."""

from __future__ import annotations

import random
from typing import Any

from random_company import Tables, _maybe, _moment


def _named(chance: random.Random, people: list[dict[str, Any]]) -> dict[str, Any]:
    """Return how an event names a person: by the record, the address or both."""
    person = chance.choice(people)
    by_record = chance.random() < 0.6
    return {
        "person_id": person["person_id"] if by_record else "",
        "email": _maybe(chance, 0.3 if by_record else 1, str(person["email"]).upper()),
    }


def with_consents(tables: Tables, seed: int) -> Tables:
    """Return the tables with flags, countries, consent and mail events added."""
    chance = random.Random(seed)  # noqa: S311 - a reproducible test, not a secret
    people = [
        person
        | {
            "country": chance.choice(["US", "United States", "Germany", "", "Narnia"]),
            "has_opted_out": _maybe(chance, 0.04, "true"),
            "email_bounced_at": _maybe(chance, 0.04, _moment(chance)),
        }
        for person in tables["people"]
    ]
    return tables | {
        "people": people,
        "consent_events": [
            _named(chance, people)
            | {
                "channel": chance.choice(["email", "email", "all", "phone", "sms"]),
                "purpose": chance.choice(["marketing", "all", "", "product"]),
                "status": chance.choice(["opt_in", "opt_in", "opt_out"]),
                "lawful_basis": _maybe(chance, 0.3, "legitimate_interest"),
                "occurred_at": _moment(chance, 370),
            }
            for _ in range(500)
        ],
        "email_events": [
            _named(chance, people)
            | {
                "email_event_id": f"e{number}",
                "event_type": chance.choice(
                    ["sent", "open", "bounce", "unsubscribe", "spam_report"]
                ),
                "bounce_type": chance.choice(["hard", "soft"]),
                "occurred_at": _moment(chance, 370),
            }
            for number in range(300)
        ],
    }

"""Money for a random company: shared costs, payments, refunds, plans, subscriptions."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

from random_company import START, Tables, _maybe, _moment

CURRENCIES = ["", "USD", "EUR", "EUR", "XXX"]


def _day(chance: random.Random, days: float = 360) -> date:
    return _moment(chance, days).date()


def _costs(chance: random.Random) -> list[dict[str, Any]]:
    """Return costs of every type, many of which name no channel, some ahead of time."""
    costs = []
    for _ in range(160):
        since = _day(chance, 380)
        costs.append(
            {
                "spend_date": since,
                "end_date": _maybe(
                    chance, 0.3, since + timedelta(chance.randrange(60))
                ),
                "platform": chance.choice(["google_ads", "payroll", "venue", "saas"]),
                "channel": chance.choice(["", "", "Email", "event", "unknown"]),
                "campaign_id": _maybe(chance, 0.3, f"k{chance.randrange(14)}"),
                "amount": f"{chance.uniform(-50, 3000):.2f}",
                "currency": chance.choice(CURRENCIES),
                "cost_type": chance.choice(
                    ["", "media", "agency", "tool", "event", "people", "Gifts"]
                ),
            }
        )
    return costs


def with_money(tables: Tables, seed: int) -> Tables:
    """Return the tables with costs, payments, budgets and subscriptions added."""
    chance = random.Random(seed)  # noqa: S311 - a reproducible test, not a secret
    deals = tables["opportunities"]
    opportunities = [
        deal
        | {
            "opportunity_type": chance.choice(
                ["", "new", "new", "renewal", "expansion"]
            )
        }
        for deal in deals
    ]
    payments = []
    for number in range(400):
        deal = chance.choice(deals)
        payments.append(
            {
                "payment_id": f"pay{number}",
                "account_id": chance.choice(
                    [deal["account_id"], f"a{chance.randrange(75)}"]
                ),
                "opportunity_id": _maybe(chance, 0.5, deal["opportunity_id"]),
                "kind": chance.choice(["", "payment", "payment", "Refund"]),
                "amount": f"{chance.uniform(10, 5000):.2f}",
                "cost_of_revenue": _maybe(chance, 0.4, f"{chance.uniform(0, 900):.2f}"),
                "currency": chance.choice(CURRENCIES),
                "paid_at": _moment(chance, 380),
            }
        )
    return tables | {
        "spend": tables["spend"] + _costs(chance),
        "opportunities": opportunities,
        "payments": payments,
        "budgets": [
            {
                "month": date(START.year + month // 12, month % 12 + 1, 1),
                "channel": channel,
                "amount": f"{chance.uniform(100, 9000):.2f}",
                "currency": chance.choice(CURRENCIES),
            }
            for month in range(14)
            for channel in ("Email", "event", "paid_search", "podcast")
            if chance.random() < 0.7
        ],
        "subscriptions": [
            {
                "subscription_id": f"s{number}",
                "account_id": f"a{chance.randrange(75)}",
                "mrr": f"{chance.uniform(10, 900):.2f}",
                "currency": chance.choice(["", "USD", "EUR"]),
                "started_on": _day(chance, 380),
            }
            for number in range(30)
        ],
    }

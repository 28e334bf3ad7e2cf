"""What was planned: budgets, the one plan that is landed."""

from __future__ import annotations

from figures import Plan, number
from filters import Filters
from publication import read

_PLAN = """
    select
        sum(budget_usd) filter (where is_budgeted) as budget_usd,
        sum(direct_spend_usd) as direct_spend_usd
    from marts.fct_budget_months
    where
        month >= $quarter and month < $next_quarter
        and channel = coalesce($channel, channel)
"""
SPEND = (
    "Spend of the quarter, fully loaded: media, agency, tools, events and people, as "
    "the seed cost_allocations shares them. Budgets are held to direct spend, which is "
    "what was charged to the channels themselves."
)


def budget(filters: Filters) -> Plan | None:
    """Return the budget of a choice, None where nobody planned."""
    row = read(_PLAN, **filters.values()).iloc[0]
    planned = number(row["budget_usd"])
    if planned is None:
        return None
    return Plan(planned, "direct spend", number(row["direct_spend_usd"]))

"""The quarter against its plan and against the quarter before."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from lib.report.blocks import Chart, Fact, Facts, Part, Table, Text, part
from lib.report.charts import bars
from lib.report.figures import NOTHING, change, money, plural, ratio, share
from lib.report.periods import Quarter, Settings
from lib.report.publication import Publication

TOTALS = """
    select
        coalesce(sum(sourced_opportunities), 0),
        coalesce(sum(sourced_pipeline_usd), 0),
        coalesce(sum(influenced_pipeline_usd), 0),
        coalesce(sum(pipeline_usd), 0),
        coalesce(sum(spend_usd), 0),
        coalesce(sum(opportunities_without_rate), 0),
        coalesce(sum(spend_days_without_rate), 0)
    from reports.rpt_pipeline_quarters
    where quarter_start = $start
"""

WON = """
    select
        coalesce(sum(won_opportunities), 0),
        coalesce(sum(revenue_usd), 0),
        coalesce(sum(revenue_usd) filter (where is_marketing_sourced), 0)
    from reports.rpt_source_overlap
    where quarter_start = $start
"""

BUDGETS = """
    select
        channel,
        bool_or(is_budgeted) as is_budgeted,
        sum(budget_usd) as budget_usd,
        sum(direct_spend_usd) as direct_spend_usd,
        sum(budgets_without_rate) as budgets_without_rate
    from marts.fct_budget_months
    where month between $start and $end
    group by channel
    having
        sum(budget_usd) != 0
        or sum(direct_spend_usd) != 0
        or sum(budgets_without_rate) > 0
    order by
        budget_usd desc,
        channel
"""

PACES = """
    select
        channel,
        expected_spend_usd,
        status
    from reports.rpt_budget_pace
    where quarter_start = $start
    order by channel
"""


@dataclass(frozen=True)
class Totals:
    """A whole quarter over all channels, in the reporting currency."""

    sourced_opportunities: int
    sourced: Decimal
    influenced: Decimal
    pipeline: Decimal
    spend: Decimal
    opportunities_without_rate: int
    spend_days_without_rate: int


@dataclass(frozen=True)
class Budget:
    """What a channel was to cost, and what it was charged."""

    channel: str
    is_budgeted: bool
    budget: Decimal
    spend: Decimal
    without_rate: int


@dataclass(frozen=True)
class Plan:
    """The quarter, the one before it, and budgets; paces only while it runs."""

    quarter: Quarter
    currency: str
    now: Totals
    before: Totals
    won: tuple[int, Decimal, Decimal]
    won_before: tuple[int, Decimal, Decimal]
    budgets: tuple[Budget, ...]
    paces: dict[str, tuple[Decimal, str]]


def read(publication: Publication, settings: Settings, quarter: Quarter) -> Plan:
    """Read it."""
    start, before = quarter.start, quarter.before_whole.first

    def won(first: object) -> tuple[int, Decimal, Decimal]:
        deals, revenue, sourced = publication.row(WON, start=first)
        return deals, revenue, sourced

    return Plan(
        quarter,
        settings.currency,
        Totals(*publication.row(TOTALS, start=start)),
        Totals(*publication.row(TOTALS, start=before)),
        won(start),
        won(before),
        tuple(
            Budget(*row)
            for row in publication.rows(BUDGETS, start=start, end=quarter.end)
        ),
        {
            channel: (expected, status)
            for channel, expected, status in publication.rows(PACES, start=start)
        },
    )


def show(plan: Plan) -> Part:
    """Show it."""
    now, before, currency = plan.now, plan.before, plan.currency
    deals, revenue, sourced_revenue = plan.won

    def fact(key: str, label: str, value: Decimal, earlier: Decimal, more: str) -> Fact:
        return Fact(
            f"plan-{key}",
            label,
            money(value, currency),
            f"{more}{change(value, earlier)} ({money(earlier, currency)})",
        )

    return part(
        "plan",
        "The quarter against its plan",
        [
            Text(
                f"Quarter {plan.quarter.name}, {plan.quarter.to_date.text}, against "
                "the whole quarter before."
                + (
                    " It is not over: compare with care."
                    if plan.quarter.to_date.last < plan.quarter.end
                    else ""
                )
            ),
            Facts(
                (
                    fact(
                        "sourced",
                        "Sourced by marketing",
                        now.sourced,
                        before.sourced,
                        f"{_opportunities(now.sourced_opportunities)}; ",
                    ),
                    fact(
                        "influenced",
                        "Influenced by marketing",
                        now.influenced,
                        before.influenced,
                        "",
                    ),
                    fact("created", "All pipeline", now.pipeline, before.pipeline, ""),
                    fact(
                        "won",
                        "Revenue won",
                        revenue,
                        plan.won_before[1],
                        f"{plural(deals, 'deal')}, "
                        f"{share(sourced_revenue, revenue)} sourced by marketing; ",
                    ),
                    fact("spend", "Marketing spend", now.spend, before.spend, ""),
                    Fact(
                        "plan-ratio",
                        f"Sourced pipeline per {currency}",
                        ratio(now.sourced, now.spend),
                        f"{ratio(before.sourced, before.spend)} in the quarter before",
                    ),
                )
            ),
            _without_rate(plan),
            *_budgets(plan),
        ],
    )


def _opportunities(number: int) -> str:
    return plural(number, "opportunity", "opportunities")


def _without_rate(plan: Plan) -> Text | None:
    deals, rows = plan.now.opportunities_without_rate, plan.now.spend_days_without_rate
    budgets = sum(one.without_rate for one in plan.budgets)
    if not (deals or rows or budgets):
        return None
    return Text(
        f"No exchange rate is known for {_opportunities(deals)}, "
        f"{plural(rows, 'row')} of spend and {plural(budgets, 'budget')} of the "
        "quarter: their value is in no figure here.",
        is_warning=True,
    )


def _budgets(plan: Plan) -> list[Text | Table | Chart]:
    budgeted = [one for one in plan.budgets if one.is_budgeted]
    if not budgeted:
        return [Text("No budget was landed for the quarter.")]
    total = Budget(
        "all channels",
        True,
        sum((one.budget for one in plan.budgets), Decimal(0)),
        sum((one.spend for one in plan.budgets), Decimal(0)),
        0,
    )
    blocks: list[Text | Table | Chart] = [
        Table(
            "table-budgets",
            "Budget and spend of the quarter by channel",
            ("Channel", "Budget", "Spend", "Used")
            + (("Expected at its end", "Pace") if plan.paces else ()),
            tuple(_cells(plan, one) for one in (*plan.budgets, total)),
            has_total=True,
        )
    ]
    spent = [one for one in budgeted if one.budget > 0]
    if len(spent) > 1:
        title = "Spend in % of the quarter's budget, by channel"
        drawing = bars(
            "chart-budgets",
            title,
            [
                (
                    one.channel,
                    100 * one.spend / one.budget,
                    share(one.spend, one.budget),
                )
                for one in spent
            ],
            "% of the budget",
        )
        blocks.append(Chart("chart-budgets-figure", title, drawing))
    return blocks


def _cells(plan: Plan, budget: Budget) -> tuple[str, ...]:
    cells = (
        budget.channel,
        money(budget.budget, plan.currency) if budget.is_budgeted else "none",
        money(budget.spend, plan.currency),
        share(budget.spend, budget.budget),
    )
    if not plan.paces:
        return cells
    expected, status = plan.paces.get(budget.channel, (None, NOTHING))
    return (*cells, money(expected, plan.currency), status.replace("_", " "))

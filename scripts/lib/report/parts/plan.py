"""The quarter against its plan and against the quarter before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from lib.report.blocks import Chart, Fact, Facts, Part, Table, Text, part
from lib.report.charts import bars
from lib.report.figures import NOTHING, money, moved, per_unit, plural, share, words
from lib.report.parts import pipeline
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
        bool_or(is_budgeted)
        or sum(budget_usd) != 0
        or sum(direct_spend_usd) != 0
        or sum(outlook_usd) != 0
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
    """A quarter, or days of one, over all channels, in the reporting currency."""

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
    """The quarter, the one before it, and budgets; paces only while it runs.

    A running quarter is held against the same days of the one before.
    """

    quarter: Quarter
    currency: str
    now: Totals
    before: Totals
    won: tuple[int, Decimal, Decimal]
    won_before: tuple[int, Decimal, Decimal]
    budgets: tuple[Budget, ...]
    paces: dict[str, tuple[Decimal, str]]

    @property
    def against(self) -> str:
        """What the quarter is held against, in words."""
        if self.quarter.is_whole:
            return "the quarter before"
        return "the same days of the quarter before"


def read(publication: Publication, settings: Settings, quarter: Quarter) -> Plan:
    """Read it."""
    start = quarter.start
    before, won_before = _before(publication, quarter)
    return Plan(
        quarter,
        settings.currency,
        Totals(*publication.row(TOTALS, start=start)),
        before,
        _won(publication, start),
        won_before,
        tuple(
            Budget(*row)
            for row in publication.rows(BUDGETS, start=start, end=quarter.end)
        ),
        {
            channel: (expected, status)
            for channel, expected, status in publication.rows(PACES, start=start)
        },
    )


def _won(publication: Publication, start: date) -> tuple[int, Decimal, Decimal]:
    """Return the deals that a quarter won, their revenue, and the sourced part."""
    deals, revenue, sourced = publication.row(WON, start=start)
    return deals, revenue, sourced


def _before(
    publication: Publication, quarter: Quarter
) -> tuple[Totals, tuple[int, Decimal, Decimal]]:
    """Return the quarter before: whole, or the days that this one has had as well.

    Over all channels, spend by day adds up to the fully loaded spend of the quarter.
    """
    if quarter.is_whole:
        start = quarter.before_whole.first
        totals = Totals(*publication.row(TOTALS, start=start))
        return totals, _won(publication, start)
    days = quarter.before
    created = pipeline.created(publication, days)
    spend, spend_without_rate = pipeline.spent(publication, days)
    totals = Totals(
        created.sourced_opportunities,
        created.sourced,
        created.influenced,
        created.pipeline,
        spend,
        created.without_rate,
        spend_without_rate,
    )
    return totals, pipeline.won(publication, days)


def show(plan: Plan) -> Part:
    """Show it."""
    now, before, currency = plan.now, plan.before, plan.currency
    deals, revenue, sourced_revenue = plan.won

    def fact(key: str, label: str, value: Decimal, earlier: Decimal, more: str) -> Fact:
        return Fact(
            f"plan-{key}",
            label,
            money(value, currency),
            f"{more}{moved(value, earlier, money(earlier, currency))}",
        )

    return part(
        "plan",
        "The quarter against its plan",
        [
            Text(
                f"Quarter {plan.quarter.name}, {plan.quarter.to_date.text}, against "
                f"{plan.against}, {_days_before(plan.quarter)}."
                + ("" if plan.quarter.is_whole else " The quarter is not over.")
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
                    fact(
                        "created",
                        "All pipeline created",
                        now.pipeline,
                        before.pipeline,
                        "",
                    ),
                    fact(
                        "won",
                        "Revenue won",
                        revenue,
                        plan.won_before[1],
                        f"{plural(deals, 'deal')}, "
                        f"{share(sourced_revenue, revenue)} sourced by marketing; "
                        if deals
                        else "no deal; ",
                    ),
                    fact("spend", "Marketing spend", now.spend, before.spend, ""),
                    Fact(
                        "plan-ratio",
                        f"Sourced pipeline per {money(1, currency)} spent",
                        per_unit(now.sourced, now.spend, currency),
                        f"{per_unit(before.sourced, before.spend, currency)} in "
                        f"{plan.against}",
                    ),
                )
            ),
            _without_rate(plan),
            *_budgets(plan),
        ],
    )


def _days_before(quarter: Quarter) -> str:
    span = quarter.before_whole if quarter.is_whole else quarter.before
    return span.text


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
        if any(one.without_rate for one in plan.budgets):
            return [Text("No budget of the quarter has an exchange rate.")]
        return [Text("No budget was landed for the quarter.")]
    total = Budget(
        "all channels",
        True,
        sum((one.budget for one in plan.budgets), Decimal(0)),
        sum((one.spend for one in plan.budgets), Decimal(0)),
        0,
    )
    expected = sum((pace for pace, _ in plan.paces.values()), Decimal(0))
    blocks: list[Text | Table | Chart] = [
        Table(
            "table-budgets",
            "Budget and spend of the quarter by channel",
            ("Channel", "Budget", "Spend", "Used")
            + (("Expected by its end", "Pace") if plan.paces else ()),
            (
                *(
                    _cells(plan, one, *plan.paces.get(one.channel, (None, NOTHING)))
                    for one in plan.budgets
                ),
                _cells(plan, total, expected, NOTHING),
            ),
            has_total=True,
        )
    ]
    if any(not one.is_budgeted for one in plan.budgets):
        blocks.append(
            Text(
                "Spend that names no channel stands under unknown; the total holds "
                "spend without a budget, too."
            )
        )
    spent = [one for one in budgeted if one.budget > 0]
    if len(spent) > 1:
        title = "Spend in % of the quarter's budget, by channel"
        drawing = bars(
            "chart-budgets",
            title,
            [
                (
                    words(one.channel),
                    100 * one.spend / one.budget,
                    share(one.spend, one.budget),
                )
                for one in spent
            ],
            "% of the budget",
        )
        blocks.append(Chart("chart-budgets-figure", title, drawing))
    return blocks


def _cells(
    plan: Plan, budget: Budget, expected: Decimal | None, status: str
) -> tuple[str, ...]:
    cells = (
        words(budget.channel),
        money(budget.budget, plan.currency) if budget.is_budgeted else "none",
        money(budget.spend, plan.currency),
        share(budget.spend, budget.budget),
    )
    if not plan.paces:
        return cells
    return (*cells, money(expected, plan.currency), words(status))

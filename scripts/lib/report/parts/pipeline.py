"""Pipeline health: what marketing sourced and influenced, what is open, what is won."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from lib.report.blocks import Chart, Fact, Facts, Part, Text, part
from lib.report.charts import courses
from lib.report.figures import money, moved, plural, share
from lib.report.periods import Quarter, Settings, Span, Week, day_text
from lib.report.publication import Publication

CREATED = """
    select
        count(*),
        count(*) filter (where is_marketing_sourced),
        coalesce(sum(amount_usd), 0),
        coalesce(sum(amount_usd) filter (where is_marketing_sourced), 0),
        coalesce(sum(amount_usd) filter (where is_marketing_influenced), 0),
        count(*) filter (where not has_exchange_rate)
    from marts.fct_opportunities
    where day_of(created_at) between $first and $last
"""

WON = """
    select
        count(*),
        coalesce(sum(amount_usd), 0),
        coalesce(sum(amount_usd) filter (where is_marketing_sourced), 0)
    from marts.fct_opportunities
    where is_won and day_of(closed_at) between $first and $last
"""

OPEN = """
    select
        count(*),
        coalesce(sum(amount_usd), 0)
    from marts.fct_opportunities
    where
        day_of(created_at) <= $last
        and (not is_closed or day_of(closed_at) > $last)
"""

SPENT = """
    select
        coalesce(sum(spend_usd), 0),
        count(*) filter (where not has_exchange_rate)
    from marts.fct_ad_spend_days
    where spend_date between $first and $last
"""

BUDGET = """
    select
        coalesce(sum(budget_usd), 0),
        coalesce(sum(budgets_without_rate), 0),
        coalesce(bool_or(is_budgeted), false)
    from marts.fct_budget_months
    where month between $start and $end
"""

PACE = """
    select sum(expected_spend_usd)
    from reports.rpt_budget_pace
    where quarter_start = $start
"""

LATE_SPEND = """
    select min(spend_known_to) filter (where is_spend_late)
    from marts.fct_budget_months
"""

SOURCED_DAYS = """
    select
        day_of(created_at) as day,
        sum(amount_usd) as sourced_usd
    from marts.fct_opportunities
    where is_marketing_sourced and day_of(created_at) between $first and $last
    group by day
    order by day
"""

Course = tuple[tuple[int, Decimal], ...]


@dataclass(frozen=True)
class Created:
    """Opportunities created in a span, in the reporting currency."""

    opportunities: int
    sourced_opportunities: int
    pipeline: Decimal
    sourced: Decimal
    influenced: Decimal
    without_rate: int


@dataclass(frozen=True)
class Pipeline:
    """The week, the quarter to its end, and the same days of the quarter before."""

    week: Week
    quarter: Quarter
    currency: str
    this_week: Created
    weeks_before: Created
    to_date: Created
    before: Created
    open_opportunities: int
    open_pipeline: Decimal
    open_before: Decimal
    won_deals: int
    won: Decimal
    won_sourced: Decimal
    won_before: Decimal
    spend: Decimal
    spend_before: Decimal
    spend_days_without_rate: int
    budget: Decimal | None
    expected_spend: Decimal | None
    late_since: date | None
    course: Course
    course_before: Course

    @property
    def mean_sourced(self) -> Decimal | None:
        """What marketing sourced in a week before; None without an earlier week."""
        weeks = self.week.trailing_weeks
        return self.weeks_before.sourced / weeks if weeks else None


def created(publication: Publication, span: Span) -> Created:
    """Read what was created in a span."""
    return Created(*publication.row(CREATED, first=span.first, last=span.last))


def won(publication: Publication, span: Span) -> tuple[int, Decimal, Decimal]:
    """Read the deals won in a span, their revenue, and that sourced by marketing."""
    deals, revenue, sourced = publication.row(WON, first=span.first, last=span.last)
    return deals, revenue, sourced


def spent(publication: Publication, span: Span) -> tuple[Decimal, int]:
    """Read what was spent in a span, and the rows of it without an exchange rate."""
    spend, without_rate = publication.row(SPENT, first=span.first, last=span.last)
    return spend, without_rate


def read(publication: Publication, settings: Settings, week: Week) -> Pipeline:
    """Read the pipeline of a week, and of its quarter up to its end."""
    quarter = week.quarter
    days, before = quarter.to_date, quarter.before
    won_deals, won_revenue, won_sourced = won(publication, days)
    spend, spend_without_rate = spent(publication, days)
    budget, _, is_budgeted = publication.row(
        BUDGET, start=quarter.start, end=quarter.end
    )
    expected = (
        publication.row(PACE, start=quarter.start)[0] if quarter.is_current else None
    )
    open_opportunities, open_pipeline = publication.row(OPEN, last=days.last)
    _, open_before = publication.row(OPEN, last=week.trailing.last)
    return Pipeline(
        week,
        quarter,
        settings.currency,
        created(publication, week.known),
        created(publication, week.trailing),
        created(publication, days),
        created(publication, before),
        open_opportunities,
        open_pipeline,
        open_before,
        won_deals,
        won_revenue,
        won_sourced,
        won(publication, before)[1],
        spend,
        spent(publication, before)[0],
        spend_without_rate,
        budget if is_budgeted else None,
        expected,
        publication.row(LATE_SPEND)[0],
        _course(publication, days),
        _course(publication, quarter.before_whole),
    )


def _course(publication: Publication, span: Span) -> Course:
    """Return sourced pipeline so far by day of the quarter, 1 for its first."""
    by_day: dict[date, Decimal] = dict(
        publication.rows(SOURCED_DAYS, first=span.first, last=span.last)
    )
    points = [(0, Decimal(0))]
    for number in range(1, span.days + 1):
        day = date.fromordinal(span.first.toordinal() + number - 1)
        points.append((number, points[-1][1] + (by_day.get(day) or 0)))
    return tuple(points)


def show(pipeline: Pipeline) -> Part:
    """Show it."""
    quarter, now, before = pipeline.quarter, pipeline.to_date, pipeline.before

    def usd(value: Decimal | None) -> str:
        return money(value, pipeline.currency)

    def against_before(value: Decimal, earlier: Decimal) -> str:
        return moved(value, earlier, usd(earlier))

    days = quarter.to_date.days
    against = f"the first {plural(quarter.before.days, 'day')} of the quarter before"
    facts = [
        Fact(
            "pipeline-sourced",
            "Sourced by marketing",
            usd(now.sourced),
            f"{plural(now.sourced_opportunities, 'opportunity', 'opportunities')}; "
            f"{against_before(now.sourced, before.sourced)}",
        ),
        Fact(
            "pipeline-influenced",
            "Influenced by marketing",
            usd(now.influenced),
            against_before(now.influenced, before.influenced),
        ),
        Fact(
            "pipeline-created",
            "All pipeline created",
            usd(now.pipeline),
            f"{plural(now.opportunities, 'opportunity', 'opportunities')}; "
            f"{against_before(now.pipeline, before.pipeline)}",
        ),
        Fact(
            "pipeline-won",
            "Revenue won",
            usd(pipeline.won),
            f"{plural(pipeline.won_deals, 'deal')}, {usd(pipeline.won_sourced)} "
            "sourced by marketing; "
            f"{against_before(pipeline.won, pipeline.won_before)}",
        ),
        Fact(
            "pipeline-open",
            "Open pipeline",
            usd(pipeline.open_pipeline),
            f"{plural(pipeline.open_opportunities, 'opportunity', 'opportunities')} on "
            f"{day_text(quarter.to_date.last)}; "
            f"{_open_before(pipeline)}",
        ),
        Fact(
            "pipeline-spend",
            "Marketing spend",
            usd(pipeline.spend),
            f"{against_before(pipeline.spend, pipeline.spend_before)}; "
            f"{_budget(pipeline)}",
        ),
    ]
    without_rate = now.without_rate, pipeline.spend_days_without_rate
    return part(
        "pipeline",
        "Pipeline health",
        [
            Text(
                f"Quarter {quarter.name} to date, {quarter.to_date.text} "
                f"({plural(days, 'day')}), against {against}. In the week itself "
                f"marketing sourced {usd(pipeline.this_week.sourced)} in "
                f"{_opportunities(pipeline.this_week.sourced_opportunities)} and "
                f"influenced {usd(pipeline.this_week.influenced)} of "
                f"{usd(pipeline.this_week.pipeline)} created."
            ),
            Facts(tuple(facts)),
            Text(
                f"No exchange rate is known for "
                f"{_opportunities(without_rate[0])} and "
                f"{plural(without_rate[1], 'row')} of spend of the quarter: "
                "their value is in no figure here.",
                is_warning=True,
            )
            if any(without_rate)
            else None,
            _chart(pipeline),
        ],
    )


def _open_before(pipeline: Pipeline) -> str:
    day = day_text(pipeline.week.trailing.last)
    now, before = pipeline.open_pipeline, pipeline.open_before
    if not before:
        return f"none on {day}"
    return f"{moved(now, before, money(before, pipeline.currency))} on {day}"


def _opportunities(number: int) -> str:
    return plural(number, "opportunity", "opportunities")


def _budget(pipeline: Pipeline) -> str:
    if pipeline.budget is None:
        return "no budget is known for the quarter"
    text = (
        f"{share(pipeline.spend, pipeline.budget)} of the quarter's budget of "
        f"{money(pipeline.budget, pipeline.currency)}"
    )
    if pipeline.expected_spend is None:
        return text
    expected = money(pipeline.expected_spend, pipeline.currency)
    if pipeline.late_since is None:
        return f"{text}; {expected} expected by its end"
    since = day_text(pipeline.late_since)
    return (
        f"{text}; at least {expected} expected by its end: not every recurring cost is "
        f"known after {since}"
    )


def _chart(pipeline: Pipeline) -> Chart | None:
    if not (pipeline.to_date.sourced or pipeline.before.sourced):
        return None
    title = f"Sourced pipeline by day of the quarter, {pipeline.currency}"
    drawing = courses(
        "chart-pipeline",
        title,
        [
            ("this quarter", pipeline.course),
            ("the one before", pipeline.course_before),
        ],
        "day of the quarter",
        f"sourced so far ({pipeline.currency})",
    )
    return Chart("chart-pipeline-figure", title, drawing)

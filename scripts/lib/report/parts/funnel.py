"""The funnel of the week against the weeks before, and its largest leak."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from lib.report.blocks import Chart, Fact, Facts, Part, Table, Text, part
from lib.report.charts import weeks as week_bars
from lib.report.figures import change, count, money, plural, share, words
from lib.report.periods import Settings, Week
from lib.report.publication import Publication

WEEKS = """
    with

    entries as (

        select
            'mqls' as measure,
            day_of(mql_at) as day
        from marts.fct_lead_funnel
        union all
        select
            'sqls' as measure,
            day_of(sql_at) as day
        from marts.fct_lead_funnel
        union all
        select
            'opportunities' as measure,
            day_of(created_at) as day
        from marts.fct_opportunities

    )

    select
        measure,
        cast(date_trunc('week', day) as date) as monday,
        count(*)
    from entries
    where day between $first and $last
    group by
        measure,
        monday
    order by
        measure,
        monday
"""

LEAKS = """
    select
        dimension,
        dimension_value,
        stage,
        entered,
        progressed,
        dropped,
        median_days,
        value_lost_usd
    from reports.rpt_funnel_leaks
    where rank = 1 and dimension in ('all', 'segment', 'channel')
    order by dimension
"""

NAMES = (
    ("mqls", "MQLs", "MQLs"),
    ("sqls", "SQLs", "SQLs"),
    ("opportunities", "Opportunities created", "opportunities"),
)


@dataclass(frozen=True)
class Leak:
    """Where most is lost: of all, of one segment, or of one channel."""

    dimension: str
    value: str
    stage: str
    entered: int
    progressed: int
    dropped: int
    median_days: float | None
    lost: Decimal


@dataclass(frozen=True)
class Funnel:
    """Counts by measure and Monday, of the week and of the weeks before it."""

    week: Week
    currency: str
    counts: dict[str, dict[date, int]]
    leaks: tuple[Leak, ...]

    def this_week(self, measure: str) -> int:
        """How many there were in the week."""
        return self.counts.get(measure, {}).get(self.week.span.first, 0)

    def mean(self, measure: str) -> Decimal | None:
        """How many a week there were before; None without an earlier week."""
        earlier = sum(
            number
            for monday, number in self.counts.get(measure, {}).items()
            if monday < self.week.span.first
        )
        known = self.week.trailing_weeks
        return Decimal(earlier) / known if known else None


def read(publication: Publication, settings: Settings, week: Week) -> Funnel:
    """Read the counts of the week and the weeks before, and the leaks as of now."""
    counts: dict[str, dict[date, int]] = {}
    rows = publication.rows(WEEKS, first=week.trailing.first, last=week.known.last)
    for measure, monday, number in rows:
        counts.setdefault(measure, {})[monday] = number
    return Funnel(
        week,
        settings.currency,
        counts,
        tuple(Leak(*row) for row in publication.rows(LEAKS)),
    )


def show(funnel: Funnel) -> Part:
    """Show them."""
    return part(
        "funnel",
        "Funnel",
        [
            Facts(tuple(_fact(funnel, key, label) for key, label, _ in NAMES)),
            _chart(funnel),
            *_leaks(funnel),
        ],
    )


def _fact(funnel: Funnel, key: str, label: str) -> Fact:
    mean = funnel.mean(key)
    now = funnel.this_week(key)
    if mean is None:
        note = "no earlier week to compare with"
    else:
        note = (
            f"{change(now, mean)} on the mean of {funnel.week.weeks_before} "
            f"({count(mean, 1)})"
        )
    return Fact(f"funnel-{key}", f"{label} this week", count(now), note)


def _chart(funnel: Funnel) -> Chart | None:
    known = funnel.week.trailing_weeks
    if not known or not any(funnel.counts.values()):
        return None
    monday = funnel.week.span.first
    mondays = [monday - timedelta(weeks=back) for back in range(known, -1, -1)]
    title = f"MQLs, SQLs and opportunities of the week and the {known} before"
    drawing = week_bars(
        "chart-funnel",
        title,
        [
            (label, [(one, funnel.counts.get(key, {}).get(one, 0)) for one in mondays])
            for key, _, label in NAMES
        ],
        monday,
    )
    return Chart("chart-funnel-figure", title, drawing)


def _leaks(funnel: Funnel) -> tuple[Text | Table, ...]:
    if not funnel.leaks:
        return (
            Text(
                "No lead has had the time yet that the funnel gives: no leak is known."
            ),
        )
    by_dimension = {leak.dimension: leak for leak in funnel.leaks}
    worst = by_dimension.get("all", funnel.leaks[0])
    return (
        Text(
            f"The largest leak of all time is at the stage {worst.stage}: of "
            f"{plural(worst.entered, 'lead')} that came to it and have had the time to "
            f"go on, {worst.dropped:,} ({share(worst.dropped, worst.entered)}) dropped "
            f"out. Had they gone on like the others, they would have brought "
            f"{money(worst.lost, funnel.currency)}: that says where to look first, and "
            "is no money to count on."
        ),
        Table(
            "table-leaks",
            "Where most is lost, over all time",
            (
                "Leads",
                "Stage",
                "Came to it",
                "Went on",
                "Dropped out",
                "Median days to go on",
                "Value lost",
            ),
            tuple(
                (
                    _whose(leak),
                    leak.stage,
                    count(leak.entered),
                    share(leak.progressed, leak.entered),
                    share(leak.dropped, leak.entered),
                    count(leak.median_days, 1),
                    money(leak.lost, funnel.currency),
                )
                for leak in funnel.leaks
            ),
            words=2,
        ),
    )


def _whose(leak: Leak) -> str:
    """Return whose leak it is: of all leads, or of which segment or channel."""
    if leak.dimension == "all":
        return "all"
    return f"{leak.dimension}: {words(leak.value)}"

"""What came of the leads of the quarter's months, stage by stage."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from lib.report.blocks import Part, Table, Text, part
from lib.report.figures import NOTHING, count, money, share, words
from lib.report.periods import Quarter, Settings
from lib.report.publication import Publication

COHORTS = """
    select
        cohort_month,
        stage,
        bool_and(is_mature) as is_mature,
        sum(entered) as entered,
        sum(progressed) as progressed,
        sum(dropped) as dropped,
        sum(value_lost_usd) as value_lost_usd
    from reports.rpt_funnel_months
    where cohort_month between $first and $last and stage != 'customer'
    group by
        cohort_month,
        stage
    order by
        min(stage_order),
        cohort_month
"""


@dataclass(frozen=True)
class Cohort:
    """The leads of a month in one stage."""

    month: date
    stage: str
    is_mature: bool
    entered: int
    progressed: int
    dropped: int
    lost: Decimal


@dataclass(frozen=True)
class Cohorts:
    """The months of the quarter before and of the quarter."""

    currency: str
    cohorts: tuple[Cohort, ...]


def read(publication: Publication, settings: Settings, quarter: Quarter) -> Cohorts:
    """Read them."""
    rows = publication.rows(COHORTS, first=quarter.before_whole.first, last=quarter.end)
    return Cohorts(settings.currency, tuple(Cohort(*row) for row in rows))


def show(cohorts: Cohorts) -> Part:
    """Show them."""
    title = "Cohorts of leads"
    if not cohorts.cohorts:
        return part(
            "cohorts", title, [Text("No lead began in this quarter or the one before.")]
        )
    stages = list(dict.fromkeys(one.stage for one in cohorts.cohorts))
    months = sorted({one.month for one in cohorts.cohorts})
    return part(
        "cohorts",
        title,
        [
            Text(
                "Leads by the month in which they began, this quarter and the one "
                "before: how many there were, and which share of those that came to a "
                "stage went on from it. A share stands only where each of them has had "
                "its time. The value lost is what those that dropped out would have "
                "brought, had they gone on like others; where it is too early, so far."
            ),
            Table(
                "table-cohorts",
                "Which share went on, by month of the lead",
                (
                    "Month",
                    "Leads",
                    *(f"From {_named(one)}" for one in stages),
                    "Value lost",
                ),
                tuple(_cells(cohorts, month, stages) for month in months),
            ),
        ],
    )


def _named(stage: str) -> str:
    """Return a stage as it is written: lead, MQL, SAL, SQL, opportunity."""
    return stage.upper() if len(stage) == 3 else words(stage)


def _cells(cohorts: Cohorts, month: date, stages: list[str]) -> tuple[str, ...]:
    held = {one.stage: one for one in cohorts.cohorts if one.month == month}

    def went_on(stage: str) -> str:
        if stage not in held:
            return NOTHING
        one = held[stage]
        return share(one.progressed, one.entered) if one.is_mature else "too early"

    lost = sum((one.lost for one in held.values()), Decimal(0))
    return (
        f"{month:%b %Y}",
        count(held["lead"].entered if "lead" in held else None),
        *(went_on(stage) for stage in stages),
        money(lost, cohorts.currency),
    )

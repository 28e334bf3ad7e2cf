"""What came of the leads of the quarter's months, stage by stage."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from lib.report.blocks import Part, Table, Text, part
from lib.report.figures import count, money, share
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
        cohort_month,
        min(stage_order)
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
    return part(
        "cohorts",
        title,
        [
            Text(
                "Leads by the month in which they began, this quarter and the one "
                "before. A share stands only where each of them has had its time; the "
                "others are marked as too early."
            ),
            Table(
                "table-cohorts",
                "Leads by month and stage",
                ("Month", "Stage", "Entered", "Went on", "Dropped out", "Value lost"),
                tuple(
                    (
                        f"{one.month:%b %Y}",
                        one.stage,
                        count(one.entered),
                        share(one.progressed, one.entered)
                        if one.is_mature
                        else f"too early ({one.progressed:,})",
                        count(one.dropped),
                        money(one.lost, cohorts.currency),
                    )
                    for one in cohorts.cohorts
                ),
                words=2,
            ),
        ],
    )

"""Which figures of closed months are no longer what was reported, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from lib.report.blocks import Part, Table, Text, part
from lib.report.figures import NOTHING, count, money, plural, words
from lib.report.periods import Quarter, Settings
from lib.report.publication import Publication

CLOSED = """
    select count(distinct month)
    from reports.rpt_restatements
    where month between $first and $last
"""

# Over channels a figure adds up. Models credit the same conversions: one is shown.
RESTATED = """
    with

    figures as (

        select
            month,
            metric,
            reason,
            sum(difference) as amount
        from marts.fct_restatements
        where
            month between $first and $last
            and (attribution_model is null or attribution_model = $model)
        group by
            month,
            metric,
            reason

    ),

    main_reasons as (

        select
            month,
            metric,
            min_by(reason, (-abs(amount), reason)) as reason
        from figures
        where amount != 0
        group by
            month,
            metric

    ),

    totals as (

        select
            month,
            metric,
            sum(reported) as reported,
            sum(restated) as restated,
            sum(difference) as difference
        from reports.rpt_restatements
        where
            month between $first and $last
            and (attribution_model is null or attribution_model = $model)
        group by
            month,
            metric

    )

    select
        totals.month,
        totals.metric,
        totals.reported,
        totals.restated,
        totals.difference,
        main_reasons.reason
    from totals
    left join main_reasons
        on totals.month = main_reasons.month and totals.metric = main_reasons.metric
    where totals.difference != 0
    order by
        totals.month,
        totals.metric
"""


@dataclass(frozen=True)
class Figure:
    """A figure of a closed month over all channels; reason explains the most of it."""

    month: date
    metric: str
    reported: Decimal
    restated: Decimal
    difference: Decimal
    reason: str | None


@dataclass(frozen=True)
class Restated:
    """How many months of the two quarters are closed, and what of them changed."""

    currency: str
    model: str
    closed_months: int
    figures: tuple[Figure, ...]


def read(publication: Publication, settings: Settings, quarter: Quarter) -> Restated:
    """Read it for the quarter and the one before."""
    span = {"first": quarter.before_whole.first, "last": quarter.end}
    (closed,) = publication.row(CLOSED, **span)
    rows = publication.rows(RESTATED, model=settings.attribution_model, **span)
    return Restated(
        settings.currency,
        settings.attribution_model,
        closed,
        tuple(Figure(*row) for row in rows),
    )


def show(restated: Restated) -> Part:
    """Show it."""
    title = "What was restated"
    if not restated.closed_months:
        return part(
            "restated",
            title,
            [
                Text(
                    "No month of this quarter or the one before is closed, so nothing "
                    "is held against what was reported (scripts/close.py)."
                )
            ],
        )
    closed = plural(restated.closed_months, "closed month")
    if not restated.figures:
        return part(
            "restated",
            title,
            [Text(f"Every figure of {closed} is as it was reported.")],
        )
    return part(
        "restated",
        title,
        [
            Text(
                f"Of {closed} of this quarter and the one before, over all channels; "
                f"credited figures by the {words(restated.model)} model. By channel: "
                "reports.rpt_restatements."
            ),
            Table(
                "table-restated",
                "Figures that are not what was reported",
                ("Month", "Figure", "Mostly for", "Reported", "Now", "Difference"),
                tuple(
                    (
                        f"{one.month:%b %Y}",
                        words(one.metric.removesuffix("_usd")),
                        words(one.reason or NOTHING),
                        *(
                            _written(one.metric, value, restated.currency)
                            for value in (one.reported, one.restated, one.difference)
                        ),
                    )
                    for one in restated.figures
                ),
                words=3,
            ),
        ],
    )


def _written(metric: str, value: Decimal, currency: str) -> str:
    """Write a figure as money where its name says so, else as a count."""
    return money(value, currency) if metric.endswith("_usd") else count(value, 2)

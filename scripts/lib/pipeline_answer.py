"""The answer to "how much pipeline did marketing source, and at what cost?"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb

from lib.cli import UserError
from lib.report.periods import quarter_start
from lib.warehouse import connect

CURRENT_QUARTER = """
    select
        quarter_start,
        channel,
        sourced_opportunities,
        sourced_pipeline_usd,
        spend_usd,
        opportunities_without_rate,
        spend_days_without_rate
    from reports.rpt_pipeline_quarters
    where is_current
    order by sourced_pipeline_usd desc, spend_usd desc, channel
"""

SETTINGS = """
    select
        cast((as_of at time zone 'UTC') at time zone reporting_time_zone as date),
        fiscal_year_start_month
    from marts.dim_build_settings
"""

PLATFORMS = """
    select
        platform,
        sum(landed_spend_usd) as landed_spend_usd,
        bool_and(is_reconciled) as is_reconciled
    from reports.rpt_spend_reconciliation
    where month >= $quarter_start
    group by platform
    order by platform
"""


@dataclass(frozen=True)
class Line:
    """One channel, or the total. Money is in the reporting currency.

    The last two count what the money leaves out, since no exchange rate is known:
    opportunities of the channel, sourced by marketing or not, and spend_days, which are
    rows of fct_ad_spend_days.
    """

    channel: str
    opportunities: int
    pipeline: Decimal
    spend: Decimal
    opportunities_without_rate: int = 0
    spend_days_without_rate: int = 0

    @property
    def ratio(self) -> Decimal | None:
        """Pipeline for each unit of money spent; None where nothing was spent."""
        return self.pipeline / self.spend if self.spend else None


@dataclass(frozen=True)
class Platform:
    """What the warehouse shows of an ad platform's spend, in the reporting currency."""

    name: str
    spend: Decimal
    is_reconciled: bool


@dataclass(frozen=True)
class Answer:
    """The current quarter by channel, the greatest pipeline first.

    There are no lines where it has neither opportunities nor spend yet. platforms
    holds those that report their spend themselves.
    """

    quarter_start: date
    lines: tuple[Line, ...]
    platforms: tuple[Platform, ...] = ()

    @property
    def total(self) -> Line:
        """The sum of all channels."""
        return Line(
            "all channels",
            sum(line.opportunities for line in self.lines),
            sum((line.pipeline for line in self.lines), Decimal(0)),
            sum((line.spend for line in self.lines), Decimal(0)),
            sum(line.opportunities_without_rate for line in self.lines),
            sum(line.spend_days_without_rate for line in self.lines),
        )


def read_answer(publication: Path) -> Answer:
    """Read the current quarter from a published marts file.

    Raises:
        UserError: the file does not hold the report.
    """
    with connect(publication, read_only=True) as connection:
        try:
            rows = connection.execute(CURRENT_QUARTER).fetchall()
            ((as_of_day, month),) = connection.execute(SETTINGS).fetchall()
            start = quarter_start(as_of_day, month)
            since = {"quarter_start": start}
            platforms = connection.execute(PLATFORMS, since).fetchall()
        except (duckdb.CatalogException, duckdb.BinderException) as error:
            raise UserError(
                f"{publication} does not hold reports.rpt_pipeline_quarters and "
                "reports.rpt_spend_reconciliation as this version makes them: "
                "publish again (make run)"
            ) from error
    return Answer(
        start,
        tuple(Line(*row[1:]) for row in rows),
        tuple(Platform(*row) for row in platforms),
    )


def as_markdown(answer: Answer) -> str:
    """Render the answer as a sentence and a table that reads well unrendered."""
    title = f"# Marketing-sourced pipeline, quarter from {answer.quarter_start}"
    if not answer.lines:
        return (
            f"{title}\n\nThe quarter has neither opportunities nor spend yet. If it "
            "should, load newer data and build again.\n"
        )
    header = ("Channel", "Opportunities", "Sourced pipeline", "Spend", "Pipeline/spend")
    body = [_cells(line) for line in (*answer.lines, answer.total)]
    widths = [max(len(row[at]) for row in [header, *body]) for at in range(len(header))]
    total = answer.total
    ratio = f", {total.ratio:.2f} for each unit spent" if total.ratio else ""
    return "\n".join(
        [
            title,
            "",
            f"Marketing sourced {total.pipeline:,.2f} of pipeline in "
            f"{total.opportunities} opportunities at a cost of "
            f"{total.spend:,.2f}{ratio}.",
            "",
            *_left_out(total),
            _row(header, widths),
            "|" + "|".join(_rule(width, at) for at, width in enumerate(widths)) + "|",
            *(_row(row, widths) for row in body),
            "",
            *_reconciled(answer.platforms),
        ]
    )


def _reconciled(platforms: tuple[Platform, ...]) -> list[str]:
    """Return a line on the platforms whose spend is theirs to the cent, and others."""
    told = (
        ("Spend reconciles with the platforms", True),
        ("Spend does not reconcile (fct_spend_reconciliations tells where)", False),
    )
    lines = []
    for text, is_reconciled in told:
        named = [
            f"{platform.name} {platform.spend:,.2f}"
            for platform in platforms
            if platform.is_reconciled == is_reconciled
        ]
        if named:
            lines += [f"{text}: {', '.join(named)}.", ""]
    return lines


def _left_out(total: Line) -> list[str]:
    """Return a line about each kind of money that no figure holds, and a blank."""
    counts = (
        ("opportunity", "opportunities", total.opportunities_without_rate),
        ("row of spend", "rows of spend", total.spend_days_without_rate),
    )
    lines = [
        f"{count:,} {one if count == 1 else many} of the quarter "
        f"{'has' if count == 1 else 'have'} no exchange rate: "
        f"{'its' if count == 1 else 'their'} value is not in these figures."
        for one, many, count in counts
        if count
    ]
    return [text for line in lines for text in (line, "")]


def _cells(line: Line) -> tuple[str, ...]:
    return (
        line.channel,
        f"{line.opportunities:,}",
        f"{line.pipeline:,.2f}",
        f"{line.spend:,.2f}",
        f"{line.ratio:.2f}" if line.ratio is not None else "-",
    )


def _row(cells: tuple[str, ...], widths: list[int]) -> str:
    padded = [
        cell.ljust(width) if at == 0 else cell.rjust(width)
        for at, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]
    return "| " + " | ".join(padded) + " |"


def _rule(width: int, at: int) -> str:
    return "-" * (width + 2) if at == 0 else "-" * (width + 1) + ":"

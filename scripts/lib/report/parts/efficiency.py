"""Channels by what a dollar brings, with how sure that is, and the moves to test."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from lib.report.blocks import Chart, Part, Table, Text, part
from lib.report.charts import intervals
from lib.report.figures import NOTHING, count, money, percent, plural, words
from lib.report.periods import Settings, day_text
from lib.report.publication import Publication

CHANNELS = """
    select
        efficiency.channel,
        efficiency.efficiency_rank,
        curves.recent_spend_usd,
        efficiency.spend_share,
        curves.recent_pipeline_usd,
        efficiency.pipeline_per_usd,
        efficiency.pipeline_per_usd_low,
        efficiency.pipeline_per_usd_high,
        efficiency.suggested_to_channel,
        efficiency.suggested_usd,
        moves.change_low_usd,
        moves.change_high_usd,
        efficiency.reason,
        curves.recent_weeks
    from reports.rpt_channel_efficiency as efficiency
    left join marts.fct_response_curves as curves
        on efficiency.channel = curves.channel
    left join marts.fct_reallocations as moves
        on
            efficiency.channel = moves.from_channel
            and efficiency.suggested_to_channel = moves.to_channel
    order by
        efficiency.efficiency_rank nulls last,
        efficiency.channel
"""


@dataclass(frozen=True)
class Channel:
    """A row of rpt_channel_efficiency, with the money behind it."""

    name: str
    rank: int | None
    spend: Decimal | None
    spend_share: float | None
    pipeline: Decimal | None
    ratio: float | None
    low: float | None
    high: float | None
    to: str | None
    moved: Decimal | None
    change_low: float | None
    change_high: float | None
    reason: str | None
    weeks: int | None


@dataclass(frozen=True)
class Efficiency:
    """Every channel, the most efficient first."""

    as_of_day: date
    currency: str
    channels: tuple[Channel, ...]


def read(publication: Publication, settings: Settings) -> Efficiency:
    """Read them as of now: the report goes by its own weeks, not by the quarter."""
    rows = publication.rows(CHANNELS)
    channels = tuple(Channel(*row) for row in rows)
    return Efficiency(settings.as_of_day, settings.currency, channels)


def show(efficiency: Efficiency) -> Part:
    """Show them."""
    title = "Channel efficiency"
    ranked = [one for one in efficiency.channels if one.rank is not None]
    if not ranked:
        return part(
            "efficiency", title, [Text("No channel has cost that goes with its use.")]
        )
    currency = efficiency.currency
    return part(
        "efficiency",
        title,
        [
            Text(
                "Ranked by the pipeline that is credited to a channel for each "
                f"{money(1, currency)} of its variable spend, which leaves salaries "
                f"and tools out. It is of the last {_weeks(ranked)} whose touches have "
                "had the time to bring pipeline, as of "
                f"{day_text(efficiency.as_of_day)}, and not of the quarter alone. "
                "Where intervals overlap, the order may be chance."
            ),
            Table(
                "table-efficiency",
                "Channels by pipeline per unit spent",
                (
                    "Channel",
                    "Variable spend",
                    "Share of spend",
                    "Pipeline",
                    f"Pipeline per {currency}",
                    "Interval",
                ),
                tuple(
                    (
                        words(one.name),
                        money(one.spend, currency),
                        percent(one.spend_share),
                        money(one.pipeline, currency),
                        count(one.ratio, 2),
                        _interval(one),
                    )
                    for one in ranked
                ),
            ),
            _chart(ranked, currency),
            *_moves(ranked, currency),
        ],
    )


def _interval(channel: Channel) -> str:
    if channel.low is None or channel.high is None:
        return NOTHING
    return f"{count(channel.low, 2)} to {count(channel.high, 2)}"


def _chart(ranked: list[Channel], currency: str) -> Chart | None:
    points = [
        (words(one.name), one.ratio, one.low, one.high)
        for one in ranked
        if one.ratio is not None and one.low is not None and one.high is not None
    ]
    if len(points) < 2:
        return None
    title = f"Pipeline per {currency} of variable spend, with its interval"
    drawing = intervals(
        "chart-efficiency", title, points, f"{currency} of pipeline per {currency}"
    )
    return Chart("chart-efficiency-figure", title, drawing)


def _moves(ranked: list[Channel], currency: str) -> list[Text]:
    moves = [
        f"Test moving {money(one.moved, currency)} from {words(one.name)} to "
        f"{words(one.to)}: between {money(one.change_low, currency)} and "
        f"{money(one.change_high, currency)} of pipeline are expected of it."
        for one in ranked
        if one.to is not None
    ]
    if moves:
        return [Text(move) for move in moves]
    first = next((one for one in ranked if one.reason), None)
    text = "The data bears out no move of money between channels yet."
    if first and first.reason:
        reason = first.reason[0].lower() + first.reason[1:]
        text += f" Of {words(first.name)}, which ranks highest: {reason}"
    return [Text(text)]


def _weeks(ranked: list[Channel]) -> str:
    return plural(max((one.weeks or 0 for one in ranked), default=0), "week")

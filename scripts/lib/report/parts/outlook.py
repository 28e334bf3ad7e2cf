"""What broke its pattern, and the forecast: shown where the publication holds them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from lib.report.blocks import Part, Table, Text, part
from lib.report.figures import count, money, percent, words
from lib.report.periods import Settings, Span, day_text
from lib.report.publication import Publication

ANOMALIES = """
    select
        detected_on,
        metric,
        segment,
        expected,
        observed,
        score
    from marts.fct_anomalies
    where detected_on between $first and $last
    order by
        abs(score) desc,
        detected_on,
        metric,
        segment,
        observed,
        expected
    limit 10
"""

FORECASTS = """
    select
        forecasts.quarter_start,
        forecasts.measure,
        forecasts.segment,
        forecasts.p10_usd,
        forecasts.p50_usd,
        forecasts.p90_usd,
        tried.held_interval_rate,
        forecasts.forecast_date
    from marts.fct_pipeline_forecasts as forecasts
    left join reports.rpt_pipeline_forecast as tried
        using (forecast_date, quarter_start, measure, segment)
    where
        forecasts.forecast_date = (
            select max(forecast_date)
            from marts.fct_pipeline_forecasts
            where forecast_date <= $last
        )
    order by
        forecasts.quarter_start,
        forecasts.measure,
        forecasts.segment != 'total' nulls first,
        forecasts.segment,
        forecasts.p50_usd
"""


@dataclass(frozen=True)
class Anomaly:
    """A figure that was not what was expected; the higher the score the odder."""

    day: date
    metric: str
    segment: str | None
    expected: float
    observed: float
    score: float


@dataclass(frozen=True)
class Forecast:
    """What a quarter will bring, with its 80 % interval, in the reporting currency.

    held is the share of past intervals that held what came; None without a past one.
    """

    quarter_start: date
    measure: str
    segment: str | None
    low: Decimal
    middle: Decimal
    high: Decimal
    held: float | None
    made_on: date


@dataclass(frozen=True)
class Outlook:
    """None stands for a relation that is not published."""

    currency: str
    anomalies: tuple[Anomaly, ...] | None
    forecasts: tuple[Forecast, ...] | None


def read(publication: Publication, settings: Settings, week: Span) -> Outlook:
    """Read what there is."""
    anomalies = forecasts = None
    if publication.has(
        "marts.fct_anomalies",
        "detected_on",
        "metric",
        "segment",
        "expected",
        "observed",
        "score",
    ):
        rows = publication.rows(ANOMALIES, first=week.first, last=week.last)
        anomalies = tuple(Anomaly(*row) for row in rows)
    if publication.has(
        "marts.fct_pipeline_forecasts",
        "forecast_date",
        "quarter_start",
        "segment",
        "measure",
        "p10_usd",
        "p50_usd",
        "p90_usd",
    ) and publication.has("reports.rpt_pipeline_forecast", "held_interval_rate"):
        rows = publication.rows(FORECASTS, last=settings.as_of_day)
        forecasts = tuple(Forecast(*row) for row in rows)
    return Outlook(settings.currency, anomalies, forecasts)


def show(outlook: Outlook) -> tuple[Part, Part]:
    """Show both; what is not published is said to be missing."""
    return (
        part("anomalies", "Anomalies", [_anomalies(outlook.anomalies)]),
        part("forecast", "Forecast", [_forecasts(outlook.forecasts, outlook.currency)]),
    )


def _anomalies(anomalies: tuple[Anomaly, ...] | None) -> Text | Table:
    if anomalies is None:
        return Text(
            "Not yet watched: nothing looks for figures that break their pattern. "
            "The changes above are all there is to go by."
        )
    if not anomalies:
        return Text("No figure of the week broke its pattern.")
    return Table(
        "table-anomalies",
        "Figures of the week that broke their pattern",
        ("Metric", "Segment", "Day", "Expected", "Observed", "Score"),
        tuple(
            (
                words(one.metric),
                words(one.segment or "all"),
                day_text(one.day),
                count(one.expected, 2),
                count(one.observed, 2),
                count(one.score, 1),
            )
            for one in anomalies
        ),
        words=3,
    )


def _forecasts(forecasts: tuple[Forecast, ...] | None, currency: str) -> Text | Table:
    if not forecasts:
        return Text(
            "Not yet forecast: nothing says what this quarter or the next will bring. "
            "What is expected above is spend, at the pace of the quarter so far."
        )
    return Table(
        "table-forecasts",
        f"Forecast of {day_text(forecasts[0].made_on)}",
        (
            "Quarter from",
            "Measure",
            "Segment",
            "1 in 10 below",
            "Middle",
            "1 in 10 above",
            "Held before",
        ),
        tuple(
            (
                day_text(one.quarter_start),
                words(one.measure),
                words(one.segment or "all"),
                money(one.low, currency),
                money(one.middle, currency),
                money(one.high, currency),
                percent(one.held),
            )
            for one in forecasts
        ),
        words=3,
    )

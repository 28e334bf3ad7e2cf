"""The Monday report."""

from __future__ import annotations

from datetime import date

from lib.report.headline import headline
from lib.report.parts import (
    actions,
    audit,
    capacity,
    channels,
    funnel,
    outlook,
    pipeline,
    quality,
    responses,
)
from lib.report.periods import Week, day_text, week_of
from lib.report.publication import Publication
from lib.report.rendering import Report


def weekly(publication: Publication, day: date | None) -> Report:
    """Return the report of the week that holds a day, by default of the last whole one.

    Raises:
        UserError: the week begins after as_of.
    """
    settings = publication.settings()
    week = week_of(day, settings)
    about_pipeline = pipeline.read(publication, settings, week)
    about_channels = channels.read(publication, settings, week.known, week.quarter)
    about_funnel = funnel.read(publication, settings, week)
    about_responses = responses.read(publication, settings, week)
    about_quality = quality.read(publication, settings, week)
    about_actions = actions.read(publication, settings, about_responses, about_quality)
    parts = (
        pipeline.show(about_pipeline),
        channels.show(about_channels),
        funnel.show(about_funnel),
        responses.show(about_responses),
        capacity.show(capacity.read(publication, settings)),
        quality.show(about_quality),
        audit.show(audit.read(publication, settings)),
        *outlook.show(outlook.read(publication, settings, week.known)),
        actions.show(about_actions),
    )
    return Report(
        f"Marketing week, {week.span.text}",
        _subtitle(week),
        headline(
            week=week,
            settings=settings,
            pipeline=about_pipeline,
            channels=about_channels,
            funnel=about_funnel,
            responses=about_responses,
            actions=about_actions,
        ),
        parts,
        f"From the published marts as of {settings.as_of:%Y-%m-%d %H:%M} UTC; days are "
        f"those of {settings.time_zone}, amounts are in {settings.currency}. What is "
        "expected, overdue, at risk or to do is as of that moment.",
    )


def _subtitle(week: Week) -> str:
    texts = [f"Monday to Sunday; quarter {week.quarter.name}."]
    if not week.is_whole:
        texts.append(
            f"The week is not over: it is known to {day_text(week.known.last)}."
        )
    if week.span.first < week.quarter.start:
        texts.append(
            "It crosses the end of a quarter: what is of the quarter to date begins on "
            f"{day_text(week.quarter.start)}."
        )
    return " ".join(texts)

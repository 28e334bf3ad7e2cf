"""The week in two or three sentences: what changed, why it matters, what is at risk."""

from __future__ import annotations

from lib.report.figures import change, count, money, plural, ratio, share
from lib.report.parts.actions import Actions
from lib.report.parts.channels import Channels
from lib.report.parts.funnel import Funnel
from lib.report.parts.pipeline import Pipeline
from lib.report.parts.responses import Responses
from lib.report.periods import Settings, Week, day_text


def headline(
    *,
    week: Week,
    settings: Settings,
    pipeline: Pipeline,
    channels: Channels,
    funnel: Funnel,
    responses: Responses,
    actions: Actions,
) -> tuple[str, ...]:
    """Return the sentences, each a paragraph."""
    if settings.first_day is None:
        return ("No lead, opportunity or cost has been landed yet.",)
    if settings.first_day > week.known.last:
        return (
            "Nothing is known of this week: the first lead, opportunity or cost is of "
            f"{day_text(settings.first_day)}.",
        )
    sentences = (
        _sourced(pipeline),
        _yield(channels),
        _risk(funnel, responses, actions),
    )
    return tuple(sentence for sentence in sentences if sentence)


def _sourced(pipeline: Pipeline) -> str:
    now, before = pipeline.to_date, pipeline.before
    usd = pipeline.currency
    if not (now.sourced_opportunities or before.sourced_opportunities):
        name = pipeline.quarter.name
        return f"Marketing has sourced no pipeline in quarter {name} so far."
    week = money(pipeline.this_week.sourced, usd)
    return (
        f"Marketing sourced {money(now.sourced, usd)} of pipeline in quarter "
        f"{pipeline.quarter.name} to {day_text(pipeline.quarter.to_date.last)}, "
        f"{change(now.sourced, before.sourced)} on the same days of the quarter before "
        f"({money(before.sourced, usd)}); the week brought {week}."
    )


def _yield(channels: Channels) -> str:
    total = channels.total
    usd = channels.currency
    if not total.spend:
        return ""
    brought = (
        f"The quarter's spend of {money(total.spend, usd)} has brought "
        f"{ratio(total.sourced, total.spend)} {usd} of pipeline per {usd}"
    )
    if total.mqls:
        brought += f" and an MQL for every {money(total.spend / total.mqls, usd)}"
    best = channels.channels[0]
    if best.sourced:
        brought += (
            f"; {best.name} leads with {share(best.sourced, total.sourced)} of the "
            "pipeline"
        )
    if channels.verdict == "not_trusted":
        brought += " (the data is too dirty to trust multi-touch credit)"
    return f"{brought}."


def _risk(funnel: Funnel, responses: Responses, actions: Actions) -> str:
    mqls, mean = funnel.this_week("mqls"), funnel.mean("mqls")
    text = f"The week brought {plural(mqls, 'MQL')}"
    if mean is not None:
        text += f" ({change(mqls, mean)} on a mean of {count(mean, 1)})"
    answers = responses.answers
    if answers.due:
        text += (
            f"; {share(answers.met, answers.due)} of those due were answered in time"
        )
    if actions.actions:
        first = actions.actions[0]
        title = first.title[0].lower() + first.title[1:]
        text += f". Most at stake: {title} ({first.stake})"
    return f"{text}."

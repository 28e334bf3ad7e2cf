"""The week in two or three sentences: what changed, why it matters, what is at risk."""

from __future__ import annotations

from lib.report.figures import (
    against,
    count,
    money,
    per_unit,
    plural,
    share,
    words,
)
from lib.report.parts.actions import Actions
from lib.report.parts.channels import Channels
from lib.report.parts.funnel import Funnel
from lib.report.parts.pipeline import Pipeline
from lib.report.parts.responses import Responses
from lib.report.periods import Settings, Week, day_text

SAME_DAYS = "the same days of the quarter before"


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
        _yield(pipeline, channels),
        _risk(funnel, responses, actions),
    )
    return tuple(sentence for sentence in sentences if sentence)


def _sourced(pipeline: Pipeline) -> str:
    now, before = pipeline.to_date, pipeline.before
    usd = pipeline.currency
    if not (now.sourced_opportunities or before.sourced_opportunities):
        name = pipeline.quarter.name
        return f"Marketing has sourced no pipeline in quarter {name} so far."
    text = (
        f"Marketing sourced {money(now.sourced, usd)} of pipeline in quarter "
        f"{pipeline.quarter.name} to {day_text(pipeline.quarter.to_date.last)}, "
        f"{against(now.sourced, before.sourced, SAME_DAYS, money(before.sourced, usd))}"
        ". The week itself brought "
        f"{money(pipeline.this_week.sourced, usd)}"
    )
    mean = pipeline.mean_sourced
    if mean is None:
        return f"{text}."
    earlier = f"the mean of {pipeline.week.weeks_before}"
    held = against(pipeline.this_week.sourced, mean, earlier, money(mean, usd))
    return f"{text}, {held}."


def _yield(pipeline: Pipeline, channels: Channels) -> str:
    total = channels.total
    usd = channels.currency
    if not total.spend:
        return ""
    brought = (
        f"Each {money(1, usd)} of the {money(total.spend, usd)} spent in the quarter "
        f"so far brought {per_unit(total.sourced, total.spend, usd)} of sourced "
        "pipeline"
    )
    if pipeline.spend_before:
        before = per_unit(pipeline.before.sourced, pipeline.spend_before, usd)
        brought += f" ({before} on {SAME_DAYS})"
    if total.mqls:
        brought += f", and each MQL cost {money(total.spend / total.mqls, usd)}"
    best = channels.channels[0]
    if best.sourced:
        brought += (
            f"; {words(best.name)} leads with {share(best.sourced, total.sourced)} of "
            "that pipeline"
        )
    if channels.verdict == "not_trusted":
        brought += " (the data is too dirty to trust multi-touch credit)"
    return f"{brought}."


def _risk(funnel: Funnel, responses: Responses, actions: Actions) -> str:
    mqls, mean = funnel.this_week("mqls"), funnel.mean("mqls")
    text = f"The week brought {plural(mqls, 'MQL')}"
    if mean is not None:
        earlier = f"the mean of {funnel.week.weeks_before}"
        text += f", {against(mqls, mean, earlier, count(mean, 1))}"
    answers, before = responses.answers, responses.before
    if answers.due:
        text += (
            f"; sales answered {share(answers.met, answers.due)} of those due in time"
        )
        if before.due:
            text += f" ({share(before.met, before.due)} in {funnel.week.weeks_before})"
    if actions.actions:
        first = actions.actions[0]
        title = first.title[0].lower() + first.title[1:]
        day = day_text(responses.as_of_day)
        text += f". Most is at stake, as of {day}: {title} ({first.stake})"
    return f"{text}."

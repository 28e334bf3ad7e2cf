"""The three things to do this week, by the money that the other parts know of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import yaml

from lib.report.blocks import Part, Task, Tasks, Text, part
from lib.report.figures import money, percent, plural, share, words
from lib.report.parts.quality import Quality, limit, measured
from lib.report.parts.responses import Responses
from lib.report.periods import (
    Settings,
    day_and_weekday,
    day_text,
    next_friday,
    next_workday,
)
from lib.report.publication import Publication

SHOWN = 3
POLICY = Path(__file__).parents[1] / "actions.yml"

PACE = """
    select
        channel,
        budget_usd,
        expected_spend_usd,
        over_budget_usd
    from reports.rpt_budget_pace
    where status = 'over' and over_budget_usd > 0
    order by channel
"""

MOVES = """
    select
        efficiency.channel,
        efficiency.suggested_to_channel,
        efficiency.suggested_usd,
        moves.change_low_usd,
        moves.change_mid_usd,
        moves.change_high_usd,
        moves.gain_probability,
        moves.trailing_weeks
    from reports.rpt_channel_efficiency as efficiency
    inner join marts.fct_reallocations as moves
        on
            efficiency.channel = moves.from_channel
            and efficiency.suggested_to_channel = moves.to_channel
    order by efficiency.channel
"""

TOOL_COLUMNS = (
    "tool_id",
    "tool_name",
    "recommendation",
    "reason",
    "days_to_renewal",
    "is_renewal_due",
    "saving_usd",
)
TOOLS = """
    select
        tool_id,
        coalesce(tool_name, tool_id),
        recommendation,
        reason,
        days_to_renewal,
        saving_usd
    from marts.fct_tools
    where is_renewal_due and recommendation != 'keep' and saving_usd > 0
    order by tool_id
"""


@dataclass(frozen=True)
class Action:
    """Something to do, with the money at stake in the reporting currency."""

    kind: str
    subject: str
    at_stake: Decimal
    title: str
    stake: str
    why: str
    owner: str
    look_at: str
    is_urgent: bool = False


@dataclass(frozen=True)
class Actions:
    """What there is to do, the most money first; urgent things by the next workday."""

    actions: tuple[Action, ...]
    tomorrow: str
    friday: str


def read(
    publication: Publication,
    settings: Settings,
    responses: Responses,
    quality: Quality,
) -> Actions:
    """Gather what there is to do as of now."""
    policy: dict[str, dict[str, str | None]] = yaml.safe_load(POLICY.read_text("utf-8"))
    found = [
        *_overdue(responses, policy["overdue_mqls"], publication.owner_names()),
        *_checks(quality, policy["failing_check"]),
        *_budgets(publication, settings, policy["over_budget"]),
        *_moves(publication, settings, policy["reallocation"]),
        *_tools(publication, settings, policy["tool_renewal"]),
    ]
    found.sort(key=lambda action: (-action.at_stake, action.kind, action.subject))
    return Actions(
        tuple(found),
        day_and_weekday(next_workday(settings.as_of_day)),
        day_and_weekday(next_friday(settings.as_of_day)),
    )


def show(actions: Actions) -> Part:
    """Show the first of them."""
    if not actions.actions:
        return part(
            "actions",
            "To do this week",
            [Text("Nothing that these figures can price is waiting.")],
        )
    shown = actions.actions[:SHOWN]
    rest = actions.actions[SHOWN:]
    return part(
        "actions",
        "To do this week",
        [
            Tasks(
                tuple(
                    Task(
                        one.title,
                        one.stake,
                        one.why,
                        one.owner,
                        actions.tomorrow if one.is_urgent else actions.friday,
                        one.look_at,
                    )
                    for one in shown
                )
            ),
            Text(
                "Less is at stake in what else waits: "
                + "; ".join(f"{one.title} ({one.stake})" for one in rest)
                + "."
            )
            if rest
            else None,
        ],
    )


Entry = dict[str, str | None]


def _overdue(
    responses: Responses, entry: Entry, names: dict[str, str]
) -> Iterator[Action]:
    overdue = [
        one for one in responses.waiting if one.urgency == "overdue" and one.is_recent
    ]
    mqls = sum(one.mqls for one in overdue)
    if not mqls:
        return
    holder = max(overdue, key=lambda one: (one.expected, one.fallback_owner or ""))
    owner = holder.fallback_owner
    falls = "All" if holder.mqls == mqls else f"{holder.mqls:,}"
    yield Action(
        "overdue_mqls",
        "",
        responses.overdue_value,
        f"Call {plural(mqls, 'overdue MQL')}",
        f"{money(responses.overdue_value, responses.currency)} of revenue expected",
        f"They came in since {day_text(responses.week.trailing.first)}, their time is "
        "up, and nobody has answered them. The money is what MQLs of their segments "
        f"brought on average. {falls} of them fall to whom is named here.",
        entry["owner"] or (names.get(owner, owner) if owner else "nobody yet"),
        entry["look_at"] or "",
        is_urgent=True,
    )


def _checks(quality: Quality, entry: Entry) -> Iterator[Action]:
    for check in quality.now.failed if quality.now else ():
        if check.affected:
            way = "down" if check.bound == "maximum" else "up"
            since = check.failing_since
            yield Action(
                "failing_check",
                check.name,
                check.affected,
                f"Bring the {words(check.name)} {way} from {measured(check)} to "
                f"{limit(check)}",
                f"{money(check.affected, quality.currency)} of open pipeline behind it",
                f"{check.fix.removesuffix('.')}. It fails since "
                f"{day_text(since) if since else 'today'}.",
                entry["owner"] or check.owner,
                entry["look_at"] or "",
            )


def _budgets(
    publication: Publication, settings: Settings, entry: Entry
) -> Iterator[Action]:
    for channel, budget, expected, over in publication.rows(PACE):
        usd = settings.currency
        yield Action(
            "over_budget",
            channel,
            over,
            f"Slow the spend on {words(channel)} down, or have more granted",
            f"{money(over, usd)} over budget",
            f"At its pace the channel ends the quarter at {money(expected, usd)}, "
            f"{share(expected, budget)} of its budget of {money(budget, usd)}.",
            entry["owner"] or "nobody",
            entry["look_at"] or "",
        )


def _moves(
    publication: Publication, settings: Settings, entry: Entry
) -> Iterator[Action]:
    for row in publication.rows(MOVES):
        channel, to, moved, low, middle, high, chance, weeks = row
        usd = settings.currency
        yield Action(
            "reallocation",
            channel,
            Decimal(str(middle)),
            f"Test moving {money(moved, usd)} from {words(channel)} to {words(to)} "
            f"over {plural(weeks, 'week')}",
            f"{money(middle, usd)} of pipeline expected",
            f"The change lies between {money(low, usd)} and {money(high, usd)}, and is "
            f"a gain with a probability of {percent(chance)}. Hold some regions or "
            "weeks back, so that the test can tell.",
            entry["owner"] or "nobody",
            entry["look_at"] or "",
        )


def _tools(
    publication: Publication, settings: Settings, entry: Entry
) -> Iterator[Action]:
    if not publication.has("marts.fct_tools", *TOOL_COLUMNS):
        return
    for tool, name, advice, reason, days, saving in publication.rows(TOOLS):
        yield Action(
            "tool_renewal",
            tool,
            saving,
            f"{advice.capitalize()} {name} before it renews",
            f"{money(saving, settings.currency)} a year to save",
            f"{reason.removesuffix('.')}. It renews in {plural(days, 'day')}, on "
            f"{day_text(settings.as_of_day + timedelta(days=days))}.",
            entry["owner"] or "nobody",
            entry["look_at"] or "",
        )

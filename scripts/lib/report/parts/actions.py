"""The three things to do this week, by the money that the other parts know of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import yaml

from lib.report.blocks import Part, Task, Tasks, Text, part
from lib.report.figures import money, percent, plural, share
from lib.report.parts.quality import Quality
from lib.report.parts.responses import Responses
from lib.report.periods import Settings, day_text
from lib.report.publication import Publication

SHOWN = 3
POLICY = Path(__file__).parents[1] / "actions.yml"

PACE = """
    select
        channel,
        status,
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


@dataclass(frozen=True)
class Actions:
    """What there is to do, the most money first."""

    actions: tuple[Action, ...]


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
    return Actions(tuple(found))


def show(actions: Actions) -> Part:
    """Show the first of them."""
    if not actions.actions:
        return part(
            "actions",
            "To do this week",
            [Text("Nothing that these figures can price is waiting.")],
        )
    shown = actions.actions[:SHOWN]
    rest = len(actions.actions) - len(shown)
    return part(
        "actions",
        "To do this week",
        [
            Tasks(
                tuple(
                    Task(one.title, one.stake, one.why, one.owner, one.look_at)
                    for one in shown
                )
            ),
            Text(f"{plural(rest, 'smaller thing')} besides.") if rest else None,
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
    yield Action(
        "overdue_mqls",
        "",
        responses.overdue_value,
        f"Answer {plural(mqls, 'overdue MQL')}",
        f"{money(responses.overdue_value, responses.currency)} expected",
        f"Nobody has answered them, though they came since "
        f"{day_text(responses.week.trailing.first)}. The value is what MQLs of their "
        f"segments brought on average. {holder.mqls:,} of them fall to the owner "
        "named here.",
        entry["owner"] or (names.get(owner, owner) if owner else "nobody"),
        entry["look_at"] or "",
    )


def _checks(quality: Quality, entry: Entry) -> Iterator[Action]:
    for check in quality.failed:
        if check.affected:
            measured = percent(check.measured) if check.unit == "share" else ""
            yield Action(
                "failing_check",
                check.name,
                check.affected,
                f"Mend {check.name}",
                f"{money(check.affected, quality.currency)} of open pipeline",
                f"It stands at {measured or check.measured}, and fails since "
                f"{day_text(check.failing_since) if check.failing_since else 'today'}. "
                f"{check.fix}.",
                entry["owner"] or check.owner,
                entry["look_at"] or "",
            )


def _budgets(
    publication: Publication, settings: Settings, entry: Entry
) -> Iterator[Action]:
    for channel, status, budget, expected, over in publication.rows(PACE):
        usd = settings.currency
        yield Action(
            "over_budget",
            channel,
            over,
            f"Slow {channel} down, or have more granted",
            f"{money(over, usd)} over budget",
            f"At this pace the quarter ends at {money(expected, usd)}, "
            f"{share(expected, budget)} of its budget of {money(budget, usd)} "
            f"(status {status}).",
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
            f"Test moving {money(moved, usd)} from {channel} to {to} over "
            f"{plural(weeks, 'week')}",
            f"{money(middle, usd)} of pipeline expected",
            f"Between {money(low, usd)} and {money(high, usd)}; a gain with a "
            f"probability of {percent(chance)}.",
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
            f"It renews in {plural(days, 'day')}. {reason.removesuffix('.')}.",
            entry["owner"] or "nobody",
            entry["look_at"] or "",
        )

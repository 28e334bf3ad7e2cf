"""Who answers the MQLs of the weeks ahead: expected MQLs by team against its reps."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from lib.report.blocks import Part, Table, Text, part
from lib.report.figures import NOTHING, count, percent, plural, share
from lib.report.periods import Settings, day_text
from lib.report.publication import Publication

PLAN = """
    select
        team,
        week,
        reps,
        expected_mqls,
        expected_mqls_high,
        utilisation_rate,
        reps_by_work,
        reps_needed,
        reason
    from reports.rpt_capacity_plan
    order by
        team,
        week
"""

TRIED = """
    select
        count(*) filter (where is_inside_interval),
        count(*)
    from marts.fct_mql_backtests
    where expected_mqls >= $least
"""

# Who is expected to get fewer MQLs a week is counted, not listed; and that nothing came
# where next to nothing was expected proves no interval.
LEAST_MQLS = 0.5


@dataclass(frozen=True)
class TeamWeek:
    """A row of rpt_capacity_plan."""

    team: str
    week: date
    reps: int
    expected: float | None
    high: int | None
    utilisation: float | None
    by_work: int | None
    needed: int | None
    reason: str


@dataclass(frozen=True)
class Team:
    """The weeks ahead of a team, in their order."""

    name: str
    weeks: tuple[TeamWeek, ...]

    @property
    def expected(self) -> float:
        """MQLs of a mean week."""
        return sum(one.expected or 0 for one in self.weeks) / len(self.weeks)

    @property
    def fullest(self) -> TeamWeek:
        """The first week with the greatest need, by the SLA or else by work."""
        return max(
            self.weeks,
            key=lambda one: (one.needed or -1, one.by_work or -1, one.utilisation or 0),
        )

    @property
    def unmanned(self) -> TeamWeek | None:
        """The first week that should bring MQLs while nobody is there."""
        return next(
            (one for one in self.weeks if one.expected and one.utilisation is None),
            None,
        )


@dataclass(frozen=True)
class Capacity:
    """Every team, and how often intervals held; None where nothing is planned."""

    teams: tuple[Team, ...] | None
    held: int = 0
    tried: int = 0


def read(publication: Publication, _: Settings) -> Capacity:
    """Read the plan as of now."""
    relations = ("reports.rpt_capacity_plan", "marts.fct_mql_backtests")
    if not all(publication.has(relation) for relation in relations):
        return Capacity(None)
    teams: dict[str, list[TeamWeek]] = defaultdict(list)
    for row in publication.rows(PLAN):
        teams[row[0]].append(TeamWeek(*row))
    held, tried = publication.row(TRIED, least=LEAST_MQLS)
    return Capacity(
        tuple(Team(name, tuple(weeks)) for name, weeks in teams.items()), held, tried
    )


def show(capacity: Capacity) -> Part:
    """Show what is expected of each team, and what it would take."""
    title = "Capacity to answer MQLs"
    if not capacity.teams:
        return part("capacity", title, [Text("No capacity was planned.")])
    told = [team for team in capacity.teams if team.expected >= LEAST_MQLS]
    small = len(capacity.teams) - len(told)
    return part(
        "capacity",
        title,
        [
            Text(_opening(capacity)),
            Text(_verdict(told)) if told else None,
            _table(told) if told else None,
            Text(_unlisted(small)) if small else None,
        ],
    )


def _opening(capacity: Capacity) -> str:
    teams = capacity.teams or ()
    weeks = teams[0].weeks
    text = (
        f"In the {plural(len(weeks), 'week')} from {day_text(weeks[0].week)} on, "
        f"{_expectation(teams)}"
    )
    if not capacity.tried:
        return f"{text}. Nothing is known yet of how such expectations did."
    return (
        f"{text}. Of {capacity.tried:,} such expectations of a team for a past week, "
        f"each of at least {count(LEAST_MQLS, 1)} MQLs and by the weeks before alone, "
        f"{share(capacity.held, capacity.tried)} held within their interval."
    )


def _expectation(teams: tuple[Team, ...]) -> str:
    if all(one.expected is None for team in teams for one in team.weeks):
        return (
            "it cannot be told yet how many MQLs to expect: rpt_capacity_plan says why"
        )
    expected = sum(team.expected for team in teams)
    return (
        f"{count(expected, 1)} MQLs a week are expected, by the level of the past "
        "weeks and each team's share of them"
    )


def _verdict(told: list[Team]) -> str:
    short = [
        one
        for team in told
        for one in [team.fullest]
        if one.needed is not None and one.needed > one.reps
    ]
    untold = sum(team.fullest.needed is None for team in told)
    texts = [
        f"{one.team} needs {plural(one.needed or 0, 'rep')} in the week of "
        f"{day_text(one.week)} for its answers to come in time even with "
        f"{plural(one.high or 0, 'MQL')}, the upper end, and has {one.reps:,}."
        for one in short
    ]
    unmanned = [team.unmanned for team in told if team.unmanned]
    texts += [
        f"{one.team}: nobody is there in the week of {day_text(one.week)}, which "
        f"should bring {count(one.expected, 1)} MQLs."
        for one in unmanned
    ]
    if untold < len(told) and not short and not unmanned:
        texts.append("No team of which the need can be told lacks reps.")
    if untold:
        texts.append(
            f"For {plural(untold, 'team')} past weeks do not tell at which headcount "
            "answers would come in time: the table says why."
        )
    return " ".join(texts)


def _unlisted(small: int) -> str:
    return (
        f"Of {plural(small, 'team')} fewer than {count(LEAST_MQLS, 1)} MQLs a week are "
        "expected, or none can be: rpt_capacity_plan lists them."
    )


def _table(told: list[Team]) -> Table:
    return Table(
        "table-capacity",
        "Teams in the fullest of the weeks ahead",
        (
            "Team",
            "What past weeks tell",
            "Reps",
            "MQLs a week",
            "Upper end",
            "Hours used",
            "Reps by work",
            "Reps for the SLA",
        ),
        tuple(
            (
                team.name,
                one.reason,
                count(one.reps),
                count(team.expected, 1),
                count(one.high),
                percent(one.utilisation),
                count(one.by_work),
                NOTHING if one.needed is None else count(one.needed),
            )
            for team in told
            for one in [team.fullest]
        ),
        words=2,
    )

"""How soon sales answered MQLs, what waits now, and whether leads went where due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from lib.report.blocks import Chart, Fact, Facts, Part, Table, Text, part
from lib.report.charts import weeks as week_bars
from lib.report.figures import count, money, rounded, share
from lib.report.periods import Settings, Span, Week, day_text
from lib.report.publication import Publication

ANSWERS = """
    select
        count(*) filter (where sla_status = 'met'),
        count(*) filter (where sla_status = 'missed'),
        count(*) filter (where sla_status = 'pending')
    from marts.fct_lead_responses
    where day_of(mql_at) between $first and $last
"""

WEEKS = """
    select
        cast(date_trunc('week', day_of(mql_at)) as date) as monday,
        count(*) filter (where sla_status = 'met'),
        count(*) filter (where sla_status = 'missed')
    from marts.fct_lead_responses
    where day_of(mql_at) between $first and $last
    group by monday
    order by monday
"""

MISSES = """
    select
        fct_lead_responses.owner_id,
        coalesce(dim_reps.team, 'no team') as team,
        count(*) filter (where fct_lead_responses.sla_status = 'met') as met,
        count(*) filter (where fct_lead_responses.sla_status = 'missed') as missed
    from marts.fct_lead_responses
    left join marts.dim_reps
        on fct_lead_responses.owner_id = dim_reps.rep_id
    where day_of(fct_lead_responses.mql_at) between $first and $last
    group by all
    having missed > 0
    order by
        missed desc,
        met,
        fct_lead_responses.owner_id,
        team
"""

# What an MQL of the segment brought on average, of those that have had their time; and
# the MQLs that wait. Who has waited since before the weeks that the report looks at is
# counted apart: few of them will still answer.
QUEUE = """
    select
        rpt_response_queue.urgency,
        rpt_response_queue.fallback_owner,
        day_of(rpt_response_queue.mql_at) >= $since as is_recent,
        count(*) as mqls,
        coalesce(sum(fct_stage_values.expected_usd), 0) as expected_usd
    from reports.rpt_response_queue
    left join marts.fct_stage_values
        on
            rpt_response_queue.segment = fct_stage_values.segment
            and fct_stage_values.stage = 'mql'
    group by all
    order by all
"""

ROUTED = """
    select
        count(*) filter (where is_correct),
        count(is_correct)
    from marts.fct_lead_assignments
    where is_first and day_of(assigned_at) between $first and $last
"""

MISSES_SHOWN = 5


@dataclass(frozen=True)
class Answers:
    """MQLs of a span by whether the answer came in time."""

    met: int
    missed: int
    pending: int

    @property
    def due(self) -> int:
        """Those of which the answer is judged."""
        return self.met + self.missed


@dataclass(frozen=True)
class Miss:
    """A rep with missed answers in the week."""

    owner: str
    team: str
    met: int
    missed: int


@dataclass(frozen=True)
class Waiting:
    """MQLs that wait for an answer now, and what they would bring on average."""

    urgency: str
    fallback_owner: str | None
    is_recent: bool
    mqls: int
    expected: Decimal


@dataclass(frozen=True)
class Responses:
    """Answers and routing of the week and of the weeks before, and the queue of now."""

    week: Week
    currency: str
    as_of_day: date
    answers: Answers
    before: Answers
    by_week: dict[date, tuple[int, int]]
    misses: tuple[Miss, ...]
    waiting: tuple[Waiting, ...]
    routed: tuple[int, int]
    routed_before: tuple[int, int]

    def waits(self, urgency: str, *, recent: bool | None = None) -> int:
        """How many MQLs wait, since when the report looks back, before, or at all."""
        return sum(
            one.mqls
            for one in self.waiting
            if one.urgency == urgency and recent in (None, one.is_recent)
        )

    @property
    def overdue_value(self) -> Decimal:
        """What the recent ones of the overdue MQLs would bring on average."""
        recent = (
            one.expected
            for one in self.waiting
            if one.urgency == "overdue" and one.is_recent
        )
        return sum(recent, Decimal(0))


def read(publication: Publication, settings: Settings, week: Week) -> Responses:
    """Read the answers of the week and of the weeks before, and who waits now."""
    names = publication.owner_names()

    def answers(span: Span) -> Answers:
        return Answers(*publication.row(ANSWERS, first=span.first, last=span.last))

    def routed(span: Span) -> tuple[int, int]:
        right, judged = publication.row(ROUTED, first=span.first, last=span.last)
        return right, judged

    misses = publication.rows(MISSES, first=week.known.first, last=week.known.last)
    return Responses(
        week,
        settings.currency,
        settings.as_of_day,
        answers(week.known),
        answers(week.trailing),
        {
            monday: (met, missed)
            for monday, met, missed in publication.rows(
                WEEKS, first=week.trailing.first, last=week.known.last
            )
        },
        tuple(
            Miss(names.get(owner, owner) if owner else "nobody", team, met, missed)
            for owner, team, met, missed in misses
        ),
        tuple(
            Waiting(*row) for row in publication.rows(QUEUE, since=week.trailing.first)
        ),
        routed(week.known),
        routed(week.trailing),
    )


def show(responses: Responses) -> Part:
    """Show them."""
    return part(
        "responses",
        "Answers to MQLs, and routing",
        [
            _summary(responses),
            Facts((_met(responses), *_open(responses), _routing(responses))),
            _chart(responses),
            _misses(responses),
        ],
    )


def _summary(responses: Responses) -> Text:
    answers = responses.answers
    if not (answers.due or answers.pending):
        return Text("The week had no MQL to answer.")
    teams: dict[str, int] = {}
    for miss in responses.misses:
        teams[miss.team] = teams.get(miss.team, 0) + miss.missed
    worst = min(teams, key=lambda team: (-teams[team], team), default=None)
    most = f" ({teams[worst]:,} of them by {worst})" if worst else ""
    return Text(
        f"Of the week's MQLs {answers.met:,} were answered in time, {answers.missed:,} "
        f"were not{most}, and {answers.pending:,} may still be."
    )


def _met(responses: Responses) -> Fact:
    answers, before = responses.answers, responses.before
    return Fact(
        "sla-met",
        "Answered in time",
        share(answers.met, answers.due),
        f"{answers.met:,} of {answers.due:,} due; "
        f"{_earlier(responses, before.met, before.due)}",
    )


def _open(responses: Responses) -> tuple[Fact, Fact]:
    now = f"on {day_text(responses.as_of_day)}"
    recent = responses.waits("overdue", recent=True)
    older = responses.waits("overdue", recent=False)
    value = money(responses.overdue_value, responses.currency)
    return (
        Fact(
            "sla-overdue",
            "Overdue now",
            count(recent + older),
            f"{now}: {recent:,} since {day_text(responses.week.trailing.first)}, "
            f"worth {value} by what MQLs of their segments brought on average; "
            f"{older:,} older, not priced",
        ),
        Fact(
            "sla-at-risk",
            "At risk now",
            count(responses.waits("at_risk")),
            f"{now}: MQLs not answered yet whose time is nearly up",
        ),
    )


def _routing(responses: Responses) -> Fact:
    right, judged = responses.routed
    right_before, judged_before = responses.routed_before
    return Fact(
        "routing",
        "Routed as the rules say",
        share(right, judged),
        f"{right:,} of {judged:,} first assignments; "
        f"{_earlier(responses, right_before, judged_before)}",
    )


def _earlier(responses: Responses, part: int, whole: int) -> str:
    """Write a share of the weeks before."""
    if not whole:
        return "none to compare with before"
    return f"{share(part, whole)} of {whole:,} in {responses.week.weeks_before}"


def _chart(responses: Responses) -> Chart | None:
    monday = responses.week.span.first
    known = responses.week.trailing_weeks
    mondays = [monday - timedelta(weeks=back) for back in range(known, -1, -1)]
    values = []
    for one in mondays:
        met, missed = responses.by_week.get(one, (0, 0))
        if met + missed:
            values.append((one, float(rounded(100 * met / (met + missed)))))
    if len(values) < 2:
        return None
    title = "MQLs answered in time, % of those due, by week of the MQL"
    drawing = week_bars("chart-sla", title, [("% in time", values)], monday)
    return Chart("chart-sla-figure", title, drawing)


def _misses(responses: Responses) -> Table | None:
    if not responses.misses:
        return None
    shown = responses.misses[:MISSES_SHOWN]
    return Table(
        "table-misses",
        f"Who missed answers in the week ({len(shown)} of {len(responses.misses)})",
        ("Rep", "Team", "Missed", "Met", "In time"),
        tuple(
            (
                one.owner,
                one.team,
                count(one.missed),
                count(one.met),
                share(one.met, one.met + one.missed),
            )
            for one in shown
        ),
        words=2,
    )

"""How mature the data shows marketing to be, and what to do for the next stage."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from lib.report.blocks import Part, Table, Text, part
from lib.report.figures import words
from lib.report.periods import Settings, day_text
from lib.report.publication import Publication

CRITERIA = """
    select
        maturity.stage,
        maturity.is_stage_reached,
        maturity.is_asked_next,
        maturity.is_met,
        maturity.criterion,
        maturity.evidence,
        maturity.fix,
        maturity.owner,
        maturity.reached_stage
    from reports.rpt_maturity as maturity
    inner join marts.fct_maturity_criteria as criteria
        on maturity.criterion_id = criteria.criterion_id
    order by
        criteria.stage_order,
        maturity.to_do_rank nulls last,
        criteria.criterion_order,
        maturity.criterion_id
"""


@dataclass(frozen=True)
class Criterion:
    """A row of rpt_maturity."""

    stage: str
    is_stage_reached: bool
    is_asked_next: bool
    is_met: bool
    words: str
    evidence: str
    fix: str
    owner: str
    reached_stage: str


@dataclass(frozen=True)
class Maturity:
    """The criteria, stage by stage, in each what is missed first; None where untold."""

    as_of_day: date
    criteria: tuple[Criterion, ...] | None


def read(publication: Publication, settings: Settings) -> Maturity:
    """Read them as of now, whatever the quarter."""
    relations = ("reports.rpt_maturity", "marts.fct_maturity_criteria")
    if not all(publication.has(relation) for relation in relations):
        return Maturity(settings.as_of_day, None)
    rows = publication.rows(CRITERIA)
    return Maturity(settings.as_of_day, tuple(Criterion(*row) for row in rows))


def show(maturity: Maturity) -> Part:
    """Tell the stage, what is missing for the next, and how the others stand."""
    title = "Maturity of marketing operations"
    criteria = maturity.criteria
    if not criteria:
        return part("maturity", title, [Text("Maturity was not assessed.")])
    return part(
        "maturity",
        title,
        [
            Text(_opening(maturity.as_of_day, criteria)),
            *(
                Text(
                    f"{place}. Not yet: {one.words}. {one.evidence}. "
                    f"{one.fix} ({one.owner})."
                )
                for place, one in enumerate(
                    (one for one in criteria if one.is_asked_next), start=1
                )
            ),
            _stages(criteria),
            _met(criteria),
        ],
    )


def _opening(day: date, criteria: tuple[Criterion, ...]) -> str:
    reached = criteria[0].reached_stage
    text = f"On {day_text(day)} the data shows the stage {words(reached)}"
    following = next((one.stage for one in criteria if not one.is_stage_reached), None)
    if following is None:
        return f"{text}, the last one: every criterion is met."
    asked = [one for one in criteria if one.stage == following]
    missing = sum(not one.is_met for one in asked)
    return (
        f"{text}. No stage is skipped: for {words(following)}, the next one, "
        f"{missing} of its {len(asked)} criteria "
        f"{'is' if missing == 1 else 'are'} missing."
    )


def _stages(criteria: tuple[Criterion, ...]) -> Table:
    stages: dict[str, list[Criterion]] = defaultdict(list)
    for one in criteria:
        stages[one.stage].append(one)
    return Table(
        "table-maturity",
        "Criteria by stage",
        ("Stage", "Reached", "Met", "Asked"),
        tuple(
            (
                words(stage),
                "yes" if asked[0].is_stage_reached else "no",
                f"{sum(one.is_met for one in asked)}",
                f"{len(asked)}",
            )
            for stage, asked in stages.items()
        ),
        words=2,
    )


def _met(criteria: tuple[Criterion, ...]) -> Table:
    return Table(
        "table-criteria",
        "Every criterion with its evidence",
        ("Criterion", "Stage", "Met", "Evidence"),
        tuple(
            (one.words, words(one.stage), "yes" if one.is_met else "no", one.evidence)
            for one in criteria
        ),
        words=4,
    )

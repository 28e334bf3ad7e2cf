"""Data audit: the open problems of the data with the most revenue at risk."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from lib.report.blocks import Part, Text, part
from lib.report.figures import money, plural
from lib.report.periods import Settings, day_text
from lib.report.publication import Publication

TOLD = 5

PROBLEMS = """
    select
        label,
        records_affected,
        value_usd,
        revenue_at_risk_usd,
        basis,
        owner,
        fix
    from reports.rpt_data_audit
    order by rank
"""


@dataclass(frozen=True)
class Problem:
    """A problem of the data; amounts are in the reporting currency."""

    label: str
    records: int
    value: Decimal
    at_risk: Decimal
    basis: str
    owner: str
    fix: str


@dataclass(frozen=True)
class Audit:
    """The open problems, the most revenue at risk first; None where none is told."""

    settings: Settings
    problems: tuple[Problem, ...] | None


def read(publication: Publication, settings: Settings) -> Audit:
    """Read the problems as they stand now."""
    if not publication.has("reports.rpt_data_audit"):
        return Audit(settings, None)
    rows = publication.rows(PROBLEMS)
    return Audit(settings, tuple(Problem(*row) for row in rows))


def show(audit: Audit) -> Part:
    """Tell the worst problems in words."""
    return part("audit", "Data problems by revenue at risk", _paragraphs(audit))


def _paragraphs(audit: Audit) -> list[Text]:
    if audit.problems is None:
        return [Text("The data was not audited.")]
    day = day_text(audit.settings.as_of_day)
    priced = [one for one in audit.problems if one.at_risk > 0]
    if not priced:
        return [Text(f"On {day} no problem of the data put revenue at risk.")]
    told = priced[:TOLD]
    opening = f"On {day} {plural(len(priced), 'problem')} of the data put revenue at"
    opening += " risk. They share deals, so that the figures do not add up."
    if len(priced) > len(told):
        opening += f" The first {len(told)}:"
    currency = audit.settings.currency
    return [
        Text(opening),
        *(
            Text(f"{place}. {_told(problem, currency)}")
            for place, problem in enumerate(told, start=1)
        ),
    ]


def _told(problem: Problem, currency: str) -> str:
    return (
        f"{problem.label}: {money(problem.at_risk, currency)} at risk, of "
        f"{money(problem.value, currency)} behind {plural(problem.records, 'record')} "
        f"({_in_a_sentence(problem.basis)}). {problem.owner} sees to it: "
        f"{_in_a_sentence(problem.fix)}."
    )


def _in_a_sentence(text: str) -> str:
    """Begin in lower case what stands after a colon, but for an abbreviation."""
    if text[1:2].isupper():
        return text
    return text[:1].lower() + text[1:]

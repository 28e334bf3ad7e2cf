"""Data quality: which checks fail, since when, who mends it, and how."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import takewhile
from typing import NamedTuple

from lib.report.blocks import Part, Table, Text, part
from lib.report.figures import (
    NOTHING,
    count,
    money,
    percent,
    plural,
    rounded,
    words,
)
from lib.report.periods import Settings, Week, day_text
from lib.report.publication import Publication

# The state at the week's end, or the first that is kept after it.
DAYS = """
    select distinct checked_on
    from marts.fct_quality_checks
    order by checked_on
"""

CHECKS = """
    select
        check_name,
        checked_on,
        severity,
        owner,
        fix,
        unit,
        bound,
        is_passed,
        measured_value,
        threshold
    from marts.fct_quality_checks
    where dimension = 'all' and checked_on <= $day
    order by
        check_name,
        checked_on
"""

# Open opportunities behind what a check finds wrong. They add up within a check alone.
AFFECTED = {
    "contact_completeness_rate": """
        account_id in (
            select account_id from marts.fct_missing_fields where entity = 'people'
        )
    """,
    "enrichment_coverage_rate": """
        account_id in (
            select account_id from marts.fct_missing_fields where entity = 'accounts'
        )
    """,
    "person_enrichment_coverage_rate": """
        account_id in (
            select account_id from marts.fct_missing_fields where entity = 'accounts'
        )
    """,
    "accountless_opportunity_share": "account_id is null",
    "peopleless_opportunity_share": """
        opportunity_id not in (
            select opportunity_id from marts.bridge_opportunity_people
        )
    """,
    "unattributed_opportunity_share": """
        opportunity_id in (
            select conversion_id from marts.fct_unattributed_conversions
            where conversion_type = 'opportunity'
        )
    """,
}

OPEN_PIPELINE = """
    select coalesce(sum(amount_usd), 0)
    from marts.fct_opportunities
    where not is_closed and {condition}
"""


class Measurement(NamedTuple):
    """A check on one day, as CHECKS reads it."""

    day: date
    severity: str
    owner: str
    fix: str
    unit: str
    bound: str
    is_passed: bool | None
    measured: float | None
    threshold: float


@dataclass(frozen=True)
class Check:
    """A check as measured on a day, and how it has gone.

    measured and threshold are shares from 0 to 1, or hours. earlier is what was
    measured a week before or earlier. failing_since is the first day of the failures
    without a break. affected is the open pipeline behind it, None where that is not
    known.
    """

    name: str
    severity: str
    owner: str
    fix: str
    unit: str
    bound: str
    is_passed: bool | None
    measured: float | None
    threshold: float
    earlier: float | None
    failing_since: date | None
    affected: Decimal | None


@dataclass(frozen=True)
class Checks:
    """Every check of the whole as one day found it."""

    day: date
    checks: tuple[Check, ...]

    @property
    def failed(self) -> tuple[Check, ...]:
        """Those that fail, the critical first, then by open pipeline behind them."""
        failed = (check for check in self.checks if check.is_passed is False)
        return tuple(
            sorted(
                failed,
                key=lambda one: (
                    one.severity != "critical",
                    -(one.affected or 0),
                    one.name,
                ),
            )
        )


@dataclass(frozen=True)
class Quality:
    """The checks at the end of the week, and now; None where none was ever kept.

    What is at stake now, and so what to do, goes by the checks of now alone.
    """

    week: Week
    currency: str
    then: Checks | None
    now: Checks | None

    def still_failing(self, name: str) -> Check | None:
        """Return a check as it fails now, None where it does not."""
        failed = self.now.failed if self.now else ()
        return next((check for check in failed if check.name == name), None)


def read(publication: Publication, settings: Settings, week: Week) -> Quality:
    """Read the checks as they stood at the end of the week, and the last ones."""
    days = [day for (day,) in publication.rows(DAYS) if day <= settings.as_of_day]
    if not days:
        return Quality(week, settings.currency, None, None)
    by_then = [day for day in days if day <= week.known.last]
    then = by_then[-1] if by_then else days[0]
    return Quality(
        week,
        settings.currency,
        _checks(publication, then),
        _checks(publication, days[-1]),
    )


def _checks(publication: Publication, day: date) -> Checks:
    """Return the checks that were measured on a day."""
    history: dict[str, list[Measurement]] = {}
    for name, *row in publication.rows(CHECKS, day=day):
        history.setdefault(name, []).append(Measurement(*row))
    checks = [
        _check(publication, name, measurements)
        for name, measurements in history.items()
        if measurements[-1].day == day
    ]
    return Checks(day, tuple(checks))


def _check(
    publication: Publication, name: str, measurements: list[Measurement]
) -> Check:
    """Return a check from its days; the last of them is the one shown."""
    last = measurements[-1]
    week_before = [
        one for one in measurements if one.day <= last.day - timedelta(days=7)
    ]
    # A day without anything to measure mends nothing.
    unbroken = takewhile(lambda one: not one.is_passed, reversed(measurements))
    failing_days = [one.day for one in unbroken if one.is_passed is False]
    affected = None
    if last.is_passed is False and name in AFFECTED:
        (affected,) = publication.row(OPEN_PIPELINE.format(condition=AFFECTED[name]))
    return Check(
        name,
        last.severity,
        last.owner,
        last.fix,
        last.unit,
        last.bound,
        last.is_passed,
        last.measured,
        last.threshold,
        week_before[-1].measured if week_before else None,
        failing_days[-1] if last.is_passed is False else None,
        affected,
    )


def show(quality: Quality) -> Part:
    """Show the checks that failed at the end of the week, and what became of them."""
    then, now = quality.then, quality.now
    if then is None or now is None:
        return part("quality", "Data quality", [Text("No check was ever run.")])
    return part(
        "quality",
        "Data quality",
        [
            Text(_summary(quality, then, now)),
            Table(
                "table-quality",
                f"Checks that failed on {day_text(then.day)}",
                (
                    "Check",
                    "Owner",
                    "What to do",
                    "Measured",
                    "Limit",
                    "A week before",
                    "Failing since",
                    "Open pipeline now",
                ),
                tuple(_cells(quality, check, now) for check in then.failed),
                words=3,
            )
            if then.failed
            else None,
        ],
    )


def _summary(quality: Quality, then: Checks, now: Checks) -> str:
    judged = [check for check in then.checks if check.is_passed is not None]
    passed = len(judged) - len(then.failed)
    text = f"On {day_text(then.day)} {passed} of {plural(len(judged), 'check')} passed."
    if then.day > quality.week.known.last:
        text += " None was run by the end of the week: these are the first after it."
    unmeasured = len(then.checks) - len(judged)
    if unmeasured:
        text += f" {plural(unmeasured, 'check')} had nothing to measure."
    before = {check.name for check in then.failed}
    new = [words(check.name) for check in now.failed if check.name not in before]
    if new:
        text += f" By {day_text(now.day)} these have come to fail: {', '.join(new)}."
    return text


def _cells(quality: Quality, check: Check, now: Checks) -> tuple[str, ...]:
    name = words(check.name)
    standing = quality.still_failing(check.name)
    latest = next((one for one in now.checks if one.name == check.name), None)
    fix = check.fix
    if standing is None:
        found = measured(latest) if latest else NOTHING
        fix = f"Nothing: {found} on {day_text(now.day)}, it fails no more"
    return (
        f"{name} (critical)" if check.severity == "critical" else name,
        check.owner,
        fix,
        measured(check),
        limit(check),
        _trend(check),
        day_text(check.failing_since) if check.failing_since else NOTHING,
        money(standing.affected if standing else None, quality.currency),
    )


def limit(check: Check) -> str:
    """Write the limit of a check with its bound."""
    bound = "at most" if check.bound == "maximum" else "at least"
    return f"{bound} {_measure(check.threshold, check.unit)}"


def measured(check: Check) -> str:
    """Write what was measured."""
    return _measure(check.measured, check.unit)


def _measure(value: float | None, unit: str) -> str:
    if unit == "share":
        return percent(value)
    return NOTHING if value is None else f"{count(value, 1)} {unit}"


def _trend(check: Check) -> str:
    if check.earlier is None or check.measured is None:
        return "not measured"
    moved = check.measured - check.earlier
    scale, unit = (100, "points") if check.unit == "share" else (1, check.unit)
    distance = rounded(moved * scale, 1)
    if distance == 0:
        return "unchanged"
    is_better = (moved < 0) == (check.bound == "maximum")
    return (
        f"{'better' if is_better else 'worse'} by {abs(distance)} {unit}"
        f" (was {_measure(check.earlier, check.unit)})"
    )

"""Data quality: which checks fail, since when, who mends it, and how."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import takewhile
from typing import NamedTuple

from lib.report.blocks import Part, Table, Text, part
from lib.report.figures import NOTHING, count, money, percent, plural, rounded
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
class Quality:
    """Every check of the whole on one day; None where none was ever kept."""

    day: date | None
    currency: str
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


def read(publication: Publication, settings: Settings, week: Week) -> Quality:
    """Read the checks as they stood at the end of the week."""
    days = [day for (day,) in publication.rows(DAYS)]
    if not days:
        return Quality(None, settings.currency, ())
    by_then = [day for day in days if day <= week.known.last]
    day = by_then[-1] if by_then else days[0]
    history: dict[str, list[Measurement]] = {}
    for name, *row in publication.rows(CHECKS, day=day):
        history.setdefault(name, []).append(Measurement(*row))
    checks = [
        _check(publication, name, measurements)
        for name, measurements in history.items()
        if measurements[-1].day == day
    ]
    return Quality(day, settings.currency, tuple(checks))


def _check(
    publication: Publication, name: str, measurements: list[Measurement]
) -> Check:
    """Return a check from its days; the last of them is the one shown."""
    last = measurements[-1]
    week_before = [
        one for one in measurements if one.day <= last.day - timedelta(days=7)
    ]
    unbroken = takewhile(lambda one: one.is_passed is False, reversed(measurements))
    failing_days = [one.day for one in unbroken]
    affected = None
    if failing_days and name in AFFECTED:
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
        failing_days[-1] if failing_days else None,
        affected,
    )


def show(quality: Quality) -> Part:
    """Show the failing checks."""
    if quality.day is None:
        return part("quality", "Data quality", [Text("No check was ever run.")])
    failed = quality.failed
    measured = [check for check in quality.checks if check.is_passed is not None]
    passed = len(measured) - len(failed)
    checks = plural(len(measured), "check")
    text = f"On {day_text(quality.day)} {passed} of {checks} passed."
    unmeasured = len(quality.checks) - len(measured)
    if unmeasured:
        text += f" {plural(unmeasured, 'check')} had nothing to measure."
    return part(
        "quality",
        "Data quality",
        [
            Text(text),
            Table(
                "table-quality",
                "Checks that fail",
                (
                    "Check",
                    "Owner",
                    "What to do",
                    "Measured",
                    "Limit",
                    "A week before",
                    "Failing since",
                    "Open pipeline",
                ),
                tuple(_cells(check, quality.currency) for check in failed),
                words=3,
            )
            if failed
            else None,
        ],
    )


def _cells(check: Check, currency: str) -> tuple[str, ...]:
    return (
        f"{check.name} (critical)" if check.severity == "critical" else check.name,
        check.owner,
        check.fix,
        _measure(check.measured, check.unit),
        f"{'at most' if check.bound == 'maximum' else 'at least'} "
        f"{_measure(check.threshold, check.unit)}",
        _trend(check),
        day_text(check.failing_since) if check.failing_since else NOTHING,
        money(check.affected, currency),
    )


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

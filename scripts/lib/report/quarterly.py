"""The review of a fiscal quarter."""

from __future__ import annotations

from lib.report.figures import change, money, ratio, share
from lib.report.parts import cohorts, efficiency, plan, restated
from lib.report.periods import named_quarter
from lib.report.publication import Publication
from lib.report.rendering import Report


def quarterly(publication: Publication, name: str | None) -> Report:
    """Return the review of the quarter YYYYQn, by default of the last whole one.

    Raises:
        UserError: the name is none, or the quarter begins after as_of.
    """
    settings = publication.settings()
    quarter = named_quarter(name, settings)
    about_plan = plan.read(publication, settings, quarter)
    return Report(
        f"Marketing quarter {quarter.name}",
        f"{quarter.to_date.text}."
        + (" The quarter is not over." if quarter.to_date.last < quarter.end else ""),
        (_headline(about_plan),),
        (
            plan.show(about_plan),
            efficiency.show(efficiency.read(publication, settings)),
            cohorts.show(cohorts.read(publication, settings, quarter)),
            restated.show(restated.read(publication, settings, quarter)),
        ),
        f"From the published marts as of {settings.as_of:%Y-%m-%d %H:%M} UTC; days are "
        f"those of {settings.time_zone}, amounts are in {settings.currency}. Costs are "
        "fully loaded but where they are held against a budget.",
    )


def _headline(about: plan.Plan) -> str:
    now, before, usd = about.now, about.before, about.currency
    if not (now.pipeline or now.spend):
        return f"Quarter {about.quarter.name} has neither pipeline nor spend."
    text = (
        f"Marketing sourced {money(now.sourced, usd)} of pipeline in quarter "
        f"{about.quarter.name}, {change(now.sourced, before.sourced)} on the quarter "
        f"before ({money(before.sourced, usd)}), "
        f"{share(now.sourced, now.pipeline)} of all that was created"
    )
    if now.spend:
        text += (
            f", at a cost of {money(now.spend, usd)}: "
            f"{ratio(now.sourced, now.spend)} {usd} of pipeline per {usd} spent, "
            f"against {ratio(before.sourced, before.spend)}"
        )
    return f"{text}."

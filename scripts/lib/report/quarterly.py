"""The review of a fiscal quarter."""

from __future__ import annotations

from decimal import Decimal

from lib.report.figures import against, money, per_unit, plural, share
from lib.report.parts import cohorts, efficiency, maturity, plan, restated
from lib.report.periods import day_text, named_quarter
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
        + ("" if quarter.is_whole else " The quarter is not over."),
        tuple(text for text in (_headline(about_plan), _more(about_plan)) if text),
        (
            plan.show(about_plan),
            efficiency.show(efficiency.read(publication, settings)),
            cohorts.show(cohorts.read(publication, settings, quarter)),
            restated.show(restated.read(publication, settings, quarter)),
            maturity.show(maturity.read(publication, settings)),
        ),
        f"From the published marts as of {settings.as_of:%Y-%m-%d %H:%M} UTC; days are "
        f"those of {settings.time_zone}, amounts are in {settings.currency}. Costs are "
        "fully loaded but where they are held against a budget.",
    )


def _headline(about: plan.Plan) -> str:
    now, before, usd = about.now, about.before, about.currency
    if not (now.pipeline or now.spend):
        return f"Quarter {about.quarter.name} has neither pipeline nor spend."
    earlier = money(before.sourced, usd)
    quarter = f"quarter {about.quarter.name}"
    if not about.quarter.is_whole:
        quarter += f" to {day_text(about.quarter.to_date.last)}"
    text = (
        f"Marketing sourced {money(now.sourced, usd)} of pipeline in {quarter}, "
        f"{against(now.sourced, before.sourced, about.against, earlier)}. That is "
        f"{share(now.sourced, now.pipeline)} of all pipeline created"
    )
    if now.spend:
        text += (
            f", at a cost of {money(now.spend, usd)}: "
            f"{per_unit(now.sourced, now.spend, usd)} of pipeline for each "
            f"{money(1, usd)} spent, against "
            f"{per_unit(before.sourced, before.spend, usd)} in {about.against}"
        )
    return f"{text}."


def _more(about: plan.Plan) -> str:
    """Tell of revenue and of the budget."""
    usd = about.currency
    deals, revenue, sourced = about.won
    before = about.won_before[1]
    if not deals:
        return ""
    text = (
        f"{plural(deals, 'deal')} brought {money(revenue, usd)} of revenue, "
        f"{against(revenue, before, about.against, money(before, usd))}; "
        f"{share(sourced, revenue)} of it was sourced by marketing"
    )
    budget = sum((one.budget for one in about.budgets), Decimal(0))
    spent = sum((one.spend for one in about.budgets), Decimal(0))
    if budget:
        text += (
            f". Marketing used {share(spent, budget)} of the quarter's budget of "
            f"{money(budget, usd)}"
        )
    return f"{text}."

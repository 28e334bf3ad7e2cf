"""What fails, who mends it, what to fill in first, and how mature operations are."""

from __future__ import annotations

import streamlit as st

import charts
import figures as fig
from filters import Filters
from publication import read

_CHECKS = """
    select
        check_name, severity, is_passed, measured_value, bound, threshold, unit, owner,
        fix, quality_check_id
    from marts.fct_quality_checks
    where
        dimension = 'all'
        and checked_on = (select max(checked_on) from marts.fct_quality_checks)
    order by is_passed asc nulls first, severity, check_name
"""
_PARTS = """
    select dimension, dimension_value, is_passed, measured_value, numerator, denominator
    from marts.fct_quality_checks
    where
        quality_check_id = $check and dimension != 'all'
        and checked_on = (select max(checked_on) from marts.fct_quality_checks)
    order by dimension, dimension_value
"""
_DAYS = """
    select checked_on, count(*) filter (where not is_passed) as failed, 'failed' as what
    from marts.fct_quality_checks
    where dimension = 'all'
    group by checked_on
    order by checked_on
"""
_QUEUE = """
    select rank, entity, record_id, missing_field, owner, fix, open_pipeline_usd
    from reports.rpt_enrichment_queue
    order by rank
    limit $most_rows
"""
_MATURITY = """
    select
        criterion_id, stage, is_met, criterion, evidence, to_do_rank, owner, fix,
        is_asked_next, is_stage_reached, reached_stage
    from reports.rpt_maturity
    order by to_do_rank nulls last, criterion_id
"""


def page(filters: Filters) -> None:
    """Show the checks, their history, the queue to enrich, and the maturity."""
    del filters  # quality is of the whole company
    with fig.section("Checks of the last build"):
        _show_checks()
    with fig.section("What to fill in first"):
        fig.listing(_QUEUE, "enrichment_queue")
    with fig.section("Maturity"):
        _show_maturity()


def _show_checks() -> None:
    checks = read(_CHECKS)
    unmeasured = checks["is_passed"].isna()
    failed = ~checks["is_passed"].fillna(True).astype(bool)
    fig.show(
        [
            fig.Figure(
                "Checks that fail",
                float(failed.sum()),
                "Checks of the last build that miss their limit.",
                fig.count,
                more_is_better=False,
            ),
            fig.Figure(
                "Nothing to measure",
                float(unmeasured.sum()),
                "Checks of which the last build had nothing to measure: they neither "
                "pass nor fail.",
                fig.count,
                more_is_better=None,
            ),
            fig.Figure(
                "Checks in all",
                float(len(checks)),
                "Rows of the seed quality_checks that the last build looked at.",
                fig.count,
                more_is_better=None,
            ),
        ]
    )
    row = fig.table(checks, "quality_checks", drill="it by source, segment and owner")
    if row is not None:
        st.subheader(str(row["check_name"]).replace("_", " "))
        fig.table(read(_PARTS, check=str(row["quality_check_id"])), "check_parts")
    history = read(_DAYS)
    if len(history) > 1:
        charts.lines(
            history,
            "checked_on",
            "failed",
            "what",
            unit="checks",
            what="Failed checks by day.",
        )


def _show_maturity() -> None:
    criteria = read(_MATURITY)
    if criteria.empty:
        st.info("No criterion of maturity is in force.")
        return
    met = criteria["is_met"].astype(bool)
    asked = int(criteria["is_asked_next"].astype(bool).sum())
    reached = str(criteria["reached_stage"].iloc[0]).replace("_", " ")
    following = f"asks {asked} more" if asked else "is none: this is the last one"
    st.markdown(f"Stage reached: **{reached}**. The next stage {following}.")
    fig.show(
        [
            fig.Figure(
                "Criteria met",
                float(met.sum()),
                "Criteria of the seed maturity_criteria that the data meets. A stage "
                "is reached when all of its own and of those before it are met.",
                fig.count,
            ),
            fig.Figure(
                "Missing for the next stage",
                float(asked),
                "Criteria of the stage after the one reached that are missed.",
                fig.count,
                more_is_better=False,
            ),
            fig.Figure(
                "Criteria in all",
                float(len(criteria)),
                "Criteria that are in force.",
                fig.count,
                more_is_better=None,
            ),
        ]
    )
    fig.table(
        criteria.drop(columns=["is_asked_next", "is_stage_reached", "reached_stage"]),
        "maturity",
    )

"""What fails, who mends it, and what to fill in first."""

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


def page(filters: Filters) -> None:
    """Show the checks of the last build, their history and the queue to enrich."""
    del filters  # quality is of the whole company
    with fig.section("Checks of the last build"):
        _show_checks()
    with fig.section("What to fill in first"):
        fig.listing(_QUEUE, "enrichment_queue")


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

"""Which channels earn the credit, by each model, and whether the data carries it."""

from __future__ import annotations

import streamlit as st

import charts
import figures as fig
from filters import Filters
from publication import holds, read, trust

_CREDITS = """
    select
        channel,
        attribution_model,
        credited_conversions,
        credit_usd,
        credit_share,
        credit_rank,
        rank_change,
        share_spread
    from reports.rpt_attribution_comparison
    where quarter_start = $quarter and conversion_type = $conversion_type
    order by credit_share desc nulls last, channel, attribution_model
"""
_TRUST = """
    select
        trust_criterion_id, meaning, is_met, measured_value, bound, threshold, owner,
        fix
    from marts.fct_attribution_trust
    order by is_met asc nulls first, trust_criterion_id
"""
_TOUCHES = """
    select
        conversion_id, segment, campaign_id, weight, credit_usd, converted_at
    from marts.fct_attribution_credits
    where
        conversion_type = $conversion_type and attribution_model = $model
        and channel = $channel
        and segment = coalesce($segment, segment)
        and converted_at >= $quarter and converted_at < $quarter + interval 3 month
    order by credit_usd desc nulls last, conversion_id, touchpoint_id
    limit $most_rows
"""
_TYPES = ("won", "opportunity", "mql")


def page(filters: Filters) -> None:
    """Show credit by channel in the model chosen, and how far the models differ."""
    _show_trust()
    conversion_type = st.radio(
        "Credit for",
        _TYPES,
        horizontal=True,
        key="credit",
        bind="query-params",
        help="won: revenue; opportunity: pipeline; mql: MQLs.",
    )
    every = read(_CREDITS, quarter=filters.quarter, conversion_type=conversion_type)
    if filters.channel:
        every = every[every["channel"] == filters.channel]
    if every.empty:
        st.info("Nothing converted in that quarter.")
        return
    shares = every[every["attribution_model"] == filters.model]
    model = filters.model.replace("_", " ")
    st.subheader(f"Model: {model}")
    charts.bars(
        shares.assign(percent=shares["credit_share"] * 100),
        "channel",
        "percent",
        unit="% of all credit",
        what=f"Share of credit by channel, {filters.model}.",
    )
    row = fig.table(
        shares.drop(columns="attribution_model"),
        "credit",
        drill="the touches behind it",
    )
    if row is not None:
        fig.rows_behind(
            f"Touches of {row['channel']}",
            _TOUCHES,
            "credited_touches",
            conversion_type=conversion_type,
            model=filters.model,
            channel=str(row["channel"]),
            segment=filters.segment,
            quarter=filters.quarter,
        )
    st.subheader("All models side by side")
    is_chosen = every["attribution_model"] == filters.model
    by_model = every.assign(
        shown_as=is_chosen.map({True: model, False: "other models"})
    )
    charts.dots(
        by_model.sort_values(
            ["shown_as", "credit_share"],
            key=lambda column: (
                column == "other models" if column.name == "shown_as" else -column
            ),
        ),
        "channel",
        "credit_share",
        "shown_as",
        unit="share of credit",
        what="Share of credit by channel in every model.",
    )
    fig.table(every, "all_models")


def _show_trust() -> None:
    """Show on what data the figures rest."""
    verdict = trust()
    (st.success if verdict.startswith("trusted") else st.warning)(f"Data {verdict}.")
    if holds("fct_attribution_trust"):
        with st.expander("On what the trust rests"):
            fig.table(read(_TRUST), "trust_criteria")

"""Which channels earn the credit, by each model, and whether the data carries it."""

from __future__ import annotations

import pandas as pd
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
_CREDITS_OF_SEGMENT = """
    select
        channel, attribution_model, credited_conversions, credit_usd, credit_share
    from marts.fct_segment_credit_quarters
    where
        quarter_start = $quarter and conversion_type = $conversion_type
        and segment = $segment
    order by credit_share desc nulls last, channel, attribution_model
"""
_TOTALS = """
    select
        sum(credited_conversions) as credited_conversions,
        sum(credit_usd) as credit_usd
    from marts.fct_segment_credit_quarters
    where
        quarter_start = $quarter and conversion_type = $conversion_type
        and attribution_model = $model
        and channel = coalesce($channel, channel)
        and segment = coalesce($segment, segment)
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
        and converted_at >= $begins_at and converted_at < $ends_at
    order by credit_usd desc nulls last, conversion_id, touchpoint_id
    limit $most_rows
"""
_TYPES = ("won", "opportunity", "mql")


def page(filters: Filters) -> None:
    """Show credit by channel in the model chosen, and how far the models differ."""
    verdict = trust()
    (st.success if verdict.startswith("trusted") else st.warning)(f"Data {verdict}.")
    conversion_type = st.radio(
        "Credit for",
        _TYPES,
        horizontal=True,
        key="credit",
        bind="query-params",
        help="won: revenue; opportunity: pipeline; mql: MQLs.",
    )
    every = read(
        _CREDITS_OF_SEGMENT if filters.segment else _CREDITS,
        conversion_type=conversion_type,
        **filters.values(),
    )
    if filters.channel:
        every = every[every["channel"] == filters.channel]
    if every.empty:
        st.info("Nothing converted in that quarter.")
    else:
        _show_totals(filters, str(conversion_type))
    # Below the figures, which then need not wait for it.
    _show_trust()
    if not every.empty:
        _show_model(every, filters, str(conversion_type))
        _show_models(every, filters)


def _show_totals(filters: Filters, conversion_type: str) -> None:
    now, before = fig.of_both(_TOTALS, filters, conversion_type=conversion_type)
    fig.show(
        [
            fig.Figure(
                "Credited conversions",
                now["credited_conversions"],
                "Conversions of the quarter that the model credits to what is chosen; "
                "parts of one add up to one.",
                fig.ratio,
                before.get("credited_conversions"),
            ),
            fig.Figure(
                "Credit",
                now["credit_usd"],
                "What these are worth: revenue of won deals, pipeline of "
                "opportunities; MQLs have no amount.",
                fig.money,
                before.get("credit_usd"),
            ),
        ]
    )


def _show_model(every: pd.DataFrame, filters: Filters, conversion_type: str) -> None:
    """Show what the model chosen gives, and the touches behind it."""
    shares = every[every["attribution_model"] == filters.model]
    st.subheader(f"Model: {filters.model.replace('_', ' ')}")
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
        of_row = {"conversion_type": conversion_type, "channel": str(row["channel"])}
        fig.rows_behind(
            f"Touches of {row['channel']}",
            _TOUCHES,
            "credited_touches",
            **(filters.values() | of_row),
        )


def _show_models(every: pd.DataFrame, filters: Filters) -> None:
    """Show how far the other models are from the one chosen."""
    st.subheader("All models side by side")
    charts.dots(
        every.assign(is_chosen=every["attribution_model"] == filters.model),
        "channel",
        "credit_share",
        "is_chosen",
        chosen=filters.model.replace("_", " "),
        others="other models",
        unit="share of credit",
        what="Share of credit by channel in every model.",
    )
    fig.table(every, "all_models")


def _show_trust() -> None:
    """Show on what data the figures rest."""
    if holds("fct_attribution_trust"):
        with st.expander("On what the trust rests"):
            fig.table(read(_TRUST), "trust_criteria")

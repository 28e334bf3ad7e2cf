-- Grain: one row per channel with a cost or credit, the most pipeline per dollar first,
-- whatever its size; with the move to test that is expected to gain the most for sure.

with

curves as (

    select * from {{ ref('fct_response_curves') }}

),

suggestions as (

    select
        *,
        row_number() over (
            partition by from_channel
            order by change_low_usd desc, to_channel asc
        ) as place
    from {{ ref('fct_reallocations') }}
    where is_suggested

),

refusals as (

    -- What speaks against the move that came furthest.
    select
        *,
        row_number() over (
            partition by from_channel
            order by
                has_both_curves desc,
                gain_probability desc nulls last,
                to_channel asc
        ) as place
    from {{ ref('fct_reallocations') }}

),

indistinct as (

    select
        curves.channel,
        count(*) as indistinct_channels
    from curves
    inner join curves as others
        on
            curves.channel != others.channel
            and curves.pipeline_per_usd_low <= others.pipeline_per_usd_high
            and curves.pipeline_per_usd_high >= others.pipeline_per_usd_low
    group by curves.channel

),

channel_efficiency as (

    select
        curves.channel,
        case
            when curves.pipeline_per_usd is not null
                then row_number() over (
                    order by curves.pipeline_per_usd desc nulls last, curves.channel asc
                )
        end as efficiency_rank,
        case
            when curves.is_usable
                then row_number() over (
                    order by
                        curves.is_usable desc,
                        curves.marginal_pipeline_per_usd desc nulls last,
                        curves.channel asc
                )
        end as marginal_rank,
        row_number() over (
            order by curves.recent_spend_usd desc, curves.channel asc
        ) as spend_rank,
        cast(curves.recent_spend_usd as double)
        / nullif(cast(sum(curves.recent_spend_usd) over () as double), 0)
            as spend_share,
        curves.recent_weeks as weeks,
        curves.recent_spend_usd as variable_spend_usd,
        curves.recent_opportunities as opportunities,
        curves.recent_pipeline_usd as pipeline_usd,
        curves.pipeline_per_usd,
        curves.pipeline_per_usd_low,
        curves.pipeline_per_usd_high,
        coalesce(indistinct.indistinct_channels, 0) as indistinct_channels,
        case when curves.is_usable then curves.marginal_pipeline_per_usd end
            as marginal_pipeline_per_usd,
        case when curves.is_usable then curves.marginal_pipeline_per_usd_low end
            as marginal_pipeline_per_usd_low,
        case when curves.is_usable then curves.marginal_pipeline_per_usd_high end
            as marginal_pipeline_per_usd_high,
        curves.verdict as curve_verdict,
        suggestions.to_channel as suggested_to_channel,
        suggestions.moved_usd as suggested_usd,
        suggestions.change_low_usd,
        suggestions.change_mid_usd,
        suggestions.change_high_usd,
        suggestions.gain_probability,
        case
            when not curves.is_usable then curves.reason
            else coalesce(suggestions.reason, refusals.reason)
        end as reason
    from curves
    left join indistinct on curves.channel = indistinct.channel
    left join suggestions
        on curves.channel = suggestions.from_channel and suggestions.place = 1
    left join refusals
        on curves.channel = refusals.from_channel and refusals.place = 1

)

select * from channel_efficiency

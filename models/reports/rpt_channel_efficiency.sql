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

channel_efficiency as (

    select
        curves.channel,
        case
            when curves.pipeline_per_usd is not null
                then cast(row_number() over (
                    order by curves.pipeline_per_usd desc nulls last, curves.channel asc
                ) as bigint)
        end as efficiency_rank,
        cast(curves.recent_spend_usd as double)
        / nullif(cast(sum(curves.recent_spend_usd) over () as double), 0)
            as spend_share,
        curves.pipeline_per_usd,
        curves.pipeline_per_usd_low,
        curves.pipeline_per_usd_high,
        suggestions.to_channel as suggested_to_channel,
        suggestions.moved_usd as suggested_usd,
        case
            when not curves.is_usable then curves.reason
            else coalesce(suggestions.reason, refusals.reason)
        end as reason
    from curves
    left join suggestions
        on curves.channel = suggestions.from_channel and suggestions.place = 1
    left join refusals
        on curves.channel = refusals.from_channel and refusals.place = 1

)

select * from channel_efficiency

-- Grain: one row per ordered pair of channels: the money that would move, the spend of
-- a week before and after at either end, and whether the data can carry a judgement.
-- The move runs as long as the trailing weeks, in the weeks in which a channel spends.

with

response_curves as (

    select * from {{ ref('fct_response_curves') }}

),

windows as (

    select * from {{ ref('int_finance__reallocation_windows') }}

),

pairs as (

    select
        givers.channel as from_channel,
        takers.channel as to_channel,
        givers.is_usable as is_from_usable,
        takers.is_usable as is_to_usable,
        givers.spend_low_usd as from_low_usd,
        givers.spend_high_usd as from_high_usd,
        takers.spend_low_usd as to_low_usd,
        takers.spend_high_usd as to_high_usd,
        givers.trailing_weeks_with_spend as from_weeks,
        takers.trailing_weeks_with_spend as to_weeks,
        givers.present_spend_usd as from_before_usd,
        takers.present_spend_usd as to_before_usd,
        cast(
            round(
                cast(givers.trailing_spend_usd as double) * windows.moved_share, 2
            ) as decimal(28, 2)
        ) as moved_usd
    from response_curves as givers
    inner join response_curves as takers on givers.channel != takers.channel
    cross join windows

),

spent_pairs as (

    select
        *,
        cast(from_before_usd as double)
        - moved_usd / cast(nullif(from_weeks, 0) as double) as from_after_usd,
        cast(to_before_usd as double)
        + moved_usd / cast(nullif(to_weeks, 0) as double) as to_after_usd
    from pairs

),

moves as (

    select
        from_channel,
        to_channel,
        is_from_usable,
        is_to_usable,
        coalesce(
            from_before_usd <= from_high_usd and from_after_usd >= from_low_usd, false
        ) as is_from_in_range,
        coalesce(
            to_before_usd >= to_low_usd and to_after_usd <= to_high_usd, false
        ) as is_to_in_range,
        is_from_usable
        and is_to_usable
        and moved_usd > 0
        and is_from_in_range
        and is_to_in_range as is_judged,
        from_weeks,
        to_weeks,
        moved_usd,
        from_before_usd,
        from_after_usd,
        to_before_usd,
        to_after_usd
    from spent_pairs

)

select * from moves

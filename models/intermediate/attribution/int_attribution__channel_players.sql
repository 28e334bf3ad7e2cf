-- Grain: one row per conversion type and channel that journeys pass through: the player
-- that it is in the game of which the Shapley value is asked, and its state in the
-- Markov chain.
-- Twenty can play, and 39 be states beside the start. Of more channels those with the
-- fewest steps into them are one together.

with

channel_steps as (

    select * from {{ ref('int_attribution__channel_steps') }}

),

channel_arrivals as (

    select
        conversion_type,
        to_state as channel,
        cast(sum(steps) as bigint) as arrivals
    from channel_steps
    where to_state not in ('(conversion)', '(null)')
    group by
        conversion_type,
        to_state

),

ranked_channels as (

    select
        *,
        row_number() over (
            partition by conversion_type
            order by arrivals desc, channel asc
        ) as channel_rank
    from channel_arrivals

),

channel_players as (

    select
        conversion_type,
        channel,
        arrivals,
        least(channel_rank, 20) as player_number,
        cast(pow(2, least(channel_rank, 20) - 1) as bigint) as player_bit,
        case when channel_rank < 39 then channel else '(others)' end as state
    from ranked_channels

)

select * from channel_players

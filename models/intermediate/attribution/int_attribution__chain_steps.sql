-- Grain: one row per conversion type and step of journeys from one state of the Markov
-- chain to another: how often it was taken.
-- Channels that are one state together take no step among themselves.

with

channel_steps as (

    select * from {{ ref('int_attribution__channel_steps') }}

),

channel_players as (

    select
        conversion_type,
        channel,
        state
    from {{ ref('int_attribution__channel_players') }}

),

state_steps as (

    select
        channel_steps.conversion_type,
        coalesce(from_players.state, channel_steps.from_state) as from_state,
        coalesce(to_players.state, channel_steps.to_state) as to_state,
        channel_steps.steps
    from channel_steps
    left join channel_players as from_players
        on
            channel_steps.conversion_type = from_players.conversion_type
            and channel_steps.from_state = from_players.channel
    left join channel_players as to_players
        on
            channel_steps.conversion_type = to_players.conversion_type
            and channel_steps.to_state = to_players.channel

),

chain_steps as (

    select
        conversion_type,
        from_state,
        to_state,
        cast(sum(steps) as bigint) as steps
    from state_steps
    where from_state != to_state
    group by
        conversion_type,
        from_state,
        to_state

)

select * from chain_steps

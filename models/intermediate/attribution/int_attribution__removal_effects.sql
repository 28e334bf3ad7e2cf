-- Grain: one row per conversion type and channel: the share of conversions that would
-- be lost if every step into the channel ended in nothing.
-- With N, the inverse of I - Q, and b, the chance of a conversion from each state, it
-- is N[start, channel] / N[channel, channel] * b[channel] / b[start].
-- Channels that are one state share its effect by how often journeys come to them.

with

channel_links as (

    select * from {{ ref('int_attribution__channel_links') }}

),

conversion_steps as (

    select
        conversion_type,
        from_state,
        sum(case when to_state = '(conversion)' then steps else 0 end)
        / sum(cast(steps as double)) as probability
    from {{ ref('int_attribution__chain_steps') }}
    group by
        conversion_type,
        from_state

),

{{ inverted_matrices('channel_links', 'conversion_type', 40) }},

passages as (

    select
        channel_links.conversion_type,
        channel_links.from_state,
        channel_links.to_state,
        channel_links.from_number,
        inverted_matrices.entry as visits,
        cast(sum({{ exact_share(
            'inverted_matrices.entry * conversion_steps.probability'
        ) }}) over (
            partition by channel_links.conversion_type, channel_links.from_number
        ) as double) as conversion_chance
    from channel_links
    inner join inverted_matrices
        on
            channel_links.conversion_type = inverted_matrices.conversion_type
            and channel_links.from_number = inverted_matrices.from_number
            and channel_links.to_number = inverted_matrices.to_number
    inner join conversion_steps
        on
            channel_links.conversion_type = conversion_steps.conversion_type
            and channel_links.to_state = conversion_steps.from_state

),

starts as (

    select
        conversion_type,
        to_state as state,
        visits,
        conversion_chance
    from passages
    where from_number = 1

),

returns as (

    select
        conversion_type,
        from_state as state,
        visits,
        conversion_chance
    from passages
    where from_state = to_state and from_number > 1

),

channel_players as (

    select
        conversion_type,
        channel,
        state,
        arrivals / cast(sum(arrivals) over (
            partition by conversion_type, state
        ) as double) as share_of_state
    from {{ ref('int_attribution__channel_players') }}

),

removal_effects as (

    select
        channel_players.conversion_type,
        channel_players.channel,
        starts.visits / returns.visits
        * returns.conversion_chance / nullif(starts.conversion_chance, 0)
        * channel_players.share_of_state as removal_effect
    from channel_players
    inner join returns
        on
            channel_players.conversion_type = returns.conversion_type
            and channel_players.state = returns.state
    inner join starts
        on
            returns.conversion_type = starts.conversion_type
            and returns.state = starts.state

)

select * from removal_effects

-- Grain: one row per conversion type and channel: the share of conversions that would
-- be lost if every step into the channel ended in nothing.
-- With N, the inverse of I - Q, and b, the chance of a conversion from each state, it
-- is N[start, channel] / N[channel, channel] * b[channel] / b[start].

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
    from {{ ref('int_attribution__channel_steps') }}
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
        sum(inverted_matrices.entry * conversion_steps.probability) over (
            partition by channel_links.conversion_type, channel_links.from_number
        ) as conversion_chance
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
        to_state as channel,
        visits,
        conversion_chance
    from passages
    where from_number = 1

),

returns as (

    select
        conversion_type,
        from_state as channel,
        visits,
        conversion_chance
    from passages
    where from_state = to_state and from_number > 1

),

removal_effects as (

    select
        returns.conversion_type,
        returns.channel,
        starts.visits / returns.visits
        * returns.conversion_chance / nullif(starts.conversion_chance, 0)
            as removal_effect
    from returns
    inner join starts
        on
            returns.conversion_type = starts.conversion_type
            and returns.channel = starts.channel

)

select * from removal_effects

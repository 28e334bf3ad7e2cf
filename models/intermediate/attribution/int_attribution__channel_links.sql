-- Grain: one row per conversion type and pair of states that journeys pass through,
-- start and channels: the entry of I - Q in the chain's fundamental equation.
-- State 1 is the start; channels follow in order of their names.

with

chain_steps as (

    select
        *,
        cast(steps as double)
        / sum(steps) over (partition by conversion_type, from_state) as probability
    from {{ ref('int_attribution__chain_steps') }}

),

states as (

    select
        conversion_type,
        from_state as state,
        row_number() over (
            partition by conversion_type
            order by from_state != '(start)' asc, from_state asc
        ) as state_number
    from chain_steps
    group by
        conversion_type,
        from_state

),

channel_links as (

    select
        from_states.conversion_type,
        from_states.state as from_state,
        to_states.state as to_state,
        from_states.state_number as from_number,
        to_states.state_number as to_number,
        case when from_states.state = to_states.state then 1.0 else 0.0 end
        - coalesce(chain_steps.probability, 0) as entry
    from states as from_states
    inner join states as to_states
        on from_states.conversion_type = to_states.conversion_type
    left join chain_steps
        on
            from_states.conversion_type = chain_steps.conversion_type
            and from_states.state = chain_steps.from_state
            and to_states.state = chain_steps.to_state

)

select * from channel_links

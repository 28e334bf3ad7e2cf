-- Grain: one row per conversion type, order of the Markov chain above 1 that an active
-- model asks for, and step of journeys from one state to another: how often it was
-- taken. A state is the last channels of a journey, as many as the order says, oldest
-- first; a journey that is young has fewer.

with

chain_orders as (

    select chain_order
    from {{ ref('attribution_models') }}
    where is_active and method = 'markov' and chain_order > 1
    group by chain_order

),

channel_histories as (

    select * from {{ ref('int_attribution__channel_histories') }}

),

typed_histories as (

    select
        'mql' as conversion_type,
        *
    from channel_histories
    where is_for_mql
    union all
    select
        'opportunity' as conversion_type,
        *
    from channel_histories
    where is_for_opportunity
    union all
    select
        'won' as conversion_type,
        *
    from channel_histories
    where is_for_win

),

arrivals as (

    select
        typed_histories.conversion_type,
        chain_orders.chain_order,
        typed_histories.end_state,
        coalesce(nullif(concat_ws(
            ' > ',
            case when chain_orders.chain_order = 3 then typed_histories.channel_3 end,
            typed_histories.channel_2,
            typed_histories.channel_1
        ), ''), '(start)') as from_state,
        concat_ws(
            ' > ',
            case when chain_orders.chain_order = 3 then typed_histories.channel_2 end,
            typed_histories.channel_1,
            typed_histories.channel
        ) as to_state,
        typed_histories.channel,
        typed_histories.steps,
        typed_histories.ends
    from typed_histories
    cross join chain_orders

),

all_steps as (

    select
        conversion_type,
        chain_order,
        from_state,
        to_state,
        channel,
        steps
    from arrivals
    union all
    select
        conversion_type,
        chain_order,
        to_state as from_state,
        end_state as to_state,
        cast(null as string) as channel,
        ends as steps
    from arrivals
    where ends > 0

),

higher_steps as (

    select
        conversion_type,
        chain_order,
        from_state,
        to_state,
        channel,
        cast(sum(steps) as bigint) as steps
    from all_steps
    group by
        conversion_type,
        chain_order,
        from_state,
        to_state,
        channel

)

select * from higher_steps

-- Grain: one row per way in which journeys end and four channels that they came by one
-- after another, fewer where they begin: how often they did, and how many ended there.
-- Going on in the same channel is no step. Nothing is counted where no active model
-- asks for a Markov chain of an order above 1.

with

higher_models as (

    select attribution_model
    from {{ ref('attribution_models') }}
    where is_active and method = 'markov' and chain_order > 1

),

journey_positions as (

    select * from {{ ref('int_attribution__journey_positions') }}
    where is_creditable and exists (select 1 from higher_models)

),

open_journeys as (

    select * from {{ ref('int_attribution__open_journeys') }}
    where exists (select 1 from higher_models)

),

touches as (

    select
        conversion_type,
        cast(conversion_key as {{ dbt.type_string() }}) as journey_id,
        touchpoint_id,
        channel,
        conversion_type = 'mql' as is_for_mql,
        conversion_type = 'opportunity' as is_for_opportunity,
        conversion_type = 'won' as is_for_win,
        touched_at
    from journey_positions
    union all
    select
        '(none)' as conversion_type,
        cast(person_key as {{ dbt.type_string() }}) as journey_id,
        touchpoint_id,
        channel,
        is_no_mql as is_for_mql,
        is_no_opportunity as is_for_opportunity,
        is_no_win as is_for_win,
        touched_at
    from open_journeys

),

arrivals as (

    select *
    from touches
    qualify channel is distinct from lag(channel) over (
        partition by conversion_type, journey_id
        order by touched_at asc, touchpoint_id asc
    )

),

placed_arrivals as (

    select
        *,
        lag(channel, 1) over journey as channel_1,
        lag(channel, 2) over journey as channel_2,
        lag(channel, 3) over journey as channel_3,
        lead(channel) over journey is null as is_end
    from arrivals
    window journey as (
        partition by conversion_type, journey_id
        order by touched_at asc, touchpoint_id asc
    )

),

channel_histories as (

    select
        case when conversion_type = '(none)' then '(null)' else '(conversion)' end
            as end_state,
        is_for_mql,
        is_for_opportunity,
        is_for_win,
        channel_3,
        channel_2,
        channel_1,
        channel,
        count(*) as steps,
        count_if(is_end) as ends
    from placed_arrivals
    group by
        case when conversion_type = '(none)' then '(null)' else '(conversion)' end,
        is_for_mql,
        is_for_opportunity,
        is_for_win,
        channel_3,
        channel_2,
        channel_1,
        channel

)

select * from channel_histories

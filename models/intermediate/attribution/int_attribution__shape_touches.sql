-- Grain: one row per shape of journeys and set of positions that one of its touches
-- holds, with the number of such touches: one for any set, all others for none.

with

placed_touches as (

    select
        shape,
        creditable_count,
        {{ positions_held() }} as positions_held,
        is_creditable,
        is_first,
        is_last,
        is_last_non_direct,
        is_lead_creation,
        is_opportunity_creation,
        is_close,
        1 as touches
    from {{ ref('int_attribution__journey_positions') }}
    where
        is_first
        or is_last
        or is_last_non_direct
        or is_lead_creation
        or is_opportunity_creation
        or is_close
    group by all

),

other_touches as (

    select
        shape,
        creditable_count,
        0 as positions_held,
        true as is_creditable,
        false as is_first,
        false as is_last,
        false as is_last_non_direct,
        false as is_lead_creation,
        false as is_opportunity_creation,
        false as is_close,
        creditable_count - count_if(is_creditable) as touches
    from placed_touches
    group by
        shape,
        creditable_count
    having creditable_count > count_if(is_creditable)

),

shape_touches as (

    select * from placed_touches
    union all
    select * from other_touches

)

select * from shape_touches

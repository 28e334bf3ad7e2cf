-- Grain: one row per shape of journeys and set of positions that one of its touches
-- holds, with the number of such touches: one for any set, all others for none.

with

journey_shapes as (

    select * from {{ ref('int_attribution__journey_shapes') }}

),

journey_positions as (

    select
        *,
        {{ positions_held() }} as positions_held
    from {{ ref('int_attribution__journey_positions') }}
    where
        is_first
        or is_last
        or is_last_non_direct
        or is_lead_creation
        or is_opportunity_creation
        or is_close

),

placed_touches as (

    select
        journey_shapes.shape,
        journey_shapes.creditable_count,
        journey_positions.positions_held,
        journey_positions.is_creditable,
        journey_positions.is_first,
        journey_positions.is_last,
        journey_positions.is_last_non_direct,
        journey_positions.is_lead_creation,
        journey_positions.is_opportunity_creation,
        journey_positions.is_close,
        1 as touches
    from journey_positions
    inner join journey_shapes
        on
            journey_positions.conversion_type = journey_shapes.conversion_type
            and journey_positions.conversion_id = journey_shapes.conversion_id
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

-- Grain: one row per shape of journeys and set of positions that one of its touches
-- holds, with the number of such touches: one for any set, all others for none.

{{ config(materialized='view') }}

with

placed_touches as (

    select
        shape,
        creditable_count,
        positions_held,
        is_creditable,
        1 as touches
    from {{ ref('int_attribution__journey_positions') }}
    where positions_held > 0
    group by all

),

other_touches as (

    select
        shape,
        creditable_count,
        0 as positions_held,
        true as is_creditable,
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

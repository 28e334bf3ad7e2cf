-- Grain: one row per conversion with a creditable touch: the shape of its journey.
-- Journeys of one shape have as many touches, and the same positions fall on one touch,
-- so that a model weighs them alike but for decay.

with

placed_touches as (

    select
        conversion_type,
        conversion_id,
        creditable_count,
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

journey_shapes as (

    select
        conversion_type,
        conversion_id,
        creditable_count,
        creditable_count || ':' || {{ dbt.listagg(
            'positions_held', "','", 'order by positions_held'
        ) }} as shape
    from placed_touches
    group by
        conversion_type,
        conversion_id,
        creditable_count

)

select * from journey_shapes

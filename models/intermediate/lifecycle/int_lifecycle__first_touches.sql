-- Grain: one row per person with a touch: the earliest one, and the channel it came by.

with

touchpoints as (

    select
        touchpoint_id,
        person_id,
        coalesce(channel, 'unknown') as channel,
        touched_at
    from {{ ref('fct_touchpoints') }}
    where person_id is not null

),

first_moments as (

    select
        person_id,
        min(touched_at) as first_touch_at
    from touchpoints
    group by person_id

),

first_touches as (

    select
        first_moments.person_id,
        min_by(touchpoints.channel, touchpoints.touchpoint_id) as channel,
        first_moments.first_touch_at
    from first_moments
    inner join touchpoints
        on
            first_moments.person_id = touchpoints.person_id
            and first_moments.first_touch_at = touchpoints.touched_at
    group by
        first_moments.person_id,
        first_moments.first_touch_at

)

select * from first_touches

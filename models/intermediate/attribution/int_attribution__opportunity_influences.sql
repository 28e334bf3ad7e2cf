-- Grain: one row per opportunity that a marketing touch reached, between the start of
-- its lookback and its close, or as_of while it is open.

with

opportunities as (

    select
        opportunity_id,
        coalesce(closed_at, {{ as_of() }}) as window_end
    from {{ ref('fct_opportunity_outcomes') }}

),

conversions as (

    select
        conversion_key,
        conversion_id as opportunity_id,
        window_start
    from {{ ref('int_attribution__conversions') }}
    where conversion_type = 'opportunity'

),

conversion_people as (

    select
        conversion_key,
        person_key
    from {{ ref('int_attribution__conversion_people') }}

),

touchpoints as (

    select
        person_key,
        touchpoint_id,
        touched_at
    from {{ ref('fct_touchpoints') }}
    where is_marketing

),

opportunity_people as (

    select
        conversions.opportunity_id,
        conversions.window_start,
        opportunities.window_end,
        conversion_people.person_key
    from conversions
    inner join opportunities
        on conversions.opportunity_id = opportunities.opportunity_id
    inner join conversion_people
        on conversions.conversion_key = conversion_people.conversion_key

),

opportunity_influences as (

    select
        opportunity_people.opportunity_id,
        count(touchpoints.touchpoint_id) as marketing_touch_count,
        min(touchpoints.touched_at) as first_marketing_touch_at
    from opportunity_people
    inner join touchpoints
        on opportunity_people.person_key = touchpoints.person_key
    where
        -- One expression, so that the join is on the key alone, by hash.
        coalesce(
            opportunity_people.window_start <= touchpoints.touched_at
            and opportunity_people.window_end >= touchpoints.touched_at,
            false
        )
    group by opportunity_people.opportunity_id

)

select * from opportunity_influences

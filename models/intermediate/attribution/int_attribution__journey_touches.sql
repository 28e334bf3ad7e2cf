-- Grain: one row per conversion and touchpoint inside its lookback, both ends included.
-- Direct and sales touches are here too: they decide what is credited and what is not.

with

conversions as (

    select
        conversion_type,
        conversion_id,
        person_id,
        converted_at,
        {{ dbt.dateadd(
            'day', -(var('attribution_lookback_days') | int), 'converted_at'
        ) }} as window_start
    from {{ ref('int_attribution__conversions') }}

),

touchpoints as (

    select
        touchpoint_id,
        person_id,
        campaign_id,
        channel,
        is_marketing,
        is_direct,
        is_sales,
        touched_at
    from {{ ref('fct_touchpoints') }}
    where person_id is not null

),

opportunity_touches as (

    select * from {{ ref('int_attribution__opportunity_touches') }}

),

person_journeys as (

    select
        conversions.conversion_type,
        conversions.conversion_id,
        touchpoints.*
    from conversions
    inner join touchpoints
        on
            conversions.person_id = touchpoints.person_id
            and conversions.window_start <= touchpoints.touched_at
            and conversions.converted_at >= touchpoints.touched_at
    where conversions.conversion_type = 'mql'

),

account_journeys as (

    select
        conversions.conversion_type,
        conversions.conversion_id,
        opportunity_touches.touchpoint_id,
        opportunity_touches.person_id,
        opportunity_touches.campaign_id,
        opportunity_touches.channel,
        opportunity_touches.is_marketing,
        opportunity_touches.is_direct,
        opportunity_touches.is_sales,
        opportunity_touches.touched_at
    from conversions
    inner join opportunity_touches
        on
            conversions.conversion_id = opportunity_touches.opportunity_id
            and conversions.window_start <= opportunity_touches.touched_at
            and conversions.converted_at >= opportunity_touches.touched_at
    where conversions.conversion_type in ('opportunity', 'won')

),

journey_touches as (

    select * from person_journeys
    union all
    select * from account_journeys

)

select * from journey_touches

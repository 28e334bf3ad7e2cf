-- Grain: one row per conversion and touchpoint inside its lookback, both ends included.
-- Direct and sales touches are here too: they decide what is credited and what is not.

with

conversions as (

    select
        conversion_type,
        conversion_id,
        person_id,
        converted_at,
        window_start,
        previous_converted_at
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
        touchpoints.*,
        cast(1 as double) as role_weight,
        conversions.previous_converted_at
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
        opportunity_touches.touched_at,
        opportunity_touches.role_weight,
        conversions.previous_converted_at
    from conversions
    inner join opportunity_touches
        on
            conversions.conversion_id = opportunity_touches.opportunity_id
            and conversions.window_start <= opportunity_touches.touched_at
            and conversions.converted_at >= opportunity_touches.touched_at
    where conversions.conversion_type in ('opportunity', 'won')

),

typed_journeys as (

    select * from person_journeys
    union all
    select * from account_journeys

),

journey_touches as (

    select
        conversion_type,
        conversion_id,
        touchpoint_id,
        person_id,
        campaign_id,
        channel,
        is_marketing,
        is_direct,
        is_sales,
        {{ is_creditable() }} as is_creditable,
        role_weight,
        touched_at
    from typed_journeys
    where coalesce(touched_at > previous_converted_at, true)

)

select * from journey_touches

-- Grain: one row per person with a touch: the campaign of the earliest one.

{{ config(materialized='view') }}

with

touchpoints as (

    select
        touchpoint_id,
        person_id,
        coalesce(campaign_id, 'unknown') as campaign_id,
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

first_campaigns as (

    select
        first_moments.person_id,
        min_by(touchpoints.campaign_id, touchpoints.touchpoint_id) as campaign_id
    from first_moments
    inner join touchpoints
        on
            first_moments.person_id = touchpoints.person_id
            and first_moments.first_touch_at = touchpoints.touched_at
    group by first_moments.person_id

)

select * from first_campaigns

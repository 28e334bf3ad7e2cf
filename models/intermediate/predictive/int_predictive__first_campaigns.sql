-- Grain: one row per person with a touch: the campaign of the earliest one.

{{ config(materialized='view') }}

with

people as (

    select
        person_id,
        first_touch_at
    from {{ ref('dim_people') }}

),

touchpoints as (

    select
        touchpoint_id,
        person_id,
        campaign_id,
        touched_at
    from {{ ref('fct_touchpoints') }}

),

first_campaigns as (

    select
        people.person_id,
        min_by(
            coalesce(touchpoints.campaign_id, 'unknown'), touchpoints.touchpoint_id
        ) as campaign_id
    from people
    inner join touchpoints
        on
            people.person_id = touchpoints.person_id
            and people.first_touch_at = touchpoints.touched_at
    group by people.person_id

)

select * from first_campaigns

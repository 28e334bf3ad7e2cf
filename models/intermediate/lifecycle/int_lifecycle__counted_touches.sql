-- Grain: one row per touch of a known person up to as_of that rules and definitions may
-- count. What sales did is no engagement.

{{ config(materialized='view') }}

with

touchpoints as (

    select * from {{ ref('fct_touchpoints') }}

),

counted_touches as (

    select
        touchpoint_id,
        person_key,
        coalesce(campaign_id, '') as campaign_id,
        coalesce(touch_type, '') as touch_type,
        channel,
        is_marketing,
        touched_at
    from touchpoints
    where
        person_key is not null
        and not is_sales
        and touched_at <= {{ as_of() }}

)

select * from counted_touches

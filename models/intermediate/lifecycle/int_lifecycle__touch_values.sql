-- Grain: one row per touch of a known person up to as_of and value that a scoring rule
-- may ask for. What sales did is no engagement.

{{ config(materialized='view') }}

with

touchpoints as (

    select
        touchpoint_id,
        person_key,
        campaign_id,
        touch_type,
        channel,
        touched_at
    from {{ ref('fct_touchpoints') }}
    where
        person_key is not null
        and not is_sales
        and touched_at <= {{ as_of() }}

),

campaigns as (

    select
        campaign_id,
        lower(campaign_type) as campaign_type
    from {{ ref('dim_campaigns') }}
    where campaign_type is not null

),

landing_pages as (

    select * from {{ ref('int_lifecycle__landing_pages') }}

),

touch_values as (

    select
        touchpoint_id,
        person_key,
        'touch_type' as column_name,
        touch_type as text_value,
        touched_at
    from touchpoints
    where touch_type is not null
    union all
    select
        touchpoint_id,
        person_key,
        'channel' as column_name,
        channel as text_value,
        touched_at
    from touchpoints
    union all
    select
        touchpoints.touchpoint_id,
        touchpoints.person_key,
        'campaign_type' as column_name,
        campaigns.campaign_type as text_value,
        touchpoints.touched_at
    from touchpoints
    inner join campaigns
        on touchpoints.campaign_id = campaigns.campaign_id
    union all
    select
        touchpoints.touchpoint_id,
        touchpoints.person_key,
        'landing_page' as column_name,
        landing_pages.landing_page as text_value,
        touchpoints.touched_at
    from touchpoints
    inner join landing_pages
        on touchpoints.touchpoint_id = landing_pages.touchpoint_id

)

select * from touch_values

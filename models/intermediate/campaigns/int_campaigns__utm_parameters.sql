-- Grain: one row per touch and parameter of its link that UTM rules look at: each UTM
-- parameter, filled or not, of a touch with any UTM value, and else the click id.

{{ config(materialized='view') }}

with

touch_records as (

    select
        *,
        coalesce(utm_source, utm_medium, utm_campaign, utm_content, utm_term)
        is not null as has_utm_value
    from {{ ref('int_campaigns__touch_records') }}

),

parameters as (

    select 'utm_source' as parameter
    union all
    select 'utm_medium' as parameter
    union all
    select 'utm_campaign' as parameter
    union all
    select 'utm_content' as parameter
    union all
    select 'utm_term' as parameter

),

tagged_parameters as (

    select
        touch_records.touchpoint_id,
        touch_records.campaign_id,
        touch_records.utm_source,
        touch_records.utm_medium,
        touch_records.utm_campaign,
        parameters.parameter,
        case parameters.parameter
            when 'utm_source' then touch_records.utm_source
            when 'utm_medium' then touch_records.utm_medium
            when 'utm_campaign' then touch_records.utm_campaign
            when 'utm_content' then touch_records.utm_content
            when 'utm_term' then touch_records.utm_term
        end as utm_value,
        touch_records.touched_at
    from touch_records
    cross join parameters
    where touch_records.has_utm_value

),

utm_parameters as (

    select * from tagged_parameters
    union all
    select
        touchpoint_id,
        campaign_id,
        utm_source,
        utm_medium,
        utm_campaign,
        'click_id' as parameter,
        click_id_type as utm_value,
        touched_at
    from touch_records
    where not has_utm_value and click_id_type is not null

)

select * from utm_parameters

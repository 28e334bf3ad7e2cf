-- Grain: one row per metric of the funnel, and cycle, person or assignment that it
-- counts: its parts.

{{ config(materialized='view') }}

with

funnel_events as (

    select * from {{ ref('fct_funnel_events') }}

),

lead_parts as (

    select
        metric,
        {{ reporting_month('happened_at') }} as month,
        channel,
        segment,
        cast(null as string) as campaign_id,
        case when is_by_owner then coalesce(owner_id, 'unknown') end as owner_id,
        cast(null as string) as source,
        {{ metric_part('numerator') }} as numerator,
        {{ metric_part('1') }} as denominator
    from funnel_events

)

select * from lead_parts

-- Grain: one row per check and touch that it looks at. Nobody owns a touch.

{{ config(materialized='view') }}

with

touchpoints as (

    select * from {{ ref('fct_touchpoints') }}

),

people as (

    select
        person_id,
        segment
    from {{ ref('int_quality__people') }}

),

campaigns as (

    select campaign_id
    from {{ ref('dim_campaigns') }}

),

broken_links as (

    select touchpoint_id
    from {{ ref('fct_utm_violations') }}
    group by touchpoint_id

),

judged_touches as (

    select
        touchpoints.touchpoint_id,
        touchpoints.person_id,
        touchpoints.campaign_id,
        touchpoints.source,
        coalesce(people.segment, 'unknown') as segment,
        touchpoints.channel,
        touchpoints.is_tagged,
        broken_links.touchpoint_id is null as is_utm_compliant,
        campaigns.campaign_id is null as is_campaign_unknown,
        touchpoints.touched_at
    from touchpoints
    left join people
        on touchpoints.person_id = people.person_id
    left join campaigns
        on touchpoints.campaign_id = campaigns.campaign_id
    left join broken_links
        on touchpoints.touchpoint_id = broken_links.touchpoint_id

),

touch_checks as (

    select
        'anonymous_touch_share' as check_name,
        touchpoint_id as record_key,
        cast(null as string) as owner_id,
        source,
        segment,
        case when person_id is null then 1 else 0 end as numerator,
        1 as denominator,
        touched_at as happened_at
    from judged_touches
    union all
    select
        'unknown_channel_share' as check_name,
        touchpoint_id as record_key,
        cast(null as string) as owner_id,
        source,
        segment,
        case when channel = 'unknown' then 1 else 0 end as numerator,
        1 as denominator,
        touched_at as happened_at
    from judged_touches
    union all
    select
        'unknown_campaign_share' as check_name,
        touchpoint_id as record_key,
        cast(null as string) as owner_id,
        source,
        segment,
        case when is_campaign_unknown then 1 else 0 end as numerator,
        1 as denominator,
        touched_at as happened_at
    from judged_touches
    where campaign_id is not null
    union all
    select
        'utm_compliance_rate' as check_name,
        touchpoint_id as record_key,
        cast(null as string) as owner_id,
        source,
        segment,
        case when is_utm_compliant then 1 else 0 end as numerator,
        1 as denominator,
        touched_at as happened_at
    from judged_touches
    where is_tagged

)

select * from touch_checks

-- Grain: one row per check, source, segment, month and age in whole days of the touches
-- that it looks at: their sums. Nobody owns a touch.
-- Those of one age are all in a window of days up to as_of, or none is.

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
        touchpoints.source,
        coalesce(people.segment, 'unknown') as segment,
        {{ reporting_month('touchpoints.touched_at') }} as month,
        {{ dbt.datediff('touchpoints.touched_at', as_of(), 'microsecond') }}
            as microseconds,
        touchpoints.person_id is null as is_anonymous,
        touchpoints.channel = 'unknown' as is_channel_unknown,
        touchpoints.campaign_id is not null as has_campaign,
        campaigns.campaign_id is null as is_campaign_unknown,
        touchpoints.is_tagged,
        broken_links.touchpoint_id is null as is_utm_compliant,
        touchpoints.touched_at
    from touchpoints
    left join people on touchpoints.person_id = people.person_id
    left join campaigns on touchpoints.campaign_id = campaigns.campaign_id
    left join broken_links on touchpoints.touchpoint_id = broken_links.touchpoint_id

),

counted_touches as (

    select
        source,
        segment,
        count(*) as touches,
        count_if(is_anonymous) as anonymous_touches,
        count_if(is_channel_unknown) as unknown_channels,
        count_if(has_campaign) as campaign_touches,
        count_if(has_campaign and is_campaign_unknown) as unknown_campaigns,
        count_if(is_tagged) as tagged_touches,
        count_if(is_tagged and is_utm_compliant) as compliant_touches,
        max(touched_at) as happened_at
    from judged_touches
    group by source, segment, month, microseconds - mod(microseconds, 86400000000)

),

touch_checks as (

    select
        'anonymous_touch_share' as check_name,
        cast(null as string) as record_key,
        cast(null as string) as owner_id,
        source,
        segment,
        anonymous_touches as numerator,
        touches as denominator,
        happened_at
    from counted_touches
    union all
    select
        'unknown_channel_share' as check_name,
        cast(null as string) as record_key,
        cast(null as string) as owner_id,
        source,
        segment,
        unknown_channels as numerator,
        touches as denominator,
        happened_at
    from counted_touches
    union all
    select
        'unknown_campaign_share' as check_name,
        cast(null as string) as record_key,
        cast(null as string) as owner_id,
        source,
        segment,
        unknown_campaigns as numerator,
        campaign_touches as denominator,
        happened_at
    from counted_touches
    where campaign_touches > 0
    union all
    select
        'utm_compliance_rate' as check_name,
        cast(null as string) as record_key,
        cast(null as string) as owner_id,
        source,
        segment,
        compliant_touches as numerator,
        tagged_touches as denominator,
        happened_at
    from counted_touches
    where tagged_touches > 0

)

select * from touch_checks

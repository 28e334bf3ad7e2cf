-- Grain: one row per touch of any source, known or anonymous.
-- A given channel wins; then a bare web session is direct; then the channel rules, the
-- campaign's channel and the touch type's default. Joins are on keys alone, to hash.

with

touch_records as (

    select * from {{ ref('int_campaigns__touch_records') }}

),

channel_lookups as (

    select * from {{ ref('int_campaigns__channel_lookups') }}

),

campaigns as (

    select
        campaign_id,
        nullif(channel, 'unknown') as channel
    from {{ ref('dim_campaigns') }}

),

touch_types as (

    select * from {{ ref('touch_types') }}

),

channelled_touches as (

    select
        touch_records.*,
        coalesce(touch_records.person_record_id, stitched_touches.person_record_id)
            as known_person_record_id,
        case
            when touch_records.given_channel is not null then 'given'
            when touch_records.is_direct_visit then 'direct_visit'
            when channel_lookups.channel is not null then channel_lookups.rule_id
            when campaigns.channel is not null then 'campaign'
            when touch_types.default_channel is not null then 'touch_type'
            else 'none'
        end as channel_basis,
        coalesce(
            touch_records.given_channel,
            case when touch_records.is_direct_visit then 'direct' end,
            channel_lookups.channel,
            campaigns.channel,
            touch_types.default_channel,
            'unknown'
        ) as channel,
        coalesce(touch_types.is_marketing, true) as is_marketing_type,
        coalesce(touch_types.is_sales, false) as is_sales
    from touch_records
    left join {{ ref('int_campaigns__stitched_touches') }} as stitched_touches
        on touch_records.touchpoint_id = stitched_touches.touchpoint_id
    left join channel_lookups
        on
            touch_records.touch_type is not distinct from channel_lookups.touch_type
            and touch_records.utm_source is not distinct from channel_lookups.utm_source
            and touch_records.utm_medium is not distinct from channel_lookups.utm_medium
            and touch_records.click_id_type
            is not distinct from channel_lookups.click_id_type
            and touch_records.external_referrer_host
            is not distinct from channel_lookups.external_referrer_host
            and touch_records.campaign_type
            is not distinct from channel_lookups.campaign_type
    left join campaigns
        on touch_records.campaign_id = campaigns.campaign_id
    left join touch_types
        on touch_records.touch_type = touch_types.touch_type

),

touchpoints as (

    select
        channelled_touches.touchpoint_id,
        channelled_touches.source,
        person_records.person_id,
        person_records.account_id,
        channelled_touches.campaign_id,
        channelled_touches.channel,
        channelled_touches.channel_basis,
        channelled_touches.touch_type,
        coalesce(masks.utm_source, channelled_touches.utm_source) as utm_source,
        coalesce(masks.utm_medium, channelled_touches.utm_medium) as utm_medium,
        coalesce(masks.utm_campaign, channelled_touches.utm_campaign) as utm_campaign,
        channelled_touches.click_id_type,
        channelled_touches.is_tagged,
        channelled_touches.is_marketing_type
        and not channelled_touches.is_sales
        and channelled_touches.channel != 'direct' as is_marketing,
        channelled_touches.channel = 'direct'
        and not channelled_touches.is_sales as is_direct,
        channelled_touches.is_sales,
        channelled_touches.person_record_id is null
        and person_records.person_id is not null as is_stitched,
        channelled_touches.touched_at,
        {{ number_key('person_records.person_id') }} as person_key
    from channelled_touches
    left join {{ ref('int_campaigns__person_records') }} as person_records
        on channelled_touches.known_person_record_id = person_records.person_record_id
    left join {{ ref('int_campaigns__masked_links') }} as masks
        on channelled_touches.touchpoint_id = masks.touchpoint_id

),

printed_touchpoints as (

    select
        *,
        {{ content_print([
            'touchpoint_id', 'person_id', 'campaign_id', 'channel', 'is_marketing',
            'is_direct', 'is_sales', 'touched_at'
        ]) }} as touch_print
    from touchpoints

)

select * from printed_touchpoints

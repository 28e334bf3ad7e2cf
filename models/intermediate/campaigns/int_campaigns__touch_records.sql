-- Grain: one row per touch of any source up to as_of, with what its channel can be told
-- from.
-- A table, because reading the query strings of landing pages is the dearest step and
-- three models read the result.

with

generic_touches as (

    select * from {{ ref('stg_generic__touches') }}

),

salesforce_touches as (

    select * from {{ ref('stg_salesforce__touches') }}

),

hubspot_touches as (

    select * from {{ ref('stg_hubspot__touches') }}

),

marketo_touches as (

    select * from {{ ref('stg_marketo__touches') }}

),

campaign_types as (

    -- The type speaks only where the campaign gives no channel of its own.
    select
        campaign_id,
        lower(campaign_type) as campaign_type
    from {{ ref('int_campaigns__campaign_records') }}
    where channel is null and campaign_type is not null

),

touches as (

    select * from generic_touches
    union all
    select * from salesforce_touches
    union all
    select * from hubspot_touches
    union all
    select * from marketo_touches

),

touch_records as (

    select
        touches.touchpoint_id,
        touches.source,
        touches.person_record_id,
        touches.anonymous_id,
        touches.campaign_id,
        touches.touch_type,
        touches.given_channel,
        touches.utm_source,
        touches.utm_medium,
        touches.utm_campaign,
        touches.utm_content,
        touches.utm_term,
        touches.click_id_type,
        case
            when not touches.is_internal_referrer then touches.referrer_host
        end as external_referrer_host,
        campaign_types.campaign_type,
        touches.variant,
        coalesce(
            touches.utm_source,
            touches.utm_medium,
            touches.utm_campaign,
            touches.utm_content,
            touches.utm_term,
            touches.click_id_type
        ) is not null as is_tagged,
        touches.landing_page is not null as has_landing_page,
        touches.touch_type = 'web_session'
        and touches.given_channel is null
        and touches.utm_source is null
        and touches.utm_medium is null
        and touches.utm_campaign is null
        and touches.utm_content is null
        and touches.utm_term is null
        and touches.click_id_type is null
        and (touches.referrer_host is null or touches.is_internal_referrer)
            as is_direct_visit,
        touches.touched_at
    from touches
    left join campaign_types
        on touches.campaign_id = campaign_types.campaign_id
    where {{ known_by_as_of('touches.touched_at') }}

)

select * from touch_records

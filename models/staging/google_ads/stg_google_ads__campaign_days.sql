-- Grain: one row per campaign and day, over all networks and devices.

with

stats as (

    select
        *,
        {{ source_key('google_ads', 'customer_id') }} as ad_account_id,
        {{ source_key('google_ads', 'id') }} as ad_campaign_id
    from {{ source('google_ads', 'campaign_stats') }}

),

accounts as (

    select
        ad_account_id,
        currency
    from {{ ref('stg_google_ads__ad_accounts') }}

),

campaigns as (

    select
        campaign_id,
        campaign_name
    from {{ ref('stg_google_ads__campaigns') }}

),

stat_days as (

    select
        'google_ads' as source,
        stats.ad_account_id,
        stats.ad_campaign_id as campaign_id,
        campaigns.campaign_name,
        accounts.currency,
        {{ micros_to_units('coalesce(sum(stats.cost_micros), 0)') }} as spend,
        cast(sum(stats.impressions) as bigint) as impressions,
        cast(sum(stats.clicks) as bigint) as clicks,
        cast(sum(stats.conversions) as decimal(28, 6)) as conversions,
        cast(sum(stats.conversions_value) as decimal(28, 6)) as conversion_value,
        stats.date as stat_date
    from stats
    left join accounts
        on stats.ad_account_id = accounts.ad_account_id
    left join campaigns
        on stats.ad_campaign_id = campaigns.campaign_id
    group by
        stats.ad_account_id,
        stats.ad_campaign_id,
        campaigns.campaign_name,
        accounts.currency,
        stats.date

)

select * from stat_days

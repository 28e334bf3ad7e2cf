-- Grain: one row per creative and day. A creative that the history does not know has no
-- campaign.

with

stats as (

    select
        *,
        {{ source_key('linkedin_ads', 'creative_id') }} as ad_id
    from {{ source('linkedin_ads', 'ad_analytics_by_creative') }}

),

ads as (

    select
        ad_id,
        ad_account_id,
        campaign_id,
        campaign_name,
        currency
    from {{ ref('stg_linkedin_ads__ads') }}

),

stat_days as (

    select
        'linkedin_ads' as source,
        ads.ad_account_id,
        ads.campaign_id,
        stats.ad_id,
        ads.campaign_name,
        ads.currency,
        cast(coalesce(sum(stats.cost_in_local_currency), 0) as decimal(28, 6)) as spend,
        cast(sum(stats.impressions) as bigint) as impressions,
        cast(sum(stats.clicks) as bigint) as clicks,
        cast(sum(stats.external_website_conversions) as decimal(28, 6))
            as conversions,
        cast(sum(stats.conversion_value_in_local_currency) as decimal(28, 6))
            as conversion_value,
        cast(stats.day as date) as stat_date
    from stats
    left join ads
        on stats.ad_id = ads.ad_id
    group by
        ads.ad_account_id,
        ads.campaign_id,
        stats.ad_id,
        ads.campaign_name,
        ads.currency,
        cast(stats.day as date)

)

select * from stat_days

-- Grain: one row per campaign, currency and day, over all segments.

with

stats as (

    select
        *,
        {{ source_key('microsoft_ads', 'account_id') }} as ad_account_id,
        {{ source_key('microsoft_ads', 'campaign_id') }} as ad_campaign_id
    from {{ source('microsoft_ads', 'campaign_performance_daily_report') }}

),

accounts as (

    select
        ad_account_id,
        currency
    from {{ ref('stg_microsoft_ads__ad_accounts') }}

),

campaigns as (

    select
        campaign_id,
        campaign_name
    from {{ ref('stg_microsoft_ads__campaigns') }}

),

stat_days as (

    select
        'microsoft_ads' as source,
        stats.ad_account_id,
        stats.ad_campaign_id as campaign_id,
        campaigns.campaign_name,
        coalesce(
            upper({{ clean_text('stats.currency_code') }}), accounts.currency
        ) as currency,
        cast(coalesce(sum(stats.spend), 0) as decimal(28, 6)) as spend,
        cast(sum(stats.impressions) as bigint) as impressions,
        cast(sum(stats.clicks) as bigint) as clicks,
        cast(
            sum(coalesce(stats.conversions_qualified, stats.conversions))
            as decimal(28, 6)
        ) as conversions,
        cast(sum(stats.revenue) as decimal(28, 6)) as conversion_value,
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
        coalesce(upper({{ clean_text('stats.currency_code') }}), accounts.currency),
        stats.date

)

select * from stat_days

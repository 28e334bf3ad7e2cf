-- Grain: one row per ad and day.
-- Clicks are those on links; what counts as a conversion, the types of action tell.

with

stats as (

    select
        {{ source_key('meta_ads', 'account_id') }} as ad_account_id,
        {{ source_key('meta_ads', 'campaign_id') }} as campaign_id,
        {{ source_key('meta_ads', 'ad_id') }} as ad_id,
        spend,
        impressions,
        inline_link_clicks,
        date as stat_date
    from {{ source('meta_ads', 'basic_ad') }}

),

ads as (

    select * from {{ ref('stg_meta_ads__ads') }}

),

accounts as (

    select
        ad_account_id,
        currency
    from {{ ref('stg_meta_ads__ad_accounts') }}

),

campaigns as (

    select
        campaign_id,
        campaign_name
    from {{ ref('stg_meta_ads__campaigns') }}

),

placed_stats as (

    select
        coalesce(stats.ad_account_id, ads.ad_account_id) as ad_account_id,
        coalesce(stats.campaign_id, ads.campaign_id) as campaign_id,
        stats.ad_id,
        stats.spend,
        stats.impressions,
        stats.inline_link_clicks,
        stats.stat_date
    from stats
    left join ads
        on stats.ad_id = ads.ad_id

),

stat_days as (

    select
        'meta_ads' as source,
        placed_stats.ad_account_id,
        placed_stats.campaign_id,
        placed_stats.ad_id,
        campaigns.campaign_name,
        accounts.currency,
        cast(coalesce(sum(placed_stats.spend), 0) as decimal(28, 6)) as spend,
        cast(sum(placed_stats.impressions) as bigint) as impressions,
        cast(sum(placed_stats.inline_link_clicks) as bigint) as clicks,
        cast(null as decimal(28, 6)) as conversions,
        cast(null as decimal(28, 6)) as conversion_value,
        placed_stats.stat_date
    from placed_stats
    left join accounts
        on placed_stats.ad_account_id = accounts.ad_account_id
    left join campaigns
        on placed_stats.campaign_id = campaigns.campaign_id
    group by
        placed_stats.ad_account_id,
        placed_stats.campaign_id,
        placed_stats.ad_id,
        campaigns.campaign_name,
        accounts.currency,
        placed_stats.stat_date

)

select * from stat_days

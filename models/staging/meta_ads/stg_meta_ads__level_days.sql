-- Grain: one row per level of report, account, campaign, currency and day.

with

campaign_days as (

    select * from {{ ref('stg_meta_ads__campaign_days') }}

),

ad_days as (

    select * from {{ ref('stg_meta_ads__ad_days') }}

),

level_days as (

    select
        source,
        'campaign' as level,
        ad_account_id,
        campaign_id,
        campaign_name,
        currency,
        spend,
        impressions,
        clicks,
        stat_date
    from campaign_days
    union all
    select
        source,
        'ad' as level,
        ad_account_id,
        campaign_id,
        campaign_name,
        currency,
        cast(sum(spend) as decimal(28, 6)) as spend,
        cast(sum(impressions) as bigint) as impressions,
        cast(sum(clicks) as bigint) as clicks,
        stat_date
    from ad_days
    group by
        source,
        ad_account_id,
        campaign_id,
        campaign_name,
        currency,
        stat_date

)

select * from level_days

-- Grain: one row per level of report, account, campaign, currency and day.

with

account_days as (

    select * from {{ ref('stg_google_ads__account_days') }}

),

campaign_days as (

    select * from {{ ref('stg_google_ads__campaign_days') }}

),

ad_group_days as (

    select * from {{ ref('stg_google_ads__ad_group_days') }}

),

ad_days as (

    select * from {{ ref('stg_google_ads__ad_days') }}

),

level_days as (

    select
        source,
        'account' as level,
        ad_account_id,
        cast(null as varchar) as campaign_id,
        cast(null as varchar) as campaign_name,
        currency,
        spend,
        impressions,
        clicks,
        stat_date
    from account_days
    union all
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
        'ad_group' as level,
        ad_account_id,
        campaign_id,
        campaign_name,
        currency,
        spend,
        impressions,
        clicks,
        stat_date
    from ad_group_days
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

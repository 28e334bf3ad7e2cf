-- Grain: one row per platform, level of report, account, campaign, currency and day.
-- Days after as_of have not been spent yet.

with

google_levels as (

    select * from {{ ref('stg_google_ads__level_days') }}

),

linkedin_levels as (

    select * from {{ ref('stg_linkedin_ads__level_days') }}

),

meta_levels as (

    select * from {{ ref('stg_meta_ads__level_days') }}

),

microsoft_levels as (

    select * from {{ ref('stg_microsoft_ads__level_days') }}

),

all_levels as (

    select * from google_levels
    union all
    select * from linkedin_levels
    union all
    select * from meta_levels
    union all
    select * from microsoft_levels

),

platform_levels as (

    select
        source as platform,
        level,
        ad_account_id,
        campaign_id,
        campaign_name,
        coalesce(currency, '{{ var("reporting_currency") }}') as currency,
        spend,
        impressions,
        clicks,
        stat_date
    from all_levels
    where stat_date <= {{ reporting_date(as_of()) }}

)

select * from platform_levels

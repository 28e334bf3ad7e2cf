-- Grain: one row per campaign, currency and day that a platform reports by ad.

{{ config(materialized='view') }}

with

google_days as (

    select * from {{ ref('stg_google_ads__ad_days') }}

),

linkedin_days as (

    select * from {{ ref('stg_linkedin_ads__ad_days') }}

),

meta_days as (

    select * from {{ ref('stg_meta_ads__ad_days') }}

),

microsoft_days as (

    select * from {{ ref('stg_microsoft_ads__ad_days') }}

),

all_days as (

    select * from google_days
    union all
    select * from linkedin_days
    union all
    select * from meta_days
    union all
    select * from microsoft_days

),

ad_reports as (

    select
        source,
        ad_account_id,
        campaign_id,
        campaign_name,
        currency,
        cast(sum(spend) as decimal(28, 6)) as spend,
        cast(sum(impressions) as bigint) as impressions,
        cast(sum(clicks) as bigint) as clicks,
        stat_date
    from all_days
    group by
        source,
        ad_account_id,
        campaign_id,
        campaign_name,
        currency,
        stat_date

)

select * from ad_reports

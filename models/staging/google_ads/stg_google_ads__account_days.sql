-- Grain: one row per account and day, over all networks and devices.

with

stats as (

    select
        *,
        {{ source_key('google_ads', 'customer_id') }} as ad_account_id
    from {{ source('google_ads', 'account_stats') }}

),

accounts as (

    select
        ad_account_id,
        currency
    from {{ ref('stg_google_ads__ad_accounts') }}

),

stat_days as (

    select
        'google_ads' as source,
        stats.ad_account_id,
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
    group by
        stats.ad_account_id,
        accounts.currency,
        stats.date

)

select * from stat_days

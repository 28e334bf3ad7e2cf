-- Grain: one row per campaign and day: what the LinkedIn campaigns of a group add up
-- to.
-- The cost is the one in the currency of the account: LinkedIn's dollars are converted
-- at a rate that no book of ours knows.

with

stats as (

    select
        *,
        {{ source_key('linkedin_ads', 'campaign_id') }} as ad_group_id
    from {{ source('linkedin_ads', 'ad_analytics_by_campaign') }}

),

ad_groups as (

    select
        ad_group_id,
        ad_account_id,
        campaign_id,
        campaign_name,
        currency
    from {{ ref('stg_linkedin_ads__ad_groups') }}

),

stat_days as (

    select
        'linkedin_ads' as source,
        ad_groups.ad_account_id,
        coalesce(ad_groups.campaign_id, stats.ad_group_id) as campaign_id,
        ad_groups.campaign_name,
        ad_groups.currency,
        cast(coalesce(sum(stats.cost_in_local_currency), 0) as decimal(28, 6)) as spend,
        cast(sum(stats.impressions) as bigint) as impressions,
        cast(sum(stats.clicks) as bigint) as clicks,
        cast(sum(stats.external_website_conversions) as decimal(28, 6))
            as conversions,
        cast(sum(stats.conversion_value_in_local_currency) as decimal(28, 6))
            as conversion_value,
        cast(stats.day as date) as stat_date
    from stats
    left join ad_groups
        on stats.ad_group_id = ad_groups.ad_group_id
    group by
        ad_groups.ad_account_id,
        coalesce(ad_groups.campaign_id, stats.ad_group_id),
        ad_groups.campaign_name,
        ad_groups.currency,
        cast(stats.day as date)

)

select * from stat_days

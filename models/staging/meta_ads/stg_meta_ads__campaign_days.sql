-- Grain: one row per campaign and day, from the optional report by campaign.
-- Clicks are those on links; what counts as a conversion, the types of action tell.

with

stats as (

    select
        *,
        {{ source_key('meta_ads', 'account_id') }} as ad_account_id,
        {{ source_key('meta_ads', 'campaign_id') }} as ad_campaign_id
    from {{ source('meta_ads', 'basic_campaign') }}

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

stat_days as (

    select
        'meta_ads' as source,
        stats.ad_account_id,
        stats.ad_campaign_id as campaign_id,
        campaigns.campaign_name,
        accounts.currency,
        cast(coalesce(sum(stats.spend), 0) as decimal(28, 6)) as spend,
        cast(sum(stats.impressions) as bigint) as impressions,
        cast(sum(stats.inline_link_clicks) as bigint) as clicks,
        cast(null as decimal(28, 6)) as conversions,
        cast(null as decimal(28, 6)) as conversion_value,
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

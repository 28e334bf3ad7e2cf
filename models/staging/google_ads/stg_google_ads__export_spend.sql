-- Grain: one row per account, campaign, level of report, breakdown, currency and span
-- of days, as Google Ads' own reports have it. They write
-- the id of an account with dashes, its connector without.

with

export_spend as (

    select
        {{ source_key('google_ads', "replace(account_id, '-', '')") }} as ad_account_id,
        {{ clean_text('account_name') }} as ad_account_name,
        {{ source_key('google_ads', 'campaign_id') }} as campaign_id,
        {{ clean_text('campaign_name') }} as campaign_name,
        case
            when {{ clean_text('coalesce(ad_id, ad_name)') }} is not null then 'ad'
            when {{ clean_text('coalesce(adset_id, adset_name)') }} is not null
                then 'ad_set'
            when {{ clean_text('coalesce(campaign_id, campaign_name)') }} is not null
                then 'campaign'
            else 'account'
        end as report_level,
        {{ clean_text('breakdown') }} as breakdown,
        upper({{ clean_text('currency') }}) as currency,
        spend,
        impressions,
        clicks,
        reporting_starts as starts_on,
        reporting_ends as ends_on
    from {{ source('google_ads', 'export_spend') }}

),

accounts as (

    select
        ad_account_id,
        currency
    from {{ ref('stg_google_ads__ad_accounts') }}

),

settled_spend as (

    select
        'google_ads' as source,
        export_spend.ad_account_id,
        export_spend.ad_account_name,
        export_spend.campaign_id,
        export_spend.campaign_name,
        export_spend.report_level,
        export_spend.breakdown,
        coalesce(export_spend.currency, accounts.currency) as currency,
        export_spend.spend,
        export_spend.impressions,
        export_spend.clicks,
        export_spend.starts_on,
        export_spend.ends_on
    from export_spend
    left join accounts
        on export_spend.ad_account_id = accounts.ad_account_id

),

summed_spend as (

    select
        source,
        ad_account_id,
        max(ad_account_name) as ad_account_name,
        campaign_id,
        max(campaign_name) as campaign_name,
        report_level,
        breakdown,
        currency,
        cast(coalesce(sum(spend), 0) as decimal(28, 6)) as spend,
        cast(sum(impressions) as bigint) as impressions,
        cast(sum(clicks) as bigint) as clicks,
        starts_on,
        ends_on
    from settled_spend
    group by
        source,
        ad_account_id,
        case when ad_account_id is null then ad_account_name end,
        campaign_id,
        case when campaign_id is null then campaign_name end,
        report_level,
        breakdown,
        currency,
        starts_on,
        ends_on

)

select * from summed_spend

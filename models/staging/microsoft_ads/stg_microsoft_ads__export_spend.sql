-- Grain: one row per account, campaign, level and shape of report, breakdown, currency
-- and span of days, as Microsoft Advertising's own reports have it.

with

export_spend as (

    select
        {{ source_key('microsoft_ads', 'account_id') }} as ad_account_id,
        {{ clean_text('account_name') }} as ad_account_name,
        {{ source_key('microsoft_ads', 'campaign_id') }} as campaign_id,
        {{ clean_text('campaign_name') }} as campaign_name,
        {{ export_report_level() }} as report_level,
        {{ export_report_shape() }} as report_shape,
        {{ clean_text('breakdown') }} as breakdown,
        upper({{ clean_text('currency') }}) as currency,
        spend,
        impressions,
        clicks,
        reporting_starts as starts_on,
        reporting_ends as ends_on
    from {{ source('microsoft_ads', 'export_spend') }}

),

accounts as (

    select
        ad_account_id,
        currency
    from {{ ref('stg_microsoft_ads__ad_accounts') }}

),

settled_spend as (

    select
        'microsoft_ads' as source,
        export_spend.ad_account_id,
        export_spend.ad_account_name,
        export_spend.campaign_id,
        export_spend.campaign_name,
        export_spend.report_level,
        export_spend.report_shape,
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

    {{ summed_export_spend('settled_spend') }}

)

select * from summed_spend

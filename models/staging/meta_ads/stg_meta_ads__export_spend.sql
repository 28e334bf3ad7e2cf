-- Grain: one row per account, campaign, level and shape of report, breakdown, currency
-- and span of days, as Ads Manager's own reports have it.
-- Clicks are those on links. A row that names no campaign is known by its ad; the
-- level is that of the row, whether its ad is known or not.

with

export_spend as (

    select
        {{ source_key('meta_ads', 'account_id') }} as ad_account_id,
        {{ clean_text('account_name') }} as ad_account_name,
        {{ source_key('meta_ads', 'campaign_id') }} as campaign_id,
        {{ clean_text('campaign_name') }} as campaign_name,
        {{ source_key('meta_ads', 'ad_id') }} as ad_id,
        {{ export_report_level() }} as report_level,
        {{ export_report_shape() }} as report_shape,
        {{ clean_text('breakdown') }} as breakdown,
        upper({{ clean_text('currency') }}) as currency,
        spend,
        impressions,
        inline_link_clicks as clicks,
        reporting_starts as starts_on,
        reporting_ends as ends_on
    from {{ source('meta_ads', 'export_spend') }}

),

ads as (

    select
        ad_id,
        ad_account_id,
        campaign_id
    from {{ ref('stg_meta_ads__ads') }}

),

settled_spend as (

    select
        'meta_ads' as source,
        coalesce(export_spend.ad_account_id, ads.ad_account_id) as ad_account_id,
        export_spend.ad_account_name,
        coalesce(export_spend.campaign_id, ads.campaign_id) as campaign_id,
        export_spend.campaign_name,
        export_spend.report_level,
        export_spend.report_shape,
        export_spend.breakdown,
        export_spend.currency,
        export_spend.spend,
        export_spend.impressions,
        export_spend.clicks,
        export_spend.starts_on,
        export_spend.ends_on
    from export_spend
    left join ads
        on export_spend.ad_id = ads.ad_id

),

summed_spend as (

    {{ summed_export_spend('settled_spend') }}

)

select * from summed_spend

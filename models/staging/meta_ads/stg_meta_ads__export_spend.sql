-- Grain: one row per account, campaign, level of report, breakdown, currency and span
-- of days, as Ads Manager exports it.
-- Clicks are those on links. A row that names no campaign is known by its ad.

with

export_spend as (

    select
        {{ source_key('meta_ads', 'account_id') }} as ad_account_id,
        {{ source_key('meta_ads', 'campaign_id') }} as campaign_id,
        {{ source_key('meta_ads', 'ad_id') }} as ad_id,
        {{ clean_text('campaign_name') }} as campaign_name,
        case
            when {{ clean_text('coalesce(ad_id, ad_name)') }} is not null then 'ad'
            when {{ clean_text('coalesce(adset_id, adset_name)') }} is not null
                then 'ad_set'
            when {{ clean_text('coalesce(campaign_id, campaign_name)') }} is not null
                then 'campaign'
            else 'account'
        end as report_level,
        nullif(
            concat_ws(
                ',',
                case when {{ clean_text('age') }} is not null then 'age' end,
                case when {{ clean_text('country') }} is not null then 'country' end,
                case when {{ clean_text('gender') }} is not null then 'gender' end,
                case
                    when {{ clean_text('placement') }} is not null then 'placement'
                end,
                case when {{ clean_text('platform') }} is not null then 'platform' end
            ), ''
        ) as breakdown,
        upper({{ clean_text('currency') }}) as currency,
        spend,
        impressions,
        inline_link_clicks,
        reporting_starts,
        reporting_ends
    from {{ source('meta_ads', 'export_spend') }}

),

ads as (

    select
        ad_id,
        ad_account_id,
        campaign_id
    from {{ ref('stg_meta_ads__ads') }}

),

summed_spend as (

    select
        'meta_ads' as source,
        coalesce(export_spend.ad_account_id, ads.ad_account_id) as ad_account_id,
        coalesce(export_spend.campaign_id, ads.campaign_id) as campaign_id,
        export_spend.campaign_name,
        export_spend.report_level,
        export_spend.breakdown,
        export_spend.currency,
        cast(coalesce(sum(export_spend.spend), 0) as decimal(28, 6)) as spend,
        cast(sum(export_spend.impressions) as bigint) as impressions,
        cast(sum(export_spend.inline_link_clicks) as bigint) as clicks,
        export_spend.reporting_starts as starts_on,
        export_spend.reporting_ends as ends_on
    from export_spend
    left join ads
        on export_spend.ad_id = ads.ad_id
    group by
        coalesce(export_spend.ad_account_id, ads.ad_account_id),
        coalesce(export_spend.campaign_id, ads.campaign_id),
        export_spend.campaign_name,
        export_spend.report_level,
        export_spend.breakdown,
        export_spend.currency,
        export_spend.reporting_starts,
        export_spend.reporting_ends

)

select * from summed_spend

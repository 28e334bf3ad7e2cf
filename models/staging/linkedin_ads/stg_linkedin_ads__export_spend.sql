-- Grain: one row per account, campaign, level and shape of report, breakdown, currency
-- and span of days, as Campaign Manager's own reports have it.
-- A campaign is a campaign group of LinkedIn: the one in the row, else that of its
-- LinkedIn campaign or ad; a LinkedIn campaign whose group is not known is its own.

with

export_spend as (

    select
        {{ source_key('linkedin_ads', 'account_id') }} as ad_account_id,
        {{ clean_text('account_name') }} as ad_account_name,
        {{ source_key('linkedin_ads', 'campaign_id') }} as campaign_id,
        {{ clean_text('campaign_name') }} as campaign_name,
        {{ source_key('linkedin_ads', 'adset_id') }} as ad_group_id,
        {{ clean_text('adset_name') }} as ad_group_name,
        {{ source_key('linkedin_ads', 'ad_id') }} as ad_id,
        {{ export_report_level() }} as report_level,
        {{ export_report_shape() }} as report_shape,
        {{ clean_text('breakdown') }} as breakdown,
        upper({{ clean_text('currency') }}) as currency,
        spend,
        impressions,
        clicks,
        reporting_starts as starts_on,
        reporting_ends as ends_on
    from {{ source('linkedin_ads', 'export_spend') }}

),

accounts as (

    select * from {{ ref('stg_linkedin_ads__ad_accounts') }}

),

ad_groups as (

    select * from {{ ref('stg_linkedin_ads__ad_groups') }}

),

ads as (

    select * from {{ ref('stg_linkedin_ads__ads') }}

),

settled_spend as (

    select
        'linkedin_ads' as source,
        coalesce(
            export_spend.ad_account_id, ad_groups.ad_account_id, ads.ad_account_id
        ) as ad_account_id,
        export_spend.ad_account_name,
        coalesce(
            export_spend.campaign_id,
            ad_groups.campaign_id,
            ads.campaign_id,
            export_spend.ad_group_id
        ) as campaign_id,
        coalesce(
            export_spend.campaign_name,
            ad_groups.campaign_name,
            ads.campaign_name,
            case
                when export_spend.campaign_id is null and ad_groups.campaign_id is null
                    then export_spend.ad_group_name
            end
        ) as campaign_name,
        export_spend.report_level,
        export_spend.report_shape,
        export_spend.breakdown,
        coalesce(
            export_spend.currency, accounts.currency, ad_groups.currency, ads.currency
        ) as currency,
        export_spend.spend,
        export_spend.impressions,
        export_spend.clicks,
        export_spend.starts_on,
        export_spend.ends_on
    from export_spend
    left join ad_groups
        on export_spend.ad_group_id = ad_groups.ad_group_id
    left join ads
        on export_spend.ad_id = ads.ad_id
    left join accounts
        on export_spend.ad_account_id = accounts.ad_account_id

),

summed_spend as (

    {{ summed_export_spend('settled_spend') }}

)

select * from summed_spend

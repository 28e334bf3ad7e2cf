-- Grain: one row per level of report, campaign, ad, currency, day and kind of
-- conversion.
-- Kinds overlap, so they never add up.

with

report_rows as (

    select
        'campaign' as level,
        account_id as account_record_id,
        campaign_id as campaign_record_id,
        cast(null as string) as ad_record_id,
        currency_code,
        coalesce(conversions_qualified, conversions) as conversions,
        revenue as conversion_value,
        coalesce(all_conversions_qualified, all_conversions) as all_conversions,
        all_revenue as all_conversion_value,
        date as stat_date
    from {{ source('microsoft_ads', 'campaign_performance_daily_report') }}
    union all
    select
        'ad' as level,
        account_id as account_record_id,
        campaign_id as campaign_record_id,
        ad_id as ad_record_id,
        currency_code,
        coalesce(conversions_qualified, conversions) as conversions,
        revenue as conversion_value,
        coalesce(all_conversions_qualified, all_conversions) as all_conversions,
        all_revenue as all_conversion_value,
        date as stat_date
    from {{ source('microsoft_ads', 'ad_performance_daily_report') }}

),

accounts as (

    select
        record_id,
        currency
    from {{ ref('stg_microsoft_ads__ad_accounts') }}

),

kinds as (

    select kind_names.conversion_name
    from (
        values
        ('conversions'),
        ('all_conversions')
    ) as kind_names (conversion_name)

),

conversion_rows as (

    select
        'microsoft_ads' as source,
        report_rows.level,
        {{ source_key('microsoft_ads', 'report_rows.account_record_id') }}
            as ad_account_id,
        {{ source_key('microsoft_ads', 'report_rows.campaign_record_id') }}
            as campaign_id,
        {{ source_key('microsoft_ads', 'report_rows.ad_record_id') }} as ad_id,
        coalesce(
            upper({{ clean_text('report_rows.currency_code') }}), accounts.currency
        ) as currency,
        kinds.conversion_name,
        case kinds.conversion_name
            when 'conversions' then report_rows.conversions
            when 'all_conversions' then report_rows.all_conversions
        end as conversions,
        case kinds.conversion_name
            when 'conversions' then report_rows.conversion_value
            when 'all_conversions' then report_rows.all_conversion_value
        end as conversion_value,
        report_rows.stat_date
    from report_rows
    cross join kinds
    left join accounts
        on trim(report_rows.account_record_id) = accounts.record_id

),

conversions as (

    select
        source,
        level,
        ad_account_id,
        campaign_id,
        ad_id,
        currency,
        conversion_name,
        cast(sum(conversions) as decimal(28, 6)) as conversions,
        cast(sum(conversion_value) as decimal(28, 6)) as conversion_value,
        stat_date
    from conversion_rows
    group by
        source,
        level,
        ad_account_id,
        campaign_id,
        ad_id,
        currency,
        conversion_name,
        stat_date

)

select * from conversions

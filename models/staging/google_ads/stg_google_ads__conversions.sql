-- Grain: one row per level of report, campaign, ad, currency, day and kind of
-- conversion.
-- Kinds overlap, so they never add up.

with

report_rows as (

    select
        'campaign' as level,
        customer_id as account_record_id,
        id as campaign_record_id,
        cast(null as string) as ad_record_id,
        conversions,
        conversions_value as conversion_value,
        all_conversions,
        all_conversions_value as all_conversion_value,
        view_through_conversions,
        date as stat_date
    from {{ source('google_ads', 'campaign_stats') }}
    union all
    select
        'ad' as level,
        customer_id as account_record_id,
        campaign_id as campaign_record_id,
        ad_id as ad_record_id,
        conversions,
        conversions_value as conversion_value,
        all_conversions,
        all_conversions_value as all_conversion_value,
        view_through_conversions,
        date as stat_date
    from {{ source('google_ads', 'ad_stats') }}

),

accounts as (

    select
        record_id,
        currency
    from {{ ref('stg_google_ads__ad_accounts') }}

),

kinds as (

    select kind_names.conversion_name
    from (
        values
        ('conversions'),
        ('all_conversions'),
        ('view_through_conversions')
    ) as kind_names (conversion_name)

),

conversion_rows as (

    select
        'google_ads' as source,
        report_rows.level,
        {{ source_key('google_ads', 'report_rows.account_record_id') }}
            as ad_account_id,
        {{ source_key('google_ads', 'report_rows.campaign_record_id') }}
            as campaign_id,
        {{ source_key('google_ads', 'report_rows.ad_record_id') }} as ad_id,
        accounts.currency,
        kinds.conversion_name,
        case kinds.conversion_name
            when 'conversions' then report_rows.conversions
            when 'all_conversions' then report_rows.all_conversions
            when 'view_through_conversions' then report_rows.view_through_conversions
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

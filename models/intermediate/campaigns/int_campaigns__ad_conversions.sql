-- Grain: one row per platform, account, campaign, currency, day and kind of conversion.
-- A campaign's day is counted once: by its own report, else by its ads.

with

google_conversions as (

    select * from {{ ref('stg_google_ads__conversions') }}

),

linkedin_conversions as (

    select * from {{ ref('stg_linkedin_ads__conversions') }}

),

meta_conversions as (

    select * from {{ ref('stg_meta_ads__conversions') }}

),

microsoft_conversions as (

    select * from {{ ref('stg_microsoft_ads__conversions') }}

),

all_conversions as (

    select * from google_conversions
    union all
    select * from linkedin_conversions
    union all
    select * from meta_conversions
    union all
    select * from microsoft_conversions

),

judged_conversions as (

    select
        *,
        case
            when campaign_id is null
                then bool_or(level = 'campaign') over (partition by source, stat_date)
            else
                bool_or(level = 'campaign') over (
                    partition by source, campaign_id, stat_date
                )
        end as has_campaign_report
    from all_conversions

),

ad_conversions as (

    select
        source as platform,
        ad_account_id,
        campaign_id,
        conversion_name,
        coalesce(currency, '{{ var("reporting_currency") }}') as currency,
        cast(sum(conversions) as decimal(28, 6)) as conversions,
        cast(sum(conversion_value) as decimal(28, 6)) as conversion_value,
        stat_date
    from judged_conversions
    where
        (level = 'campaign') = has_campaign_report
        and stat_date <= {{ reporting_date(as_of()) }}
    group by
        source,
        ad_account_id,
        campaign_id,
        conversion_name,
        coalesce(currency, '{{ var("reporting_currency") }}'),
        stat_date
    having sum(conversions) != 0 or sum(conversion_value) != 0

)

select * from ad_conversions

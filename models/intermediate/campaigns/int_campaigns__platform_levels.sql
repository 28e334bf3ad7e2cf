-- Grain: one row per platform, level of report, account, campaign, currency and day.
-- Days after as_of are told apart where they are cut, so that they can be listed.

with

account_reports as (

    select * from {{ ref('int_campaigns__account_reports') }}

),

campaign_reports as (

    select * from {{ ref('int_campaigns__campaign_reports') }}

),

ad_group_reports as (

    select * from {{ ref('int_campaigns__ad_group_reports') }}

),

ad_reports as (

    select * from {{ ref('int_campaigns__ad_reports') }}

),

all_levels as (

    select
        source,
        'account' as level,
        ad_account_id,
        cast(null as string) as campaign_id,
        cast(null as string) as campaign_name,
        currency,
        spend,
        impressions,
        clicks,
        stat_date
    from account_reports
    union all
    select
        source,
        'campaign' as level,
        ad_account_id,
        campaign_id,
        campaign_name,
        currency,
        spend,
        impressions,
        clicks,
        stat_date
    from campaign_reports
    union all
    select
        source,
        'ad_group' as level,
        ad_account_id,
        campaign_id,
        campaign_name,
        currency,
        spend,
        impressions,
        clicks,
        stat_date
    from ad_group_reports
    union all
    select
        source,
        'ad' as level,
        ad_account_id,
        campaign_id,
        campaign_name,
        currency,
        spend,
        impressions,
        clicks,
        stat_date
    from ad_reports

),

platform_levels as (

    select
        source as platform,
        level,
        ad_account_id,
        campaign_id,
        campaign_name,
        coalesce(currency, '{{ var("reporting_currency") }}') as currency,
        spend,
        impressions,
        clicks,
        stat_date > {{ reporting_date(as_of()) }} as is_after_as_of,
        stat_date
    from all_levels

)

select * from platform_levels

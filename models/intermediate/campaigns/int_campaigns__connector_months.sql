-- Grain: one row per platform, account and month for which the connector reports, with
-- the first and the last day of its reports.

with

report_months as (

    select
        platform,
        ad_account_id,
        cast(date_trunc('month', stat_date) as date) as month,
        bool_or(level = 'account') as has_account_report,
        min(stat_date) as month_first_date,
        max(stat_date) as month_last_date
    from {{ ref('int_campaigns__platform_levels') }}
    where not is_after_as_of
    group by
        platform,
        ad_account_id,
        cast(date_trunc('month', stat_date) as date)

),

connector_months as (

    select
        platform,
        ad_account_id,
        month,
        has_account_report,
        min(month_first_date) over accounts as first_date,
        max(month_last_date) over accounts as last_date
    from report_months
    window accounts as (partition by platform, ad_account_id)

)

select * from connector_months

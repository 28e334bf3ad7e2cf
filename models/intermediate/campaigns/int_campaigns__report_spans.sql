-- Grain: one row per platform, account, rank of report made of single days and month in
-- which the account has any row of it, with the first and the last day of the report.

with

report_months as (

    select
        platform,
        ad_account_id,
        unsettled_account,
        split_part(report_order, '#', 1) as report_rank,
        cast(date_trunc('month', spend_date) as date) as month,
        min(spend_date) as first_date,
        max(spend_date) as last_date
    from {{ ref('int_campaigns__spend_days') }}
    where spend_level != 'entered' and not is_range and not is_after_as_of
    group by
        platform,
        ad_account_id,
        unsettled_account,
        split_part(report_order, '#', 1),
        cast(date_trunc('month', spend_date) as date)

),

report_spans as (

    select
        platform,
        ad_account_id,
        unsettled_account,
        report_rank,
        month,
        min(first_date) over reports as first_date,
        max(last_date) over reports as last_date
    from report_months
    window
        reports as (
            partition by platform, ad_account_id, unsettled_account, report_rank
        )

)

select * from report_spans

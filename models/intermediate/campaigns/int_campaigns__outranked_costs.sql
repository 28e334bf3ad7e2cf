-- Grain: one row per media cost of a day from a file beside which a better exported
-- report has the same campaign on the same day.
-- So ranges replace each other and what is worse, on their own days, and a report that
-- was exported twice counts once.

with

file_costs as (

    select * from {{ ref('int_campaigns__file_costs') }}

),

exported_keys as (

    select
        platform,
        ad_account_id,
        unsettled_account,
        campaign_key,
        has_own_id,
        report_order,
        spend_date
    from file_costs
    where not is_entered and campaign_key != '*'
    union all
    select
        platform,
        ad_account_id,
        unsettled_account,
        '*' as campaign_key,
        false as has_own_id,
        report_order,
        spend_date
    from file_costs
    where not is_entered
    union all
    select
        platform,
        ad_account_id,
        unsettled_account,
        'account' as campaign_key,
        false as has_own_id,
        report_order,
        spend_date
    from file_costs
    where not is_entered and campaign_key = '*'

),

best_reports as (

    select
        platform,
        ad_account_id,
        unsettled_account,
        campaign_key,
        has_own_id,
        min(report_order) as report_order,
        spend_date
    from exported_keys
    group by
        platform,
        ad_account_id,
        unsettled_account,
        campaign_key,
        has_own_id,
        spend_date

),

outranked_costs as (

    select file_costs.cost_day_id
    from file_costs
    inner join best_reports
        on
            file_costs.platform = best_reports.platform
            and file_costs.campaign_key = best_reports.campaign_key
            and file_costs.spend_date = best_reports.spend_date
            and file_costs.report_order > best_reports.report_order
            and coalesce(file_costs.ad_account_id = best_reports.ad_account_id, true)
            and coalesce(
                file_costs.unsettled_account = best_reports.unsettled_account, true
            )
    where
        not (
            file_costs.is_by_name
            and file_costs.has_own_id
            and best_reports.has_own_id
        )
    group by file_costs.cost_day_id

)

select * from outranked_costs

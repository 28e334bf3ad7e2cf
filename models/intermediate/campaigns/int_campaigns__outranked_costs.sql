-- Grain: one row per media cost of a day from a file beside which a better exported
-- report has the same money: on the same day, or, of a range, by single days anywhere
-- in the month.
-- So a report that was exported twice counts once, and a month of days stands for a
-- month at once. A single day that the better report lacks was not downloaded.

with

file_costs as (

    select * from {{ ref('int_campaigns__file_costs') }}

),

exports as (

    select * from file_costs
    where not is_entered

),

exported_keys as (

    select
        platform,
        ad_account_id,
        unsettled_account,
        campaign_key,
        has_own_id,
        is_range,
        report_order,
        report_rank,
        spend_date,
        month
    from exports
    where campaign_key != '*'
    union all
    select
        platform,
        ad_account_id,
        unsettled_account,
        '*' as campaign_key,
        false as has_own_id,
        is_range,
        report_order,
        report_rank,
        spend_date,
        month
    from exports
    where not is_account_total

),

best_of_days as (

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

best_of_months as (

    select
        platform,
        ad_account_id,
        unsettled_account,
        campaign_key,
        has_own_id,
        min(report_rank) as report_rank,
        month
    from exported_keys
    where not is_range
    group by
        platform,
        ad_account_id,
        unsettled_account,
        campaign_key,
        has_own_id,
        month

),

outranked_costs as (

    select file_costs.cost_day_id
    from file_costs
    inner join best_of_days as best
        on
            {{ tells_of('best', 'file_costs') }}
            and file_costs.spend_date = best.spend_date
            and file_costs.report_order > best.report_order
    union
    select file_costs.cost_day_id
    from file_costs
    inner join best_of_months as best
        on
            {{ tells_of('best', 'file_costs') }}
            and file_costs.month = best.month
            and file_costs.report_rank > best.report_rank
            and file_costs.is_range

)

select * from outranked_costs

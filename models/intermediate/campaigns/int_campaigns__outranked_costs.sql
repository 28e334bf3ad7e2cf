-- Grain: one row per media cost of a day from a file beside which a better exported
-- report has the same money on the same day.
-- A range is replaced by ranges alone; what single days tell of it is taken off its
-- total. A part of an unknown campaign gives way to a better level alone, since beside
-- it stand its neighbours in the same report. A report that the connector replaces
-- replaces nothing.

with

file_costs as (

    select
        *,
        split_part(report_rank, '|', 1) as level_rank
    from {{ ref('int_campaigns__file_costs') }}

),

replaced_costs as (

    select cost_day_id from {{ ref('int_campaigns__covered_costs') }}
    union
    select cost_day_id from {{ ref('int_campaigns__contained_costs') }}

),

exports as (

    select file_costs.*
    from file_costs
    left join replaced_costs
        on file_costs.cost_day_id = replaced_costs.cost_day_id
    where not file_costs.is_entered and replaced_costs.cost_day_id is null

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
        level_rank,
        spend_date
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
        level_rank,
        spend_date
    from exports
    where not is_account_total

),

best_reports as (

    select
        platform,
        ad_account_id,
        unsettled_account,
        campaign_key,
        has_own_id,
        is_range,
        min(report_order) as report_order,
        min(level_rank) as level_rank,
        spend_date
    from exported_keys
    group by
        platform,
        ad_account_id,
        unsettled_account,
        campaign_key,
        has_own_id,
        is_range,
        spend_date

),

outranked_costs as (

    select file_costs.cost_day_id
    from file_costs
    inner join best_reports
        on
            {{ tells_of('best_reports', 'file_costs') }}
            and file_costs.spend_date = best_reports.spend_date
            and file_costs.report_order > best_reports.report_order
    where
        case
            when file_costs.campaign_key = '*'
                then file_costs.level_rank > best_reports.level_rank
            else best_reports.is_range or not file_costs.is_range
        end
    group by file_costs.cost_day_id

)

select * from outranked_costs

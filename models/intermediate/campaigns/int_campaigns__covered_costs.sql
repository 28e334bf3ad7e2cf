-- Grain: one row per media cost of a day from a file that a better report of the same
-- campaign, made of single days, covers.
-- Such a report covers a range in each month for which it has any row of the account,
-- and a single day from its first to its last day within those months. A cost that has
-- an account gives way to that account alone, or to one that is not known.

with

file_costs as (

    select * from {{ ref('int_campaigns__file_costs') }}

),

told_campaigns as (

    select * from {{ ref('int_campaigns__told_campaigns') }}

),

report_spans as (

    select * from {{ ref('int_campaigns__report_spans') }}

),

told_months as (

    select
        told_campaigns.*,
        report_spans.month,
        report_spans.first_date,
        report_spans.last_date
    from told_campaigns
    inner join report_spans
        on
            told_campaigns.platform = report_spans.platform
            and told_campaigns.report_rank = report_spans.report_rank
            and told_campaigns.ad_account_id
            is not distinct from report_spans.ad_account_id
            and told_campaigns.unsettled_account
            is not distinct from report_spans.unsettled_account

),

covered_costs as (

    select file_costs.cost_day_id
    from file_costs
    inner join told_months
        on
            file_costs.platform = told_months.platform
            and file_costs.campaign_key = told_months.campaign_key
            and file_costs.month = told_months.month
            and file_costs.report_rank > told_months.report_rank
            and coalesce(file_costs.ad_account_id = told_months.ad_account_id, true)
            and coalesce(
                file_costs.unsettled_account = told_months.unsettled_account, true
            )
    where
        (
            file_costs.is_range
            or file_costs.spend_date between
            told_months.first_date and told_months.last_date
        )
        -- A like name does not make one of two campaigns with ids of their own.
        and not (
            file_costs.is_by_name
            and file_costs.has_own_id
            and told_months.has_own_id
        )
    group by file_costs.cost_day_id

)

select * from covered_costs

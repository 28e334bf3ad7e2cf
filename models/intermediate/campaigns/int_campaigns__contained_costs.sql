-- Grain: one row per media cost of a day from a file that is within what the platform's
-- connector reports, though no campaign ties the two.
-- A generic cost for no campaign is, where the connector has whole campaigns or
-- accounts; any cost of the account is, where it has the account's total alone: a range
-- in each month that has such reports, a single day from the first to the last of them
-- within those months. A file's account whose id nothing tells is another one.

with

file_costs as (

    select * from {{ ref('int_campaigns__file_costs') }}
    where unsettled_account is null

),

whole_reports as (

    select * from {{ ref('int_campaigns__whole_reports') }}

),

contained_costs as (

    select file_costs.cost_day_id
    from file_costs
    inner join whole_reports
        on
            file_costs.platform = whole_reports.platform
            and file_costs.month = whole_reports.month
            and coalesce(file_costs.ad_account_id = whole_reports.ad_account_id, true)
            and (
                file_costs.campaign_key = 'account'
                or whole_reports.has_account_report_alone
            )
    where
        file_costs.is_range
        or file_costs.spend_date between
        whole_reports.first_date and whole_reports.last_date
    group by file_costs.cost_day_id

)

select * from contained_costs

-- Grain: one row per media cost of a day from a file that is within what the
-- platform's connector reports, though no campaign ties the two.
-- A generic cost for no campaign is; any cost of the account is, where the connector
-- has the account's own total: a range in each month that has such reports, a single
-- day from the first to the last of them within those months. A file's account whose
-- id nothing tells is another one.

with

file_costs as (

    select * from {{ ref('int_campaigns__file_costs') }}
    where unsettled_account is null

),

connector_months as (

    select * from {{ ref('int_campaigns__connector_months') }}

),

contained_costs as (

    select file_costs.cost_day_id
    from file_costs
    inner join connector_months
        on
            file_costs.platform = connector_months.platform
            and file_costs.month = connector_months.month
            and coalesce(
                file_costs.ad_account_id = connector_months.ad_account_id, true
            )
            and (
                file_costs.is_lump
                or connector_months.has_account_report
            )
    where
        file_costs.is_range
        or file_costs.spend_date between
        connector_months.first_date and connector_months.last_date
    group by file_costs.cost_day_id

)

select * from contained_costs

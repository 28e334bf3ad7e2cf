-- Grain: one row per media cost of a day from a file that the connector's reports of
-- the same campaign cover.
-- They cover a range in each month for which they have any row of the account, and a
-- single day from their first to their last day within those months. A cost that has
-- an account gives way to that account alone, or to one that is not known.

with

file_costs as (

    select
        *,
        -- The connector's campaigns are the account's, whole.
        case when is_account_total then '*' else campaign_key end as told_key
    from {{ ref('int_campaigns__file_costs') }}

),

told_campaigns as (

    select * from {{ ref('int_campaigns__told_campaigns') }}

),

connector_months as (

    select * from {{ ref('int_campaigns__connector_months') }}

),

told_months as (

    select
        told_campaigns.*,
        connector_months.month,
        connector_months.first_date,
        connector_months.last_date
    from told_campaigns
    inner join connector_months
        on
            told_campaigns.platform = connector_months.platform
            and told_campaigns.ad_account_id
            is not distinct from connector_months.ad_account_id

),

covered_costs as (

    select file_costs.cost_day_id
    from file_costs
    inner join told_months
        on
            file_costs.platform = told_months.platform
            and file_costs.told_key = told_months.campaign_key
            and file_costs.month = told_months.month
            and coalesce(file_costs.ad_account_id = told_months.ad_account_id, true)
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

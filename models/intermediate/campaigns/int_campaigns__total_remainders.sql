-- Grain: one row per day of a total that stands, an account's by export or a platform's
-- in a generic file, with what of it no exported campaign accounts for.
-- The whole report, or its days of a month, is held against the campaigns of its days,
-- and what is left is spread over the days as the total is. A campaign of no known
-- account is taken off the largest total.

with

standing_days as (

    select * from {{ ref('int_campaigns__standing_days') }}

),

range_remainders as (

    select * from {{ ref('int_campaigns__range_remainders') }}

),

kept_days as (

    select
        standing_days.cost_day_id,
        standing_days.platform,
        standing_days.ad_account_id,
        standing_days.unsettled_account,
        standing_days.is_entered,
        standing_days.is_total,
        standing_days.report_key,
        standing_days.currency,
        coalesce(range_remainders.amount, standing_days.amount) as amount,
        coalesce(range_remainders.impressions, standing_days.impressions)
            as impressions,
        coalesce(range_remainders.clicks, standing_days.clicks) as clicks,
        standing_days.spend_date
    from standing_days
    left join range_remainders
        on standing_days.cost_day_id = range_remainders.cost_day_id

),

costs as (

    select
        *,
        {{ dbt.hash(
            "concat_ws('|', platform, coalesce(ad_account_id, ''), "
            ~ "coalesce(unsettled_account, ''), currency, report_key)"
        ) }} as report_id
    from kept_days
    where is_total

),

sized_costs as (

    select
        *,
        sum(amount) over (partition by report_id) as report_amount
    from costs

),

placed_campaigns as (

    select
        sized_costs.cost_day_id,
        campaigns.amount,
        campaigns.impressions,
        campaigns.clicks
    from kept_days as campaigns
    inner join sized_costs
        on
            campaigns.platform = sized_costs.platform
            and campaigns.currency = sized_costs.currency
            and campaigns.spend_date = sized_costs.spend_date
            and coalesce(campaigns.ad_account_id = sized_costs.ad_account_id, true)
            and coalesce(
                campaigns.unsettled_account = sized_costs.unsettled_account, true
            )
    where not campaigns.is_total and not campaigns.is_entered
    qualify
        row_number() over (
            partition by campaigns.cost_day_id
            order by
                coalesce(
                    campaigns.ad_account_id = sized_costs.ad_account_id, false
                ) desc,
                sized_costs.report_amount desc,
                sized_costs.report_id asc,
                sized_costs.cost_day_id asc
        ) = 1

),

told_days as (

    select
        cost_day_id,
        sum(amount) as amount,
        sum(impressions) as impressions,
        sum(clicks) as clicks
    from placed_campaigns
    group by cost_day_id

),

total_remainders as (

    select
        costs.cost_day_id,
        {{ remainder_share('amount', 'decimal(28, 6)', 6) }} as amount,
        {{ remainder_share('impressions', 'bigint', 0) }} as impressions,
        {{ remainder_share('clicks', 'bigint', 0) }} as clicks
    from costs
    left join told_days
        on costs.cost_day_id = told_days.cost_day_id
    window
        reports as (partition by costs.report_id),
        days as (
            partition by costs.report_id
            order by costs.spend_date, costs.cost_day_id
            rows between unbounded preceding and current row
        )

)

select * from total_remainders

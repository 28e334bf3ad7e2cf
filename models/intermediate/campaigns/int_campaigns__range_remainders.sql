-- Grain: one row per day of a range that stands, with what of it exported single days
-- of the same money leave.
-- The whole range is held against those days, and what is left is spread over its days
-- as its total is. Days that exceed it leave nothing.

with

standing_days as (

    select * from {{ ref('int_campaigns__standing_days') }}

),

file_costs as (

    select * from {{ ref('int_campaigns__file_costs') }}

),

standing_keys as (

    select
        file_costs.*,
        standing_days.currency
    from file_costs
    inner join standing_days
        on file_costs.cost_day_id = standing_days.cost_day_id

),

told_parts as (

    -- A range and a day may be tied by an id and by a name.
    select
        ranges.cost_day_id,
        days.cost_day_id as told_cost_day_id
    from standing_keys as ranges
    inner join standing_keys as days
        on
            {{ tells_of('days', 'ranges') }}
            and ranges.currency = days.currency
            and ranges.spend_date = days.spend_date
            and ranges.report_rank > days.report_rank
    where ranges.is_range and not days.is_range and not days.is_entered
    group by
        ranges.cost_day_id,
        days.cost_day_id

),

told_days as (

    select
        told_parts.cost_day_id,
        sum(standing_days.amount) as amount,
        sum(standing_days.impressions) as impressions,
        sum(standing_days.clicks) as clicks
    from told_parts
    inner join standing_days
        on told_parts.told_cost_day_id = standing_days.cost_day_id
    group by told_parts.cost_day_id

),

costs as (

    select
        *,
        {{ dbt.hash(
            "concat_ws('|', source, platform, coalesce(ad_account_id, ''), "
            ~ "coalesce(unsettled_account, ''), coalesce(campaign_id, ''), "
            ~ "coalesce(campaign_name, ''), channel, currency, report_key)"
        ) }} as report_id
    from standing_days
    where is_range

),

range_remainders as (

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
            order by costs.spend_date
            rows between unbounded preceding and current row
        )

)

select * from range_remainders

-- Grain: one row per channel and cost type that was charged in the days up to as_of
-- that the policy of the type looks at: what a day cost.

with

pace_policies as (

    select * from {{ ref('pace_policies') }}
    where {{ in_force() }}

),

general_policies as (

    select run_rate_days
    from pace_policies
    where cost_type = '*'

),

spend_days as (

    select
        channel,
        cost_type,
        spend_date,
        sum(spend_usd) as spend_usd
    from {{ ref('fct_ad_spend_days') }}
    group by
        channel,
        cost_type,
        spend_date

),

paced_days as (

    select
        spend_days.channel,
        spend_days.cost_type,
        spend_days.spend_usd,
        coalesce(pace_policies.run_rate_days, general_policies.run_rate_days)
            as run_rate_days,
        {{ dbt.datediff('spend_days.spend_date', reporting_date(as_of()), 'day') }}
            as days_ago
    from spend_days
    cross join general_policies
    left join pace_policies
        on spend_days.cost_type = pace_policies.cost_type

),

run_rates as (

    -- A channel that got back more than it cost is not expected to earn by it.
    select
        channel,
        cost_type,
        cast(sum(spend_usd) as double) / max(run_rate_days)
            as daily_usd
    from paced_days
    where days_ago < run_rate_days
    group by
        channel,
        cost_type
    having sum(spend_usd) > 0

)

select * from run_rates

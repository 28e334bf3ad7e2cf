-- Grain: one row per channel and cost type that was charged in the days that the policy
-- of the type looks at, the last of them the one up to which its costs are known: what
-- a day cost. Where none of as many days up to as_of is known, nothing tells the pace.

with

cost_ages as (

    select
        cost_type,
        run_rate_days,
        spend_known_to
    from {{ ref('int_finance__cost_ages') }}
    where unknown_days < run_rate_days

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
        cost_ages.run_rate_days,
        cost_ages.spend_known_to,
        {{ dbt.datediff('spend_days.spend_date', 'cost_ages.spend_known_to', 'day') }}
            as days_before_known
    from spend_days
    inner join cost_ages
        on spend_days.cost_type = cost_ages.cost_type

),

run_rates as (

    -- A channel that got back more than it cost is not expected to earn by it.
    select
        channel,
        cost_type,
        cast(sum(spend_usd) as double) / max(run_rate_days)
            as daily_usd,
        max(spend_known_to) as spend_known_to
    from paced_days
    where days_before_known < run_rate_days
    group by
        channel,
        cost_type
    having sum(spend_usd) > 0

)

select * from run_rates

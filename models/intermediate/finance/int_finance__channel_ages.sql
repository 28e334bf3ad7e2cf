-- Grain: one row per channel that was charged for costs that recur, in the days that
-- the policy of the type looks at: up to when all are known, and whether that is too
-- long ago. What ended before the quarter of as_of and those days is not waited for.

with

cost_ages as (

    select
        cost_type,
        run_rate_days,
        spend_known_to,
        is_spend_late
    from {{ ref('int_finance__cost_ages') }}
    where
        {{ dbt.datediff(
            'last_date', fiscal_quarter_start(reporting_date(as_of())), 'day'
        ) }} <= run_rate_days

),

charged_days as (

    select
        channel,
        cost_type,
        spend_date
    from {{ ref('fct_ad_spend_days') }}
    where spend_amount > 0

),

channel_ages as (

    select
        charged_days.channel,
        min(cost_ages.spend_known_to) as spend_known_to,
        bool_or(cost_ages.is_spend_late) as is_spend_late
    from charged_days
    inner join cost_ages
        on charged_days.cost_type = cost_ages.cost_type
    where
        {{ dbt.datediff(
            'charged_days.spend_date', 'cost_ages.spend_known_to', 'day'
        ) }} < cost_ages.run_rate_days
    group by charged_days.channel

)

select * from channel_ages

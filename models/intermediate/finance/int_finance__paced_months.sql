-- Grain: one row per month of the fiscal quarter, channel and cost type with a pace and
-- days that are not known: what they will cost at it, up to as_of and after it.

with

run_rates as (

    select * from {{ ref('int_finance__run_rates') }}

),

quarter_months as (

    select
        cast(
            {{ fiscal_quarter_start(reporting_date(as_of())) }}
            + numbers.number * interval '1' month as date
        ) as month
    from range(3) as numbers (number)

),

month_ends as (

    select
        month,
        cast(month - interval '1' day as date) as day_before,
        cast(month + interval '1' month - interval '1' day as date) as last_day,
        {{ reporting_date(as_of()) }} as today
    from quarter_months

),

rate_months as (

    select
        month_ends.month,
        run_rates.channel,
        run_rates.cost_type,
        run_rates.daily_usd,
        greatest(month_ends.day_before, run_rates.spend_known_to) as last_known_day,
        least(month_ends.last_day, month_ends.today) as last_past_day,
        greatest(month_ends.day_before, month_ends.today) as last_day_before,
        month_ends.last_day
    from month_ends
    cross join run_rates

),

days_left as (

    select
        month,
        channel,
        cost_type,
        daily_usd,
        greatest({{ dbt.datediff('last_known_day', 'last_past_day', 'day') }}, 0)
            as unlanded_days,
        greatest({{ dbt.datediff('last_day_before', 'last_day', 'day') }}, 0)
            as days_ahead
    from rate_months

),

paced_months as (

    select
        month,
        channel,
        cost_type,
        cast(daily_usd * unlanded_days as decimal(28, 6)) as unlanded_usd,
        cast(daily_usd * days_ahead as decimal(28, 6)) as paced_usd
    from days_left
    where unlanded_days + days_ahead > 0

)

select * from paced_months

-- Grain: one row per month, channel and cost type of what is still to be spent after
-- as_of: at the pace of late to the end of the fiscal quarter, or as entered ahead.

with

run_rates as (

    select * from {{ ref('int_finance__run_rates') }}

),

late_spend_days as (

    select
        channel,
        cost_type,
        currency,
        spend_amount,
        spend_date
    from {{ ref('fct_late_spend_days') }}

),

exchange_rates as (

    select
        currency,
        valid_from,
        valid_to,
        reporting_per_unit
    from {{ ref('dim_exchange_rates') }}

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
        greatest(
            cast(month - interval '1' day as date), {{ reporting_date(as_of()) }}
        ) as last_known_day,
        cast(month + interval '1' month - interval '1' day as date) as last_day
    from quarter_months

),

months_left as (

    select
        month,
        {{ dbt.datediff('last_known_day', 'last_day', 'day') }}
            as days_left
    from month_ends

),

outlook_parts as (

    select
        months_left.month,
        run_rates.channel,
        run_rates.cost_type,
        cast(run_rates.daily_usd * months_left.days_left as decimal(28, 6))
            as paced_usd,
        0 as entered_usd,
        0 as late_days_without_rate
    from months_left
    cross join run_rates
    where months_left.days_left > 0
    union all
    select
        cast(date_trunc('month', late_spend_days.spend_date) as date) as month,
        late_spend_days.channel,
        late_spend_days.cost_type,
        0 as paced_usd,
        coalesce(
            {{ converted(
                'late_spend_days.spend_amount', 'exchange_rates.reporting_per_unit',
                28, 6
            ) }}, 0
        ) as entered_usd,
        case when exchange_rates.currency is null then 1 else 0 end
            as late_days_without_rate
    from late_spend_days
    left join exchange_rates
        on
            late_spend_days.currency = exchange_rates.currency
            and late_spend_days.spend_date >= exchange_rates.valid_from
            and late_spend_days.spend_date < exchange_rates.valid_to

),

outlook_months as (

    select
        month,
        channel,
        cost_type,
        cast(sum(paced_usd) as decimal(28, 6)) as paced_usd,
        cast(sum(entered_usd) as decimal(28, 6)) as entered_usd,
        cast(greatest(sum(paced_usd), sum(entered_usd)) as decimal(28, 6))
            as outlook_usd,
        cast(sum(late_days_without_rate) as bigint) as late_days_without_rate
    from outlook_parts
    group by
        month,
        channel,
        cost_type

)

select * from outlook_months

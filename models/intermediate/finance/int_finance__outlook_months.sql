-- Grain: one row per month, channel and cost type of what is still to come: from the
-- day after the last known one at the pace of late to the end of the fiscal quarter,
-- or, after as_of, as entered ahead.

with

paced_months as (

    select * from {{ ref('int_finance__paced_months') }}

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

outlook_parts as (

    select
        month,
        channel,
        cost_type,
        unlanded_usd,
        paced_usd,
        0 as entered_usd,
        0 as late_days_without_rate
    from paced_months
    union all
    select
        cast(date_trunc('month', late_spend_days.spend_date) as date) as month,
        late_spend_days.channel,
        late_spend_days.cost_type,
        0 as unlanded_usd,
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

    -- Entries lie after as_of: they stand for none of the days before it.
    select
        month,
        channel,
        cost_type,
        cast(sum(unlanded_usd) as decimal(28, 6)) as unlanded_usd,
        cast(sum(paced_usd) as decimal(28, 6)) as paced_usd,
        cast(sum(entered_usd) as decimal(28, 6)) as entered_usd,
        cast(
            sum(unlanded_usd) + greatest(sum(paced_usd), sum(entered_usd))
            as decimal(28, 6)
        ) as outlook_usd,
        cast(sum(late_days_without_rate) as bigint) as late_days_without_rate
    from outlook_parts
    group by
        month,
        channel,
        cost_type

)

select * from outlook_months

-- Grain: one row per customer and month from that of its first subscription to as_of's:
-- what it pays per month on the month's last day, or at as_of.

with

customers as (

    select
        customer_id,
        cast(date_trunc('month', first_started_on) as date) as first_month,
        {{ dbt.datediff('first_started_on', reporting_date(as_of()), 'month') }}
            as later_months
    from {{ ref('int_finance__customers') }}

),

subscriptions as (

    select
        coalesce(account_id, account_record_id) as customer_id,
        mrr_usd,
        started_on,
        coalesce(ended_on, cast('9999-12-31' as date)) as ended_on
    from {{ ref('int_finance__subscriptions') }}

),

months as (

    select
        customers.customer_id,
        cast(
            {{ dbt.dateadd('month', 'numbers.number', 'customers.first_month') }}
            as date
        ) as month
    from customers
    inner join range({{ most_days() }}) as numbers (number)
        on customers.later_months >= numbers.number

),

measured_months as (

    select
        customer_id,
        month,
        least(
            cast({{ dbt.last_day('month', 'month') }} as date),
            {{ reporting_date(as_of()) }}
        ) as measured_on
    from months

),

customer_calendar as (

    select
        measured_months.customer_id,
        measured_months.month,
        cast(coalesce(sum(subscriptions.mrr_usd), 0) as decimal(28, 6)) as mrr_usd,
        count(*) filter (
            where
            subscriptions.customer_id is not null and subscriptions.mrr_usd is null
        ) as subscriptions_without_rate
    from measured_months
    left join subscriptions
        on
            measured_months.customer_id = subscriptions.customer_id
            and measured_months.measured_on >= subscriptions.started_on
            and measured_months.measured_on <= subscriptions.ended_on
    group by
        measured_months.customer_id,
        measured_months.month

)

select * from customer_calendar

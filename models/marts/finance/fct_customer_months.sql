-- Grain: one row per customer and month in which it pays, or paid a month or a year
-- before: its monthly recurring revenue at the month's end, or at as_of, against both.

with

customer_calendar as (

    select * from {{ ref('int_finance__customer_calendar') }}

),

customers as (

    select * from {{ ref('int_finance__customers') }}

),

compared_months as (

    -- The calendar of a customer has no gaps, so that rows before are months before.
    select
        *,
        coalesce(lag(mrr_usd, 1) over customer_months, 0) as opening_mrr_usd,
        coalesce(lag(mrr_usd, 12) over customer_months, 0) as year_ago_mrr_usd,
        coalesce(max(mrr_usd) over earlier_months, 0) as highest_mrr_usd
    from customer_calendar
    window
        customer_months as (partition by customer_id order by month),
        earlier_months as (
            partition by customer_id order by month
            rows between unbounded preceding and 1 preceding
        )

),

customer_months as (

    select
        compared_months.customer_id,
        customers.account_id,
        customers.opportunity_id,
        customers.segment,
        case
            when compared_months.mrr_usd = compared_months.opening_mrr_usd
                then 'unchanged'
            when compared_months.mrr_usd = 0 then 'churned'
            when compared_months.highest_mrr_usd = 0 then 'new'
            when compared_months.opening_mrr_usd = 0 then 'returned'
            when compared_months.mrr_usd > compared_months.opening_mrr_usd
                then 'expanded'
            else 'contracted'
        end as movement,
        compared_months.subscriptions_without_rate,
        compared_months.opening_mrr_usd,
        compared_months.mrr_usd,
        compared_months.year_ago_mrr_usd,
        cast(compared_months.mrr_usd * customers.margin_rate as decimal(28, 6))
            as monthly_margin_usd,
        compared_months.month
    from compared_months
    inner join customers
        on compared_months.customer_id = customers.customer_id
    where
        compared_months.mrr_usd > 0
        or compared_months.opening_mrr_usd > 0
        or compared_months.year_ago_mrr_usd > 0
        or compared_months.subscriptions_without_rate > 0

)

select * from customer_months

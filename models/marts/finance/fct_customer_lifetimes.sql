-- Grain: one row per channel that had customers in the twelve whole months before
-- as_of: how long a customer is expected to stay. As long as the year's churn says, at
-- most as long as policy lets; where too few were observed, nothing is said.

with

year_months as (

    select
        channel,
        opening_customers,
        churned_customers
    from {{ ref('fct_retention_months') }}
    where {{ is_past_year('month') }}

),

policies as (

    select
        max(most_lifetime_months) as most_lifetime_months,
        max(least_customer_months) as least_customer_months
    from {{ ref('customer_value_policies') }}
    where {{ in_force() }}

),

channel_years as (

    select
        channel,
        cast(sum({{ exact_share('opening_customers') }}) as double) as customer_months,
        cast(sum({{ exact_share('churned_customers') }}) as double)
            as churned_customers
    from year_months
    group by channel

),

customer_lifetimes as (

    select
        channel_years.channel,
        channel_years.customer_months,
        channel_years.churned_customers,
        case
            when channel_years.customer_months >= policies.least_customer_months
                then least(
                    channel_years.customer_months
                    / nullif(channel_years.churned_customers, 0),
                    policies.most_lifetime_months
                )
        end as lifetime_months
    from channel_years
    cross join policies

)

select * from customer_lifetimes

-- Grain: one row per channel that has customers: what the customers that it won are
-- worth and cost by the twelve whole months before as_of.
-- A customer is expected to stay as long as the year's churn says, at most as long as
-- policy lets; where too few were observed, nothing is said of its worth.

with

year_months as (

    select * from {{ ref('fct_retention_months') }}
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
        sum({{ exact_share('opening_customers') }}) as opening_customers,
        sum({{ exact_share('churned_customers') }}) as churned_customers
    from year_months
    group by channel

),

channel_ends as (

    select
        channel,
        {{ retention_sums() }}
    from year_months
    where {{ is_last_month('month') }}
    group by channel

),

acquisitions as (

    select
        channel,
        sum(spend_usd) as spend_usd,
        sum({{ exact_share('new_customers') }}) as new_customers
    from {{ ref('fct_channel_months') }}
    where {{ is_past_year('month') }}
    group by channel

),

valued_channels as (

    select
        channel_ends.*,
        case
            when channel_years.opening_customers >= policies.least_customer_months
                then least(
                    cast(channel_years.opening_customers as double)
                    / nullif(cast(channel_years.churned_customers as double), 0),
                    policies.most_lifetime_months
                )
        end as lifetime_months,
        cast(channel_ends.monthly_margin_usd as double)
        / nullif(cast(channel_ends.customers as double), 0) as margin_per_customer,
        cast(acquisitions.spend_usd as double)
        / nullif(cast(acquisitions.new_customers as double), 0) as cac_usd
    from channel_ends
    cross join policies
    inner join channel_years
        on channel_ends.channel = channel_years.channel
    left join acquisitions
        on channel_ends.channel = acquisitions.channel

),

customer_value as (

    select
        channel,
        cast(customers as double) as customers,
        cast(mrr_usd as decimal(28, 2)) as mrr_usd,
        {{ retention_ratios() }},
        lifetime_months,
        margin_per_customer * lifetime_months as ltv_usd,
        cac_usd,
        margin_per_customer * lifetime_months / nullif(cac_usd, 0) as ltv_to_cac
    from valued_channels

)

select * from customer_value

-- Grain: one row per channel that has customers: what the customers that it won are
-- worth and cost by the twelve whole months before as_of.

with

last_months as (

    select * from {{ ref('fct_retention_months') }}
    where {{ is_last_month('month') }}

),

customer_lifetimes as (

    select
        channel,
        lifetime_months
    from {{ ref('fct_customer_lifetimes') }}

),

channel_ends as (

    select
        channel,
        {{ retention_sums() }}
    from last_months
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
        customer_lifetimes.lifetime_months,
        cast(channel_ends.monthly_margin_usd as double)
        / nullif(cast(channel_ends.customers as double), 0) as margin_per_customer,
        nullif(cast(acquisitions.spend_usd as double), 0)
        / nullif(cast(acquisitions.new_customers as double), 0) as cac_usd
    from channel_ends
    left join customer_lifetimes
        on channel_ends.channel = customer_lifetimes.channel
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

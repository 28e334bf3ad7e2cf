-- Grain: one row per month, channel and segment: what was spent and what the default
-- attribution model credits it with. Every column adds up; the channel unattributed
-- holds what no touch earned, so that the sums are all MQLs, pipeline and revenue.

with

segment_spend as (

    select * from {{ ref('int_finance__segment_spend_months') }}

),

credit_months as (

    select * from {{ ref('int_finance__credit_months') }}

),

parts as (

    select
        month,
        channel,
        segment,
        spend_usd,
        0 as mqls,
        0 as opportunities,
        0 as won_deals,
        0 as new_customers,
        0 as margin_customers,
        0 as pipeline_usd,
        0 as revenue_usd,
        0 as contribution_margin_usd,
        0 as monthly_margin_usd
    from segment_spend
    union all
    select
        month,
        channel,
        segment,
        0 as spend_usd,
        mqls,
        opportunities,
        won_deals,
        new_customers,
        margin_customers,
        pipeline_usd,
        revenue_usd,
        contribution_margin_usd,
        monthly_margin_usd
    from credit_months

),

channel_months as (

    select
        month,
        channel,
        segment,
        cast(sum(spend_usd) as decimal(28, 6)) as spend_usd,
        cast(sum(mqls) as double) as mqls,
        cast(sum(opportunities) as double) as opportunities,
        cast(sum(won_deals) as double) as won_deals,
        cast(sum(new_customers) as double) as new_customers,
        cast(sum(margin_customers) as double) as margin_customers,
        cast(sum(pipeline_usd) as decimal(28, 10)) as pipeline_usd,
        cast(sum(revenue_usd) as decimal(28, 10)) as revenue_usd,
        cast(sum(contribution_margin_usd) as decimal(28, 10))
            as contribution_margin_usd,
        cast(sum(monthly_margin_usd) as decimal(28, 10)) as monthly_margin_usd
    from parts
    group by
        month,
        channel,
        segment

)

select * from channel_months

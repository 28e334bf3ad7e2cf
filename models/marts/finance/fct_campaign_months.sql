-- Grain: one row per month, campaign and channel: what was spent and what the default
-- attribution model credits it with. What names no campaign has none, so that the sums
-- are those of the channels.

with

spend_months as (

    select * from {{ ref('fct_spend_months') }}

),

campaign_keys as (

    select
        campaign_id,
        campaign_key
    from {{ ref('int_finance__campaign_keys') }}

),

campaign_spend as (

    select
        spend_months.month,
        coalesce(campaign_keys.campaign_key, spend_months.campaign_id) as campaign_id,
        spend_months.channel,
        spend_months.spend_usd
    from spend_months
    left join campaign_keys
        on spend_months.campaign_id = campaign_keys.campaign_id

),

credit_months as (

    select * from {{ ref('int_finance__credit_months') }}

),

parts as (

    select
        month,
        campaign_id,
        channel,
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
    from campaign_spend
    union all
    select
        month,
        campaign_id,
        channel,
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

campaign_months as (

    select
        month,
        campaign_id,
        channel,
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
        campaign_id,
        channel

)

select * from campaign_months

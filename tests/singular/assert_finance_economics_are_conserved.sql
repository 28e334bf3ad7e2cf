-- Channels, and campaigns, together have all spend, all MQLs, opportunities and wins,
-- and, to the cent, all pipeline, revenue and contribution margin.

with

spend as (

    select coalesce(sum(spend_usd), 0) as spend_usd
    from {{ ref('fct_ad_spend_days') }}

),

funnel as (

    select count(*) as mqls
    from {{ ref('fct_lead_funnel') }}
    where mql_at is not null

),

opportunities as (

    select
        count(*) as opportunities,
        coalesce(sum(amount_usd), 0) as pipeline_usd
    from {{ ref('fct_opportunities') }}

),

won as (

    select
        count(*) as won_deals,
        count_if(is_new_customer) as new_customers,
        count_if(monthly_margin_usd is not null) as margin_customers,
        coalesce(sum(amount_usd), 0) as revenue_usd,
        coalesce(sum(contribution_margin_usd), 0) as contribution_margin_usd,
        coalesce(sum(monthly_margin_usd), 0) as monthly_margin_usd
    from {{ ref('fct_won_deals') }}

),

facts as (

    select
        spend.*,
        funnel.*,
        opportunities.*,
        won.*
    from spend
    cross join funnel
    cross join opportunities
    cross join won

),

months as (

    select
        'channels' as cut,
        coalesce(sum(spend_usd), 0) as spend_usd,
        coalesce(sum(mqls), 0) as mqls,
        coalesce(sum(opportunities), 0) as opportunities,
        coalesce(sum(won_deals), 0) as won_deals,
        coalesce(sum(new_customers), 0) as new_customers,
        coalesce(sum(margin_customers), 0) as margin_customers,
        coalesce(sum(pipeline_usd), 0) as pipeline_usd,
        coalesce(sum(revenue_usd), 0) as revenue_usd,
        coalesce(sum(contribution_margin_usd), 0) as contribution_margin_usd,
        coalesce(sum(monthly_margin_usd), 0) as monthly_margin_usd
    from {{ ref('fct_channel_months') }}
    union all
    select
        'campaigns' as cut,
        coalesce(sum(spend_usd), 0) as spend_usd,
        coalesce(sum(mqls), 0) as mqls,
        coalesce(sum(opportunities), 0) as opportunities,
        coalesce(sum(won_deals), 0) as won_deals,
        coalesce(sum(new_customers), 0) as new_customers,
        coalesce(sum(margin_customers), 0) as margin_customers,
        coalesce(sum(pipeline_usd), 0) as pipeline_usd,
        coalesce(sum(revenue_usd), 0) as revenue_usd,
        coalesce(sum(contribution_margin_usd), 0) as contribution_margin_usd,
        coalesce(sum(monthly_margin_usd), 0) as monthly_margin_usd
    from {{ ref('fct_campaign_months') }}

)

select
    months.*,
    facts.mqls as fact_mqls,
    facts.revenue_usd as fact_revenue_usd
from months
cross join facts
where
    months.spend_usd != facts.spend_usd
    or abs(months.mqls - facts.mqls) > 0.000001
    or abs(months.opportunities - facts.opportunities) > 0.000001
    or abs(months.won_deals - facts.won_deals) > 0.000001
    or abs(months.new_customers - facts.new_customers) > 0.000001
    or abs(months.margin_customers - facts.margin_customers) > 0.000001
    or abs(months.pipeline_usd - facts.pipeline_usd) >= 0.005
    or abs(months.revenue_usd - facts.revenue_usd) >= 0.005
    or abs(months.contribution_margin_usd - facts.contribution_margin_usd) >= 0.005
    or abs(months.monthly_margin_usd - facts.monthly_margin_usd) >= 0.005

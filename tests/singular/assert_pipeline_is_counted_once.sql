-- Pipeline and spend of the months and of the quarters equal those of the facts, and so
-- does the count of what no exchange rate converts.

with

facts as (

    select
        coalesce(sum(amount_usd), 0) as pipeline_usd,
        coalesce(sum(amount_usd) filter (where is_marketing_sourced), 0)
            as sourced_pipeline_usd,
        count_if(is_marketing_sourced) as sourced_opportunities,
        count_if(not has_exchange_rate) as opportunities_without_rate
    from {{ ref('fct_opportunities') }}

),

spend as (

    select
        coalesce(sum(spend_usd), 0) as spend_usd,
        count_if(not has_exchange_rate) as spend_days_without_rate
    from {{ ref('fct_ad_spend_days') }}

),

months as (

    select
        coalesce(sum(pipeline_usd), 0) as pipeline_usd,
        coalesce(sum(sourced_pipeline_usd), 0) as sourced_pipeline_usd,
        coalesce(sum(sourced_opportunities), 0) as sourced_opportunities,
        coalesce(sum(opportunities_without_rate), 0) as opportunities_without_rate,
        coalesce(sum(spend_days_without_rate), 0) as spend_days_without_rate,
        coalesce(sum(spend_usd), 0) as spend_usd
    from {{ ref('fct_pipeline_months') }}

),

quarters as (

    select
        coalesce(sum(pipeline_usd), 0) as pipeline_usd,
        coalesce(sum(sourced_pipeline_usd), 0) as sourced_pipeline_usd,
        coalesce(sum(sourced_opportunities), 0) as sourced_opportunities,
        coalesce(sum(opportunities_without_rate), 0) as opportunities_without_rate,
        coalesce(sum(spend_days_without_rate), 0) as spend_days_without_rate,
        coalesce(sum(spend_usd), 0) as spend_usd
    from {{ ref('rpt_pipeline_quarters') }}

),

totals as (

    select * from months
    union all
    select * from quarters

)

select
    totals.*,
    facts.pipeline_usd as fact_pipeline_usd,
    spend.spend_usd as fact_spend_usd
from totals
cross join facts
cross join spend
where
    totals.pipeline_usd != facts.pipeline_usd
    or totals.sourced_pipeline_usd != facts.sourced_pipeline_usd
    or totals.sourced_opportunities != facts.sourced_opportunities
    or totals.opportunities_without_rate != facts.opportunities_without_rate
    or totals.spend_days_without_rate != spend.spend_days_without_rate
    or totals.spend_usd != spend.spend_usd

-- Pipeline and spend of the months and of the quarters equal those of the facts.

with

facts as (

    select
        coalesce(sum(amount_usd), 0) as pipeline_usd,
        coalesce(sum(amount_usd) filter (where is_marketing_sourced), 0)
            as sourced_pipeline_usd,
        count_if(is_marketing_sourced) as sourced_opportunities
    from {{ ref('fct_opportunities') }}

),

spend as (

    select coalesce(sum(spend_usd), 0) as spend_usd
    from {{ ref('fct_ad_spend_days') }}

),

months as (

    select
        coalesce(sum(pipeline_usd), 0) as pipeline_usd,
        coalesce(sum(sourced_pipeline_usd), 0) as sourced_pipeline_usd,
        coalesce(sum(sourced_opportunities), 0) as sourced_opportunities,
        coalesce(sum(spend_usd), 0) as spend_usd
    from {{ ref('fct_pipeline_months') }}

),

quarters as (

    select
        coalesce(sum(pipeline_usd), 0) as pipeline_usd,
        coalesce(sum(sourced_pipeline_usd), 0) as sourced_pipeline_usd,
        coalesce(sum(sourced_opportunities), 0) as sourced_opportunities,
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
    or totals.spend_usd != spend.spend_usd

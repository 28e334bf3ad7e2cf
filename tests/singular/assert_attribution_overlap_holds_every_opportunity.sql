-- The cells of rpt_source_overlap hold every opportunity and every win once: together
-- they are all pipeline and all revenue, to the cent.

with

opportunities as (

    select
        count(*) as opportunities,
        count_if(is_won) as won_opportunities,
        coalesce(sum(amount_usd), 0) as pipeline_usd,
        coalesce(sum(amount_usd) filter (where is_won), 0) as revenue_usd
    from {{ ref('fct_opportunity_outcomes') }}

),

cells as (

    select
        coalesce(sum(opportunities), 0) as opportunities,
        coalesce(sum(won_opportunities), 0) as won_opportunities,
        coalesce(sum(pipeline_usd), 0) as pipeline_usd,
        coalesce(sum(revenue_usd), 0) as revenue_usd
    from {{ ref('rpt_source_overlap') }}

)

select cells.*
from cells
cross join opportunities
where
    cells.opportunities != opportunities.opportunities
    or cells.won_opportunities != opportunities.won_opportunities
    or cells.pipeline_usd != opportunities.pipeline_usd
    or cells.revenue_usd != opportunities.revenue_usd

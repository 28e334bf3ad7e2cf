-- What the cycles won is what the won opportunities that name anybody are worth.
with

named_opportunities as (

    select opportunity_id
    from {{ ref('bridge_opportunity_people') }}
    group by opportunity_id

),

won_opportunities as (

    select sum(outcomes.amount_usd) as won_usd
    from {{ ref('fct_opportunity_outcomes') }} as outcomes
    inner join named_opportunities
        on outcomes.opportunity_id = named_opportunities.opportunity_id
    where outcomes.is_won

),

cycles as (

    select sum(won_usd) as won_usd
    from {{ ref('fct_funnel_steps') }}
    where stage = 'lead'

)

select
    won_opportunities.won_usd,
    cycles.won_usd as of_cycles
from won_opportunities
cross join cycles
where
    round(coalesce(won_opportunities.won_usd, 0), 2)
    != round(coalesce(cycles.won_usd, 0), 2)

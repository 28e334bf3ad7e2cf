-- Grain: one row per cycle with a deal: how its deals stand and what they brought.
-- A deal belongs to the cycle that each of its people was in when it was won, another
-- one to that in which it was created, else to their first. Its people share its value
-- evenly, so that it counts once.

with

opportunity_people as (

    select
        opportunity_id,
        person_id,
        count(*) over (partition by opportunity_id) as people
    from {{ ref('bridge_opportunity_people') }}

),

opportunities as (

    select
        opportunity_id,
        is_closed,
        is_won,
        amount_usd,
        case
            when is_won then {{ won_at() }}
            else created_at
        end as placed_at
    from {{ ref('fct_opportunity_outcomes') }}

),

cycles as (

    select
        funnel_cycle_id,
        person_id,
        cycle_number,
        lead_at
    from {{ ref('fct_lead_funnel') }}

),

placed_deals as (

    select
        cycles.funnel_cycle_id,
        opportunities.opportunity_id,
        opportunities.is_closed,
        opportunities.is_won,
        case when opportunities.is_won then opportunities.amount_usd else 0 end
        / opportunity_people.people as won_usd
    from opportunity_people
    inner join opportunities
        on opportunity_people.opportunity_id = opportunities.opportunity_id
    inner join cycles
        on
            opportunity_people.person_id = cycles.person_id
            and (
                opportunities.placed_at >= cycles.lead_at
                or cycles.cycle_number = 1
            )
    qualify
        row_number() over (
            partition by opportunities.opportunity_id, cycles.person_id
            order by cycles.cycle_number desc
        ) = 1

),

cycle_deals as (

    select
        funnel_cycle_id,
        count(*) as deals,
        count(*) filter (where not is_closed) as open_deals,
        count(*) filter (where is_won) as won_deals,
        cast(sum(coalesce(won_usd, 0)) as decimal(28, 6)) as won_usd
    from placed_deals
    group by funnel_cycle_id

)

select * from cycle_deals

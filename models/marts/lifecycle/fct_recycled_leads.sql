-- Grain: one row per cycle that ended in recycling: what became of the lead in the next
-- cycle of the same person.

with

cycles as (

    select * from {{ ref('fct_lead_funnel') }}

),

cycle_deals as (

    select
        funnel_cycle_id,
        won_usd
    from {{ ref('int_lifecycle__cycle_deals') }}

),

funnel_policies as (

    select
        stage,
        {{ dbt.dateadd('day', '-progress_days', as_of()) }} as mature_until
    from {{ ref('funnel_policies') }}

),

recycled_leads as (

    select
        recycled.funnel_cycle_id,
        recycled.person_id,
        recycled.cycle_number,
        recycled.segment,
        recycled.channel,
        returned.funnel_cycle_id as next_funnel_cycle_id,
        coalesce(recycled.recycled_at <= funnel_policies.mature_until, false)
            as is_mature,
        cast(coalesce(cycle_deals.won_usd, 0) as decimal(28, 6)) as won_usd,
        recycled.recycled_at,
        returned.mql_at as requalified_at,
        returned.opportunity_at,
        returned.won_at
    from cycles as recycled
    left join funnel_policies
        on funnel_policies.stage = 'recycled'
    left join cycles as returned
        on
            recycled.person_id = returned.person_id
            and recycled.cycle_number + 1 = returned.cycle_number
    left join cycle_deals
        on returned.funnel_cycle_id = cycle_deals.funnel_cycle_id
    where recycled.recycled_at is not null

)

select * from recycled_leads

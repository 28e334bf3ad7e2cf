-- Grain: one row per month of recycling and segment: what became of the leads that
-- sales handed back.
-- Whoever comes back is in the next cycle of the same person.

with

cycles as (

    select
        person_id,
        cycle_number,
        segment,
        cast(date_trunc('month', {{ reporting_date('recycled_at') }}) as date)
            as recycled_month,
        mql_at,
        opportunity_at,
        won_at,
        recycled_at
    from {{ ref('fct_lead_funnel') }}

),

cycle_revenue as (

    select
        person_id,
        cycle_number,
        max(won_usd) as won_usd
    from {{ ref('fct_funnel_steps') }}
    group by
        person_id,
        cycle_number

),

recycled_leads as (

    select
        recycled.recycled_month,
        recycled.segment,
        count(*) as recycled,
        count(returned.person_id) as returned,
        count(returned.mql_at) as requalified,
        count(returned.opportunity_at) as opportunities,
        count(returned.won_at) as won,
        cast(count(returned.mql_at) as double) / count(*) as requalified_rate,
        cast(count(returned.won_at) as double) / count(*) as won_rate,
        cast(sum(coalesce(cycle_revenue.won_usd, 0)) as decimal(28, 2)) as won_usd
    from cycles as recycled
    left join cycles as returned
        on
            recycled.person_id = returned.person_id
            and recycled.cycle_number + 1 = returned.cycle_number
    left join cycle_revenue
        on
            returned.person_id = cycle_revenue.person_id
            and returned.cycle_number = cycle_revenue.cycle_number
    where recycled.recycled_at is not null
    group by
        recycled.recycled_month,
        recycled.segment

)

select * from recycled_leads

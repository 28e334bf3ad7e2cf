-- Grain: one row per month of recycling and segment: what became of the leads that
-- sales handed back.
-- A rate stands only where each of them has had its time to come back.

with

recycled_leads as (

    select
        *,
        cast(date_trunc('month', {{ reporting_date('recycled_at') }}) as date)
            as recycled_month
    from {{ ref('fct_recycled_leads') }}

),

months as (

    select
        recycled_month,
        segment,
        bool_and(is_mature) as is_mature,
        count(*) as recycled,
        count(next_funnel_cycle_id) as returned,
        count(requalified_at) as requalified,
        count(opportunity_at) as opportunities,
        count(won_at) as won,
        sum(won_usd) as won_usd
    from recycled_leads
    group by
        recycled_month,
        segment

),

recycled_months as (

    select
        recycled_month,
        segment,
        is_mature,
        recycled,
        returned,
        requalified,
        opportunities,
        won,
        case when is_mature then cast(requalified as double) / recycled end
            as requalified_rate,
        case when is_mature then cast(won as double) / recycled end as won_rate,
        cast(won_usd as decimal(28, 2)) as won_usd
    from months

)

select * from recycled_months

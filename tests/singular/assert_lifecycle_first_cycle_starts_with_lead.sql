-- In a person's first cycle no stage is reached before lead.

with

first_cycles as (

    select
        *,
        least(
            mql_at, sal_at, sql_at, opportunity_at, won_at, recycled_at, disqualified_at
        ) as first_other_at
    from {{ ref('fct_lead_funnel') }}
    where cycle_number = 1

)

select * from first_cycles
where lead_at > first_other_at

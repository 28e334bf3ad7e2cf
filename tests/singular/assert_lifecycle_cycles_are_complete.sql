-- A person's cycles count from 1 without a gap, and all but the last were recycled.

with

cycles as (

    select
        person_id,
        cycle_number,
        recycled_at,
        row_number() over (
            partition by person_id
            order by cycle_number asc
        ) as expected_number,
        count(*) over (partition by person_id) as cycle_count
    from {{ ref('fct_lead_funnel') }}

)

select * from cycles
where
    cycle_number != expected_number
    or (recycled_at is null and cycle_number < cycle_count)

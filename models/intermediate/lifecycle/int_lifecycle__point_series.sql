-- Grain: one row per person or account, dimension and half-life that it ever has points
-- of, with numbers, by which millions of moments are sorted faster than by names.

with

earning_series as (

    select
        subject,
        subject_id,
        dimension,
        half_life_days,
        min(scored_at) as first_earned_at
    from {{ ref('int_lifecycle__subject_points') }}
    group by
        subject,
        subject_id,
        dimension,
        half_life_days

),

point_series as (

    select
        subject,
        subject_id,
        dense_rank() over (order by subject, subject_id) as subject_number,
        row_number() over (
            order by subject, subject_id, dimension, half_life_days
        ) as series_number,
        dimension,
        half_life_days,
        first_earned_at
    from earning_series

)

select * from point_series

-- Grain: one row per person or account, moment at which it earned points, dimension and
-- half-life that it ever has points of: what it earned by them then.

{{ config(materialized='view') }}

with

earned_points as (

    select
        subject,
        subject_id,
        dimension,
        half_life_days,
        scored_at,
        cast(sum(points) as double) as points
    from {{ ref('int_lifecycle__subject_points') }}
    group by
        subject,
        subject_id,
        dimension,
        half_life_days,
        scored_at

),

moments as (

    select
        subject,
        subject_id,
        scored_at
    from earned_points
    group by
        subject,
        subject_id,
        scored_at

),

half_lives as (

    select
        subject,
        subject_id,
        dimension,
        half_life_days
    from earned_points
    group by
        subject,
        subject_id,
        dimension,
        half_life_days

),

placed_points as (

    select
        moments.subject,
        moments.subject_id,
        moments.scored_at,
        half_lives.dimension,
        half_lives.half_life_days,
        coalesce(earned_points.points, 0) as points,
        {{ decay_block('moments.scored_at', 'half_lives.half_life_days') }}
            as block_number,
        {{ decay_position('moments.scored_at', 'half_lives.half_life_days') }}
            as block_position
    from moments
    inner join half_lives
        on
            moments.subject = half_lives.subject
            and moments.subject_id = half_lives.subject_id
    left join earned_points
        on
            moments.subject = earned_points.subject
            and moments.subject_id = earned_points.subject_id
            and moments.scored_at = earned_points.scored_at
            and half_lives.dimension = earned_points.dimension
            and half_lives.half_life_days = earned_points.half_life_days

)

select * from placed_points

-- Grain: one row per person or account, moment at which it earned points, dimension and
-- half-life that it has had points of by then: what it earned by them at the moment.

{{ config(materialized='view') }}

with

point_series as (

    select * from {{ ref('int_lifecycle__point_series') }}

),

subject_points as (

    select * from {{ ref('int_lifecycle__subject_points') }}

),

earned_points as (

    select
        point_series.subject_number,
        point_series.series_number,
        subject_points.scored_at,
        cast(sum(subject_points.points) as double) as points
    from subject_points
    inner join point_series
        on
            subject_points.subject = point_series.subject
            and subject_points.subject_id = point_series.subject_id
            and subject_points.dimension = point_series.dimension
            and subject_points.half_life_days = point_series.half_life_days
    group by
        point_series.subject_number,
        point_series.series_number,
        subject_points.scored_at

),

moments as (

    select
        subject_number,
        scored_at
    from earned_points
    group by
        subject_number,
        scored_at

),

placed_points as (

    select
        point_series.series_number,
        coalesce(earned_points.points, 0) as points,
        {{ decay_block('moments.scored_at', 'point_series.half_life_days') }}
            as block_number,
        {{ decay_position('moments.scored_at', 'point_series.half_life_days') }}
            as block_position,
        moments.scored_at
    from moments
    inner join point_series
        on
            moments.subject_number = point_series.subject_number
            and moments.scored_at >= point_series.first_earned_at
    left join earned_points
        on
            point_series.series_number = earned_points.series_number
            and moments.scored_at = earned_points.scored_at

)

select * from placed_points

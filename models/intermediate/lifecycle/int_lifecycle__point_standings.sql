-- Grain: one row per person or account, moment at which it earned points, dimension and
-- half-life that it has had points of by then: what stands of them just after.

{{ config(materialized='view') }}

with

series_standings as (

    select * from {{ ref('int_lifecycle__series_standings') }}

),

point_series as (

    select * from {{ ref('int_lifecycle__point_series') }}

),

point_standings as (

    select
        point_series.subject,
        point_series.subject_id,
        point_series.dimension,
        point_series.half_life_days,
        series_standings.points,
        series_standings.scored_at
    from series_standings
    inner join point_series
        on series_standings.series_number = point_series.series_number

)

select * from point_standings

-- Reps whose time zone is none of the seed time_zones: that of their calendar counts
-- instead, by which their leads may fall due hours too early or too late.

{{ config(severity='warn') }}

with

reps as (

    select
        rep_id,
        time_zone
    from {{ ref('dim_reps') }}
    where time_zone is not null

),

time_zones as (

    select lower(time_zone) as written_as
    from {{ ref('time_zones') }}

),

unknown_zones as (

    select
        reps.rep_id,
        reps.time_zone
    from reps
    left join time_zones
        on lower(reps.time_zone) = time_zones.written_as
    where time_zones.written_as is null

)

select * from unknown_zones

-- Grain: one row per rep and calendar by which business time with the rep may be
-- counted, with its clock; rep_id * stands for nobody.
-- The calendar of the rep's team has the lower rank, the general one the higher. The
-- rep's own time zone goes before the calendar's, unless nobody knows a zone of that
-- name.

with

reps as (

    select
        rep_id,
        {{ snake_case('team') }} as team,
        lower(time_zone) as time_zone
    from {{ ref('dim_reps') }}

),

everybody as (

    select * from reps
    union all
    select
        '*' as rep_id,
        cast(null as string) as team,
        cast(null as string) as time_zone

),

team_calendars as (

    select
        team_calendar_id,
        team,
        case when team = '*' then 2 else 1 end as calendar_rank,
        calendar,
        time_zone,
        holiday_country,
        effective_from,
        coalesce(effective_to, cast('9999-12-31' as date)) as effective_to
    from {{ ref('team_calendars') }}

),

time_zones as (

    select
        lower(time_zone) as written_as,
        time_zone
    from {{ ref('time_zones') }}

),

rep_calendars as (

    select
        everybody.rep_id,
        team_calendars.team_calendar_id,
        team_calendars.calendar_rank,
        team_calendars.calendar,
        coalesce(time_zones.time_zone, team_calendars.time_zone) as time_zone,
        team_calendars.holiday_country,
        team_calendars.effective_from,
        team_calendars.effective_to
    from everybody
    inner join team_calendars
        on team_calendars.team in (everybody.team, '*')
    left join time_zones
        on everybody.time_zone = time_zones.written_as

),

rep_clocks as (

    select
        rep_id,
        team_calendar_id,
        concat_ws(
            '@',
            calendar,
            time_zone,
            holiday_country
        ) as clock_id,
        calendar,
        time_zone,
        holiday_country,
        calendar_rank,
        effective_from,
        effective_to
    from rep_calendars

)

select * from rep_clocks

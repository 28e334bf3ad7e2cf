-- Grain: one row per rep, with the clock that business time with the rep is counted
-- by; rep_id * stands for nobody.
-- A rep whose team has no calendar follows the general one. The rep's own time zone
-- goes before the team's, unless nobody knows a zone of that name.

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
        cast(null as varchar) as team,
        cast(null as varchar) as time_zone

),

team_calendars as (

    select
        team,
        calendar,
        time_zone,
        holiday_country
    from {{ ref('team_calendars') }}
    where {{ in_force() }}

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
        team_calendars.calendar,
        coalesce(time_zones.time_zone, team_calendars.time_zone) as time_zone,
        team_calendars.holiday_country
    from everybody
    inner join team_calendars
        on team_calendars.team in (everybody.team, '*')
    left join time_zones
        on everybody.time_zone = time_zones.written_as
    qualify
        row_number() over (
            partition by everybody.rep_id
            order by case when team_calendars.team = '*' then 1 else 0 end
        ) = 1

),

rep_clocks as (

    select
        rep_id,
        concat_ws(
            '@',
            calendar,
            time_zone,
            holiday_country
        ) as clock_id,
        calendar,
        time_zone,
        holiday_country
    from rep_calendars

)

select * from rep_clocks

-- Grain: one row per colleague who is given leads and day with business hours: how many
-- of its seconds they are there.
-- Hours are those of the calendar of their team, in their own time zone, holidays left
-- out; the day is the one of the reporting time zone on which they begin.

with

clocked_days as (

    select * from {{ ref('int_lifecycle__rep_clock_days') }}

),

spells as (

    select
        clock_id,
        opens_at,
        closes_at,
        seconds_open,
        {{ reporting_date('opens_at') }} as opens_on
    from {{ ref('int_lifecycle__business_spells') }}

),

absences as (

    select * from {{ ref('int_lifecycle__absences') }}

),

absent_seconds as (

    select
        clocked_days.rep_key,
        spells.clock_id,
        spells.opens_at,
        sum({{ dbt.datediff(
            'greatest(spells.opens_at, absences.starts_at)',
            'least(spells.closes_at, absences.ends_at)',
            'second'
        ) }}) as seconds_absent
    from clocked_days
    inner join spells
        on
            clocked_days.clock_id = spells.clock_id
            and clocked_days.planned_on = spells.opens_on
    inner join absences
        on
            clocked_days.rep_key = absences.rep_key
            and spells.closes_at > absences.starts_at
            and spells.opens_at < absences.ends_at
    group by
        clocked_days.rep_key,
        spells.clock_id,
        spells.opens_at

),

rep_days as (

    select
        clocked_days.rep_key,
        clocked_days.team,
        clocked_days.week,
        clocked_days.planned_on,
        cast(sum(spells.seconds_open) as bigint) as seconds_open,
        -- Absences that overlap do not take more than there is.
        cast(sum(greatest(
            spells.seconds_open - coalesce(absent_seconds.seconds_absent, 0), 0
        )) as bigint) as seconds_there
    from clocked_days
    inner join spells
        on
            clocked_days.clock_id = spells.clock_id
            and clocked_days.planned_on = spells.opens_on
    left join absent_seconds
        on
            clocked_days.rep_key = absent_seconds.rep_key
            and spells.clock_id = absent_seconds.clock_id
            and spells.opens_at = absent_seconds.opens_at
    group by
        clocked_days.rep_key,
        clocked_days.team,
        clocked_days.week,
        clocked_days.planned_on

)

select * from rep_days

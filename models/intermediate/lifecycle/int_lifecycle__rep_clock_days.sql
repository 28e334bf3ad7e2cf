-- Grain: one row per colleague who is given leads and day on which they belong to their
-- team, working day or not, with the clock of that day.

with

lead_reps as (

    select * from {{ ref('int_lifecycle__lead_reps') }}

),

planned_weeks as (

    select * from {{ ref('int_lifecycle__planned_weeks') }}

),

planned_days as (

    select
        planned_weeks.week,
        cast(
            planned_weeks.week + numbers.number * interval '1' day as date
        ) as planned_on
    from planned_weeks
    cross join range(7) as numbers (number)

),

rep_clocks as (

    select * from {{ ref('int_lifecycle__rep_clocks') }}

),

rep_clock_days as (

    select
        lead_reps.rep_key,
        lead_reps.team,
        planned_days.week,
        planned_days.planned_on,
        rep_clocks.clock_id
    from lead_reps
    inner join planned_days
        on
            lead_reps.starts_on <= planned_days.planned_on
            and lead_reps.ends_on >= planned_days.planned_on
    inner join rep_clocks
        on
            lead_reps.rep_id = rep_clocks.rep_id
            and planned_days.planned_on >= rep_clocks.effective_from
            and planned_days.planned_on < rep_clocks.effective_to
    qualify row_number() over (
        partition by
            lead_reps.rep_key,
            planned_days.planned_on
        order by
            rep_clocks.calendar_rank asc,
            rep_clocks.team_calendar_id asc
    ) = 1

)

select * from rep_clock_days

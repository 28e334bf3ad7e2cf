-- Grain: one row per team that was given leads and week: the MQLs that became its own,
-- how they were answered, and how much of it was, or will be, there to answer.
-- A week is known by its Monday in the reporting time zone; that of as_of, which is not
-- over, is left out.

with

planned_weeks as (

    select
        *,
        case when not is_ahead then 0 end as mqls_if_none
    from {{ ref('int_lifecycle__planned_weeks') }}

),

lead_reps as (

    select * from {{ ref('int_lifecycle__lead_reps') }}

),

rep_days as (

    select * from {{ ref('int_lifecycle__rep_days') }}

),

team_mqls as (

    select * from {{ ref('int_lifecycle__team_mqls') }}

),

teams as (

    select team
    from lead_reps
    union
    select team
    from team_mqls

),

rep_weeks as (

    select
        lead_reps.team,
        planned_weeks.week,
        count(*) as reps
    from lead_reps
    inner join planned_weeks
        on
            lead_reps.starts_on <= planned_weeks.week + interval '6' day
            and lead_reps.ends_on >= planned_weeks.week
    group by
        lead_reps.team,
        planned_weeks.week

),

capacity_weeks as (

    select
        team,
        week,
        sum(cast(
            cast(seconds_there as double) / nullif(seconds_open, 0) as decimal(18, 6)
        )) as rep_days,
        sum(seconds_there) as seconds_there
    from rep_days
    group by
        team,
        week

),

team_weeks as (

    select
        teams.team,
        planned_weeks.week,
        planned_weeks.is_ahead,
        coalesce(team_mqls.mqls, planned_weeks.mqls_if_none) as mqls,
        coalesce(team_mqls.mqls_due, planned_weeks.mqls_if_none) as mqls_due,
        coalesce(team_mqls.mqls_in_time, planned_weeks.mqls_if_none)
            as mqls_in_time,
        coalesce(rep_weeks.reps, 0) as reps,
        cast(coalesce(capacity_weeks.rep_days, 0) as decimal(28, 6)) as rep_days,
        cast(coalesce(capacity_weeks.seconds_there, 0) / 60e0 as decimal(28, 2))
            as available_minutes
    from teams
    cross join planned_weeks
    left join team_mqls
        on
            teams.team = team_mqls.team
            and planned_weeks.week = team_mqls.week
    left join rep_weeks
        on
            teams.team = rep_weeks.team
            and planned_weeks.week = rep_weeks.week
    left join capacity_weeks
        on
            teams.team = capacity_weeks.team
            and planned_weeks.week = capacity_weeks.week

)

select * from team_weeks

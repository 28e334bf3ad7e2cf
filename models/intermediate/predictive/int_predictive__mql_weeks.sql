-- Grain: one row per team and past week since the first with an MQL, with the MQLs of
-- all teams beside its own.

with

team_weeks as (

    select
        team,
        week,
        mqls
    from {{ ref('fct_team_weeks') }}
    where not is_ahead

),

total_weeks as (

    select
        week,
        sum(mqls) as total_mqls
    from team_weeks
    group by week

),

first_weeks as (

    select min(week) as first_week
    from total_weeks
    where total_mqls > 0

),

mql_weeks as (

    select
        team_weeks.team,
        team_weeks.week,
        cast(team_weeks.mqls as bigint) as mqls,
        cast(total_weeks.total_mqls as bigint) as total_mqls
    from team_weeks
    inner join total_weeks
        on team_weeks.week = total_weeks.week
    inner join first_weeks
        on team_weeks.week >= first_weeks.first_week

)

select * from mql_weeks

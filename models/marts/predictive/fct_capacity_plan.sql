-- Grain: one row per team that is given leads and week ahead: the MQLs to expect, who
-- is there to answer them, and how many it would take. Needs are those of the upper end
-- of the interval, so that they hold in more than the average week.

with

team_weeks as (

    select * from {{ ref('fct_team_weeks') }}
    where is_ahead

),

mql_outlooks as (

    select * from {{ ref('int_predictive__mql_outlooks') }}
    qualify origin_week = max(origin_week) over ()

),

team_loads as (

    select * from {{ ref('int_predictive__team_loads') }}

),

team_policies as (

    select * from {{ ref('int_predictive__team_policies') }}

),

planned_teams as (

    select
        team_weeks.team,
        team_weeks.week,
        case
            when team_weeks.reps = 0 then 'no_reps'
            when team_weeks.rep_days = 0 then 'nobody_there'
            when mql_outlooks.expected_mqls is null then 'no_expectation'
            else team_loads.status
        end as status,
        cast(team_weeks.reps as bigint) as reps,
        team_weeks.rep_days,
        team_weeks.available_minutes,
        mql_outlooks.expected_mqls,
        mql_outlooks.expected_mqls_low,
        mql_outlooks.expected_mqls_high,
        team_policies.minutes_per_mql,
        team_policies.utilisation_limit,
        team_policies.sla_rate_target,
        team_loads.in_time_rate,
        team_loads.bearable_load,
        mql_outlooks.expected_mqls * team_policies.minutes_per_mql as work_minutes,
        -- What a rep can take in the week, by work and by the load that the SLA bears.
        cast(team_weeks.available_minutes as double) * team_policies.utilisation_limit
        / nullif(team_weeks.reps * team_policies.minutes_per_mql, 0)
            as rep_mqls_by_work,
        team_loads.bearable_load * cast(team_weeks.rep_days as double)
        / nullif(team_weeks.reps, 0) as rep_mqls_by_sla
    from team_weeks
    inner join team_policies
        on team_weeks.team = team_policies.team
    left join mql_outlooks
        on team_weeks.team = mql_outlooks.team
    left join team_loads
        on team_weeks.team = team_loads.team

),

needed_reps as (

    select
        *,
        -- A double may lie a hair above the whole number that is meant.
        cast(ceil(round(
            expected_mqls_high / nullif(rep_mqls_by_work, 0), 6
        )) as bigint) as reps_by_work,
        cast(ceil(round(
            expected_mqls_high / nullif(rep_mqls_by_sla, 0), 6
        )) as bigint) as reps_by_sla
    from planned_teams

),

told_needs as (

    select
        *,
        case when reps_by_sla is not null then greatest(reps_by_sla, reps_by_work) end
            as reps_needed
    from needed_reps

),

capacity_plan as (

    select
        team,
        week,
        status,
        reps >= reps_needed as is_enough,
        reps,
        rep_days,
        available_minutes,
        expected_mqls,
        expected_mqls_low,
        expected_mqls_high,
        work_minutes,
        work_minutes / nullif(cast(available_minutes as double), 0)
            as utilisation_rate,
        utilisation_limit,
        expected_mqls / nullif(cast(rep_days as double), 0) as mqls_per_rep_day,
        bearable_load as bearable_mqls_per_rep_day,
        in_time_rate,
        sla_rate_target,
        reps_by_work,
        reps_needed
    from told_needs

)

select * from capacity_plan

-- Grain: one row per team that is given leads, with the capacity policy in force at
-- as_of: its own, else the one of *.

with

teams as (

    select
        team,
        {{ snake_case('team') }} as policy_team
    from {{ ref('fct_team_weeks') }}
    group by team

),

capacity_policies as (

    select * from {{ ref('capacity_policies') }}
    where {{ in_force() }}

),

team_policies as (

    select
        teams.team,
        capacity_policies.capacity_policy_id,
        capacity_policies.minutes_per_mql,
        capacity_policies.utilisation_limit,
        capacity_policies.sla_rate_target
    from teams
    inner join capacity_policies
        on capacity_policies.team in (teams.policy_team, '*')
    qualify row_number() over (
        partition by teams.team
        order by
            capacity_policies.team = '*' asc,
            capacity_policies.capacity_policy_id asc
    ) = 1

)

select * from team_policies

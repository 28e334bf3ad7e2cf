-- Grain: one row per team, past Monday from which the plan's method foretells, and week
-- after it that has come: what was expected by the weeks before alone, and what came.

with

team_weeks as (

    select
        team,
        week,
        mqls
    from {{ ref('fct_team_weeks') }}
    where not is_ahead

),

mql_outlooks as (

    select * from {{ ref('int_predictive__mql_outlooks') }}
    where expected_mqls is not null

),

capacity_methods as (

    select weeks_ahead
    from {{ ref('int_predictive__capacity_methods') }}

),

mql_backtests as (

    select
        mql_outlooks.origin_week,
        team_weeks.week,
        mql_outlooks.team,
        cast({{ dbt.datediff(
            'mql_outlooks.origin_week', 'team_weeks.week', 'day'
        ) }} / 7 as integer) as weeks_before,
        team_weeks.mqls between mql_outlooks.expected_mqls_low
        and mql_outlooks.expected_mqls_high as is_inside_interval,
        mql_outlooks.expected_mqls,
        mql_outlooks.expected_mqls_low,
        mql_outlooks.expected_mqls_high,
        cast(team_weeks.mqls as bigint) as mqls
    from mql_outlooks
    cross join capacity_methods
    inner join team_weeks
        on
            mql_outlooks.team = team_weeks.team
            and mql_outlooks.origin_week < team_weeks.week
            and team_weeks.week <= cast(
                mql_outlooks.origin_week
                + capacity_methods.weeks_ahead * interval '7' day as date
            )

)

select * from mql_backtests

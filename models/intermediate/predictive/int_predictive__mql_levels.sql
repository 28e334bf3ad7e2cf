-- Grain: one row per team and Monday from which weeks are foretold, by the weeks before
-- it alone: the level of all MQLs, the team's share of them, and how much weeks vary.

with

windows as (

    select * from {{ ref('int_predictive__mql_windows') }}

),

mql_weeks as (

    select * from {{ ref('int_predictive__mql_weeks') }}

),

sums as (

    select
        windows.origin_week,
        windows.level_weeks,
        mql_weeks.team,
        count(*) filter (where mql_weeks.week >= windows.level_from) as known_weeks,
        sum(mql_weeks.total_mqls) filter (where mql_weeks.week >= windows.level_from)
            as level_mqls,
        sum(mql_weeks.mqls) filter (where mql_weeks.week >= windows.changed_on)
            as shared_mqls,
        sum(mql_weeks.total_mqls) filter (where mql_weeks.week >= windows.changed_on)
            as shared_of,
        count(*) as varied_weeks,
        sum(mql_weeks.total_mqls) as varied_sum,
        sum(mql_weeks.total_mqls * mql_weeks.total_mqls) as varied_squares
    from windows
    inner join mql_weeks
        on
            windows.varied_from <= mql_weeks.week
            and windows.origin_week > mql_weeks.week
    group by
        windows.origin_week,
        windows.level_weeks,
        mql_weeks.team

),

mql_levels as (

    select
        origin_week,
        team,
        cast(level_weeks as integer) as level_weeks,
        case
            when known_weeks = level_weeks
                then cast(level_mqls as double) / level_weeks
        end as weekly_mqls,
        cast(coalesce(shared_mqls, 0) as double) / nullif(shared_of, 0) as team_share,
        -- Variance of the weeks over their mean, from whole sums; 1 is chance alone.
        greatest(
            (
                cast(varied_squares as double)
                - cast(varied_sum as double) * varied_sum / varied_weeks
            )
            / nullif(varied_weeks - 1, 0)
            / nullif(cast(varied_sum as double) / varied_weeks, 0),
            1
        ) as dispersion
    from sums

)

select * from mql_levels

-- Grain: one row per decaying rule with a limit, person or account that may reach it,
-- and moment at which it fired.

{{ config(materialized='view') }}

with

limited_rules as (

    select
        rule_id,
        points as points_each,
        max_points,
        half_life_days
    from {{ ref('scoring_rules') }}
    where max_points is not null

),

fired_times as (

    select
        rule_id,
        subject_key,
        sum(times_fired) as times_fired
    from {{ ref('int_lifecycle__score_events') }}
    group by
        rule_id,
        subject_key

),

-- Most have fired a rule too seldom to ever reach its limit: they need no standing.
reaching_subjects as (

    select
        fired_times.subject_key,
        limited_rules.*
    from fired_times
    inner join limited_rules
        on
            fired_times.rule_id = limited_rules.rule_id
            and abs(limited_rules.points_each) * fired_times.times_fired
            > limited_rules.max_points

),

limited_events as (

    select
        reaching_subjects.rule_id,
        reaching_subjects.subject_key,
        reaching_subjects.points_each,
        reaching_subjects.max_points,
        score_events.times_fired,
        {{ decay_block('score_events.scored_at', 'reaching_subjects.half_life_days') }}
            as block_number,
        {{ decay_position(
            'score_events.scored_at', 'reaching_subjects.half_life_days'
        ) }} as block_position,
        score_events.scored_at
    from {{ ref('int_lifecycle__score_events') }} as score_events
    inner join reaching_subjects
        on
            score_events.rule_id = reaching_subjects.rule_id
            and score_events.subject_key = reaching_subjects.subject_key

)

select * from limited_events

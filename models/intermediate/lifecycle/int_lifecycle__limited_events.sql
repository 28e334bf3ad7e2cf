-- Grain: one row per decaying rule with a limit, person or account that may reach it,
-- and moment at which it fired.

{{ config(materialized='view') }}

with

score_events as (

    select * from {{ ref('int_lifecycle__score_events') }}

),

-- Most have fired a rule too seldom to ever reach its limit: they need no standing.
reaching_subjects as (

    select
        rule_id,
        subject_key
    from score_events
    group by rule_id, subject_key
    having sum(abs(points_each) * times_fired) > max(max_points)

),

limited_events as (

    select
        score_events.rule_id,
        score_events.subject_key,
        score_events.points_each,
        score_events.max_points,
        score_events.times_fired,
        {{ decay_block('score_events.scored_at', 'score_events.half_life_days') }}
            as block_number,
        {{ decay_position('score_events.scored_at', 'score_events.half_life_days') }}
            as block_position,
        score_events.scored_at
    from score_events
    inner join reaching_subjects
        on
            score_events.rule_id = reaching_subjects.rule_id
            and score_events.subject_key = reaching_subjects.subject_key

)

select * from limited_events

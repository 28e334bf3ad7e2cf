-- Grain: one row per decaying rule, person or account and moment at which it fired.
-- Who has fired a rule too seldom to ever reach its limit has all of its points.

with

score_events as (

    select * from {{ ref('int_lifecycle__score_events') }}

),

limited_points as (

    select * from {{ ref('int_lifecycle__limited_points') }}

),

earned_points as (

    select
        score_events.rule_id,
        score_events.subject,
        score_events.subject_key,
        score_events.times_fired,
        coalesce(
            limited_points.points,
            {{ exact_points('score_events.points_each * score_events.times_fired') }}
        ) as points,
        score_events.scored_at
    from score_events
    left join limited_points
        on
            score_events.rule_id = limited_points.rule_id
            and score_events.subject_key = limited_points.subject_key
            and score_events.scored_at = limited_points.scored_at

)

select * from earned_points

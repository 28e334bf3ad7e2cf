-- Grain: one row per person or account and moment at which it earned points: its score
-- just after.

{{ config(materialized='view') }}

with

point_standings as (

    select
        subject,
        subject_id,
        scored_at,
        coalesce(sum({{ exact_points('points') }}) filter (
            where dimension = 'engagement'
        ), 0) as engagement_points,
        coalesce(sum({{ exact_points('points') }}) filter (
            where dimension = 'intent'
        ), 0) as intent_points
    from {{ ref('int_lifecycle__point_standings') }}
    group by
        subject,
        subject_id,
        scored_at

),

fired_rules as (

    select
        subject,
        subject_id,
        scored_at,
        sum(points) as earned_points,
        {{ dbt.listagg('rule_id', "', '", 'order by rule_id') }} as rule_ids
    from {{ ref('int_lifecycle__subject_points') }}
    group by
        subject,
        subject_id,
        scored_at

),

fit_grades as (

    select * from {{ ref('int_lifecycle__fit_grades') }}

),

score_moments as (

    select
        point_standings.subject,
        point_standings.subject_id,
        fit_grades.grade,
        fired_rules.rule_ids,
        cast(fired_rules.earned_points as double) as earned_points,
        cast(point_standings.engagement_points as double) as engagement_points,
        cast(point_standings.intent_points as double) as intent_points,
        fit_grades.fit_points,
        cast(
            point_standings.engagement_points
            + point_standings.intent_points
            + {{ exact_points('fit_grades.fit_points') }} as double
        ) as score,
        point_standings.scored_at
    from point_standings
    inner join fired_rules
        on
            point_standings.subject = fired_rules.subject
            and point_standings.subject_id = fired_rules.subject_id
            and point_standings.scored_at = fired_rules.scored_at
    inner join fit_grades
        on
            point_standings.subject = fit_grades.subject
            and point_standings.subject_id = fit_grades.subject_id
            and {{ reporting_date('point_standings.scored_at') }}
            >= fit_grades.valid_from
            and {{ reporting_date('point_standings.scored_at') }} < fit_grades.valid_to

)

select * from score_moments

-- Grain: one row per person or account and moment at which it earned points: its score
-- just after.

{{ config(materialized='view') }}

with

score_standings as (

    select * from {{ ref('int_lifecycle__score_standings') }}

),

rule_sets as (

    select * from {{ ref('int_lifecycle__rule_sets') }}

),

fit_grades as (

    select * from {{ ref('int_lifecycle__fit_grades') }}

),

score_moments as (

    select
        fit_grades.subject,
        fit_grades.subject_id,
        fit_grades.subject_key,
        fit_grades.grade,
        rule_sets.rule_ids,
        score_standings.earned_points,
        score_standings.engagement_points,
        score_standings.intent_points,
        fit_grades.fit_points,
        cast(
            {{ exact_points('score_standings.engagement_points') }}
            + {{ exact_points('score_standings.intent_points') }}
            + {{ exact_points('fit_grades.fit_points') }} as double
        ) as score,
        score_standings.scored_at
    from score_standings
    inner join rule_sets
        on score_standings.rules_print = rule_sets.rules_print
    inner join fit_grades
        on
            score_standings.subject_key = fit_grades.subject_key
            and {{ reporting_date('score_standings.scored_at') }}
            >= fit_grades.valid_from
            and {{ reporting_date('score_standings.scored_at') }} < fit_grades.valid_to

)

select * from score_moments

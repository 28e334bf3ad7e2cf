-- Grain: one row per person or account and moment at which it earned points: its score
-- just after, and of an account the people that were engaged.

{{ config(materialized='view') }}

with

score_standings as (

    select * from {{ ref('int_lifecycle__score_standings') }}
    where not is_account

),

engaged_people as (

    select * from {{ ref('int_lifecycle__engaged_people') }}

),

rule_sets as (

    select * from {{ ref('int_lifecycle__rule_sets') }}

),

fit_grades as (

    select * from {{ ref('int_lifecycle__fit_grades') }}

),

standings as (

    select
        'person' as subject,
        subject_key,
        cast(null as string) as definition_version,
        cast(null as bigint) as engaged_people,
        earned_points,
        rules_print,
        engagement_points,
        intent_points,
        scored_at
    from score_standings
    union all
    select
        'account' as subject,
        account_key as subject_key,
        definition_version,
        engaged_people,
        earned_points,
        rules_print,
        engagement_points,
        intent_points,
        scored_at
    from engaged_people

),

score_moments as (

    select
        standings.subject,
        fit_grades.subject_id,
        standings.definition_version,
        fit_grades.grade,
        rule_sets.rule_ids,
        standings.engaged_people,
        standings.earned_points,
        standings.engagement_points,
        standings.intent_points,
        fit_grades.fit_points,
        {{ rounded('(
            standings.engagement_points
            + standings.intent_points
            + fit_grades.fit_points
        )', 12) }} as score,
        standings.scored_at
    from standings
    inner join rule_sets
        on standings.rules_print = rule_sets.rules_print
    inner join fit_grades
        on
            standings.subject = fit_grades.subject
            and standings.subject_key = fit_grades.subject_key
            and {{ reporting_date('standings.scored_at') }} >= fit_grades.valid_from
            and {{ reporting_date('standings.scored_at') }} < fit_grades.valid_to

)

select * from score_moments

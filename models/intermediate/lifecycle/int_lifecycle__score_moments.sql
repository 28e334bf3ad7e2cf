-- Grain: one row per person or account and moment at which it earned points: its score
-- just after.

with

point_series as (

    select * from {{ ref('int_lifecycle__point_series') }}

),

point_standings as (

    select * from {{ ref('int_lifecycle__series_standings') }}

),

summed_standings as (

    select
        point_series.subject,
        point_series.subject_number,
        point_standings.scored_at,
        coalesce(sum({{ exact_points('point_standings.points') }}) filter (
            where point_series.dimension = 'engagement'
        ), 0) as engagement_points,
        coalesce(sum({{ exact_points('point_standings.points') }}) filter (
            where point_series.dimension = 'intent'
        ), 0) as intent_points
    from point_standings
    inner join point_series
        on point_standings.series_number = point_series.series_number
    group by
        point_series.subject,
        point_series.subject_number,
        point_standings.scored_at

),

subjects as (

    select
        subject,
        subject_id,
        subject_number
    from point_series
    group by
        subject,
        subject_id,
        subject_number

),

fired_rules as (

    select
        subject,
        subject_id,
        scored_at,
        sum(points) as earned_points,
        {{ sorted_list('rule_id', ', ') }} as rule_ids
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
        subjects.subject,
        subjects.subject_id,
        fit_grades.grade,
        fired_rules.rule_ids,
        cast(fired_rules.earned_points as double) as earned_points,
        cast(summed_standings.engagement_points as double) as engagement_points,
        cast(summed_standings.intent_points as double) as intent_points,
        fit_grades.fit_points,
        cast(
            summed_standings.engagement_points
            + summed_standings.intent_points
            + {{ exact_points('fit_grades.fit_points') }} as double
        ) as score,
        summed_standings.scored_at
    from summed_standings
    inner join subjects
        on
            summed_standings.subject = subjects.subject
            and summed_standings.subject_number = subjects.subject_number
    inner join fired_rules
        on
            subjects.subject = fired_rules.subject
            and subjects.subject_id = fired_rules.subject_id
            and summed_standings.scored_at = fired_rules.scored_at
    inner join fit_grades
        on
            subjects.subject = fit_grades.subject
            and subjects.subject_id = fit_grades.subject_id
            and {{ reporting_date('summed_standings.scored_at') }}
            >= fit_grades.valid_from
            and {{ reporting_date('summed_standings.scored_at') }} < fit_grades.valid_to

)

select * from score_moments

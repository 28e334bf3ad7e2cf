-- Grain: one row per person or account and moment at which it earned points: its score
-- just after.

with

point_series as (

    select * from {{ ref('int_lifecycle__point_series') }}

),

point_standings as (

    select * from {{ ref('int_lifecycle__series_standings') }}

),

-- All is brought together by the subject's number, which joins faster than its name.
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

summed_standings as (

    select
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
        point_series.subject_number,
        point_standings.scored_at

),

fired_rules as (

    select
        subjects.subject_number,
        subject_points.scored_at,
        sum(subject_points.points) as earned_points,
        {{ sorted_list('subject_points.rule_id', ', ') }} as rule_ids
    from {{ ref('int_lifecycle__subject_points') }} as subject_points
    inner join subjects
        on
            subject_points.subject = subjects.subject
            and subject_points.subject_id = subjects.subject_id
    group by
        subjects.subject_number,
        subject_points.scored_at

),

graded_subjects as (

    select
        subjects.subject_number,
        fit_grades.*
    from subjects
    inner join {{ ref('int_lifecycle__fit_grades') }} as fit_grades
        on
            subjects.subject = fit_grades.subject
            and subjects.subject_id = fit_grades.subject_id

),

score_moments as (

    select
        graded_subjects.subject,
        graded_subjects.subject_id,
        graded_subjects.grade,
        fired_rules.rule_ids,
        cast(fired_rules.earned_points as double) as earned_points,
        cast(summed_standings.engagement_points as double) as engagement_points,
        cast(summed_standings.intent_points as double) as intent_points,
        graded_subjects.fit_points,
        cast(
            summed_standings.engagement_points
            + summed_standings.intent_points
            + {{ exact_points('graded_subjects.fit_points') }} as double
        ) as score,
        summed_standings.scored_at
    from summed_standings
    inner join fired_rules
        on
            summed_standings.subject_number = fired_rules.subject_number
            and summed_standings.scored_at = fired_rules.scored_at
    inner join graded_subjects
        on
            summed_standings.subject_number = graded_subjects.subject_number
            and {{ reporting_date('summed_standings.scored_at') }}
            >= graded_subjects.valid_from
            and {{ reporting_date('summed_standings.scored_at') }}
            < graded_subjects.valid_to

)

select * from score_moments

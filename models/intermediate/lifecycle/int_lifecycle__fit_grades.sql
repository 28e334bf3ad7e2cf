-- Grain: one row per person or account and span of scoring policies: points and grade
-- of its fit.

with

fit_attributes as (

    select
        subject,
        subject_id,
        subject_key
    from {{ ref('int_lifecycle__fit_attributes') }}

),

met_fit_rules as (

    select * from {{ ref('int_lifecycle__met_fit_rules') }}

),

score_spans as (

    select * from {{ ref('int_lifecycle__score_spans') }}

),

score_grades as (

    select
        subject,
        grade,
        -- The lowest grade has no bound.
        coalesce(min_points, -1e18) as min_points,
        effective_from,
        coalesce(effective_to, cast('9999-12-31' as date)) as effective_to
    from {{ ref('score_grades') }}

),

grade_spans as (

    select
        score_spans.valid_from,
        score_grades.subject,
        score_grades.grade,
        score_grades.min_points as points_from,
        lead(score_grades.min_points, 1, 1e308) over (
            partition by score_spans.valid_from, score_grades.subject
            order by score_grades.min_points
        ) as points_below
    from score_spans
    inner join score_grades
        on
            score_spans.valid_from >= score_grades.effective_from
            and score_spans.valid_from < score_grades.effective_to

),

summed_rules as (

    select
        met_fit_rules.subject_key,
        score_spans.valid_from,
        sum({{ exact_points('met_fit_rules.points') }}) as fit_points
    from met_fit_rules
    inner join score_spans
        on
            met_fit_rules.effective_from <= score_spans.valid_from
            and met_fit_rules.effective_to > score_spans.valid_from
    group by
        met_fit_rules.subject_key,
        score_spans.valid_from

),

fit_points as (

    select
        fit_attributes.subject,
        fit_attributes.subject_id,
        fit_attributes.subject_key,
        cast(coalesce(summed_rules.fit_points, 0) as double) as fit_points,
        score_spans.valid_from,
        score_spans.valid_to
    from fit_attributes
    cross join score_spans
    left join summed_rules
        on
            fit_attributes.subject_key = summed_rules.subject_key
            and score_spans.valid_from = summed_rules.valid_from

),

fit_grades as (

    select
        fit_points.subject,
        fit_points.subject_id,
        fit_points.subject_key,
        fit_points.fit_points,
        grade_spans.grade,
        fit_points.valid_from,
        fit_points.valid_to
    from fit_points
    left join grade_spans
        on
            fit_points.subject = grade_spans.subject
            and fit_points.valid_from = grade_spans.valid_from
            and fit_points.fit_points >= grade_spans.points_from
            and fit_points.fit_points < grade_spans.points_below

)

select * from fit_grades

-- Grain: one row per person or account: its score at as_of.

with

fired_rules as (

    select
        subject_key,
        coalesce(sum({{ exact_points('points') }}) filter (
            where dimension = 'engagement'
        ), 0) as engagement_points,
        coalesce(sum({{ exact_points('points') }}) filter (
            where dimension = 'intent'
        ), 0) as intent_points,
        max(last_fired_at) as last_fired_at
    from {{ ref('int_lifecycle__fired_rules') }}
    group by subject_key

),

top_rules as (

    select * from {{ ref('int_lifecycle__top_rules') }}

),

fit_grades as (

    select * from {{ ref('int_lifecycle__fit_grades') }}
    where
        valid_from <= {{ reporting_date(as_of()) }}
        and valid_to > {{ reporting_date(as_of()) }}

),

current_scores as (

    select
        fit_grades.subject,
        fit_grades.subject_id,
        fit_grades.subject_key,
        fit_grades.grade,
        top_rules.top_rules,
        fit_grades.fit_points,
        cast(coalesce(fired_rules.engagement_points, 0) as double)
            as engagement_points,
        cast(coalesce(fired_rules.intent_points, 0) as double) as intent_points,
        cast(
            coalesce(fired_rules.engagement_points, 0)
            + coalesce(fired_rules.intent_points, 0)
            + {{ exact_points('fit_grades.fit_points') }} as double
        ) as score,
        fit_grades.valid_from,
        fired_rules.last_fired_at
    from fit_grades
    left join fired_rules
        on fit_grades.subject_key = fired_rules.subject_key
    left join top_rules
        on fit_grades.subject_key = top_rules.subject_key

)

select * from current_scores

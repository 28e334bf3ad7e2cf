-- People and accounts have a grade without a lower bound on every day from 1900 on, so
-- that whoever is scored is graded.

with

bottom_grades as (

    select
        subject,
        effective_from,
        coalesce(effective_to, cast('9999-12-31' as date)) as effective_to,
        lag(coalesce(effective_to, cast('9999-12-31' as date))) over (
            partition by subject
            order by effective_from
        ) as previous_to
    from {{ ref('score_grades') }}
    where min_points is null

),

subjects as (

    select 'person' as subject
    union all
    select 'account' as subject

),

covered_subjects as (

    select
        subject,
        min(effective_from) as first_from,
        max(effective_to) as last_to,
        count(*) filter (where previous_to != effective_from) as gaps
    from bottom_grades
    group by subject

),

uncovered_subjects as (

    select subjects.subject
    from subjects
    left join covered_subjects
        on subjects.subject = covered_subjects.subject
    where
        covered_subjects.subject is null
        or covered_subjects.first_from > cast('1900-01-01' as date)
        or covered_subjects.last_to < cast('9999-12-31' as date)
        or covered_subjects.gaps > 0

)

select * from uncovered_subjects

-- Grain: one row per person or account: its score at as_of, and the three rules that
-- weigh most in it, in words.

with

scoring_rules as (

    select
        rule_id,
        rule,
        dimension
    from {{ ref('scoring_rules') }}

),

ranked_rules as (

    select
        *,
        row_number() over (
            partition by subject_key
            order by abs(points) desc, rule_id
        ) as place
    from {{ ref('int_lifecycle__fired_rules') }}

),

worded_rules as (

    select
        ranked_rules.subject_key,
        scoring_rules.dimension,
        {{ exact_points('ranked_rules.points') }} as points,
        ranked_rules.last_fired_at,
        ranked_rules.place,
        case
            when ranked_rules.place <= 3 then concat(
                scoring_rules.rule,
                case when ranked_rules.points < 0 then ' ' else ' +' end,
                cast(cast(ranked_rules.points as decimal(18, 1)) as string)
            )
        end as words
    from ranked_rules
    inner join scoring_rules
        on ranked_rules.rule_id = scoring_rules.rule_id

),

fired_rules as (

    select
        subject_key,
        concat_ws(
            ', ',
            max(case when place = 1 then words end),
            max(case when place = 2 then words end),
            max(case when place = 3 then words end)
        ) as top_rules,
        sum(case when dimension = 'engagement' then points end) as engagement_points,
        sum(case when dimension = 'intent' then points end) as intent_points,
        max(last_fired_at) as last_fired_at
    from worded_rules
    group by subject_key

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
        fired_rules.top_rules,
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

)

select * from current_scores

-- Grain: one row per golden person: score and grade at as_of, by rules.

with

current_scores as (

    select * from {{ ref('int_lifecycle__current_scores') }}
    where subject = 'person'

),

lead_rule_scores as (

    select
        subject_id as person_id,
        grade,
        top_rules,
        engagement_points,
        fit_points,
        score,
        last_fired_at as last_engaged_at
    from current_scores

)

select * from lead_rule_scores

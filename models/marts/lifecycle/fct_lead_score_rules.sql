-- Grain: one row per person and scoring rule that gives points at as_of, or did and has
-- faded.

with

told_rules as (

    select * from {{ ref('int_lifecycle__told_rules') }}
    where subject = 'person'

),

lead_score_rules as (

    select
        subject_id as person_id,
        rule_id,
        rule,
        dimension,
        times_fired,
        points,
        last_fired_at
    from told_rules

)

select * from lead_score_rules

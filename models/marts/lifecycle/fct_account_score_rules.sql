-- Grain: one row per account and scoring rule that gives points at as_of, or did and
-- has faded. The engagement is that of its people.

with

fired_rules as (

    select * from {{ ref('int_lifecycle__fired_rules') }}
    where subject = 'account'

),

account_score_rules as (

    select
        subject_id as account_id,
        rule_id,
        rule,
        dimension,
        times_fired,
        points,
        last_fired_at
    from fired_rules

)

select * from account_score_rules

-- Grain: one row per account and scoring rule that gives points at as_of, or did and
-- has faded. The engagement is that of its people.

with

told_rules as (

    select * from {{ ref('int_lifecycle__told_rules') }}
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
    from told_rules

)

select * from account_score_rules

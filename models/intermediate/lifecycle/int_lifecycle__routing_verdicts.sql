-- Grain: one row per person, moment and set of rules: whom the rules allow.
-- The first rule decides that fits the lead and allows anybody.

with

rule_answers as (

    select * from {{ ref('int_lifecycle__rule_answers') }}
    where answer_number = 1

),

routing_verdicts as (

    select
        person_id,
        rule_set,
        routing_rule_id,
        routing_rule,
        rule_kind,
        pool,
        expected_owner_ids,
        expected_owner_keys,
        pool_changed_at,
        routed_at
    from rule_answers

)

select * from routing_verdicts

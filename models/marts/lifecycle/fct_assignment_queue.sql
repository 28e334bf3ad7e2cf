-- Grain: one row per lead whom no rep has and routing rule that allows somebody, the
-- rule to be followed first with number 1; one row without a rule where none does.

with

unassigned_leads as (

    select * from {{ ref('int_lifecycle__unassigned_leads') }}

),

rule_answers as (

    select * from {{ ref('int_lifecycle__rule_answers') }}
    where rule_set = 'current'

),

assignment_queue as (

    select
        unassigned_leads.person_id
        || '#'
        || coalesce(rule_answers.answer_number, 1) as assignment_option_id,
        cast(unassigned_leads.rank as bigint) as rank,
        cast(coalesce(rule_answers.answer_number, 1) as integer) as option_number,
        unassigned_leads.person_id,
        unassigned_leads.account_id,
        unassigned_leads.lifecycle_stage,
        rule_answers.routing_rule_id,
        rule_answers.routing_rule,
        rule_answers.rule_kind,
        rule_answers.pool,
        rule_answers.expected_owner_ids,
        unassigned_leads.lead_at,
        unassigned_leads.mql_at,
        unassigned_leads.due_at
    from unassigned_leads
    left join rule_answers
        on
            unassigned_leads.person_id = rule_answers.person_id
            and unassigned_leads.asked_at = rule_answers.routed_at

)

select * from assignment_queue

-- Grain: one row per proposed set of rules and first assignment of a person: what the
-- rules say and what the proposal would have said.

{{ config(materialized='view') }}

with

rule_sets as (

    select rule_set
    from {{ ref('routing_rules') }}
    where rule_set != 'current'
    group by rule_set

),

owner_changes as (

    select
        person_id,
        owner_key,
        assigned_at
    from {{ ref('int_lifecycle__owner_changes') }}
    where assignment_number = 1

),

verdicts as (

    select * from {{ ref('int_lifecycle__routing_verdicts') }}

),

current_verdicts as (

    select * from verdicts
    where rule_set = 'current'

),

proposed_leads as (

    select
        rule_sets.rule_set,
        owner_changes.person_id,
        owner_changes.owner_key,
        owner_changes.assigned_at
    from owner_changes
    cross join rule_sets

),

routing_comparisons as (

    select
        proposed_leads.rule_set,
        proposed_leads.person_id,
        coalesce(current_verdicts.routing_rule, 'no_rule') as current_rule,
        coalesce(verdicts.routing_rule, 'no_rule') as proposed_rule,
        current_verdicts.expected_owner_keys as current_owner_keys,
        verdicts.expected_owner_keys as proposed_owner_keys,
        current_verdicts.pool as current_pool,
        verdicts.pool as proposed_pool,
        current_verdicts.pool_changed_at as current_pool_changed_at,
        verdicts.pool_changed_at as proposed_pool_changed_at,
        coalesce(contains(
            ',' || current_verdicts.expected_owner_keys || ',',
            ',' || proposed_leads.owner_key || ','
        ), false) as is_correct_now,
        coalesce(contains(
            ',' || verdicts.expected_owner_keys || ',',
            ',' || proposed_leads.owner_key || ','
        ), false) as is_correct_as_proposed,
        {{ reporting_date('proposed_leads.assigned_at') }} as assigned_on
    from proposed_leads
    left join current_verdicts
        on
            proposed_leads.person_id = current_verdicts.person_id
            and proposed_leads.assigned_at = current_verdicts.routed_at
    left join verdicts
        on
            proposed_leads.rule_set = verdicts.rule_set
            and proposed_leads.person_id = verdicts.person_id
            and proposed_leads.assigned_at = verdicts.routed_at

)

select * from routing_comparisons

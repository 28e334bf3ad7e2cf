-- Grain: one row per person, moment and routing rule that fits the lead and allows
-- anybody, with its place among those of its set.
-- A table, because the queue and the verdicts both read it.

with

asked_rules as (

    select * from {{ ref('int_lifecycle__asked_rules') }}

),

entitled_owners as (

    select * from {{ ref('int_lifecycle__entitled_owners') }}

),

asked_pools as (

    select * from {{ ref('int_lifecycle__asked_pools') }}

),

pool_states as (

    select * from {{ ref('int_lifecycle__pool_states') }}

),

rep_references as (

    select
        written_as,
        min(rep_id) as rep_id,
        min(rep_key) as rep_key
    from {{ ref('int_lifecycle__rep_references') }}
    group by written_as

),

answered_rules as (

    select
        asked_rules.person_id,
        asked_rules.rule_set,
        asked_rules.routing_rule_id,
        asked_rules.priority,
        asked_rules.routing_rule,
        asked_rules.rule_kind,
        asked_rules.pool,
        asked_pools.changes_at as pool_changed_at,
        coalesce(
            entitled_owners.owner_ids,
            pool_states.owner_ids,
            rep_references.rep_id,
            asked_rules.fallback_owner
        ) as expected_owner_ids,
        coalesce(
            entitled_owners.owner_keys,
            pool_states.owner_keys,
            rep_references.rep_key,
            lower(asked_rules.fallback_owner)
        ) as expected_owner_keys,
        asked_rules.routed_at
    from asked_rules
    left join entitled_owners
        on
            asked_rules.person_id = entitled_owners.person_id
            and asked_rules.routed_at = entitled_owners.routed_at
            and asked_rules.rule_kind = entitled_owners.rule_kind
    left join asked_pools
        on
            asked_rules.pool = asked_pools.pool
            and asked_rules.routed_at = asked_pools.routed_at
    left join pool_states
        on
            asked_pools.pool = pool_states.pool
            and asked_pools.changes_at = pool_states.changes_at
    left join rep_references
        on lower(asked_rules.fallback_owner) = rep_references.written_as

),

rule_answers as (

    select
        *,
        row_number() over (
            partition by person_id, routed_at, rule_set
            order by
                priority asc,
                routing_rule_id asc
        ) as answer_number
    from answered_rules
    where expected_owner_ids is not null

)

select * from rule_answers

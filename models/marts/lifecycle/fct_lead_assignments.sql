-- Grain: one row per person and assignment that a source recorded, judged by the rules
-- that held at that moment.

with

owner_changes as (

    select * from {{ ref('int_lifecycle__owner_changes') }}

),

routing_verdicts as (

    select * from {{ ref('int_lifecycle__routing_verdicts') }}
    where rule_set = 'current'

),

lead_starts as (

    select
        person_id,
        min(lead_at) as lead_at
    from {{ ref('fct_lead_funnel') }}
    group by person_id

),

judged_assignments as (

    select
        owner_changes.*,
        routing_verdicts.routing_rule_id,
        routing_verdicts.routing_rule,
        routing_verdicts.rule_kind,
        routing_verdicts.pool,
        routing_verdicts.expected_owner_ids,
        contains(
            ',' || routing_verdicts.expected_owner_keys || ',',
            ',' || owner_changes.owner_key || ','
        ) as is_correct,
        sum(cast(owner_changes.is_reroute as integer)) over (
            partition by owner_changes.person_id
        ) as reroute_count
    from owner_changes
    left join routing_verdicts
        on
            owner_changes.person_id = routing_verdicts.person_id
            and owner_changes.assigned_at = routing_verdicts.routed_at

),

lead_assignments as (

    select
        judged_assignments.person_id || '#' || judged_assignments.assignment_number
            as lead_assignment_id,
        judged_assignments.person_id,
        judged_assignments.owner_id,
        judged_assignments.previous_owner_id,
        judged_assignments.expected_owner_ids,
        judged_assignments.routing_rule_id,
        judged_assignments.routing_rule,
        judged_assignments.rule_kind,
        judged_assignments.pool,
        cast(judged_assignments.assignment_number as integer) as assignment_number,
        judged_assignments.assignment_number = 1 as is_first,
        judged_assignments.is_reroute,
        judged_assignments.is_correct,
        case
            when judged_assignments.assignment_number = 1
                then cast(judged_assignments.reroute_count as integer)
        end as reroutes,
        case
            when
                judged_assignments.assignment_number = 1
                and judged_assignments.first_owned_at >= lead_starts.lead_at
                then cast({{ dbt.datediff(
                    'lead_starts.lead_at', 'judged_assignments.first_owned_at', 'second'
                ) }} / 60e0 as double)
        end as minutes_to_owner,
        judged_assignments.assigned_at
    from judged_assignments
    left join lead_starts
        on judged_assignments.person_id = lead_starts.person_id

)

select * from lead_assignments

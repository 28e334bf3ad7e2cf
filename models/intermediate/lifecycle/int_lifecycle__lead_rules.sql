-- Grain: one row per territory, segment and lead source that leads have, and routing
-- rule that fits them.

with

routed_leads as (

    select
        territory,
        segment,
        lead_source
    from {{ ref('int_lifecycle__routed_leads') }}

),

routing_rules as (

    select
        routing_rule_id,
        rule_set,
        priority,
        routing_rule,
        rule_kind,
        territory,
        segment,
        lead_source,
        pool,
        fallback_owner,
        effective_from,
        coalesce(effective_to, cast('9999-12-31' as date)) as effective_to
    from {{ ref('routing_rules') }}

),

lead_kinds as (

    select
        coalesce(territory, '') as territory,
        coalesce(segment, '') as segment,
        coalesce(lead_source, '') as lead_source
    from routed_leads
    group by
        coalesce(territory, ''),
        coalesce(segment, ''),
        coalesce(lead_source, '')

),

lead_rules as (

    select
        lead_kinds.territory,
        lead_kinds.segment,
        lead_kinds.lead_source,
        routing_rules.routing_rule_id,
        routing_rules.rule_set,
        routing_rules.priority,
        routing_rules.routing_rule,
        routing_rules.rule_kind,
        routing_rules.pool,
        routing_rules.fallback_owner,
        routing_rules.effective_from,
        routing_rules.effective_to
    from lead_kinds
    inner join routing_rules
        on
            routing_rules.territory in (lead_kinds.territory, '*')
            and routing_rules.segment in (lead_kinds.segment, '*')
            and routing_rules.lead_source in (lead_kinds.lead_source, '*')

)

select * from lead_rules

-- Grain: one row per person, moment and routing rule that fits the lead and holds on
-- that day.

{{ config(materialized='view') }}

with

routed_leads as (

    select
        person_id,
        coalesce(territory, '') as territory,
        coalesce(segment, '') as segment,
        coalesce(lead_source, '') as lead_source,
        routed_on,
        routed_at
    from {{ ref('int_lifecycle__routed_leads') }}

),

lead_rules as (

    select * from {{ ref('int_lifecycle__lead_rules') }}

),

asked_rules as (

    select
        routed_leads.person_id,
        lead_rules.rule_set,
        lead_rules.routing_rule_id,
        lead_rules.priority,
        lead_rules.routing_rule,
        lead_rules.rule_kind,
        lead_rules.pool,
        lead_rules.fallback_owner,
        routed_leads.routed_at
    from routed_leads
    inner join lead_rules
        on
            routed_leads.territory = lead_rules.territory
            and routed_leads.segment = lead_rules.segment
            and routed_leads.lead_source = lead_rules.lead_source
            and routed_leads.routed_on >= lead_rules.effective_from
            and routed_leads.routed_on < lead_rules.effective_to

)

select * from asked_rules

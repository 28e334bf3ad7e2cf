-- Grain: one row per owner who keeps leads for others: the fallbacks of the rules.
-- Who is a member of a pool works leads, whatever the rules fall back on.

{{ config(materialized='view') }}

with

routing_rules as (

    select lower(fallback_owner) as written_as
    from {{ ref('routing_rules') }}
    where rule_set = 'current' and rule_kind = 'fallback'

),

rep_references as (

    select
        written_as,
        rep_key
    from {{ ref('int_lifecycle__rep_references') }}

),

pool_members as (

    select rep_key
    from {{ ref('int_lifecycle__pool_members') }}
    group by rep_key

),

fallbacks as (

    select coalesce(rep_references.rep_key, routing_rules.written_as) as owner_key
    from routing_rules
    left join rep_references
        on routing_rules.written_as = rep_references.written_as
    group by coalesce(rep_references.rep_key, routing_rules.written_as)

),

desks as (

    select fallbacks.owner_key
    from fallbacks
    left join pool_members
        on fallbacks.owner_key = pool_members.rep_key
    where pool_members.rep_key is null

)

select * from desks

-- Grain: one row per watched metric of the funnel, and cycle or assignment that it
-- counts.

{{ config(materialized='view') }}

with

lead_funnel as (

    select * from {{ ref('fct_lead_funnel') }}

),

lead_responses as (

    select * from {{ ref('fct_lead_responses') }}

),

first_assignments as (

    select
        person_id,
        owner_id,
        is_correct,
        assigned_at
    from {{ ref('fct_lead_assignments') }}
    where is_first and is_correct is not null

),

people as (

    select
        person_id,
        segment
    from {{ ref('dim_people') }}

),

first_channels as (

    select
        person_id,
        min(channel) as channel
    from lead_funnel
    group by person_id

),

lead_events as (

    select
        'leads' as metric,
        person_id,
        segment,
        channel,
        cast(null as varchar) as owner_id,
        1 as numerator,
        cast(null as integer) as denominator,
        lead_at as happened_at
    from lead_funnel
    union all
    select
        'mqls' as metric,
        person_id,
        segment,
        channel,
        cast(null as varchar) as owner_id,
        1 as numerator,
        cast(null as integer) as denominator,
        mql_at as happened_at
    from lead_funnel
    union all
    select
        'mql_to_sql_rate' as metric,
        person_id,
        segment,
        channel,
        cast(null as varchar) as owner_id,
        case when sql_at is not null then 1 else 0 end as numerator,
        1 as denominator,
        mql_at as happened_at
    from lead_funnel
    union all
    select
        'sla_compliance_rate' as metric,
        person_id,
        segment,
        channel,
        owner_id,
        case when is_met then 1 else 0 end as numerator,
        1 as denominator,
        mql_at as happened_at
    from lead_responses
    where is_met is not null
    union all
    select
        'lead_routing_accuracy' as metric,
        first_assignments.person_id,
        people.segment,
        first_channels.channel,
        first_assignments.owner_id,
        case when first_assignments.is_correct then 1 else 0 end as numerator,
        1 as denominator,
        first_assignments.assigned_at as happened_at
    from first_assignments
    inner join people on first_assignments.person_id = people.person_id
    left join first_channels on first_assignments.person_id = first_channels.person_id

)

select * from lead_events

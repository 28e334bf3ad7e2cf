-- Grain: one row per metric of the funnel, and cycle, person or assignment that it
-- counts: its parts.

{{ config(materialized='view') }}

with

lead_funnel as (

    select * from {{ ref('fct_lead_funnel') }}

),

people as (

    select
        person_id,
        segment,
        coalesce(owner_id, 'unknown') as owner_id,
        first_touch_at,
        mql_at
    from {{ ref('dim_people') }}

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

lead_responses as (

    select * from {{ ref('fct_lead_responses') }}
    where is_met is not null

),

first_channels as (

    select
        person_id,
        min(channel) as channel
    from lead_funnel
    group by person_id

),

parts as (

    select
        'mql_to_sql_rate' as metric,
        mql_at as happened_at,
        channel,
        segment,
        cast(null as varchar) as owner_id,
        case when sql_at is not null then 1 else 0 end as numerator
    from lead_funnel
    where mql_at is not null
    union all
    select
        'lead_to_opportunity_rate' as metric,
        lead_at as happened_at,
        channel,
        segment,
        cast(null as varchar) as owner_id,
        case when opportunity_at is not null then 1 else 0 end as numerator
    from lead_funnel
    union all
    select
        'time_to_mql_days' as metric,
        people.mql_at as happened_at,
        first_channels.channel,
        people.segment,
        people.owner_id,
        {{ dbt.datediff('people.first_touch_at', 'people.mql_at', 'second') }}
        / 86400.0 as numerator
    from people
    inner join first_channels
        on people.person_id = first_channels.person_id
    where people.first_touch_at <= people.mql_at
    union all
    select
        'lead_routing_accuracy' as metric,
        first_assignments.assigned_at as happened_at,
        first_channels.channel,
        people.segment,
        coalesce(first_assignments.owner_id, 'unknown') as owner_id,
        case when first_assignments.is_correct then 1 else 0 end as numerator
    from first_assignments
    inner join people
        on first_assignments.person_id = people.person_id
    left join first_channels
        on people.person_id = first_channels.person_id
    union all
    select
        'sla_compliance_rate' as metric,
        mql_at as happened_at,
        channel,
        segment,
        coalesce(owner_id, 'unknown') as owner_id,
        case when is_met then 1 else 0 end as numerator
    from lead_responses

),

lead_parts as (

    select
        metric,
        {{ reporting_month('happened_at') }} as month,
        coalesce(channel, 'unknown') as channel,
        segment,
        cast(null as varchar) as campaign_id,
        owner_id,
        cast(null as varchar) as source,
        {{ metric_part('numerator') }} as numerator,
        {{ metric_part('1') }} as denominator
    from parts

)

select * from lead_parts

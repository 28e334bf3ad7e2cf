-- Grain: one row per metric of the funnel, and cycle, person or assignment that it
-- counts: whether, or by how much, and when. Whoever sums them, by month or by week,
-- counts the same events.

with

lead_funnel as (

    select * from {{ ref('fct_lead_funnel') }}

),

people as (

    select * from {{ ref('dim_people') }}

),

first_assignments as (

    select * from {{ ref('fct_lead_assignments') }}
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

funnel_events as (

    select
        'mql_to_sql_rate' as metric,
        funnel_cycle_id as event_id,
        person_id,
        channel,
        segment,
        false as is_by_owner,
        cast(null as string) as owner_id,
        cast(case when sql_at is not null then 1 else 0 end as double)
            as numerator,
        mql_at as happened_at
    from lead_funnel
    where mql_at is not null
    union all
    select
        'lead_to_opportunity_rate' as metric,
        funnel_cycle_id as event_id,
        person_id,
        channel,
        segment,
        false as is_by_owner,
        cast(null as string) as owner_id,
        case when opportunity_at is not null then 1 else 0 end as numerator,
        lead_at as happened_at
    from lead_funnel
    union all
    select
        'time_to_mql_days' as metric,
        people.person_id as event_id,
        people.person_id,
        first_channels.channel,
        people.segment,
        true as is_by_owner,
        people.owner_id,
        cast({{ dbt.datediff(
            'people.first_touch_at', 'people.mql_at', 'second'
        ) }} as double) / 86400 as numerator,
        people.mql_at as happened_at
    from people
    inner join first_channels
        on people.person_id = first_channels.person_id
    where people.first_touch_at <= people.mql_at
    union all
    select
        'lead_routing_accuracy' as metric,
        first_assignments.lead_assignment_id as event_id,
        first_assignments.person_id,
        coalesce(first_channels.channel, 'unknown') as channel,
        people.segment,
        true as is_by_owner,
        first_assignments.owner_id,
        case when first_assignments.is_correct then 1 else 0 end as numerator,
        first_assignments.assigned_at as happened_at
    from first_assignments
    inner join people
        on first_assignments.person_id = people.person_id
    left join first_channels
        on first_assignments.person_id = first_channels.person_id
    union all
    select
        'sla_compliance_rate' as metric,
        funnel_cycle_id as event_id,
        person_id,
        coalesce(channel, 'unknown') as channel,
        segment,
        true as is_by_owner,
        owner_id,
        case when is_met then 1 else 0 end as numerator,
        mql_at as happened_at
    from lead_responses

)

select * from funnel_events

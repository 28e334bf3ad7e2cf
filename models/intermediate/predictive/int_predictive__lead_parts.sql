-- Grain: one row per watched metric of the funnel, and cycle or assignment that it
-- counts: its parts, with what may have driven them.

{{ config(materialized='view') }}

with

funnel_events as (

    select * from {{ ref('fct_funnel_events') }}
    where happened_at is not null

),

lead_events as (

    -- Every cycle is a lead, and every one that was judged as an MQL is one.
    select
        case
            when metric = 'lead_to_opportunity_rate' then 'leads'
            else 'mqls'
        end as metric,
        person_id,
        channel,
        segment,
        owner_id,
        1 as numerator,
        cast(null as integer) as denominator,
        happened_at
    from funnel_events
    where metric in ('lead_to_opportunity_rate', 'mql_to_sql_rate')
    union all
    select
        metric,
        person_id,
        channel,
        segment,
        owner_id,
        numerator,
        1 as denominator,
        happened_at
    from funnel_events
    where
        metric in ('mql_to_sql_rate', 'sla_compliance_rate', 'lead_routing_accuracy')

),

people as (

    select
        person_id,
        owner_id,
        lead_source,
        country
    from {{ ref('dim_people') }}

),

first_campaigns as (

    select * from {{ ref('int_predictive__first_campaigns') }}

),

lead_parts as (

    select
        lead_events.metric,
        {{ reporting_date('lead_events.happened_at') }} as happened_on,
        lead_events.segment,
        lead_events.channel,
        coalesce(first_campaigns.campaign_id, 'unknown') as campaign_id,
        coalesce(lead_events.owner_id, people.owner_id, 'unknown') as owner_id,
        coalesce(people.lead_source, 'unknown') as source,
        coalesce(people.country, 'unknown') as country,
        {{ metric_part('lead_events.numerator') }} as numerator,
        {{ metric_part('lead_events.denominator') }} as denominator
    from lead_events
    inner join people on lead_events.person_id = people.person_id
    left join first_campaigns on lead_events.person_id = first_campaigns.person_id

)

select * from lead_parts

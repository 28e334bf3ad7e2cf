-- Grain: one row per watched metric of the funnel, and cycle or assignment that it
-- counts: its parts, with what may have driven them.

{{ config(materialized='view') }}

with

lead_events as (

    select * from {{ ref('int_predictive__lead_events') }}
    where happened_at is not null

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
        coalesce(lead_events.channel, 'unknown') as channel,
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

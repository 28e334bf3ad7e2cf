-- Grain: one row per event of an e-mail that deliverability counts, up to as_of, and
-- whether its source tells of deliveries.

{{ config(materialized='view') }}

with

generic_events as (

    select * from {{ ref('stg_generic__email_events') }}

),

hubspot_events as (

    select * from {{ ref('stg_hubspot__email_events') }}

),

marketo_events as (

    select * from {{ ref('stg_marketo__email_events') }}

),

email_events as (

    select * from generic_events
    union all
    select * from hubspot_events
    union all
    select * from marketo_events

),

counted_events as (

    select
        email_event_id,
        source,
        person_record_id,
        event_type,
        occurred_at,
        max(case when event_type = 'delivered' then 1 else 0 end) over (
            partition by source
        ) = 1 as has_deliveries
    from email_events
    where
        event_type in ('sent', 'delivered', 'bounce', 'spam_report')
        and {{ known_by_as_of('occurred_at') }}

)

select * from counted_events

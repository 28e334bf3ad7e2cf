-- Grain: one row per event of an e-mail that deliverability counts, up to as_of, and
-- whether its source tells of deliveries, and told of them by then.
-- In the months before a source's first delivery nobody knows what arrived.

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
        {{ reporting_month('occurred_at') }} as month
    from email_events
    where
        event_type in ('sent', 'delivered', 'bounce', 'spam_report')
        and {{ known_by_as_of('occurred_at') }}

),

first_deliveries as (

    select
        source,
        min(month) as month
    from counted_events
    where event_type = 'delivered'
    group by source

),

judged_events as (

    select
        counted_events.email_event_id,
        counted_events.source,
        counted_events.person_record_id,
        counted_events.event_type,
        counted_events.occurred_at,
        first_deliveries.source is not null as has_deliveries,
        coalesce(counted_events.month >= first_deliveries.month, true) as is_judged
    from counted_events
    left join first_deliveries on counted_events.source = first_deliveries.source

)

select * from judged_events

-- Grain: one row per event of an e-mail up to as_of, with the address that it went to.
-- An event names an address, or a record and thereby the one that it has now.

{{ config(materialized='view') }}

with

generic_events as (

    select
        person_record_id,
        email,
        event_type,
        bounce_type,
        occurred_at
    from {{ ref('stg_generic__email_events') }}

),

hubspot_events as (

    select
        person_record_id,
        email,
        event_type,
        bounce_type,
        occurred_at
    from {{ ref('stg_hubspot__email_events') }}

),

marketo_events as (

    select
        person_record_id,
        email,
        event_type,
        bounce_type,
        occurred_at
    from {{ ref('stg_marketo__email_events') }}

),

person_records as (

    select
        person_record_id,
        email
    from {{ ref('int_core__person_records') }}

),

all_events as (

    select * from generic_events
    union all
    select * from hubspot_events
    union all
    select * from marketo_events

),

email_events as (

    select
        coalesce(all_events.email, person_records.email) as email,
        all_events.event_type,
        all_events.bounce_type,
        all_events.occurred_at
    from all_events
    left join person_records
        on all_events.person_record_id = person_records.person_record_id
    where
        coalesce(all_events.email, person_records.email) is not null
        and all_events.occurred_at <= {{ as_of() }}

)

select * from email_events

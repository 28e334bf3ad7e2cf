-- Grain: one row per event of an e-mail and recipient, of any source.

{{ config(materialized='view') }}

with

short_keys as (

    select * from {{ ref('int_campaigns__short_keys') }}

),

generic_events as (

    select * from {{ ref('stg_generic__email_events') }}

),

hubspot_events as (

    select * from {{ ref('stg_hubspot__email_events') }}

),

marketo_events as (

    select * from {{ ref('stg_marketo__email_events') }}

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
        all_events.email_event_id,
        all_events.source,
        coalesce(short_keys.person_record_id, all_events.person_record_id)
            as person_record_id,
        all_events.email,
        all_events.campaign_id,
        all_events.event_type,
        all_events.bounce_type,
        all_events.variant,
        all_events.occurred_at
    from all_events
    left join short_keys
        on
            {{ has_short_key('all_events.person_record_id', 'short_keys.short_key') }}

)

select * from email_events

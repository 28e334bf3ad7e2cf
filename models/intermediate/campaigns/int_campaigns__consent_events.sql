-- Grain: one row per consent given or withdrawn, of any source.

{{ config(materialized='view') }}

with

short_keys as (

    select * from {{ ref('int_campaigns__short_keys') }}

),

generic_events as (

    select * from {{ ref('stg_generic__consent_events') }}

),

hubspot_events as (

    select * from {{ ref('stg_hubspot__consent_events') }}

),

marketo_events as (

    select * from {{ ref('stg_marketo__consent_events') }}

),

all_events as (

    select * from generic_events
    union all
    select * from hubspot_events
    union all
    select * from marketo_events

),

consent_events as (

    select
        coalesce(short_keys.person_record_id, all_events.person_record_id)
            as person_record_id,
        all_events.source,
        all_events.email,
        all_events.channel,
        all_events.purpose,
        all_events.status,
        all_events.lawful_basis,
        all_events.evidence,
        all_events.occurred_at
    from all_events
    left join short_keys
        on
            {{ has_short_key('all_events.person_record_id', 'short_keys.short_key') }}

)

select * from consent_events

-- Grain: one row per e-mail address to which mail got through up to as_of, and that
-- has not bounced hard since. Marketo names no address: mail went to the one that the
-- record has now.

{{ config(materialized='view') }}

with

generic_events as (

    select
        email,
        event_type,
        bounce_type,
        occurred_at
    from {{ ref('stg_generic__email_events') }}

),

hubspot_events as (

    select
        email,
        event_type,
        bounce_type,
        occurred_at
    from {{ ref('stg_hubspot__email_events') }}

),

marketo_events as (

    select
        coalesce(marketo_events.email, person_records.email) as email,
        marketo_events.event_type,
        marketo_events.bounce_type,
        marketo_events.occurred_at
    from {{ ref('stg_marketo__email_events') }} as marketo_events
    inner join {{ ref('int_core__person_records') }} as person_records
        on marketo_events.person_record_id = person_records.person_record_id

),

email_events as (

    select * from generic_events
    union all
    select * from hubspot_events
    union all
    select * from marketo_events

),

sent_addresses as (

    select
        email,
        max(occurred_at) filter (where event_type = 'delivered') as delivered_at,
        max(occurred_at) filter (
            where event_type = 'bounce' and bounce_type = 'hard'
        ) as bounced_at
    from email_events
    where email is not null and occurred_at <= {{ as_of() }}
    group by email

),

address_bounces as (

    select * from {{ ref('int_core__address_bounces') }}

),

delivered_addresses as (

    select
        sent_addresses.email,
        sent_addresses.delivered_at
    from sent_addresses
    left join address_bounces
        on sent_addresses.email = address_bounces.email
    where
        sent_addresses.delivered_at is not null
        and coalesce(sent_addresses.delivered_at > sent_addresses.bounced_at, true)
        and coalesce(
            sent_addresses.delivered_at > address_bounces.email_bounced_at, true
        )

)

select * from delivered_addresses

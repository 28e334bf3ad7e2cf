-- Grain: one row per e-mail address to which mail got through up to as_of, and that
-- has not bounced hard since. Marketo names no address: mail went to the one that the
-- record has now.

{{ config(materialized='view') }}

with

email_events as (

    select
        email,
        occurred_at
    from {{ ref('int_core__email_events') }}
    where event_type = 'delivered'

),

address_bounces as (

    select * from {{ ref('int_core__address_bounces') }}

),

sent_addresses as (

    select
        email,
        max(occurred_at) as delivered_at
    from email_events
    group by email

),

delivered_addresses as (

    select
        sent_addresses.email,
        sent_addresses.delivered_at
    from sent_addresses
    left join address_bounces
        on sent_addresses.email = address_bounces.email
    where
        coalesce(sent_addresses.delivered_at > address_bounces.email_bounced_at, true)

)

select * from delivered_addresses

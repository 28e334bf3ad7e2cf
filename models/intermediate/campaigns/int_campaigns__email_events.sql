-- Grain: one row per event of an e-mail and recipient, of any source.

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

)

select * from email_events

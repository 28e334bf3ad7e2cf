-- Grain: one row per consent given or withdrawn, of any source.

{{ config(materialized='view') }}

with

generic_events as (

    select * from {{ ref('stg_generic__consent_events') }}

),

hubspot_events as (

    select * from {{ ref('stg_hubspot__consent_events') }}

),

marketo_events as (

    select * from {{ ref('stg_marketo__consent_events') }}

),

consent_events as (

    select * from generic_events
    union all
    select * from hubspot_events
    union all
    select * from marketo_events

)

select * from consent_events

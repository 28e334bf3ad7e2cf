-- Grain: one row per stage or status event that a source itself keeps.

{{ config(materialized='view') }}

with

generic_events as (

    select * from {{ ref('stg_generic__stage_events') }}

),

salesforce_events as (

    select * from {{ ref('stg_salesforce__stage_events') }}

),

hubspot_events as (

    select * from {{ ref('stg_hubspot__stage_events') }}

),

marketo_events as (

    select * from {{ ref('stg_marketo__stage_events') }}

),

source_events as (

    select * from generic_events
    union all
    select * from salesforce_events
    union all
    select * from hubspot_events
    union all
    select * from marketo_events

)

select * from source_events

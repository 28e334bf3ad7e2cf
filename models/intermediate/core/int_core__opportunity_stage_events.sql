-- Grain: one row per stage event of an opportunity that some source keeps.

{{ config(materialized='view') }}

with

generic_stage_events as (

    select
        opportunity_id,
        stage_name,
        amount,
        close_date,
        changed_at
    from {{ ref('stg_generic__opportunity_stage_events') }}

),

salesforce_stage_events as (

    select
        opportunity_id,
        stage_name,
        amount,
        close_date,
        changed_at
    from {{ ref('stg_salesforce__opportunity_stage_events') }}

),

hubspot_stage_events as (

    select
        opportunity_id,
        stage_name,
        amount,
        close_date,
        changed_at
    from {{ ref('stg_hubspot__opportunity_stage_events') }}

),

opportunity_stage_events as (

    select * from generic_stage_events
    union all
    select * from salesforce_stage_events
    union all
    select * from hubspot_stage_events

)

select * from opportunity_stage_events

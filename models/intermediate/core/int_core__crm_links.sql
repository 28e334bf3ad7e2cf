-- Grain: one row per record that a sync ties to a record of the CRM.

{{ config(materialized='view') }}

with

hubspot_links as (

    select * from {{ ref('stg_hubspot__crm_links') }}

),

marketo_links as (

    select * from {{ ref('stg_marketo__crm_links') }}

),

crm_links as (

    select * from hubspot_links
    union all
    select * from marketo_links

)

select * from crm_links

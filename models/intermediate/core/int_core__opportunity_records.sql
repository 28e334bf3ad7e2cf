-- Grain: one row per opportunity record of any source, deleted ones too.

{{ config(materialized='view') }}

with

generic_opportunities as (

    select * from {{ ref('stg_generic__opportunities') }}

),

salesforce_opportunities as (

    select * from {{ ref('stg_salesforce__opportunities') }}

),

opportunity_records as (

    select * from generic_opportunities
    union all
    select * from salesforce_opportunities

)

select * from opportunity_records

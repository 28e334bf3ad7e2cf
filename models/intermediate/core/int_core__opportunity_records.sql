-- Grain: one row per opportunity record of any source, deleted ones too.
-- A deal that another system holds as its own counts there.

{{ config(materialized='view') }}

with

generic_opportunities as (

    select * from {{ ref('stg_generic__opportunities') }}

),

salesforce_opportunities as (

    select * from {{ ref('stg_salesforce__opportunities') }}

),

hubspot_opportunities as (

    select * from {{ ref('stg_hubspot__opportunities') }}

),

linked_opportunities as (

    select opportunity_id
    from {{ ref('int_core__linked_opportunities') }}

),

own_hubspot_opportunities as (

    select hubspot_opportunities.*
    from hubspot_opportunities
    left join linked_opportunities
        on hubspot_opportunities.opportunity_id = linked_opportunities.opportunity_id
    where linked_opportunities.opportunity_id is null

),

opportunity_records as (

    select * from generic_opportunities
    union all
    select * from salesforce_opportunities
    union all
    select * from own_hubspot_opportunities

)

select * from opportunity_records

-- Grain: one row per staged record of an opportunity.

{{ config(materialized='view') }}

with

generic_opportunities as (

    select
        opportunity_id as record_key,
        source,
        record_id,
        is_deleted,
        not {{ known_by_as_of('created_at') }} as is_after_as_of
    from {{ ref('stg_generic__opportunities') }}

),

salesforce_opportunities as (

    select
        opportunity_id as record_key,
        source,
        record_id,
        is_deleted,
        not {{ known_by_as_of('created_at') }} as is_after_as_of
    from {{ ref('stg_salesforce__opportunities') }}

),

hubspot_opportunities as (

    select
        opportunity_id as record_key,
        source,
        record_id,
        is_deleted,
        not {{ known_by_as_of('created_at') }} as is_after_as_of
    from {{ ref('stg_hubspot__opportunities') }}

),

staged_opportunities as (

    select * from generic_opportunities
    union all
    select * from salesforce_opportunities
    union all
    select * from hubspot_opportunities

)

select * from staged_opportunities

-- Grain: one row per touch of any source after as_of.

{{ config(materialized='view') }}

with

generic_touches as (

    select
        touchpoint_id,
        source,
        touched_at
    from {{ ref('stg_generic__touches') }}
    where not {{ known_by_as_of('touched_at') }}

),

salesforce_touches as (

    select
        touchpoint_id,
        source,
        touched_at
    from {{ ref('stg_salesforce__touches') }}
    where not {{ known_by_as_of('touched_at') }}

),

hubspot_touches as (

    select
        touchpoint_id,
        source,
        touched_at
    from {{ ref('stg_hubspot__touches') }}
    where not {{ known_by_as_of('touched_at') }}

),

marketo_touches as (

    select
        touchpoint_id,
        source,
        touched_at
    from {{ ref('stg_marketo__touches') }}
    where not {{ known_by_as_of('touched_at') }}

),

late_touches as (

    select * from generic_touches
    union all
    select * from salesforce_touches
    union all
    select * from hubspot_touches
    union all
    select * from marketo_touches

)

select * from late_touches

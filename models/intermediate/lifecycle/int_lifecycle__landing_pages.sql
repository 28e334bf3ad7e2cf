-- Grain: one row per touch with a landing page: the page without its query string.
-- Read from staging, because no mart may show what an address can hold.

{{ config(materialized='view') }}

with

generic_touches as (

    select
        touchpoint_id,
        landing_page
    from {{ ref('stg_generic__touches') }}

),

hubspot_touches as (

    select
        touchpoint_id,
        landing_page
    from {{ ref('stg_hubspot__touches') }}

),

marketo_touches as (

    select
        touchpoint_id,
        landing_page
    from {{ ref('stg_marketo__touches') }}

),

touches as (

    select * from generic_touches
    union all
    select * from hubspot_touches
    union all
    select * from marketo_touches

),

landing_pages as (

    select
        touchpoint_id,
        split_part(split_part(lower(landing_page), '?', 1), '#', 1) as landing_page
    from touches
    where landing_page is not null

)

select * from landing_pages

-- Grain: one row per rep and word by which policy names the rep, key or address.

{{ config(materialized='view') }}

with

rep_identities as (

    select
        rep_id,
        rep_key,
        is_active
    from {{ ref('int_lifecycle__rep_identities') }}

),

rep_references as (

    select
        rep_key as written_as,
        rep_id,
        rep_key,
        is_active
    from rep_identities
    union
    select
        lower(rep_id) as written_as,
        rep_id,
        rep_key,
        is_active
    from rep_identities

)

select * from rep_references

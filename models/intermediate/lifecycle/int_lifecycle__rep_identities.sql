-- Grain: one row per rep: who it is in any system, and where they belong.

{{ config(materialized='view') }}

with

reps as (

    select
        rep_id,
        email,
        team,
        role,
        is_active
    from {{ ref('dim_reps') }}

),

rep_identities as (

    select
        rep_id,
        -- One colleague is a user of several systems, under one address.
        coalesce(lower(email), lower(rep_id)) as rep_key,
        {{ snake_case('team') }} as team,
        role,
        is_active
    from reps

)

select * from rep_identities

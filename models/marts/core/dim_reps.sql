-- Grain: one row per user who can own people, accounts or opportunities.

with

users as (

    select * from {{ ref('int_core__users') }}

),

reps as (

    select
        user_id as rep_id,
        source,
        user_name as rep_name,
        email,
        role,
        team,
        time_zone,
        is_active
    from users

)

select * from reps

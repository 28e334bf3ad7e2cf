-- Grain: one row per Salesforce id of 15 characters that tells one rep.

with

reps as (

    select rep_id
    from {{ ref('dim_reps') }}

),

short_rep_keys as (

    {{ short_keys('reps', 'rep_id') }}

)

select * from short_rep_keys

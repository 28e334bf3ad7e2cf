-- Grain: one row per Salesforce id of 15 characters that tells one rep.
-- Exports have ids of 15 or of 18 characters; the last three spell the case of the
-- others. A record may name its owner in the form that the user is not landed in.

with

reps as (

    select rep_id
    from {{ ref('dim_reps') }}
    where source = 'salesforce' and length(rep_id) in (26, 29)

),

short_rep_keys as (

    select
        left(rep_id, 26) as short_key,
        max(rep_id) as rep_id
    from reps
    group by left(rep_id, 26)
    having count(*) = 1

)

select * from short_rep_keys

-- Grain: one row per build: the probabilities from which a pair of records is one
-- person, is for somebody to review, or is told of at all.

{{ config(materialized='view') }}

with

match_thresholds as (

    select
        outcome,
        min_probability
    from {{ ref('match_thresholds') }}
    where {{ in_force() }}

),

match_limits as (

    select
        max(min_probability) filter (where outcome = 'merged') as merge_probability,
        max(min_probability) filter (where outcome = 'review') as review_probability,
        min(min_probability) as least_probability
    from match_thresholds

)

select * from match_limits

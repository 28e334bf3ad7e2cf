-- Grain: one row per person or account and scoring rule that gives it points at as_of,
-- or did and has faded, with the names of both.

{{ config(materialized='view') }}

with

fired_rules as (

    select * from {{ ref('int_lifecycle__fired_rules') }}

),

scoring_rules as (

    select
        rule_id,
        rule,
        dimension
    from {{ ref('scoring_rules') }}

),

current_scores as (

    select
        subject,
        subject_id,
        subject_key
    from {{ ref('int_lifecycle__current_scores') }}

),

told_rules as (

    select
        current_scores.subject,
        current_scores.subject_id,
        scoring_rules.rule_id,
        scoring_rules.rule,
        scoring_rules.dimension,
        fired_rules.times_fired,
        fired_rules.points,
        fired_rules.last_fired_at
    from fired_rules
    inner join scoring_rules
        on fired_rules.rule_id = scoring_rules.rule_id
    inner join current_scores
        on fired_rules.subject_key = current_scores.subject_key

)

select * from told_rules

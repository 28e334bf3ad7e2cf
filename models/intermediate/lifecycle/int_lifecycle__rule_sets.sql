-- Grain: one row per set of rules that fired at one moment of a person or an account.
-- Sets are few, and each is read off one moment of its.

with

score_standings as (

    select
        subject_key,
        rules_print,
        scored_at
    from {{ ref('int_lifecycle__score_standings') }}

),

subject_points as (

    select
        subject_key,
        rule_id,
        scored_at
    from {{ ref('int_lifecycle__subject_points') }}

),

sets as (

    select
        rules_print,
        min(subject_key) as subject_key
    from score_standings
    group by rules_print

),

examples as (

    select
        sets.rules_print,
        sets.subject_key,
        min(score_standings.scored_at) as scored_at
    from score_standings
    inner join sets
        on
            score_standings.rules_print = sets.rules_print
            and score_standings.subject_key = sets.subject_key
    group by
        sets.rules_print,
        sets.subject_key

),

rule_sets as (

    select
        examples.rules_print,
        {{ sorted_list('subject_points.rule_id', ', ') }} as rule_ids
    from subject_points
    inner join examples
        on
            subject_points.subject_key = examples.subject_key
            and subject_points.scored_at = examples.scored_at
    group by examples.rules_print

)

select * from rule_sets

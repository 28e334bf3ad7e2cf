-- Grain: one row per decaying rule, person or account and moment at which it fired.
-- Whose it is stands here and in what follows as a number, which joins faster.

with

judged_touches as (

    select * from {{ ref('int_lifecycle__judged_touches') }}

),

judged_signals as (

    select * from {{ ref('int_lifecycle__judged_signals') }}

),

fired_rules as (

    select
        rule_id,
        person_key as subject_key,
        touched_at as scored_at
    from judged_touches
    union all
    select
        rule_id,
        account_key as subject_key,
        observed_at as scored_at
    from judged_signals

),

score_events as (

    select
        rule_id,
        subject_key,
        count(*) as times_fired,
        scored_at
    from fired_rules
    group by
        rule_id,
        subject_key,
        scored_at

)

select * from score_events

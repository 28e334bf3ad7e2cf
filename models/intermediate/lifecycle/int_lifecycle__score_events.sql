-- Grain: one row per decaying rule, person or account and moment at which it fired.
-- Whose it is stands here and in what follows as a number, which joins faster.

with

judged_touches as (

    select * from {{ ref('int_lifecycle__judged_touches') }}

),

judged_signals as (

    select * from {{ ref('int_lifecycle__judged_signals') }}

),

scoring_rules as (

    select * from {{ ref('scoring_rules') }}

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

counted_firings as (

    select
        rule_id,
        subject_key,
        scored_at,
        count(*) as times_fired
    from fired_rules
    group by
        rule_id,
        subject_key,
        scored_at

),

score_events as (

    select
        counted_firings.rule_id,
        scoring_rules.subject,
        counted_firings.subject_key,
        scoring_rules.half_life_days,
        scoring_rules.max_points,
        scoring_rules.points as points_each,
        counted_firings.times_fired,
        counted_firings.scored_at
    from counted_firings
    inner join scoring_rules
        on counted_firings.rule_id = scoring_rules.rule_id

)

select * from score_events

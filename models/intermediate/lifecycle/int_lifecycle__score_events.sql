-- Grain: one row per decaying rule, person or account and moment at which it fired.

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
        person_id as subject_id,
        touched_at as scored_at
    from judged_touches
    union all
    select
        rule_id,
        account_id as subject_id,
        observed_at as scored_at
    from judged_signals

),

counted_firings as (

    select
        rule_id,
        subject_id,
        scored_at,
        count(*) as times_fired
    from fired_rules
    group by
        rule_id,
        subject_id,
        scored_at

),

score_events as (

    select
        counted_firings.rule_id,
        scoring_rules.subject,
        counted_firings.subject_id,
        scoring_rules.dimension,
        scoring_rules.half_life_days,
        scoring_rules.max_points,
        scoring_rules.points as points_each,
        counted_firings.times_fired,
        {{ decay_block(
            'counted_firings.scored_at', 'scoring_rules.half_life_days'
        ) }} as block_number,
        {{ decay_position(
            'counted_firings.scored_at', 'scoring_rules.half_life_days'
        ) }} as block_position,
        counted_firings.scored_at
    from counted_firings
    inner join scoring_rules
        on counted_firings.rule_id = scoring_rules.rule_id

)

select * from score_events

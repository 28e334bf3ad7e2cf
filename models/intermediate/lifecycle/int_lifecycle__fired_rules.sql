-- Grain: one row per person or account and scoring rule that gives it points at as_of,
-- or did and has faded.

with

subject_points as (

    select
        subject,
        subject_id,
        rule_id,
        sum(times_fired) as times_fired,
        sum({{ exact_points('
            points * pow(0.5, ' ~ half_lives('scored_at', as_of(), 'half_life_days') ~ ')
        ') }}) as points,
        max(scored_at) as last_fired_at
    from {{ ref('int_lifecycle__subject_points') }}
    group by
        subject,
        subject_id,
        rule_id

),

met_fit_rules as (

    select
        subject,
        subject_id,
        rule_id,
        cast(null as bigint) as times_fired,
        {{ exact_points('points') }} as points,
        cast(null as timestamp) as last_fired_at
    from {{ ref('int_lifecycle__met_fit_rules') }}
    where {{ in_force() }}

),

all_rules as (

    select * from subject_points
    union all
    select * from met_fit_rules

),

scoring_rules as (

    select * from {{ ref('scoring_rules') }}

),

fired_rules as (

    select
        all_rules.subject,
        all_rules.subject_id,
        all_rules.rule_id,
        scoring_rules.rule,
        scoring_rules.dimension,
        cast(all_rules.times_fired as bigint) as times_fired,
        cast(all_rules.points as double) as points,
        all_rules.last_fired_at
    from all_rules
    inner join scoring_rules
        on all_rules.rule_id = scoring_rules.rule_id

)

select * from fired_rules

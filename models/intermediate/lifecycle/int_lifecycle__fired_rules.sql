-- Grain: one row per person or account and scoring rule that gives it points at as_of,
-- or did and has faded.

with

scoring_rules as (

    select
        rule_id,
        half_life_days
    from {{ ref('scoring_rules') }}
    where half_life_days is not null

),

subject_points as (

    select * from {{ ref('int_lifecycle__subject_points') }}

),

met_fit_rules as (

    select
        subject_key,
        rule_id,
        points
    from {{ ref('int_lifecycle__met_fit_rules') }}
    where {{ in_force() }}

),

fired_rules as (

    select
        subject_points.subject_key,
        subject_points.rule_id,
        cast(sum(subject_points.times_fired) as bigint) as times_fired,
        cast(sum({{ exact_points('
            subject_points.points * pow(0.5, ' ~ half_lives(
                'subject_points.scored_at', as_of(), 'scoring_rules.half_life_days'
            ) ~ ')
        ') }}) as double) as points,
        max(subject_points.scored_at) as last_fired_at
    from subject_points
    inner join scoring_rules
        on subject_points.rule_id = scoring_rules.rule_id
    group by
        subject_points.subject_key,
        subject_points.rule_id
    union all
    select
        subject_key,
        rule_id,
        cast(null as bigint) as times_fired,
        cast({{ exact_points('points') }} as double) as points,
        cast(null as timestamp) as last_fired_at
    from met_fit_rules

)

select * from fired_rules

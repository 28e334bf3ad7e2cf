-- Grain: one row per person or account and scoring rule that gives it points at as_of,
-- or did and has faded.

with

scoring_rules as (

    select * from {{ ref('scoring_rules') }}

),

fit_attributes as (

    select
        subject,
        subject_id,
        subject_key
    from {{ ref('int_lifecycle__fit_attributes') }}

),

faded_points as (

    select
        subject_points.subject_key,
        subject_points.rule_id,
        sum(subject_points.times_fired) as times_fired,
        sum({{ exact_points('
            subject_points.points * pow(0.5, ' ~ half_lives(
                'subject_points.scored_at', as_of(), 'scoring_rules.half_life_days'
            ) ~ ')
        ') }}) as points,
        max(subject_points.scored_at) as last_fired_at
    from {{ ref('int_lifecycle__subject_points') }} as subject_points
    inner join scoring_rules
        on subject_points.rule_id = scoring_rules.rule_id
    group by
        subject_points.subject_key,
        subject_points.rule_id

),

met_fit_rules as (

    select
        subject_key,
        rule_id,
        cast(null as bigint) as times_fired,
        {{ exact_points('points') }} as points,
        cast(null as timestamp) as last_fired_at
    from {{ ref('int_lifecycle__met_fit_rules') }}
    where {{ in_force() }}

),

all_rules as (

    select * from faded_points
    union all
    select * from met_fit_rules

),

fired_rules as (

    select
        fit_attributes.subject,
        fit_attributes.subject_id,
        fit_attributes.subject_key,
        all_rules.rule_id,
        scoring_rules.rule,
        scoring_rules.dimension,
        cast(all_rules.times_fired as bigint) as times_fired,
        cast(all_rules.points as double) as points,
        all_rules.last_fired_at
    from all_rules
    inner join scoring_rules
        on all_rules.rule_id = scoring_rules.rule_id
    inner join fit_attributes
        on all_rules.subject_key = fit_attributes.subject_key

)

select * from fired_rules

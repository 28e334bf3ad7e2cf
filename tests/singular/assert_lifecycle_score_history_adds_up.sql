-- What stands of a person's or an account's points at its last moment is the sum of all
-- of them, each faded on its own: two ways of adding up the same touches.

{{ config(group='lifecycle') }}

with

last_standings as (

    select
        subject_key,
        max(scored_at) as scored_at,
        max_by(engagement_points, scored_at) as engagement_points,
        max_by(intent_points, scored_at) as intent_points
    from {{ ref('int_lifecycle__score_standings') }}
    group by subject_key

),

decaying_rules as (

    select
        rule_id,
        dimension,
        half_life_days
    from {{ ref('int_lifecycle__decaying_rules') }}

),

faded_points as (

    select
        subject_points.subject_key,
        decaying_rules.dimension,
        max(
            case decaying_rules.dimension
                when 'engagement' then last_standings.engagement_points
                else last_standings.intent_points
            end
        ) as standing_points,
        sum(subject_points.points * pow(0.5, {{ half_lives(
            'subject_points.scored_at', 'last_standings.scored_at',
            'decaying_rules.half_life_days'
        ) }})) as faded_points
    from {{ ref('int_lifecycle__subject_points') }} as subject_points
    inner join decaying_rules
        on subject_points.rule_id = decaying_rules.rule_id
    left join last_standings
        on subject_points.subject_key = last_standings.subject_key
    group by
        subject_points.subject_key,
        decaying_rules.dimension

)

select * from faded_points
where coalesce(abs(standing_points - faded_points), 1) > 1e-6

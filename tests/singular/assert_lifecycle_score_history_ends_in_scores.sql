-- The last standings of the score history, faded up to as_of, are the current points:
-- two ways of adding up the same touches.

{{ config(group='lifecycle') }}

with

point_series as (

    select * from {{ ref('int_lifecycle__point_series') }}

),

last_standings as (

    select *
    from {{ ref('int_lifecycle__series_standings') }}
    qualify
        row_number() over (
            partition by series_number
            order by scored_at desc
        ) = 1

),

faded_standings as (

    select
        point_series.subject,
        point_series.subject_id,
        sum(last_standings.points * pow(0.5, {{ half_lives(
            'last_standings.scored_at', as_of(), 'point_series.half_life_days'
        ) }})) as points
    from last_standings
    inner join point_series
        on last_standings.series_number = point_series.series_number
    group by
        point_series.subject,
        point_series.subject_id

),

current_scores as (

    select
        'person' as subject,
        person_id as subject_id,
        engagement_points as points
    from {{ ref('fct_lead_rule_scores') }}
    union all
    select
        'account' as subject,
        account_id as subject_id,
        engagement_points + intent_points as points
    from {{ ref('fct_account_scores') }}

),

compared_points as (

    select
        current_scores.subject,
        current_scores.subject_id,
        current_scores.points as current_points,
        coalesce(faded_standings.points, 0) as faded_points
    from current_scores
    left join faded_standings
        on
            current_scores.subject = faded_standings.subject
            and current_scores.subject_id = faded_standings.subject_id

)

select * from compared_points
where abs(current_points - faded_points) > 1e-6

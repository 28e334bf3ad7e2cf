-- Grain: one row per person of an account and moment at which a touch fired a
-- rule that gives points, also where max_points left none to give.

{{ config(materialized='view') }}

with

score_events as (

    select * from {{ ref('int_lifecycle__score_events') }}
    where subject = 'person' and points_each > 0

),

people as (

    select
        person_id,
        account_id
    from {{ ref('dim_person_profiles') }}
    where account_id is not null

),

engaging_moments as (

    select
        people.account_id,
        people.person_id,
        score_events.scored_at
    from score_events
    inner join people
        on score_events.subject_id = people.person_id
    group by
        people.account_id,
        people.person_id,
        score_events.scored_at

)

select * from engaging_moments

-- Grain: one row per person of an account and moment at which a touch fired a
-- rule that gives points, also where max_points left none to give.

{{ config(materialized='view') }}

with

score_events as (

    select * from {{ ref('int_lifecycle__score_events') }}
    where subject = 'person' and points_each > 0

),

account_people as (

    select * from {{ ref('int_lifecycle__account_people') }}

),

engaging_moments as (

    select
        account_people.account_key,
        account_people.person_key,
        score_events.scored_at
    from score_events
    inner join account_people
        on score_events.subject_key = account_people.person_key
    group by
        account_people.account_key,
        account_people.person_key,
        score_events.scored_at

)

select * from engaging_moments

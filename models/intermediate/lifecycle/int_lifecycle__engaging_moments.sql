-- Grain: one row per person of an account, rule that gives points and moment at which a
-- touch fired it, also where max_points left none to give.

{{ config(materialized='view') }}

with

score_events as (

    select * from {{ ref('int_lifecycle__score_events') }}

),

giving_rules as (

    select rule_id from {{ ref('scoring_rules') }}
    where dimension = 'engagement' and points > 0

),

account_people as (

    select * from {{ ref('int_lifecycle__account_people') }}

),

engaging_moments as (

    select
        account_people.account_key,
        account_people.person_key,
        score_events.rule_id,
        score_events.scored_at
    from score_events
    inner join giving_rules
        on score_events.rule_id = giving_rules.rule_id
    inner join account_people
        on score_events.subject_key = account_people.person_key

)

select * from engaging_moments

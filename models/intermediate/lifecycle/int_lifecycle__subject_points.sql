-- Grain: one row per decaying rule, person or account and moment of points: an account
-- has the engagement of its people beside its own intent.

with

earned_points as (

    select * from {{ ref('int_lifecycle__earned_points') }}

),

account_people as (

    select * from {{ ref('int_lifecycle__account_people') }}

),

account_points as (

    select
        earned_points.rule_id,
        'account' as subject,
        account_people.account_key as subject_key,
        cast(sum(earned_points.times_fired) as bigint) as times_fired,
        sum(earned_points.points) as points,
        earned_points.scored_at
    from earned_points
    inner join account_people
        on earned_points.subject_key = account_people.person_key
    where earned_points.subject = 'person'
    group by
        earned_points.rule_id,
        account_people.account_key,
        earned_points.scored_at

),

subject_points as (

    select
        rule_id,
        subject,
        subject_key,
        times_fired,
        points,
        scored_at
    from earned_points
    union all
    select * from account_points

)

select * from subject_points

-- Grain: one row per decaying rule, person or account and moment of points: an account
-- has the engagement of its people beside its own intent.

with

earned_points as (

    select * from {{ ref('int_lifecycle__earned_points') }}

),

people as (

    select
        person_id,
        account_id
    from {{ ref('dim_person_profiles') }}
    where account_id is not null

),

account_points as (

    select
        earned_points.rule_id,
        'account' as subject,
        people.account_id as subject_id,
        earned_points.dimension,
        earned_points.half_life_days,
        sum(earned_points.times_fired) as times_fired,
        sum(earned_points.points) as points,
        earned_points.scored_at
    from earned_points
    inner join people
        on earned_points.subject_id = people.person_id
    where earned_points.subject = 'person'
    group by
        earned_points.rule_id,
        people.account_id,
        earned_points.dimension,
        earned_points.half_life_days,
        earned_points.scored_at

),

subject_points as (

    select
        rule_id,
        subject,
        subject_id,
        dimension,
        half_life_days,
        times_fired,
        points,
        scored_at
    from earned_points
    union all
    select * from account_points

)

select * from subject_points

-- Grain: one row per decaying rule, person or account and moment of points: an account
-- has the engagement of its people beside its own intent.

with

score_events as (

    select * from {{ ref('int_lifecycle__score_events') }}

),

limited_points as (

    select * from {{ ref('int_lifecycle__limited_points') }}

),

decaying_rules as (

    select
        rule_id,
        subject,
        points as points_each
    from {{ ref('scoring_rules') }}
    where half_life_days is not null

),

account_people as (

    select * from {{ ref('int_lifecycle__account_people') }}

),

-- Who has fired a rule too seldom to ever reach its limit has all of its points.
earned_points as (

    select
        decaying_rules.rule_id,
        decaying_rules.subject,
        score_events.subject_key,
        score_events.times_fired,
        coalesce(
            limited_points.points,
            {{ exact_points('decaying_rules.points_each * score_events.times_fired') }}
        ) as points,
        score_events.scored_at
    from score_events
    inner join decaying_rules
        on score_events.rule_id = decaying_rules.rule_id
    left join limited_points
        on
            score_events.rule_id = limited_points.rule_id
            and score_events.subject_key = limited_points.subject_key
            and score_events.scored_at = limited_points.scored_at

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

    select * from earned_points
    union all
    select * from account_points

)

select * from subject_points

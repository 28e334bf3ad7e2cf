-- Grain: one row per test of touches and person or visitor who met one of its variants.
-- The goal's own touch is no meeting: a form that alone carries the variant would count
-- those who sent it and nobody else. The goal counts on any campaign, since what
-- follows a visit seldom names the campaign again.

with

touch_records as (

    select
        touchpoint_id,
        anonymous_id,
        campaign_id,
        touch_type,
        variant
    from {{ ref('int_campaigns__touch_records') }}

),

touchpoints as (

    select
        touchpoint_id,
        person_id,
        touched_at
    from {{ ref('fct_touchpoints') }}

),

policies as (

    select
        goal,
        conversion_days
    from {{ ref('int_campaigns__standing_ab_policies') }}
    where test_kind = 'touch'

),

told_touches as (

    -- Few touches are of a variant or a goal: these alone are looked up.
    select
        touch_records.*,
        policies.goal is not null as is_goal
    from touch_records
    left join policies on touch_records.touch_type = policies.goal
    where touch_records.variant is not null or policies.goal is not null

),

subject_touches as (

    select
        told_touches.campaign_id,
        coalesce(touchpoints.person_id, told_touches.anonymous_id) as subject_id,
        told_touches.variant,
        told_touches.is_goal,
        touchpoints.touched_at
    from touchpoints
    inner join told_touches
        on touchpoints.touchpoint_id = told_touches.touchpoint_id

),

exposed_people as (

    select
        campaign_id as test_id,
        subject_id,
        min(variant) as first_variant,
        max(variant) as last_variant,
        min(touched_at) as exposed_at
    from subject_touches
    where
        variant is not null
        and not is_goal
        and campaign_id is not null
        and subject_id is not null
    group by campaign_id, subject_id

),

goals as (

    select
        subject_touches.subject_id,
        subject_touches.touched_at,
        subject_touches.touched_at - policies.conversion_days * interval '1' day
            as earliest_exposed_at
    from subject_touches
    cross join policies
    where subject_touches.is_goal

),

touch_subjects as (

    select
        exposed_people.test_id,
        exposed_people.subject_id,
        exposed_people.first_variant,
        exposed_people.last_variant,
        count(goals.subject_id) > 0 as has_converted,
        exposed_people.exposed_at
    from exposed_people
    left join goals
        on
            exposed_people.subject_id = goals.subject_id
            and exposed_people.exposed_at <= goals.touched_at
            and exposed_people.exposed_at >= goals.earliest_exposed_at
    group by
        exposed_people.test_id,
        exposed_people.subject_id,
        exposed_people.first_variant,
        exposed_people.last_variant,
        exposed_people.exposed_at

)

select * from touch_subjects

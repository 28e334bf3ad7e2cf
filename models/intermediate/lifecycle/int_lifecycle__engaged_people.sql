-- Grain: one row per account, moment at which it earned points and MQA definition in
-- force then: how many of its people were engaged.
-- A person is engaged from a touch that gave points until engaged_days after it.

with

mqa_definitions as (

    select
        definition_version,
        engaged_days * interval '1' day as engaged_span,
        effective_from,
        coalesce(effective_to, cast('9999-12-31' as date)) as effective_to
    from {{ ref('mqa_definitions') }}

),

engaging_moments as (

    select * from {{ ref('int_lifecycle__engaging_moments') }}

),

moments as (

    select
        subject_key as account_key,
        scored_at
    from {{ ref('int_lifecycle__subject_points') }}
    where subject = 'account'
    group by
        subject_key,
        scored_at

),

-- Which touch of a person is next is the same in every definition: ordered once.
ordered_touches as (

    select
        account_key,
        scored_at,
        lag(scored_at) over touches_of_person as previous_at,
        lead(scored_at) over touches_of_person as next_at
    from engaging_moments
    window touches_of_person as (partition by person_key order by scored_at)

),

placed_touches as (

    select
        ordered_touches.account_key,
        mqa_definitions.definition_version,
        mqa_definitions.engaged_span,
        ordered_touches.scored_at,
        ordered_touches.previous_at,
        ordered_touches.next_at
    from ordered_touches
    cross join mqa_definitions

),

-- At one moment people become engaged first, are counted then, and cease last.
changes as (

    select
        account_key,
        definition_version,
        scored_at as changed_at,
        1 as step,
        1 as people
    from placed_touches
    where previous_at is null or previous_at + engaged_span < scored_at
    union all
    select
        account_key,
        definition_version,
        scored_at + engaged_span as changed_at,
        3 as step,
        -1 as people
    from placed_touches
    where next_at is null or scored_at + engaged_span < next_at
    union all
    select
        moments.account_key,
        mqa_definitions.definition_version,
        moments.scored_at as changed_at,
        2 as step,
        0 as people
    from moments
    inner join mqa_definitions
        on
            {{ reporting_date('moments.scored_at') }} >= mqa_definitions.effective_from
            and {{ reporting_date('moments.scored_at') }} < mqa_definitions.effective_to

),

counted_people as (

    select
        *,
        sum(people) over (
            partition by account_key, definition_version
            order by changed_at, step
            rows between unbounded preceding and current row
        ) as engaged_people
    from changes

),

engaged_people as (

    select
        account_key,
        definition_version,
        cast(engaged_people as bigint) as engaged_people,
        changed_at as scored_at
    from counted_people
    where step = 2

)

select * from engaged_people

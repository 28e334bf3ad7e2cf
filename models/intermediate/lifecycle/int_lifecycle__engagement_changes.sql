-- Grain: one row per person of an account, MQA definition, told by its first day, and
-- moment at which the person became or ceased to be engaged by it: from a touch that
-- gave points until engaged_days after it.

{{ config(materialized='view') }}

with

mqa_definitions as (

    select
        effective_from,
        engaged_days * interval '1' day as engaged_span
    from {{ ref('mqa_definitions') }}

),

-- Which touch of a person is next is the same in every definition: ordered once.
ordered_touches as (

    select
        account_key,
        scored_at,
        lag(scored_at) over touches_of_person as previous_at,
        lead(scored_at) over touches_of_person as next_at
    from {{ ref('int_lifecycle__engaging_moments') }}
    window touches_of_person as (partition by person_key order by scored_at)

),

placed_touches as (

    select
        ordered_touches.account_key,
        mqa_definitions.effective_from,
        ordered_touches.scored_at,
        ordered_touches.scored_at + mqa_definitions.engaged_span as engaged_until,
        coalesce(
            ordered_touches.previous_at + mqa_definitions.engaged_span
            < ordered_touches.scored_at, true
        ) as is_first,
        coalesce(
            ordered_touches.scored_at + mqa_definitions.engaged_span
            < ordered_touches.next_at, true
        ) as is_last
    from ordered_touches
    cross join mqa_definitions

),

engagement_changes as (

    select
        account_key,
        effective_from,
        1 as people,
        scored_at as changed_at
    from placed_touches
    where is_first
    union all
    select
        account_key,
        effective_from,
        -1 as people,
        engaged_until as changed_at
    from placed_touches
    where is_last

)

select * from engagement_changes

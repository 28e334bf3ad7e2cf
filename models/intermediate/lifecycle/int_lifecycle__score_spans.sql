-- Grain: one row per span of days in which fit rules, grades and MQA definitions stay.

with

changes as (

    select
        effective_from,
        effective_to
    from {{ ref('scoring_rules') }}
    where dimension = 'fit'
    union all
    select
        effective_from,
        effective_to
    from {{ ref('score_grades') }}
    union all
    select
        effective_from,
        effective_to
    from {{ ref('mqa_definitions') }}

),

change_days as (

    select cast('0001-01-01' as date) as valid_from
    union
    select effective_from as valid_from from changes
    union
    select effective_to as valid_from from changes
    where effective_to is not null

),

score_spans as (

    select
        valid_from,
        coalesce(
            lead(valid_from) over (order by valid_from), cast('9999-12-31' as date)
        ) as valid_to
    from change_days

)

select * from score_spans

-- A value of a source has one meaning on any day, and is written as it is looked up:
-- trimmed and in lower case.

with

meanings as (

    select
        map_id,
        source,
        source_value,
        effective_from,
        effective_to,
        lag(coalesce(effective_to, cast('9999-12-31' as date))) over (
            partition by source, source_value
            order by effective_from asc, map_id asc
        ) as previous_to
    from {{ ref('lifecycle_stage_map') }}

),

broken_meanings as (

    select
        map_id,
        source,
        source_value,
        case
            when source_value != lower(trim(source_value))
                then 'the value is not trimmed and in lower case'
            when previous_to > effective_from
                then 'it overlaps another meaning of the value'
            when effective_to <= effective_from
                then 'it ends before it starts'
        end as problem
    from meanings

)

select * from broken_meanings
where problem is not null

-- The spans of the MQL definitions join end to start, from 1900 on, and the last is
-- open: exactly one definition is in force on any day.

with

spans as (

    select
        definition_version,
        effective_from,
        effective_to,
        lag(coalesce(effective_to, cast('9999-12-31' as date))) over (
            order by effective_from asc
        ) as previous_to,
        row_number() over (order by effective_from asc) as span_number,
        row_number() over (order by effective_from desc) as span_number_from_last
    from {{ ref('mql_definitions') }}

),

broken_spans as (

    select
        definition_version,
        effective_from,
        effective_to,
        case
            when span_number = 1 and effective_from > cast('1900-01-01' as date)
                then 'the first definition starts after 1900-01-01'
            when span_number > 1 and previous_to != effective_from
                then 'the definition before it ends on another day than it starts'
            when span_number_from_last = 1 and effective_to is not null
                then 'the last definition is not open'
            when effective_to <= effective_from
                then 'it ends before it starts'
        end as problem
    from spans

)

select * from broken_spans
where problem is not null

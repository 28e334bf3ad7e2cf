-- Grain: one row per stage event, declared by a source or stamped on a record.
-- Events with an exclusion_reason do not count towards the stages.

{{ config(materialized='view') }}

with

declared_events as (

    select * from {{ ref('int_lifecycle__declared_events') }}

),

stamped_events as (

    select * from {{ ref('int_lifecycle__stamped_events') }}

),

stage_events as (

    select
        person_id,
        person_record_id,
        source,
        stage_value,
        stage,
        evidence,
        true as is_declared,
        exclusion_reason,
        entered_at
    from declared_events
    union all
    select
        person_id,
        cast(null as varchar) as person_record_id,
        source,
        cast(null as varchar) as stage_value,
        stage,
        evidence,
        false as is_declared,
        exclusion_reason,
        entered_at
    from stamped_events

)

select * from stage_events

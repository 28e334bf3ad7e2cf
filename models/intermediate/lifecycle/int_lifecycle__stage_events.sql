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

overtaken_states as (

    select
        person_record_id,
        stage_value,
        evidence,
        entered_at
    from {{ ref('int_lifecycle__overtaken_states') }}
    group by
        person_record_id,
        stage_value,
        evidence,
        entered_at

),

stage_events as (

    select
        declared_events.person_id,
        declared_events.person_record_id,
        declared_events.source,
        declared_events.stage_value,
        declared_events.stage,
        declared_events.evidence,
        true as is_declared,
        case
            when declared_events.exclusion_reason is not null
                then declared_events.exclusion_reason
            when overtaken_states.person_record_id is not null then 'overtaken'
        end as exclusion_reason,
        declared_events.entered_at
    from declared_events
    left join overtaken_states
        on
            declared_events.person_record_id = overtaken_states.person_record_id
            and declared_events.stage_value = overtaken_states.stage_value
            and declared_events.evidence = overtaken_states.evidence
            and declared_events.entered_at = overtaken_states.entered_at
    union all
    select
        person_id,
        cast(null as string) as person_record_id,
        source,
        cast(null as string) as stage_value,
        stage,
        evidence,
        false as is_declared,
        exclusion_reason,
        entered_at
    from stamped_events

)

select * from stage_events

-- Grain: one row per stage or status event as a source declares it.
-- Every event stays: one that cannot count carries the reason why.

with

staged_events as (

    select
        *,
        {{ reporting_date('entered_at') }} as entered_date
    from {{ ref('int_lifecycle__staged_events') }}

),

person_records as (

    select
        person_record_id,
        person_id
    from {{ ref('bridge_person_records') }}

),

stage_meanings as (

    select
        source,
        source_value,
        stage,
        effective_from,
        coalesce(effective_to, cast('9999-12-31' as date)) as effective_to
    from {{ ref('lifecycle_stage_map') }}

),

mapped_events as (

    select
        person_records.person_id,
        staged_events.person_record_id,
        staged_events.source,
        staged_events.stage_value,
        stage_meanings.stage,
        staged_events.evidence,
        staged_events.entered_at
    from staged_events
    left join person_records
        on staged_events.person_record_id = person_records.person_record_id
    left join stage_meanings
        on
            staged_events.source = stage_meanings.source
            and lower(staged_events.stage_value) = stage_meanings.source_value
            and staged_events.entered_date >= stage_meanings.effective_from
            and staged_events.entered_date < stage_meanings.effective_to

),

declared_events as (

    select
        person_id,
        person_record_id,
        source,
        stage_value,
        stage,
        evidence,
        case
            when entered_at is null then 'missing_time'
            when not {{ known_by_as_of('entered_at') }} then 'after_as_of'
            when person_id is null then 'unknown_person'
            when stage is null then 'unmapped_value'
        end as exclusion_reason,
        entered_at
    from mapped_events

)

select * from declared_events

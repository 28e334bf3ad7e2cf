-- Grain: one row per stage that a contact entered.
-- The history tells every change; a contact without one is known by what it tells
-- itself. A lead status counts where the stage map gives it a meaning: most of them say
-- nothing about the lifecycle.

with

stage_changes as (

    select * from {{ ref('stg_hubspot__contact_changes') }}
    where property_name = 'lifecyclestage' and property_value is not null

),

status_changes as (

    select * from {{ ref('stg_hubspot__contact_changes') }}
    where property_name = 'hs_lead_status' and property_value is not null

),

stage_stamps as (

    select * from {{ ref('stg_hubspot__stage_stamps') }}

),

known_values as (

    select source_value
    from {{ ref('lifecycle_stage_map') }}
    where source = 'hubspot'
    group by source_value

),

recorded_people as (

    select person_record_id
    from stage_changes
    group by person_record_id

),

stages as (

    select
        person_record_id,
        property_value as stage_value,
        'field_history' as evidence,
        changed_at as entered_at
    from stage_changes
    union all
    select
        status_changes.person_record_id,
        status_changes.property_value as stage_value,
        'field_history' as evidence,
        status_changes.changed_at as entered_at
    from status_changes
    inner join known_values
        on lower(status_changes.property_value) = known_values.source_value
    union all
    select
        stage_stamps.person_record_id,
        stage_stamps.stage_value,
        stage_stamps.evidence,
        stage_stamps.entered_at
    from stage_stamps
    left join recorded_people
        on stage_stamps.person_record_id = recorded_people.person_record_id
    where recorded_people.person_record_id is null

),

stage_events as (

    select
        person_record_id,
        'hubspot' as source,
        stage_value,
        cast(null as string) as reason,
        evidence,
        entered_at
    from stages

)

select * from stage_events

-- Grain: one row per stage or status event as a source declares it.
-- A record of which the source keeps neither history nor dates has the statuses that
-- builds have seen it in. What changed after as_of is told, so that it is listed.

with

source_events as (

    select * from {{ ref('int_lifecycle__source_events') }}
    where evidence != 'current_status'

),

person_statuses as (

    select
        person_record_id,
        source,
        status,
        observed_at
    from {{ ref('person_statuses') }}

),

later_statuses as (

    select
        person_record_id,
        source,
        status,
        changed_at as observed_at
    from {{ ref('int_lifecycle__record_statuses') }}
    where not {{ known_by_as_of('changed_at') }}

),

recorded_people as (

    select person_record_id
    from source_events
    group by person_record_id

),

statuses as (

    select * from person_statuses
    union
    select * from later_statuses

),

staged_events as (

    select * from source_events
    union all
    select
        statuses.person_record_id,
        statuses.source,
        statuses.status as stage_value,
        cast(null as string) as reason,
        'snapshot' as evidence,
        statuses.observed_at as entered_at
    from statuses
    left join recorded_people
        on statuses.person_record_id = recorded_people.person_record_id
    where recorded_people.person_record_id is null

)

select * from staged_events

-- Grain: one row per assignment of a person record to an owner, as landed.

with

assignment_events as (

    select * from {{ source('generic', 'assignment_events') }}

),

renamed as (

    select
        {{ source_key('generic', 'person_id') }} as person_record_id,
        {{ source_key('generic', 'owner_id') }} as owner_id,
        'generic' as source,
        assigned_at
    from assignment_events

)

select * from renamed

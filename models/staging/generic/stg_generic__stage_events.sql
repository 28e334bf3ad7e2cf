-- Grain: one row per move of a person record into a stage, as landed.

with

stage_events as (

    select * from {{ source('generic', 'stage_events') }}

),

renamed as (

    select
        {{ source_key('generic', 'person_id') }} as person_record_id,
        'generic' as source,
        {{ clean_text('stage') }} as stage_value,
        {{ clean_text('reason') }} as reason,
        'stage_event' as evidence,
        entered_at
    from stage_events

)

select * from renamed

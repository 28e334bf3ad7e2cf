-- Grain: one row per change of an opportunity, as landed.

with

opportunity_stage_events as (

    select * from {{ source('generic', 'opportunity_stage_events') }}

),

renamed as (

    select
        {{ source_key('generic', 'opportunity_id') }} as opportunity_id,
        'generic' as source,
        {{ clean_text('stage') }} as stage_name,
        amount,
        close_date,
        changed_at
    from opportunity_stage_events

)

select * from renamed

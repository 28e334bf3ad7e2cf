-- Grain: one row per opportunity and person who takes part in it, as landed.

with

opportunity_contacts as (

    select * from {{ source('generic', 'opportunity_contacts') }}

),

renamed as (

    select
        {{ source_key('generic', 'opportunity_id') }} as opportunity_id,
        {{ source_key('generic', 'person_id') }} as person_record_id,
        'generic' as source,
        {{ clean_text('role') }} as role,
        coalesce(is_primary, false) as is_primary
    from opportunity_contacts

)

select * from renamed

-- Grain: one row per moment at which a contact was given to an owner.

with

owner_changes as (

    select * from {{ ref('stg_hubspot__contact_changes') }}
    where property_name = 'hubspot_owner_id' and property_value is not null

),

assignments as (

    select
        person_record_id,
        {{ source_key('hubspot', 'property_value') }} as owner_id,
        source,
        changed_at as assigned_at
    from owner_changes

)

select * from assignments

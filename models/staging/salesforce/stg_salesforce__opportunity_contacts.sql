-- Grain: one row per contact role of an opportunity.

with

contact_roles as (

    select * from {{ source('salesforce', 'opportunity_contact_role') }}
    where
        not coalesce(is_deleted, false)
        and not {{ is_removed() }}

),

renamed as (

    select
        {{ source_key('salesforce', 'opportunity_id') }} as opportunity_id,
        {{ source_key('salesforce', 'contact_id') }} as person_record_id,
        'salesforce' as source,
        {{ clean_text('role') }} as role,
        coalesce(is_primary, false) as is_primary
    from contact_roles
    where
        {{ clean_text('opportunity_id') }} is not null
        and {{ clean_text('contact_id') }} is not null

)

select * from renamed

-- Grain: one row per lead or contact record.

with

people as (

    select * from {{ source('generic', 'people') }}

),

renamed as (

    select
        {{ source_key('generic', 'person_id') }} as person_record_id,
        'generic' as source,
        trim(person_id) as record_id,
        lower(trim(record_type)) as record_type,
        {{ source_key('generic', 'account_id') }} as account_record_id,
        {{ source_key('generic', 'owner_id') }} as owner_id,
        {{ source_key('generic', 'converted_contact_id') }}
            as converted_contact_record_id,
        {{ source_key('generic', 'converted_account_id') }}
            as converted_account_record_id,
        {{ source_key('generic', 'converted_opportunity_id') }}
            as converted_opportunity_id,
        {{ source_key('generic', 'merged_into_id') }} as merged_into_record_id,
        {{ normalise_email('email') }} as email,
        {{ clean_text('first_name') }} as first_name,
        {{ clean_text('last_name') }} as last_name,
        {{ clean_text('title') }} as title,
        {{ clean_text('company_name') }} as company_name,
        {{ clean_text('phone') }} as phone,
        {{ clean_text('country') }} as country,
        {{ clean_text('state') }} as state,
        {{ clean_text('postal_code') }} as postal_code,
        {{ clean_text('industry') }} as industry,
        employee_count,
        {{ clean_text('lead_source') }} as lead_source,
        {{ clean_text('status') }} as status,
        coalesce(has_opted_out, false) as has_opted_out,
        coalesce(is_deleted, false) as is_deleted,
        created_at,
        updated_at,
        converted_at,
        email_bounced_at
    from people

)

select * from renamed

-- Grain: one row per lead.

with

leads as (

    select * from {{ source('salesforce', 'lead') }}

),

renamed as (

    select
        {{ source_key('salesforce', 'id') }} as person_record_id,
        'salesforce' as source,
        trim(id) as record_id,
        'lead' as record_type,
        -- A lead belongs to no account until it is converted.
        cast(null as string) as account_record_id,
        {{ source_key('salesforce', 'owner_id') }} as owner_id,
        {{ source_key('salesforce', 'converted_contact_id') }}
            as converted_contact_record_id,
        {{ source_key('salesforce', 'converted_account_id') }}
            as converted_account_record_id,
        {{ source_key('salesforce', 'converted_opportunity_id') }}
            as converted_opportunity_id,
        {{ source_key('salesforce', 'master_record_id') }} as merged_into_record_id,
        {{ normalise_email('email') }} as email,
        {{ clean_text('first_name') }} as first_name,
        {{ clean_text('last_name') }} as last_name,
        {{ clean_text('title') }} as title,
        {{ clean_text('company') }} as company_name,
        coalesce({{ clean_text('phone') }}, {{ clean_text('mobile_phone') }}) as phone,
        coalesce(
            {{ clean_text('country') }}, {{ clean_text('country_code') }}
        ) as country,
        coalesce({{ clean_text('state') }}, {{ clean_text('state_code') }}) as state,
        {{ clean_text('postal_code') }} as postal_code,
        {{ clean_text('industry') }} as industry,
        number_of_employees as employee_count,
        {{ clean_text('lead_source') }} as lead_source,
        {{ clean_text('status') }} as status,
        coalesce(has_opted_out_of_email, false) as has_opted_out,
        coalesce(is_deleted, false)
        or {{ is_removed() }} as is_deleted,
        created_date as created_at,
        last_modified_date as updated_at,
        converted_date as converted_at,
        email_bounced_date as email_bounced_at
    from leads

)

select * from renamed

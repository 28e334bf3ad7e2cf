-- Grain: one row per contact.

with

contacts as (

    select * from {{ source('salesforce', 'contact') }}

),

renamed as (

    select
        {{ source_key('salesforce', 'id') }} as person_record_id,
        'salesforce' as source,
        trim(id) as record_id,
        'contact' as record_type,
        {{ source_key('salesforce', 'account_id') }} as account_record_id,
        {{ source_key('salesforce', 'owner_id') }} as owner_id,
        cast(null as string) as converted_contact_record_id,
        cast(null as string) as converted_account_record_id,
        cast(null as string) as converted_opportunity_id,
        {{ source_key('salesforce', 'master_record_id') }} as merged_into_record_id,
        {{ normalise_email('email') }} as email,
        {{ clean_text('first_name') }} as first_name,
        {{ clean_text('last_name') }} as last_name,
        {{ clean_text('title') }} as title,
        -- Company, industry and size of a contact are those of its account.
        cast(null as string) as company_name,
        coalesce({{ clean_text('phone') }}, {{ clean_text('mobile_phone') }}) as phone,
        coalesce(
            {{ clean_text('mailing_country') }},
            {{ clean_text('mailing_country_code') }}
        ) as country,
        coalesce(
            {{ clean_text('mailing_state') }}, {{ clean_text('mailing_state_code') }}
        ) as state,
        {{ clean_text('mailing_postal_code') }} as postal_code,
        cast(null as string) as industry,
        cast(null as integer) as employee_count,
        {{ clean_text('lead_source') }} as lead_source,
        cast(null as string) as status,
        coalesce(has_opted_out_of_email, false) as has_opted_out,
        coalesce(is_deleted, false)
        or {{ is_removed() }} as is_deleted,
        created_date as created_at,
        last_modified_date as updated_at,
        cast(null as timestamp) as converted_at,
        email_bounced_date as email_bounced_at
    from contacts

)

select * from renamed

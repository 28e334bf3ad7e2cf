-- Grain: one row per contact, those that were merged away too.
-- HubSpot drops the record of a merged contact while events and histories still name
-- its id: such an id is a deleted record that points at its survivor.

with

contacts as (

    select * from {{ source('hubspot', 'contact') }}

),

merged_contacts as (

    select * from {{ ref('stg_hubspot__merged_contacts') }}

),

record_ids as (

    select trim(id) as record_id
    from contacts
    union
    select record_id
    from merged_contacts

),

renamed as (

    select
        {{ source_key('hubspot', 'record_ids.record_id') }} as person_record_id,
        'hubspot' as source,
        record_ids.record_id,
        -- HubSpot knows contacts alone: one that sales has not qualified is a lead.
        case
            when
                lower(trim(contacts.property_lifecyclestage))
                in (
                    'subscriber',
                    'lead',
                    'marketingqualifiedlead',
                    'marketing qualified lead'
                )
                then 'lead'
            else 'contact'
        end as record_type,
        {{ source_key(
            'hubspot',
            listed_id(
                "coalesce(nullif(trim(contacts.property_associatedcompanyid), ''), "
                ~ "contacts.property_associated_company_ids)", 0
            )
        ) }} as account_record_id,
        {{ source_key('hubspot', 'contacts.property_hubspot_owner_id') }} as owner_id,
        cast(null as string) as converted_contact_record_id,
        cast(null as string) as converted_account_record_id,
        cast(null as string) as converted_opportunity_id,
        merged_contacts.merged_into_record_id,
        {{ normalise_email('contacts.property_email') }} as email,
        {{ clean_text('contacts.property_firstname') }} as first_name,
        {{ clean_text('contacts.property_lastname') }} as last_name,
        {{ clean_text('contacts.property_jobtitle') }} as title,
        {{ clean_text('contacts.property_company') }} as company_name,
        coalesce(
            {{ clean_text('contacts.property_phone') }},
            {{ clean_text('contacts.property_mobilephone') }}
        ) as phone,
        {{ clean_text('contacts.property_country') }} as country,
        {{ clean_text('contacts.property_state') }} as state,
        {{ clean_text('contacts.property_zip') }} as postal_code,
        {{ clean_text('contacts.property_industry') }} as industry,
        -- Text, since a portal may offer spans such as 5-25 to choose from.
        try_cast(contacts.property_numemployees as integer) as employee_count,
        {{ clean_text('contacts.property_hs_analytics_source') }} as lead_source,
        {{ clean_text('contacts.property_hs_lead_status') }} as status,
        coalesce(contacts.property_hs_email_optout, false) as has_opted_out,
        contacts.id is null
        or coalesce(contacts.is_deleted, false)
        or coalesce(contacts._fivetran_deleted, false) as is_deleted,
        contacts.property_createdate as created_at,
        contacts.property_lastmodifieddate as updated_at,
        cast(null as timestamp) as converted_at,
        cast(null as timestamp) as email_bounced_at
    from record_ids
    left join contacts
        on record_ids.record_id = trim(contacts.id)
    left join merged_contacts
        on record_ids.record_id = merged_contacts.record_id

)

select * from renamed

-- Grain: one row per lead, those that were merged away too.
-- Marketo drops the record of a merged lead while older activities still name its id:
-- such an id is a deleted record that points at its survivor.

with

leads as (

    select * from {{ source('marketo', 'lead') }}

),

merged_leads as (

    select * from {{ ref('stg_marketo__merged_leads') }}

),

deleted_leads as (

    select trim(lead_id) as lead_id
    from {{ source('marketo', 'activity_delete_lead') }}
    group by trim(lead_id)

),

record_ids as (

    select trim(id) as record_id
    from leads
    union
    select record_id
    from merged_leads

),

renamed as (

    select
        {{ source_key('marketo', 'record_ids.record_id') }} as person_record_id,
        'marketo' as source,
        record_ids.record_id,
        -- Marketo knows leads alone; one that the CRM keeps as a contact is one.
        case
            when
                {{ clean_text('leads.sfdc_contact_id') }} is not null
                or lower(trim(leads.sfdc_type)) = 'contact'
                then 'contact'
            else 'lead'
        end as record_type,
        {{ source_key('salesforce', 'leads.sfdc_account_id') }} as account_record_id,
        {{ source_key('salesforce', 'leads.sfdc_lead_owner_id') }} as owner_id,
        cast(null as string) as converted_contact_record_id,
        cast(null as string) as converted_account_record_id,
        cast(null as string) as converted_opportunity_id,
        merged_leads.merged_into_record_id,
        {{ normalise_email('leads.email') }} as email,
        {{ clean_text('leads.first_name') }} as first_name,
        {{ clean_text('leads.last_name') }} as last_name,
        {{ clean_text('leads.title') }} as title,
        {{ clean_text('leads.company') }} as company_name,
        coalesce(
            {{ clean_text('leads.phone') }},
            {{ clean_text('leads.mobile_phone') }},
            {{ clean_text('leads.main_phone') }}
        ) as phone,
        coalesce(
            {{ clean_text('leads.country') }}, {{ clean_text('leads.country_code') }}
        ) as country,
        coalesce(
            {{ clean_text('leads.state') }}, {{ clean_text('leads.state_code') }}
        ) as state,
        {{ clean_text('leads.postal_code') }} as postal_code,
        {{ clean_text('leads.industry') }} as industry,
        leads.number_of_employees as employee_count,
        {{ clean_text('leads.lead_source') }} as lead_source,
        {{ clean_text('leads.lead_status') }} as status,
        coalesce(leads.unsubscribed, false) as has_opted_out,
        leads.id is null
        or deleted_leads.lead_id is not null
        or coalesce(leads._fivetran_deleted, false) as is_deleted,
        leads.created_at,
        leads.updated_at,
        cast(null as timestamp) as converted_at,
        -- Marketo marks an address invalid after a hard bounce and keeps no time of it.
        case
            when leads.email_invalid then coalesce(leads.updated_at, leads.created_at)
        end as email_bounced_at
    from record_ids
    left join leads
        on record_ids.record_id = trim(leads.id)
    left join merged_leads
        on record_ids.record_id = merged_leads.record_id
    left join deleted_leads
        on record_ids.record_id = deleted_leads.lead_id

)

select * from renamed

-- Grain: one row per lead that Marketo's CRM sync ties to a Salesforce record.

with

leads as (

    select * from {{ source('marketo', 'lead') }}

),

crm_links as (

    select
        {{ source_key('marketo', 'id') }} as person_record_id,
        'marketo' as source,
        coalesce(
            {{ source_key('salesforce', 'sfdc_contact_id') }},
            {{ source_key('salesforce', 'sfdc_lead_id') }}
        ) as linked_record_id
    from leads

),

linked as (

    select * from crm_links
    where linked_record_id is not null

)

select * from linked

-- Grain: one row per contact that HubSpot's Salesforce sync ties to a record there.

with

contacts as (

    select * from {{ source('hubspot', 'contact') }}

),

crm_links as (

    select
        {{ source_key('hubspot', 'id') }} as person_record_id,
        'hubspot' as source,
        coalesce(
            {{ source_key('salesforce', 'property_salesforcecontactid') }},
            {{ source_key('salesforce', 'property_salesforceleadid') }}
        ) as linked_record_id
    from contacts

),

linked as (

    select * from crm_links
    where linked_record_id is not null

)

select * from linked

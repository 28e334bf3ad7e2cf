-- Grain: one row per deal that HubSpot's Salesforce sync ties to an opportunity there.

with

deals as (

    select * from {{ source('hubspot', 'deal') }}
    where {{ clean_text('property_hs_salesforceopportunityid') }} is not null

),

opportunity_links as (

    select
        {{ source_key('hubspot', 'deal_id') }} as opportunity_id,
        'hubspot' as source,
        {{ source_key('salesforce', 'property_hs_salesforceopportunityid') }}
            as linked_opportunity_id
    from deals

)

select * from opportunity_links

-- Grain: one row per engagement and contact that it was with.
-- An engagement with several deals is about the one that HubSpot knew first.

with

engagements as (

    select * from {{ ref('stg_hubspot__engagements') }}

),

engagement_contacts as (

    select
        {{ source_key('hubspot', 'engagement_id') }} as engagement_key,
        {{ source_key('hubspot', 'contact_id') }} as person_record_id,
        trim(contact_id) as contact_id
    from {{ source('hubspot', 'engagement_contact') }}
    where not coalesce(_fivetran_deleted, false)
    group by
        {{ source_key('hubspot', 'engagement_id') }},
        {{ source_key('hubspot', 'contact_id') }},
        trim(contact_id)

),

engagement_deals as (

    select
        {{ source_key('hubspot', 'engagement_id') }} as engagement_key,
        {{ source_key('hubspot', 'deal_id') }} as opportunity_id
    from {{ source('hubspot', 'engagement_deal') }}
    where not coalesce(_fivetran_deleted, false)
    qualify
        row_number() over (
            partition by {{ source_key('hubspot', 'engagement_id') }}
            order by try_cast(deal_id as bigint) asc nulls last, deal_id asc
        ) = 1

),

activities as (

    select
        concat_ws('#', engagements.engagement_key, engagement_contacts.contact_id)
            as activity_id,
        'hubspot' as source,
        engagement_contacts.person_record_id,
        engagement_deals.opportunity_id,
        engagements.user_id,
        engagements.activity_type,
        engagements.direction,
        engagements.occurred_at
    from engagements
    left join engagement_contacts
        on engagements.engagement_key = engagement_contacts.engagement_key
    left join engagement_deals
        on engagements.engagement_key = engagement_deals.engagement_key

)

select * from activities

-- Grain: one row per deal and contact that is associated with it.
-- A contact may be associated under several labels. The deal's own list of contacts
-- counts where the associations do not know the deal.

with

associations as (

    select
        {{ source_key('hubspot', 'deal_id') }} as opportunity_id,
        {{ source_key('hubspot', 'contact_id') }} as person_record_id,
        coalesce(_fivetran_deleted, false) as is_deleted
    from {{ source('hubspot', 'deal_contact') }}

),

known_deals as (

    select opportunity_id
    from associations
    group by opportunity_id

),

deals as (

    select
        {{ source_key('hubspot', 'deal_id') }} as opportunity_id,
        property_associated_contact_ids as contact_ids
    from {{ source('hubspot', 'deal') }}
    where property_associated_contact_ids != ''

),

listed_contacts as (

    select
        deals.opportunity_id,
        {{ listed_id('deals.contact_ids', 'numbers.number') }} as contact_id
    from deals
    inner join range({{ max_listed_ids() }}) as numbers (number)
        on {{ listed_id_count('deals.contact_ids') }} > numbers.number
    left join known_deals
        on deals.opportunity_id = known_deals.opportunity_id
    where known_deals.opportunity_id is null

),

deal_contacts as (

    select
        opportunity_id,
        person_record_id
    from associations
    where not is_deleted
    union
    select
        opportunity_id,
        {{ source_key('hubspot', 'contact_id') }} as person_record_id
    from listed_contacts
    where contact_id is not null

),

opportunity_contacts as (

    select
        opportunity_id,
        person_record_id,
        'hubspot' as source,
        cast(null as string) as role,
        false as is_primary
    from deal_contacts

)

select * from opportunity_contacts

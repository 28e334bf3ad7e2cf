-- Grain: one row per deal that has a company, with the one that counts.
-- A deal may have several: the primary one, else the one that HubSpot knew first. The
-- deal's own list of companies counts where the associations do not know the deal.

with

associations as (

    select
        {{ source_key('hubspot', 'deal_id') }} as opportunity_id,
        trim(company_id) as company_id,
        -- Type 5 is HubSpot's own "deal to primary company"; a portal's labels are
        -- others.
        type_id = 5
        and coalesce(upper(trim(category)), 'HUBSPOT_DEFINED') = 'HUBSPOT_DEFINED'
            as is_primary,
        coalesce(_fivetran_deleted, false) as is_deleted
    from {{ source('hubspot', 'deal_company') }}

),

known_deals as (

    select opportunity_id
    from associations
    group by opportunity_id

),

deals as (

    select
        {{ source_key('hubspot', 'deal_id') }} as opportunity_id,
        property_associated_company_ids as company_ids,
        trim(property_primary_associated_company_id) as primary_company_id
    from {{ source('hubspot', 'deal') }}
    where property_associated_company_ids != ''

),

listed_companies as (

    select
        deals.opportunity_id,
        {{ listed_id('deals.company_ids', 'numbers.number') }} as company_id,
        deals.primary_company_id
    from deals
    inner join range({{ max_listed_ids() }}) as numbers (number)
        on {{ listed_id_count('deals.company_ids') }} > numbers.number
    left join known_deals
        on deals.opportunity_id = known_deals.opportunity_id
    where known_deals.opportunity_id is null

),

candidates as (

    select
        opportunity_id,
        company_id,
        is_primary
    from associations
    where not is_deleted
    union all
    select
        opportunity_id,
        company_id,
        company_id = primary_company_id as is_primary
    from listed_companies
    where company_id is not null

),

deal_companies as (

    select
        opportunity_id,
        {{ source_key('hubspot', 'company_id') }} as account_record_id
    from candidates
    qualify
        row_number() over (
            partition by opportunity_id
            order by
                is_primary desc nulls last,
                try_cast(company_id as bigint) asc nulls last,
                company_id asc
        ) = 1

)

select * from deal_companies

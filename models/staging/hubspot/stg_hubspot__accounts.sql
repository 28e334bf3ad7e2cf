-- Grain: one row per company, those that were merged away too.

with

companies as (

    select * from {{ source('hubspot', 'company') }}

),

merged_companies as (

    select * from {{ ref('stg_hubspot__merged_companies') }}

),

record_ids as (

    select trim(id) as record_id
    from companies
    union
    select record_id
    from merged_companies

),

renamed as (

    select
        {{ source_key('hubspot', 'record_ids.record_id') }} as account_record_id,
        'hubspot' as source,
        record_ids.record_id,
        {{ source_key('hubspot', 'companies.property_hs_parent_company_id') }}
            as parent_account_record_id,
        merged_companies.merged_into_record_id,
        {{ source_key('hubspot', 'companies.property_hubspot_owner_id') }} as owner_id,
        {{ clean_text('companies.property_name') }} as account_name,
        coalesce(
            {{ normalise_domain('companies.property_domain') }},
            {{ normalise_domain('companies.property_website') }}
        ) as domain,
        {{ clean_text('companies.property_industry') }} as industry,
        companies.property_numberofemployees as employee_count,
        companies.property_annualrevenue as annual_revenue,
        upper({{ clean_text('companies.property_hs_annual_revenue_currency_code') }})
            as currency,
        {{ clean_text('companies.property_country') }} as country,
        {{ clean_text('companies.property_state') }} as state,
        companies.id is null
        or coalesce(companies.is_deleted, false)
        or coalesce(companies._fivetran_deleted, false) as is_deleted,
        companies.property_createdate as created_at,
        companies.property_hs_lastmodifieddate as updated_at
    from record_ids
    left join companies
        on record_ids.record_id = trim(companies.id)
    left join merged_companies
        on record_ids.record_id = merged_companies.record_id

)

select * from renamed

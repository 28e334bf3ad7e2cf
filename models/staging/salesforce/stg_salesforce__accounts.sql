-- Grain: one row per account.

with

accounts as (

    select * from {{ source('salesforce', 'account') }}

),

renamed as (

    select
        {{ source_key('salesforce', 'id') }} as account_record_id,
        'salesforce' as source,
        trim(id) as record_id,
        {{ source_key('salesforce', 'parent_id') }} as parent_account_record_id,
        {{ source_key('salesforce', 'master_record_id') }} as merged_into_record_id,
        {{ source_key('salesforce', 'owner_id') }} as owner_id,
        {{ clean_text('name') }} as account_name,
        {{ normalise_domain('website') }} as domain,
        {{ clean_text('industry') }} as industry,
        number_of_employees as employee_count,
        annual_revenue,
        upper({{ clean_text('currency_iso_code') }}) as currency,
        coalesce(
            {{ clean_text('billing_country') }},
            {{ clean_text('billing_country_code') }}
        ) as country,
        coalesce(
            {{ clean_text('billing_state') }}, {{ clean_text('billing_state_code') }}
        ) as state,
        coalesce(is_deleted, false)
        or {{ is_removed() }} as is_deleted,
        created_date as created_at,
        last_modified_date as updated_at
    from accounts

)

select * from renamed

-- Grain: one row per account record.

with

accounts as (

    select * from {{ source('generic', 'accounts') }}

),

renamed as (

    select
        {{ source_key('generic', 'account_id') }} as account_record_id,
        'generic' as source,
        trim(account_id) as record_id,
        {{ source_key('generic', 'parent_account_id') }} as parent_account_record_id,
        cast(null as string) as merged_into_record_id,
        {{ source_key('generic', 'owner_id') }} as owner_id,
        {{ clean_text('name') }} as account_name,
        {{ normalise_domain('domain') }} as domain,
        {{ clean_text('industry') }} as industry,
        employee_count,
        annual_revenue,
        upper({{ clean_text('currency') }}) as currency,
        {{ clean_text('country') }} as country,
        {{ clean_text('state') }} as state,
        coalesce(is_deleted, false) as is_deleted,
        created_at,
        updated_at
    from accounts

)

select * from renamed

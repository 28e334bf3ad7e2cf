-- Grain: one row per advertising account, as its latest version states it.

with

account_history as (

    select * from {{ source('linkedin_ads', 'account_history') }}
    where {{ clean_text('id') }} is not null

),

latest_versions as (

    select *
    from account_history
    qualify row_number() over (
        partition by trim(id)
        order by
            last_modified_time desc nulls last,
            try_cast(version_tag as integer) desc nulls last,
            _fivetran_synced desc nulls last
    ) = 1

),

renamed as (

    select
        {{ source_key('linkedin_ads', 'id') }} as ad_account_id,
        'linkedin_ads' as source,
        trim(id) as record_id,
        {{ clean_text('name') }} as account_name,
        upper({{ clean_text('currency') }}) as currency,
        cast(null as string) as time_zone
    from latest_versions

)

select * from renamed

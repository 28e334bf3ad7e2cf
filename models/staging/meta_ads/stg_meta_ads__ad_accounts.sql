-- Grain: one row per advertising account, as its latest version states it.

with

account_history as (

    select * from {{ source('meta_ads', 'account_history') }}
    where {{ clean_text('id') }} is not null

),

latest_versions as (

    select *
    from account_history
    qualify row_number() over (
        partition by trim(id)
        order by
            _fivetran_synced desc nulls last
    ) = 1

),

renamed as (

    select
        {{ source_key('meta_ads', 'id') }} as ad_account_id,
        'meta_ads' as source,
        trim(id) as record_id,
        {{ clean_text('name') }} as account_name,
        upper({{ clean_text('currency') }}) as currency,
        {{ clean_text('timezone_name') }} as time_zone
    from latest_versions

)

select * from renamed

-- Grain: one row per advertising account, as its latest version states it.

with

account_history as (

    select * from {{ source('google_ads', 'account_history') }}
    where {{ clean_text('id') }} is not null

),

latest_versions as (

    select *
    from account_history
    qualify row_number() over (
        partition by trim(id)
        order by
            updated_at desc nulls last,
            _fivetran_synced desc nulls last
    ) = 1

),

renamed as (

    select
        {{ source_key('google_ads', 'id') }} as ad_account_id,
        'google_ads' as source,
        trim(id) as record_id,
        {{ clean_text('descriptive_name') }} as account_name,
        upper({{ clean_text('currency_code') }}) as currency,
        {{ clean_text('time_zone') }} as time_zone
    from latest_versions

)

select * from renamed

-- Grain: one row per advertising account and name that it has or had.

with

account_names as (

    select
        'google_ads' as source,
        {{ source_key('google_ads', 'id') }} as ad_account_id,
        {{ clean_text('descriptive_name') }} as account_name
    from {{ source('google_ads', 'account_history') }}
    where
        {{ clean_text('id') }} is not null
        and {{ clean_text('descriptive_name') }} is not null
    group by
        {{ source_key('google_ads', 'id') }},
        {{ clean_text('descriptive_name') }}

)

select * from account_names

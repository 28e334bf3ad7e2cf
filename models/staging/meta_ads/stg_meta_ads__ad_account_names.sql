-- Grain: one row per advertising account and name that it has or had.

with

account_names as (

    select
        'meta_ads' as source,
        {{ source_key('meta_ads', 'id') }} as ad_account_id,
        {{ clean_text('name') }} as account_name
    from {{ source('meta_ads', 'account_history') }}
    where
        {{ clean_text('id') }} is not null
        and {{ clean_text('name') }} is not null
    group by
        {{ source_key('meta_ads', 'id') }},
        {{ clean_text('name') }}

)

select * from account_names

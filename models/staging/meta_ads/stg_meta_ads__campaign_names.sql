-- Grain: one row per campaign and name that it has or had.

with

campaign_names as (

    select
        'meta_ads' as source,
        {{ source_key('meta_ads', 'id') }} as campaign_id,
        {{ clean_text('name') }} as campaign_name
    from {{ source('meta_ads', 'campaign_history') }}
    where {{ clean_text('id') }} is not null and {{ clean_text('name') }} is not null
    group by
        {{ source_key('meta_ads', 'id') }},
        {{ clean_text('name') }}

)

select * from campaign_names

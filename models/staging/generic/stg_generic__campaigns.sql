-- Grain: one row per campaign.

with

campaigns as (

    select * from {{ source('generic', 'campaigns') }}

),

renamed as (

    select
        {{ source_key('generic', 'campaign_id') }} as campaign_id,
        'generic' as source,
        trim(campaign_id) as record_id,
        {{ source_key('generic', 'parent_campaign_id') }} as parent_campaign_id,
        {{ source_key('generic', 'owner_id') }} as owner_id,
        {{ clean_text('name') }} as campaign_name,
        {{ snake_case('channel') }} as channel,
        {{ clean_text('campaign_type') }} as campaign_type,
        {{ clean_text('status') }} as status,
        {{ clean_text('utm_campaign') }} as utm_campaign,
        start_date,
        end_date,
        budget,
        upper({{ clean_text('currency') }}) as currency
    from campaigns

)

select * from renamed

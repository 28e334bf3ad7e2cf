-- Grain: one row per campaign.

with

campaigns as (

    select * from {{ source('salesforce', 'campaign') }}
    where
        not coalesce(is_deleted, false)
        and not {{ is_removed() }}

),

renamed as (

    select
        {{ source_key('salesforce', 'id') }} as campaign_id,
        'salesforce' as source,
        trim(id) as record_id,
        {{ source_key('salesforce', 'parent_id') }} as parent_campaign_id,
        {{ source_key('salesforce', 'owner_id') }} as owner_id,
        {{ clean_text('name') }} as campaign_name,
        -- Salesforce has no channel of its own; without one the rules read the type.
        {{ snake_case('channel_c') }} as channel,
        {{ clean_text('type') }} as campaign_type,
        {{ clean_text('status') }} as status,
        {{ clean_text('utm_campaign_c') }} as utm_campaign,
        start_date,
        end_date,
        budgeted_cost as budget,
        upper({{ clean_text('currency_iso_code') }}) as currency
    from campaigns

)

select * from renamed

-- Grain: one row per e-mail campaign.
-- The time and money of a campaign are not HubSpot's to tell.

with

email_campaigns as (

    select * from {{ source('hubspot', 'email_campaign') }}
    where not coalesce(_fivetran_deleted, false)

),

renamed as (

    select
        {{ source_key('hubspot', 'id') }} as campaign_id,
        'hubspot' as source,
        trim(id) as record_id,
        cast(null as string) as parent_campaign_id,
        cast(null as string) as owner_id,
        coalesce({{ clean_text('name') }}, {{ clean_text('subject') }})
            as campaign_name,
        'email' as channel,
        coalesce({{ snake_case('type') }}, 'email') as campaign_type,
        cast(null as string) as status,
        cast(null as string) as utm_campaign,
        cast(null as date) as start_date,
        cast(null as date) as end_date,
        cast(null as decimal(28, 6)) as budget,
        cast(null as string) as currency
    from email_campaigns

)

select * from renamed

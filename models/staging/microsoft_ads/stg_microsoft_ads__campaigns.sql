-- Grain: one row per campaign, as its latest version states it.
-- A removed campaign stays.

with

campaign_history as (

    select * from {{ source('microsoft_ads', 'campaign_history') }}
    where {{ clean_text('id') }} is not null

),

accounts as (

    select
        ad_account_id,
        currency
    from {{ ref('stg_microsoft_ads__ad_accounts') }}

),

campaign_types as (

    select
        campaign_type,
        channel
    from {{ ref('ad_campaign_types') }}
    where platform = 'microsoft_ads'

),

latest_versions as (

    select
        *,
        {{ source_key('microsoft_ads', 'account_id') }} as ad_account_id
    from campaign_history
    qualify row_number() over (
        partition by trim(id)
        order by
            modified_time desc nulls last,
            _fivetran_synced desc nulls last
    ) = 1

),

renamed as (

    select
        {{ source_key('microsoft_ads', 'latest_versions.id') }} as campaign_id,
        'microsoft_ads' as source,
        trim(latest_versions.id) as record_id,
        cast(null as string) as parent_campaign_id,
        cast(null as string) as owner_id,
        {{ clean_text('latest_versions.name') }} as campaign_name,
        campaign_types.channel,
        {{ clean_text('latest_versions.type') }} as campaign_type,
        {{ clean_text('latest_versions.status') }} as status,
        cast(null as string) as utm_campaign,
        cast(null as date) as start_date,
        cast(null as date) as end_date,
        -- Platforms plan by the day, which is no planned cost of the campaign.
        cast(null as decimal(28, 6)) as budget,
        accounts.currency
    from latest_versions
    left join accounts
        on latest_versions.ad_account_id = accounts.ad_account_id
    left join campaign_types
        on upper(trim(latest_versions.type)) = upper(campaign_types.campaign_type)

)

select * from renamed

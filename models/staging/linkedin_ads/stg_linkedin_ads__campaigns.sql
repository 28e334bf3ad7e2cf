-- Grain: one row per campaign: a campaign group of LinkedIn, or a LinkedIn campaign
-- that is in none.

with

group_history as (

    select * from {{ source('linkedin_ads', 'campaign_group_history') }}
    where {{ clean_text('id') }} is not null

),

ad_groups as (

    select * from {{ ref('stg_linkedin_ads__ad_groups') }}

),

accounts as (

    select
        ad_account_id,
        currency
    from {{ ref('stg_linkedin_ads__ad_accounts') }}

),

campaign_types as (

    select channel
    from {{ ref('ad_campaign_types') }}
    where platform = 'linkedin_ads' and campaign_type = '*'

),

latest_groups as (

    select
        *,
        {{ source_key('linkedin_ads', 'account_id') }} as ad_account_id
    from group_history
    qualify row_number() over (
        partition by trim(id)
        order by
            last_modified_time desc nulls last,
            _fivetran_synced desc nulls last
    ) = 1

),

campaigns as (

    select
        trim(latest_groups.id) as record_id,
        {{ clean_text('latest_groups.name') }} as campaign_name,
        cast(null as string) as campaign_type,
        {{ clean_text('latest_groups.status') }} as status,
        accounts.currency,
        cast(latest_groups.run_schedule_start as date) as start_date,
        cast(latest_groups.run_schedule_end as date) as end_date
    from latest_groups
    left join accounts
        on latest_groups.ad_account_id = accounts.ad_account_id
    union all
    select
        ad_groups.record_id,
        ad_groups.campaign_name,
        ad_groups.ad_group_type as campaign_type,
        ad_groups.status,
        ad_groups.currency,
        ad_groups.start_date,
        ad_groups.end_date
    from ad_groups
    where ad_groups.campaign_id = ad_groups.ad_group_id

),

renamed as (

    select
        {{ source_key('linkedin_ads', 'campaigns.record_id') }} as campaign_id,
        'linkedin_ads' as source,
        campaigns.record_id,
        cast(null as string) as parent_campaign_id,
        cast(null as string) as owner_id,
        campaigns.campaign_name,
        campaign_types.channel,
        campaigns.campaign_type,
        campaigns.status,
        cast(null as string) as utm_campaign,
        campaigns.start_date,
        campaigns.end_date,
        cast(null as decimal(28, 6)) as budget,
        campaigns.currency
    from campaigns
    left join campaign_types
        on true

)

select * from renamed

-- Grain: one row per LinkedIn campaign, which other platforms call an ad group, as its
-- latest version states it, with the campaign that it counts under: its campaign group,
-- or itself where it is in none.

with

campaign_history as (

    select * from {{ source('linkedin_ads', 'campaign_history') }}
    where {{ clean_text('id') }} is not null

),

group_history as (

    select * from {{ source('linkedin_ads', 'campaign_group_history') }}
    where {{ clean_text('id') }} is not null

),

accounts as (

    select
        ad_account_id,
        currency
    from {{ ref('stg_linkedin_ads__ad_accounts') }}

),

latest_versions as (

    select *
    from campaign_history
    qualify row_number() over (
        partition by trim(id)
        order by
            last_modified_time desc nulls last,
            try_cast(version_tag as integer) desc nulls last,
            _fivetran_synced desc nulls last
    ) = 1

),

latest_groups as (

    select
        trim(id) as group_id,
        account_id,
        name
    from group_history
    qualify row_number() over (
        partition by trim(id)
        order by
            last_modified_time desc nulls last,
            _fivetran_synced desc nulls last
    ) = 1

),

placed_campaigns as (

    select
        trim(latest_versions.id) as record_id,
        {{ clean_text('latest_versions.campaign_group_id') }} as group_id,
        {{ clean_text('latest_versions.name') }} as ad_group_name,
        {{ clean_text('latest_versions.type') }} as ad_group_type,
        {{ clean_text('latest_versions.status') }} as status,
        {{ clean_text('latest_groups.name') }} as group_name,
        {{ source_key(
            'linkedin_ads',
            'coalesce(latest_versions.account_id, latest_groups.account_id)'
        ) }} as ad_account_id,
        cast(latest_versions.run_schedule_start as date) as start_date,
        cast(latest_versions.run_schedule_end as date) as end_date
    from latest_versions
    left join latest_groups
        on trim(latest_versions.campaign_group_id) = latest_groups.group_id

),

ad_groups as (

    select
        {{ source_key('linkedin_ads', 'placed_campaigns.record_id') }} as ad_group_id,
        'linkedin_ads' as source,
        placed_campaigns.record_id,
        placed_campaigns.ad_account_id,
        {{ source_key(
            'linkedin_ads',
            'coalesce(placed_campaigns.group_id, placed_campaigns.record_id)'
        ) }} as campaign_id,
        case
            when placed_campaigns.group_id is null then placed_campaigns.ad_group_name
            else placed_campaigns.group_name
        end as campaign_name,
        placed_campaigns.ad_group_name,
        placed_campaigns.ad_group_type,
        placed_campaigns.status,
        accounts.currency,
        placed_campaigns.start_date,
        placed_campaigns.end_date
    from placed_campaigns
    left join accounts
        on placed_campaigns.ad_account_id = accounts.ad_account_id

)

select * from ad_groups

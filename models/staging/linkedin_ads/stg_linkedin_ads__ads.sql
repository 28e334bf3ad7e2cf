-- Grain: one row per creative, LinkedIn's word for an ad, as its latest version states
-- it.

with

creative_history as (

    select * from {{ source('linkedin_ads', 'creative_history') }}
    where {{ clean_text('id') }} is not null

),

ad_groups as (

    select
        ad_group_id,
        ad_account_id,
        campaign_id,
        campaign_name,
        currency
    from {{ ref('stg_linkedin_ads__ad_groups') }}

),

latest_versions as (

    select
        {{ source_key('linkedin_ads', 'id') }} as ad_id,
        {{ source_key('linkedin_ads', 'campaign_id') }} as ad_group_id
    from creative_history
    qualify row_number() over (
        partition by trim(id)
        order by
            coalesce(last_modified_at, last_modified_time) desc nulls last,
            _fivetran_synced desc nulls last
    ) = 1

),

ads as (

    select
        latest_versions.ad_id,
        ad_groups.ad_account_id,
        coalesce(ad_groups.campaign_id, latest_versions.ad_group_id) as campaign_id,
        ad_groups.campaign_name,
        ad_groups.currency
    from latest_versions
    left join ad_groups
        on latest_versions.ad_group_id = ad_groups.ad_group_id

)

select * from ads

-- Grain: one row per campaign, that is a campaign group, and name that it or one of the
-- LinkedIn campaigns in it has or had.

with

group_history as (

    select
        {{ source_key('linkedin_ads', 'id') }} as campaign_id,
        {{ clean_text('name') }} as campaign_name
    from {{ source('linkedin_ads', 'campaign_group_history') }}

),

campaign_history as (

    select
        {{ source_key('linkedin_ads', 'id') }} as ad_group_id,
        {{ clean_text('name') }} as ad_group_name
    from {{ source('linkedin_ads', 'campaign_history') }}

),

ad_groups as (

    select
        ad_group_id,
        campaign_id
    from {{ ref('stg_linkedin_ads__ad_groups') }}

),

all_names as (

    select
        campaign_id,
        campaign_name
    from group_history
    union all
    select
        ad_groups.campaign_id,
        campaign_history.ad_group_name as campaign_name
    from campaign_history
    inner join ad_groups
        on campaign_history.ad_group_id = ad_groups.ad_group_id

),

campaign_names as (

    select
        'linkedin_ads' as source,
        campaign_id,
        campaign_name
    from all_names
    where campaign_id is not null and campaign_name is not null
    group by
        campaign_id,
        campaign_name

)

select * from campaign_names

-- Grain: one row per platform, account and name by which the connector tells of a
-- campaign: its id, its name in any case, or that of all (*), with whether it is told
-- by the platform's own id.

with

campaigns as (

    select
        platform,
        ad_account_id,
        campaign_id,
        -- Rows without an id tell why, not of which campaign.
        case when campaign_id is not null then lower(campaign_name) end
            as campaign_name,
        coalesce(split_part(campaign_id, ':', 1) = platform, false) as has_own_id
    from {{ ref('int_campaigns__spend_days') }}
    where spend_level not in ('entered', 'exported') and not is_after_as_of
    group by all

),

campaign_keys as (

    select
        *,
        'id:' || campaign_id as campaign_key
    from campaigns
    where campaign_id is not null
    union all
    select
        *,
        'name:' || campaign_name as campaign_key
    from campaigns
    where campaign_name is not null
    union all
    select
        *,
        '*' as campaign_key
    from campaigns

),

told_campaigns as (

    select
        platform,
        ad_account_id,
        campaign_key,
        has_own_id
    from campaign_keys
    group by
        platform,
        ad_account_id,
        campaign_key,
        has_own_id

)

select * from told_campaigns

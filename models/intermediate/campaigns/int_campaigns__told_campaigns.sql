-- Grain: one row per platform, account, rank of report and name by which a platform's
-- report tells of a campaign: its id, its name in any case, that of all (*), or, for an
-- export without campaigns, that of the account, with whether it is told by the
-- platform's own id.

with

campaigns as (

    select
        platform,
        ad_account_id,
        unsettled_account,
        split_part(report_order, '#', 1) as report_rank,
        campaign_id,
        -- A connector's rows without an id tell why, not of which campaign.
        case
            when campaign_id is not null or spend_level = 'exported'
                then lower(campaign_name)
        end as campaign_name,
        coalesce(split_part(campaign_id, ':', 1) = platform, false) as has_own_id,
        spend_level = 'exported'
        and campaign_id is null
        and campaign_name is null as is_whole_account
    from {{ ref('int_campaigns__spend_days') }}
    where spend_level != 'entered' and not is_after_as_of
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
    union all
    select
        *,
        'account' as campaign_key
    from campaigns
    where is_whole_account

),

told_campaigns as (

    select
        platform,
        ad_account_id,
        unsettled_account,
        report_rank,
        campaign_key,
        has_own_id
    from campaign_keys
    group by
        platform,
        ad_account_id,
        unsettled_account,
        report_rank,
        campaign_key,
        has_own_id

)

select * from told_campaigns

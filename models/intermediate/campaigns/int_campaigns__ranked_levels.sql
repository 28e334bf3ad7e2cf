-- Grain: one row per platform, level of report below the account, account, campaign,
-- currency and day, with the rank of the level and of the highest that holds its money.
-- Ads of an unknown campaign are in any higher report of their account's day, or, where
-- either names no account, of the platform's.

{{ config(materialized='view') }}

with

levels as (

    select
        *,
        case level when 'campaign' then 1 when 'ad_group' then 2 else 3 end
            as level_rank
    from {{ ref('int_campaigns__platform_levels') }}
    where level != 'account'

),

highest_levels as (

    select
        *,
        min(level_rank) over (partition by platform, campaign_id, stat_date)
            as campaign_rank,
        min(level_rank) over (partition by platform, ad_account_id, stat_date)
            as account_rank,
        min(case when ad_account_id is null then level_rank else 3 end)
            over (partition by platform, stat_date)
            as unplaced_rank,
        min(level_rank) over (partition by platform, stat_date) as platform_rank
    from levels

),

ranked_levels as (

    select
        *,
        case
            when campaign_id is not null then campaign_rank
            when ad_account_id is null then platform_rank
            else least(account_rank, unplaced_rank)
        end as total_rank
    from highest_levels

)

select * from ranked_levels

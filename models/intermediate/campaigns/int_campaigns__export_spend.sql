-- Grain: one row per row of a cost report that a platform's own screens export, with
-- its account and campaign settled.
-- The same report may be exported once with ids and once with names alone. A name is
-- settled where one account of the platform, or one campaign of the exports, has it.

with

staged_spend as (

    select
        *,
        lower(ad_account_name) as account_key,
        lower(campaign_name) as campaign_key
    from {{ ref('int_campaigns__export_reports') }}

),

known_accounts as (

    select * from {{ ref('int_campaigns__account_names') }}

),

placed_spend as (

    select
        staged_spend.*,
        coalesce(staged_spend.ad_account_id, known_accounts.ad_account_id)
            as known_account_id
    from staged_spend
    left join known_accounts
        on
            staged_spend.source = known_accounts.source
            and staged_spend.account_key = known_accounts.account_key

),

account_campaigns as (

    select
        source,
        known_account_id,
        campaign_key,
        max(campaign_id) as campaign_id
    from placed_spend
    where campaign_key is not null and campaign_id is not null
    group by
        source,
        known_account_id,
        campaign_key
    having count(distinct campaign_id) = 1

),

known_campaigns as (

    select
        source,
        campaign_key,
        max(campaign_id) as campaign_id
    from placed_spend
    where campaign_key is not null and campaign_id is not null
    group by
        source,
        campaign_key
    having count(distinct campaign_id) = 1

),

export_spend as (

    select
        placed_spend.source,
        placed_spend.known_account_id as ad_account_id,
        case
            when placed_spend.known_account_id is null then placed_spend.account_key
        end as unsettled_account,
        coalesce(
            placed_spend.campaign_id,
            account_campaigns.campaign_id,
            known_campaigns.campaign_id
        ) as campaign_id,
        placed_spend.campaign_name,
        placed_spend.report_level,
        placed_spend.breakdown,
        placed_spend.campaign_id is not null as has_campaign_id,
        placed_spend.ad_account_id is not null as has_account_id,
        placed_spend.currency,
        placed_spend.spend,
        placed_spend.impressions,
        placed_spend.clicks,
        placed_spend.starts_on,
        placed_spend.ends_on
    from placed_spend
    left join account_campaigns
        on
            placed_spend.source = account_campaigns.source
            and placed_spend.known_account_id = account_campaigns.known_account_id
            and placed_spend.campaign_key = account_campaigns.campaign_key
    left join known_campaigns
        on
            placed_spend.source = known_campaigns.source
            and placed_spend.campaign_key = known_campaigns.campaign_key

)

select * from export_spend

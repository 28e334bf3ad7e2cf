-- Grain: one row per row of a cost report that a platform's own screens export, with
-- its account and campaign settled.
-- A name is settled where one campaign of the account, or, in a report without
-- accounts, of all exports has it.

with

placed_spend as (

    select * from {{ ref('int_campaigns__placed_exports') }}

),

named_campaigns as (

    select
        source,
        known_account_id,
        campaign_key,
        max(campaign_id) as campaign_id,
        min(campaign_id) as least_campaign_id
    from placed_spend
    where campaign_key is not null and campaign_id is not null
    group by
        source,
        known_account_id,
        campaign_key

),

account_campaigns as (

    select * from named_campaigns
    where campaign_id = least_campaign_id

),

known_campaigns as (

    select
        source,
        campaign_key,
        max(campaign_id) as campaign_id
    from named_campaigns
    group by
        source,
        campaign_key
    having max(campaign_id) = min(least_campaign_id)

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
        placed_spend.report_shape,
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
            and placed_spend.known_account_id is null

)

select * from export_spend

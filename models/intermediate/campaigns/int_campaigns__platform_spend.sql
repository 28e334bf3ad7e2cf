-- Grain: one row per platform, account, campaign, currency, day and spend level: what
-- the platform says was spent.
-- Where the account's own report of a day exceeds its campaigns, the rest is a row
-- without a campaign. Where it falls short, the campaigns stand.

with

campaign_truths as (

    select * from {{ ref('int_campaigns__campaign_truths') }}

),

account_days as (

    select
        platform,
        ad_account_id,
        currency,
        spend,
        impressions,
        clicks,
        stat_date
    from {{ ref('int_campaigns__platform_levels') }}
    where level = 'account'

),

campaign_days as (

    select
        platform,
        ad_account_id,
        currency,
        sum(spend) as spend,
        sum(impressions) as impressions,
        sum(clicks) as clicks,
        stat_date
    from campaign_truths
    group by
        platform,
        ad_account_id,
        currency,
        stat_date

),

account_rests as (

    select
        account_days.platform,
        account_days.ad_account_id,
        cast(null as string) as campaign_id,
        '(not in a campaign report)' as campaign_name,
        account_days.currency,
        'not_in_campaign_report' as spend_level,
        cast(
            account_days.spend - coalesce(campaign_days.spend, 0) as decimal(28, 6)
        ) as spend,
        cast(
            greatest(
                account_days.impressions - coalesce(campaign_days.impressions, 0), 0
            ) as bigint
        ) as impressions,
        cast(
            greatest(account_days.clicks - coalesce(campaign_days.clicks, 0), 0)
            as bigint
        ) as clicks,
        account_days.stat_date
    from account_days
    left join campaign_days
        on
            account_days.platform = campaign_days.platform
            and account_days.ad_account_id = campaign_days.ad_account_id
            and account_days.currency = campaign_days.currency
            and account_days.stat_date = campaign_days.stat_date
    where account_days.spend > coalesce(campaign_days.spend, 0)

),

platform_spend as (

    select * from campaign_truths
    union all
    select * from account_rests

)

select * from platform_spend

-- Grain: one row per day after as_of, source, platform, account, channel, campaign,
-- campaign name, cost type, spend level and currency of a cost.

with

spend_days as (

    select * from {{ ref('int_campaigns__spend_days') }}
    where is_after_as_of

),

late_spend_days as (

    select
        {{ dbt.hash(
            "concat_ws('|', cast(spend_date as string), source, platform, "
            ~ "channel, cost_type, spend_level, currency, "
            ~ "coalesce(campaign_id, ''), coalesce(campaign_name, ''), "
            ~ "coalesce(ad_account_id, ''))"
        ) }} as late_spend_day_id,
        spend_date,
        source,
        platform,
        ad_account_id,
        channel,
        campaign_id,
        campaign_name,
        cost_type,
        spend_level,
        currency,
        cast(sum(amount) as decimal(28, 6)) as spend_amount,
        cast(sum(impressions) as bigint) as impressions,
        cast(sum(clicks) as bigint) as clicks
    from spend_days
    group by
        spend_date,
        source,
        platform,
        ad_account_id,
        channel,
        campaign_id,
        campaign_name,
        cost_type,
        spend_level,
        currency

)

select * from late_spend_days

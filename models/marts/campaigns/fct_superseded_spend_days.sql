-- Grain: one row per day up to as_of, source, platform, account, channel, campaign,
-- campaign name, spend level and currency of a media cost from a file that better
-- figures of the platform replace.

with

superseded_days as (

    select
        source,
        platform,
        ad_account_id,
        channel,
        campaign_id,
        campaign_name,
        spend_level,
        currency,
        cast(sum(amount) as decimal(28, 6)) as amount,
        cast(sum(impressions) as bigint) as impressions,
        cast(sum(clicks) as bigint) as clicks,
        spend_date
    from {{ ref('int_campaigns__spend_verdicts') }}
    where is_superseded and not is_after_as_of
    group by
        source,
        platform,
        ad_account_id,
        channel,
        campaign_id,
        campaign_name,
        spend_level,
        currency,
        spend_date

),

exchange_rates as (

    select
        currency,
        valid_from,
        valid_to,
        reporting_per_unit
    from {{ ref('dim_exchange_rates') }}

),

superseded_spend_days as (

    select
        {{ dbt.hash(
            "concat_ws('|', cast(superseded_days.spend_date as string), "
            ~ "superseded_days.source, superseded_days.platform, "
            ~ "superseded_days.channel, superseded_days.spend_level, "
            ~ "superseded_days.currency, coalesce(superseded_days.campaign_id, ''), "
            ~ "coalesce(superseded_days.campaign_name, ''), "
            ~ "coalesce(superseded_days.ad_account_id, ''))"
        ) }} as superseded_spend_day_id,
        superseded_days.spend_date,
        superseded_days.source,
        superseded_days.platform,
        superseded_days.ad_account_id,
        superseded_days.channel,
        superseded_days.campaign_id,
        superseded_days.campaign_name,
        superseded_days.spend_level,
        superseded_days.currency,
        exchange_rates.reporting_per_unit is not null as has_exchange_rate,
        superseded_days.amount as spend_amount,
        {{ converted(
            'superseded_days.amount', 'exchange_rates.reporting_per_unit', 28, 6
        ) }} as spend_usd,
        superseded_days.impressions,
        superseded_days.clicks
    from superseded_days
    left join exchange_rates
        on
            superseded_days.currency = exchange_rates.currency
            and superseded_days.spend_date >= exchange_rates.valid_from
            and superseded_days.spend_date < exchange_rates.valid_to

)

select * from superseded_spend_days

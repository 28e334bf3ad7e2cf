-- Grain: one row per day up to as_of, platform, account, channel, campaign, campaign
-- name, cost type, spend level and currency.

with

spend_days as (

    select
        source,
        platform,
        ad_account_id,
        channel,
        campaign_id,
        campaign_name,
        cost_type,
        spend_level,
        currency,
        bool_and(has_valid_range) as has_valid_range,
        cast(sum(amount) as decimal(28, 6)) as amount,
        cast(sum(impressions) as bigint) as impressions,
        cast(sum(clicks) as bigint) as clicks,
        spend_date
    from {{ ref('int_campaigns__spend_verdicts') }}
    where not is_superseded and not is_after_as_of
    group by
        source,
        platform,
        ad_account_id,
        channel,
        campaign_id,
        campaign_name,
        cost_type,
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

currency_days as (

    -- Rates are looked up once per currency and day, not once per cost.
    select
        currency,
        spend_date
    from spend_days
    group by
        currency,
        spend_date

),

day_rates as (

    select
        currency_days.currency,
        currency_days.spend_date,
        exchange_rates.reporting_per_unit
    from currency_days
    inner join exchange_rates
        on
            currency_days.currency = exchange_rates.currency
            and currency_days.spend_date >= exchange_rates.valid_from
            and currency_days.spend_date < exchange_rates.valid_to

),

ad_spend_days as (

    select
        {{ dbt.hash(
            "concat_ws('|', cast(spend_days.spend_date as string), "
            ~ "spend_days.platform, spend_days.channel, spend_days.cost_type, "
            ~ "spend_days.currency, coalesce(spend_days.campaign_id, ''), "
            ~ "coalesce(spend_days.campaign_name, ''), "
            ~ "coalesce(spend_days.ad_account_id, ''), spend_days.spend_level)"
        ) }} as spend_day_id,
        spend_days.spend_date,
        spend_days.source,
        spend_days.platform,
        spend_days.ad_account_id,
        spend_days.channel,
        spend_days.campaign_id,
        spend_days.campaign_name,
        spend_days.cost_type,
        spend_days.spend_level,
        spend_days.currency,
        day_rates.reporting_per_unit is not null as has_exchange_rate,
        spend_days.has_valid_range,
        spend_days.amount as spend_amount,
        {{ converted(
            'spend_days.amount', 'day_rates.reporting_per_unit', 28, 6
        ) }}
            as spend_usd,
        spend_days.impressions,
        spend_days.clicks
    from spend_days
    left join day_rates
        on
            spend_days.currency = day_rates.currency
            and spend_days.spend_date = day_rates.spend_date

)

select * from ad_spend_days

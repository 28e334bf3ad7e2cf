-- Grain: one row per day, platform, account, campaign, kind of conversion and currency.
-- Kinds overlap (all conversions hold the counted ones), so they never add up.

with

ad_conversions as (

    select * from {{ ref('int_campaigns__ad_conversions') }}

),

campaigns as (

    select
        campaign_id,
        campaign_name,
        channel
    from {{ ref('dim_campaigns') }}

),

exchange_rates as (

    select
        currency,
        valid_from,
        valid_to,
        reporting_per_unit
    from {{ ref('dim_exchange_rates') }}

),

conversions as (

    select
        {{ dbt.hash(
            "concat_ws('|', cast(ad_conversions.stat_date as string), "
            ~ "ad_conversions.platform, coalesce(ad_conversions.ad_account_id, ''), "
            ~ "coalesce(ad_conversions.campaign_id, ''), "
            ~ "ad_conversions.conversion_name, ad_conversions.currency)"
        ) }} as ad_conversion_id,
        ad_conversions.stat_date as conversion_date,
        ad_conversions.platform,
        ad_conversions.ad_account_id,
        coalesce(campaigns.channel, 'unknown') as channel,
        ad_conversions.campaign_id,
        campaigns.campaign_name,
        ad_conversions.conversion_name,
        ad_conversions.currency,
        exchange_rates.reporting_per_unit is not null as has_exchange_rate,
        ad_conversions.conversions,
        ad_conversions.conversion_value,
        {{ converted(
            'ad_conversions.conversion_value', 'exchange_rates.reporting_per_unit',
            28, 6
        ) }} as conversion_value_usd
    from ad_conversions
    left join campaigns
        on ad_conversions.campaign_id = campaigns.campaign_id
    left join exchange_rates
        on
            ad_conversions.currency = exchange_rates.currency
            and ad_conversions.stat_date >= exchange_rates.valid_from
            and ad_conversions.stat_date < exchange_rates.valid_to

)

select * from conversions

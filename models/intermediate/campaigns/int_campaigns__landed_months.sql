-- Grain: one row per platform, account, month and currency of media cost: what the
-- spend days show by part, and what they leave out because the platform reports it
-- itself.

with

spend_days as (

    select
        platform,
        ad_account_id,
        currency,
        spend_level as part,
        spend_level not in ('entered', 'exported') as is_landed,
        has_exchange_rate,
        spend_amount,
        spend_usd,
        cast(date_trunc('month', spend_date) as date) as month
    from {{ ref('fct_ad_spend_days') }}
    where cost_type = 'media'

),

superseded_days as (

    select
        platform,
        ad_account_id,
        currency,
        'superseded' as part,
        false as is_landed,
        has_exchange_rate,
        spend_amount,
        spend_usd,
        cast(date_trunc('month', spend_date) as date) as month
    from {{ ref('fct_superseded_spend_days') }}

),

parts as (

    select * from spend_days
    union all
    select * from superseded_days

),

landed_months as (

    select
        platform,
        ad_account_id,
        month,
        currency,
        bool_and(has_exchange_rate) as has_exchange_rates,
        sum(spend_amount) filter (where is_landed) as landed_spend,
        sum(spend_usd) filter (where is_landed) as landed_spend_usd,
        sum(spend_amount) filter (where part = 'unattributed_to_ads')
            as unattributed_to_ads_spend,
        sum(spend_usd) filter (where part = 'unattributed_to_ads')
            as unattributed_to_ads_spend_usd,
        sum(spend_amount) filter (where part = 'not_in_campaign_report')
            as not_in_campaign_report_spend,
        sum(spend_usd) filter (where part = 'not_in_campaign_report')
            as not_in_campaign_report_spend_usd,
        sum(spend_amount) filter (where part in ('entered', 'exported'))
            as entered_spend,
        sum(spend_usd) filter (where part in ('entered', 'exported'))
            as entered_spend_usd,
        sum(spend_amount) filter (where part = 'superseded') as superseded_spend,
        sum(spend_usd) filter (where part = 'superseded') as superseded_spend_usd
    from parts
    group by
        platform,
        ad_account_id,
        month,
        currency

)

select * from landed_months

-- What generic files and exported ones state as spent, seen and clicked is the same
-- before and after it is spread over days, to the millionth and per source, platform
-- and currency, counting what is cut off after as_of and what better figures replace;
-- the reporting currency needs no conversion.

{{ config(group='campaigns') }}

with

file_spend as (

    select
        generic_spend.source,
        coalesce(platforms.platform, generic_spend.platform, 'unknown') as platform,
        generic_spend.currency,
        generic_spend.amount,
        generic_spend.impressions,
        generic_spend.clicks
    from {{ ref('stg_generic__spend') }} as generic_spend
    left join {{ ref('platforms') }} as platforms
        on generic_spend.platform = platforms.platform_alias
    union all
    select
        source,
        source as platform,
        currency,
        spend as amount,
        impressions,
        clicks
    from {{ ref('stg_google_ads__export_spend') }}
    union all
    select
        source,
        source as platform,
        currency,
        spend as amount,
        impressions,
        clicks
    from {{ ref('stg_linkedin_ads__export_spend') }}
    union all
    select
        source,
        source as platform,
        currency,
        spend as amount,
        impressions,
        clicks
    from {{ ref('stg_meta_ads__export_spend') }}
    union all
    select
        source,
        source as platform,
        currency,
        spend as amount,
        impressions,
        clicks
    from {{ ref('stg_microsoft_ads__export_spend') }}

),

spend as (

    select
        source,
        platform,
        coalesce(currency, '{{ var("reporting_currency") }}') as currency,
        sum(amount) as amount,
        coalesce(sum(impressions), 0) as impressions,
        coalesce(sum(clicks), 0) as clicks
    from file_spend
    group by
        source,
        platform,
        coalesce(currency, '{{ var("reporting_currency") }}')

),

all_days as (

    select
        source,
        platform,
        currency,
        spend_amount as amount,
        spend_usd as amount_usd,
        impressions,
        clicks
    from {{ ref('fct_ad_spend_days') }}
    where spend_level in ('entered', 'exported')
    union all
    select
        source,
        platform,
        currency,
        spend_amount as amount,
        spend_usd as amount_usd,
        impressions,
        clicks
    from {{ ref('fct_superseded_spend_days') }}
    union all
    select
        source,
        platform,
        currency,
        spend_amount as amount,
        spend_amount as amount_usd,
        impressions,
        clicks
    from {{ ref('fct_late_spend_days') }}
    where spend_level in ('entered', 'exported')

),

spend_days as (

    select
        source,
        platform,
        currency,
        sum(amount) as amount,
        sum(amount_usd) as amount_usd,
        coalesce(sum(impressions), 0) as impressions,
        coalesce(sum(clicks), 0) as clicks
    from all_days
    group by
        source,
        platform,
        currency

),

differences as (

    select
        coalesce(spend.source, spend_days.source) as source,
        coalesce(spend.platform, spend_days.platform) as platform,
        coalesce(spend.currency, spend_days.currency) as currency,
        spend.amount as landed_amount,
        spend_days.amount as published_amount
    from spend
    full join spend_days
        on
            spend.source = spend_days.source
            and spend.platform = spend_days.platform
            and spend.currency = spend_days.currency
    where
        spend.amount is distinct from spend_days.amount
        or spend.impressions is distinct from spend_days.impressions
        or spend.clicks is distinct from spend_days.clicks
        or (
            spend.currency = '{{ var("reporting_currency") }}'
            and spend.amount is distinct from spend_days.amount_usd
        )

)

select * from differences

-- What generic files and exported ones state as spent, seen and clicked is the same
-- before and after it is spread over days, to the millionth and per currency, counting
-- what is cut off after as_of and what the platforms' own figures replace; the
-- reporting currency needs no conversion.

{{ config(group='campaigns') }}

with

file_spend as (

    select
        currency,
        amount,
        impressions,
        clicks
    from {{ ref('stg_generic__spend') }}
    union all
    select
        currency,
        spend as amount,
        impressions,
        clicks
    from {{ ref('stg_meta_ads__export_spend') }}

),

spend as (

    select
        coalesce(currency, '{{ var("reporting_currency") }}') as currency,
        sum(amount) as amount,
        coalesce(sum(impressions), 0) as impressions,
        coalesce(sum(clicks), 0) as clicks
    from file_spend
    group by coalesce(currency, '{{ var("reporting_currency") }}')

),

all_days as (

    select
        currency,
        spend_amount as amount,
        spend_usd as amount_usd,
        impressions,
        clicks
    from {{ ref('fct_ad_spend_days') }}
    where spend_level in ('entered', 'exported')
    union all
    select
        currency,
        spend_amount as amount,
        spend_usd as amount_usd,
        impressions,
        clicks
    from {{ ref('fct_superseded_spend_days') }}
    union all
    select
        currency,
        amount,
        amount as amount_usd,
        impressions,
        clicks
    from {{ ref('int_campaigns__spend_days') }}
    where spend_level in ('entered', 'exported') and is_after_as_of

),

spend_days as (

    select
        currency,
        sum(amount) as amount,
        sum(amount_usd) as amount_usd,
        coalesce(sum(impressions), 0) as impressions,
        coalesce(sum(clicks), 0) as clicks
    from all_days
    group by currency

),

differences as (

    select
        coalesce(spend.currency, spend_days.currency) as currency,
        spend.amount as landed_amount,
        spend_days.amount as published_amount
    from spend
    full join spend_days
        on spend.currency = spend_days.currency
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

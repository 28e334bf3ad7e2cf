-- Grain: one row per watched metric of money, and opportunity, day of cost or credit
-- that it counts: its parts, with what may have driven them.
-- The cost of an MQL is spend by credited MQLs, and by all of them over all channels.

{{ config(materialized='view') }}

with

pipeline as (

    select
        opportunity_id,
        account_id,
        segment,
        sourced_channel,
        sourced_campaign_id,
        owner_id,
        amount_usd,
        created_at
    from {{ ref('fct_opportunities') }}
    where is_marketing_sourced and amount_usd > 0

),

accounts as (

    select
        account_id,
        country
    from {{ ref('dim_accounts') }}

),

spend_days as (

    select * from {{ ref('fct_ad_spend_days') }}

),

mql_credits as (

    select
        channel,
        {{ exact_share('weight') }} as mqls,
        converted_at
    from {{ ref('fct_attribution_credits') }}
    where
        attribution_model = '{{ var("default_attribution_model") }}'
        and conversion_type = 'mql'

),

uncredited_mqls as (

    select
        'unattributed' as channel,
        {{ exact_share('1') }} as mqls,
        converted_at
    from {{ ref('fct_unattributed_conversions') }}
    where conversion_type = 'mql' and converted_at is not null

),

money_parts as (

    select
        'marketing_sourced_pipeline' as metric,
        {{ reporting_date('pipeline.created_at') }} as happened_on,
        pipeline.segment,
        coalesce(pipeline.sourced_channel, 'unknown') as channel,
        coalesce(pipeline.sourced_campaign_id, 'unknown') as campaign_id,
        coalesce(pipeline.owner_id, 'unknown') as owner_id,
        cast(null as string) as source,
        coalesce(accounts.country, 'unknown') as country,
        {{ metric_part('pipeline.amount_usd') }} as numerator,
        {{ metric_part('1') }} as denominator
    from pipeline
    left join accounts on pipeline.account_id = accounts.account_id
    union all
    select
        'spend' as metric,
        spend_date as happened_on,
        cast(null as string) as segment,
        coalesce(channel, 'unknown') as channel,
        coalesce(campaign_id, 'unknown') as campaign_id,
        cast(null as string) as owner_id,
        coalesce(platform, 'unknown') as source,
        cast(null as string) as country,
        {{ metric_part('spend_usd') }} as numerator,
        cast(null as decimal(38, 10)) as denominator
    from spend_days
    union all
    select
        'cost_per_mql' as metric,
        spend_date as happened_on,
        cast(null as string) as segment,
        coalesce(channel, 'unknown') as channel,
        cast(null as string) as campaign_id,
        cast(null as string) as owner_id,
        cast(null as string) as source,
        cast(null as string) as country,
        {{ metric_part('0') }} as numerator,
        {{ metric_part('spend_usd') }} as denominator
    from spend_days
    union all
    select
        'cost_per_mql' as metric,
        {{ reporting_date('converted_at') }} as happened_on,
        cast(null as string) as segment,
        channel,
        cast(null as string) as campaign_id,
        cast(null as string) as owner_id,
        cast(null as string) as source,
        cast(null as string) as country,
        {{ metric_part('mqls') }} as numerator,
        {{ metric_part('0') }} as denominator
    from (
        select * from mql_credits
        union all
        select * from uncredited_mqls
    ) as mqls

)

select * from money_parts

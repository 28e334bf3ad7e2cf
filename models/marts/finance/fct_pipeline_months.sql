-- Grain: one row per month and channel with pipeline created or money spent.
-- An opportunity counts once, under the channel that sourced it; spend counts, fully
-- loaded, under the channel that bears it. Every column adds up over both.

with

opportunities as (

    select
        cast(date_trunc('month', {{ reporting_date('created_at') }}) as date) as month,
        coalesce(sourced_channel, 'unknown') as channel,
        is_marketing_sourced,
        is_marketing_influenced,
        has_exchange_rate,
        amount_usd
    from {{ ref('fct_opportunities') }}

),

spend_months as (

    select
        month,
        channel,
        spend_days_without_rate,
        spend_usd
    from {{ ref('fct_spend_months') }}

),

channel_pipeline as (

    select
        month,
        channel,
        count(*) as opportunities,
        count(*) filter (where is_marketing_sourced) as sourced_opportunities,
        count(*) filter (where is_marketing_influenced)
            as influenced_opportunities,
        count(*) filter (where not has_exchange_rate)
            as opportunities_without_rate,
        sum(amount_usd) as pipeline_usd,
        sum(amount_usd) filter (where is_marketing_sourced) as sourced_pipeline_usd,
        sum(amount_usd)
        filter (where is_marketing_influenced) as influenced_pipeline_usd
    from opportunities
    group by
        month,
        channel

),

channel_spend as (

    select
        month,
        channel,
        cast(sum(spend_days_without_rate) as bigint) as spend_days_without_rate,
        sum(spend_usd) as spend_usd
    from spend_months
    group by
        month,
        channel

),

pipeline_months as (

    select
        coalesce(channel_pipeline.month, channel_spend.month) as month,
        coalesce(channel_pipeline.channel, channel_spend.channel) as channel,
        coalesce(channel_pipeline.opportunities, 0) as opportunities,
        coalesce(channel_pipeline.sourced_opportunities, 0) as sourced_opportunities,
        coalesce(channel_pipeline.influenced_opportunities, 0)
            as influenced_opportunities,
        coalesce(channel_pipeline.opportunities_without_rate, 0)
            as opportunities_without_rate,
        coalesce(channel_spend.spend_days_without_rate, 0)
            as spend_days_without_rate,
        cast(coalesce(channel_pipeline.pipeline_usd, 0) as decimal(28, 2))
            as pipeline_usd,
        cast(coalesce(channel_pipeline.sourced_pipeline_usd, 0) as decimal(28, 2))
            as sourced_pipeline_usd,
        cast(coalesce(channel_pipeline.influenced_pipeline_usd, 0) as decimal(28, 2))
            as influenced_pipeline_usd,
        cast(coalesce(channel_spend.spend_usd, 0) as decimal(28, 6)) as spend_usd
    from channel_pipeline
    full outer join channel_spend
        on
            channel_pipeline.month is not distinct from channel_spend.month
            and channel_pipeline.channel = channel_spend.channel

)

select * from pipeline_months

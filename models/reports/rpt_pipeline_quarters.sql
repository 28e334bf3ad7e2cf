-- Grain: one row per fiscal quarter and channel: pipeline that marketing sourced, its
-- cost, and how much pipeline a dollar brought.

with

pipeline_months as (

    select
        *,
        {{ fiscal_quarter_start('month') }} as quarter_start
    from {{ ref('fct_pipeline_months') }}

),

channel_quarters as (

    select
        quarter_start,
        channel,
        sum(sourced_opportunities) as sourced_opportunities,
        sum(opportunities_without_rate) as opportunities_without_rate,
        sum(spend_days_without_rate) as spend_days_without_rate,
        sum(sourced_pipeline_usd) as sourced_pipeline_usd,
        sum(influenced_pipeline_usd) as influenced_pipeline_usd,
        sum(pipeline_usd) as pipeline_usd,
        sum(spend_usd) as spend_usd
    from pipeline_months
    group by
        quarter_start,
        channel

),

pipeline_quarters as (

    select
        quarter_start,
        channel,
        quarter_start = {{ fiscal_quarter_start(reporting_date(as_of())) }}
            as is_current,
        cast(sourced_opportunities as bigint) as sourced_opportunities,
        cast(opportunities_without_rate as bigint) as opportunities_without_rate,
        cast(spend_days_without_rate as bigint) as spend_days_without_rate,
        cast(sourced_pipeline_usd as decimal(28, 2)) as sourced_pipeline_usd,
        cast(influenced_pipeline_usd as decimal(28, 2)) as influenced_pipeline_usd,
        cast(pipeline_usd as decimal(28, 2)) as pipeline_usd,
        cast(spend_usd as decimal(28, 6)) as spend_usd,
        cast(sourced_pipeline_usd as double) / nullif(cast(spend_usd as double), 0)
            as sourced_pipeline_per_usd
    from channel_quarters

)

select * from pipeline_quarters

-- Grain: one row per closed month, metric, attribution model and channel: as it was
-- reported, and as it is now.

with

closed_months as (

    select
        closing_id,
        month
    from {{ ref('fct_closed_months') }}
    where is_current

),

closed_metrics as (

    select
        closing_id,
        metric
    from {{ ref('int_finance__closed_metrics') }}

),

reported_figures as (

    select * from {{ ref('stg_meta__closed_figures') }}

),

month_figures as (

    select * from {{ ref('fct_month_figures') }}

),

both_figures as (

    select
        closed_months.closing_id,
        closed_months.month,
        reported_figures.metric,
        reported_figures.attribution_model,
        reported_figures.channel,
        reported_figures.reported,
        cast(0 as decimal(38, 10)) as restated
    from closed_months
    inner join reported_figures
        on closed_months.closing_id = reported_figures.closing_id
    -- What is kept no longer is not made any longer either.
    inner join closed_metrics
        on
            closed_months.closing_id = closed_metrics.closing_id
            and reported_figures.metric = closed_metrics.metric
    union all
    select
        closed_months.closing_id,
        closed_months.month,
        month_figures.metric,
        month_figures.attribution_model,
        month_figures.channel,
        cast(0 as decimal(38, 10)) as reported,
        month_figures.figure as restated
    from closed_months
    inner join month_figures
        on closed_months.month = month_figures.month
    -- Nor is what the closing did not keep yet.
    inner join closed_metrics
        on
            closed_months.closing_id = closed_metrics.closing_id
            and month_figures.metric = closed_metrics.metric

),

closed_figures as (

    select
        closing_id,
        month,
        metric,
        attribution_model,
        channel,
        cast(sum(reported) as decimal(38, 10)) as reported,
        cast(sum(restated) as decimal(38, 10)) as restated,
        cast(sum(restated - reported) as decimal(38, 10)) as difference
    from both_figures
    group by
        closing_id,
        month,
        metric,
        attribution_model,
        channel

)

select * from closed_figures

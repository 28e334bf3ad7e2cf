-- Grain: one row per fiscal quarter, segment or total, and measure of the latest
-- forecast: what the quarter will bring, and how far that can be trusted.

with

pipeline_forecasts as (

    select * from {{ ref('fct_pipeline_forecasts') }}
    qualify forecast_date = max(forecast_date) over ()

),

backtests as (

    select * from {{ ref('fct_forecast_backtests') }}
    where basis = 'forecast'

),

tried_forecasts as (

    select
        segment,
        measure,
        horizon,
        avg(case when is_inside_interval then 1.0 else 0.0 end)
            as held_interval_rate,
        bool_and(coalesce(beats_weighted, true) and beats_last_quarter)
            as beats_rivals
    from backtests
    group by
        segment,
        measure,
        horizon

),

pipeline_forecast as (

    select
        pipeline_forecasts.forecast_date,
        pipeline_forecasts.quarter_start,
        pipeline_forecasts.segment,
        pipeline_forecasts.measure,
        tried_forecasts.beats_rivals,
        pipeline_forecasts.p10_usd,
        pipeline_forecasts.p50_usd,
        pipeline_forecasts.p90_usd,
        cast(tried_forecasts.held_interval_rate as double) as held_interval_rate
    from pipeline_forecasts
    left join tried_forecasts
        on
            pipeline_forecasts.segment = tried_forecasts.segment
            and pipeline_forecasts.measure = tried_forecasts.measure
            and pipeline_forecasts.horizon = tried_forecasts.horizon

)

select * from pipeline_forecast

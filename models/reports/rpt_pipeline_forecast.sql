-- Grain: one row per fiscal quarter, segment or total, and measure of the latest
-- forecast: what the quarter will bring, and how far that can be trusted.

with

pipeline_forecasts as (

    select * from {{ ref('fct_pipeline_forecasts') }}
    qualify forecast_date = max(forecast_date) over ()

),

forecast_accuracies as (

    select
        segment,
        measure,
        horizon,
        held_interval_rate,
        beats_rivals
    from {{ ref('fct_forecast_accuracies') }}

),

pipeline_forecast as (

    select
        pipeline_forecasts.forecast_date,
        pipeline_forecasts.quarter_start,
        pipeline_forecasts.segment,
        pipeline_forecasts.measure,
        forecast_accuracies.beats_rivals,
        pipeline_forecasts.p10_usd,
        pipeline_forecasts.p50_usd,
        pipeline_forecasts.p90_usd,
        forecast_accuracies.held_interval_rate
    from pipeline_forecasts
    left join forecast_accuracies
        on
            pipeline_forecasts.segment = forecast_accuracies.segment
            and pipeline_forecasts.measure = forecast_accuracies.measure
            and pipeline_forecasts.horizon = forecast_accuracies.horizon

)

select * from pipeline_forecast

-- Grain: one row per day of a forecast, fiscal quarter, segment or total, and measure.
-- Forecasts of later days than as_of are not known yet.

with

forecasts as (

    select * from {{ ref('stg_predictions__forecasts') }}
    where forecast_date <= {{ reporting_date(as_of()) }}

),

pipeline_forecasts as (

    select
        forecast_date,
        quarter_start,
        segment,
        measure,
        horizon,
        so_far_usd,
        p10_usd,
        p50_usd,
        p90_usd,
        interval_factor
    from forecasts

)

select * from pipeline_forecasts

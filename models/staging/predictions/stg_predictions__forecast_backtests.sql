-- Grain: one row per day of a back-test, quarter, segment and measure.

with

forecast_backtests as (

    select * from {{ source('raw_predictions', 'forecast_backtests') }}

)

select * from forecast_backtests

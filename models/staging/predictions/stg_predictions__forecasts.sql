-- Grain: one row per day of a forecast, quarter, segment and measure.

with

forecasts as (

    select * from {{ source('raw_predictions', 'forecasts') }}

)

select * from forecasts

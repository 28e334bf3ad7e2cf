-- Grain: one row per measure, horizon and segment or total that was forecast for past
-- quarters: how often outcomes lay inside the interval, and how far off the forecast
-- and its two plain rivals were.

with

backtests as (

    select * from {{ ref('fct_forecast_backtests') }}
    where basis = 'forecast'

),

summed_backtests as (

    select
        measure,
        horizon,
        segment,
        count(*) as back_tests,
        count_if(is_inside_interval) as held_intervals,
        avg(abs(error_usd)) as mean_error_usd,
        avg(abs(weighted_error_usd)) as mean_weighted_error_usd,
        avg(abs(last_quarter_error_usd)) as mean_last_quarter_error_usd,
        -- The same in each of them, since it is of all.
        max(bias_usd) as bias_usd,
        bool_and(coalesce(beats_weighted, true) and beats_last_quarter)
            as beats_rivals
    from backtests
    group by
        measure,
        horizon,
        segment

),

forecast_accuracies as (

    select
        measure,
        horizon,
        segment,
        back_tests,
        cast(held_intervals as bigint) as held_intervals,
        cast(held_intervals as double) / back_tests as held_interval_rate,
        cast(mean_error_usd as decimal(28, 6)) as mean_error_usd,
        cast(mean_weighted_error_usd as decimal(28, 6)) as mean_weighted_error_usd,
        cast(mean_last_quarter_error_usd as decimal(28, 6))
            as mean_last_quarter_error_usd,
        bias_usd,
        beats_rivals
    from summed_backtests

)

select * from forecast_accuracies

-- Grain: one row per past month's first day, fiscal quarter that is over, segment or
-- total, and measure: the forecast as it would have been made then, and what came.
-- Bias and the verdicts on the rivals are of all back-tests of the same segment,
-- measure and horizon.

with

backtests as (

    select
        *,
        cast(quarter_start + interval '3' month as date) as next_quarter_start
    from {{ ref('stg_predictions__forecast_backtests') }}

),

quarter_outcomes as (

    select * from {{ ref('int_predictive__quarter_outcomes') }}

),

judged_backtests as (

    select
        backtests.*,
        cast(coalesce(quarter_outcomes.outcome_usd, 0) as decimal(18, 2))
            as outcome_usd,
        backtests.p50_usd - coalesce(quarter_outcomes.outcome_usd, 0) as error_usd,
        backtests.weighted_usd - coalesce(quarter_outcomes.outcome_usd, 0)
            as weighted_error_usd,
        backtests.last_quarter_usd - coalesce(quarter_outcomes.outcome_usd, 0)
            as last_quarter_error_usd
    from backtests
    left join quarter_outcomes
        on
            backtests.quarter_start = quarter_outcomes.quarter_start
            and backtests.segment = quarter_outcomes.segment
            and backtests.measure = quarter_outcomes.measure
    where backtests.next_quarter_start <= {{ reporting_date(as_of()) }}

),

compared_groups as (

    select
        segment,
        measure,
        horizon,
        avg(error_usd) as bias_usd,
        sum(abs(error_usd)) < sum(abs(weighted_error_usd)) as beats_weighted,
        sum(abs(error_usd)) < sum(abs(last_quarter_error_usd)) as beats_last_quarter
    from judged_backtests
    group by
        segment,
        measure,
        horizon

),

forecast_backtests as (

    select
        judged_backtests.forecast_date,
        judged_backtests.quarter_start,
        judged_backtests.segment,
        judged_backtests.measure,
        judged_backtests.horizon,
        judged_backtests.basis,
        judged_backtests.outcome_usd between judged_backtests.p10_usd
        and judged_backtests.p90_usd as is_inside_interval,
        compared_groups.beats_weighted,
        compared_groups.beats_last_quarter,
        judged_backtests.known_amount_rate,
        judged_backtests.p10_usd,
        judged_backtests.p50_usd,
        judged_backtests.p90_usd,
        judged_backtests.outcome_usd,
        cast(judged_backtests.error_usd as decimal(18, 2)) as error_usd,
        cast(compared_groups.bias_usd as decimal(18, 2)) as bias_usd,
        judged_backtests.weighted_usd,
        cast(judged_backtests.weighted_error_usd as decimal(18, 2))
            as weighted_error_usd,
        judged_backtests.last_quarter_usd,
        cast(judged_backtests.last_quarter_error_usd as decimal(18, 2))
            as last_quarter_error_usd
    from judged_backtests
    inner join compared_groups
        on
            judged_backtests.segment = compared_groups.segment
            and judged_backtests.measure = compared_groups.measure
            and judged_backtests.horizon = compared_groups.horizon

)

select * from forecast_backtests

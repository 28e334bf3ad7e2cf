-- Grain: one row per watched metric and segment, 'all' among them: what a unit of it is
-- worth. A metric that is priced by its own expectation has a worth of 1 here.
-- Pipeline is worth the win rate.

{{ config(materialized='view') }}

with

anomaly_metrics as (

    select
        metric,
        worth_basis,
        worth_stage,
        worth_share
    from {{ ref('anomaly_metrics') }}
    where {{ in_force() }}

),

stage_values as (

    select * from {{ ref('fct_stage_values') }}

),

win_rates as (

    select * from {{ ref('fct_win_rates') }}

),

metric_worths as (

    select
        anomaly_metrics.metric,
        stage_values.segment,
        cast(stage_values.expected_usd * anomaly_metrics.worth_share as double)
            as unit_usd
    from anomaly_metrics
    inner join stage_values on anomaly_metrics.worth_stage = stage_values.stage
    union all
    select
        anomaly_metrics.metric,
        cast(null as string) as segment,
        anomaly_metrics.worth_share
        * case
            when anomaly_metrics.worth_basis = 'win_rate' then win_rates.win_rate
            else 1
        end as unit_usd
    from anomaly_metrics
    cross join win_rates
    where anomaly_metrics.worth_basis != 'stage'

)

select * from metric_worths

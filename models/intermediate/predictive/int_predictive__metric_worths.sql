-- Grain: one row per watched metric and segment, 'all' among them: what a unit of it is
-- worth. A metric that is priced by its own expectation has a worth of 1 here.
-- Pipeline is worth the share of what closed by value that was won, in the year up to
-- as_of, else ever; where nothing has closed, all of it.

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

stage_worths as (

    select * from {{ ref('int_predictive__stage_worths') }}

),

closed_opportunities as (

    select
        amount_usd,
        case when is_won then amount_usd else 0 end as won_usd,
        closed_at > {{ dbt.dateadd('month', -12, as_of()) }} as is_recent
    from {{ ref('fct_opportunities') }}
    where is_closed

),

win_rates as (

    select
        coalesce(
            cast(sum(case when is_recent then won_usd end) as double)
            / nullif(cast(sum(case when is_recent then amount_usd end) as double), 0),
            cast(sum(won_usd) as double) / nullif(cast(sum(amount_usd) as double), 0),
            1
        ) as win_rate
    from closed_opportunities

),

metric_worths as (

    select
        anomaly_metrics.metric,
        stage_worths.segment,
        cast(stage_worths.worth_usd * anomaly_metrics.worth_share as double)
            as unit_usd
    from anomaly_metrics
    inner join stage_worths on anomaly_metrics.worth_stage = stage_worths.stage
    union all
    select
        anomaly_metrics.metric,
        cast(null as varchar) as segment,
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

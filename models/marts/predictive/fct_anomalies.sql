-- Grain: one row per watched metric, segment, channel and week that is out of the
-- ordinary. Sums over segments and channels stand beside their parts, so that money
-- does not add up over rows.

with

metric_weeks as (

    select * from {{ ref('fct_metric_weeks') }}
    where is_anomaly

),

anomaly_metrics as (

    select
        metric,
        label,
        adverse_direction,
        worth_basis,
        owner
    from {{ ref('anomaly_metrics') }}
    where {{ in_force() }}

),

metric_worths as (

    select * from {{ ref('int_predictive__metric_worths') }}

),

anomaly_drivers as (

    select * from {{ ref('int_predictive__anomaly_drivers') }}

),

directed_anomalies as (

    select
        metric_weeks.*,
        case when metric_weeks.score > 0 then 'above' else 'below' end as direction,
        anomaly_metrics.adverse_direction,
        anomaly_metrics.owner,
        anomaly_metrics.label,
        -- The expected cost prices what is missing of the events that it is a cost of.
        case
            when anomaly_metrics.worth_basis = 'expected' then metric_weeks.expected
            else 1
        end as price_usd
    from metric_weeks
    inner join anomaly_metrics on metric_weeks.metric = anomaly_metrics.metric

),

anomalies as (

    select
        directed_anomalies.metric
        || '#' || directed_anomalies.segment
        || '#' || directed_anomalies.channel
        || '#' || cast(directed_anomalies.week as string) as anomaly_id,
        directed_anomalies.metric,
        directed_anomalies.segment,
        directed_anomalies.channel,
        directed_anomalies.label,
        directed_anomalies.kind,
        directed_anomalies.direction,
        directed_anomalies.direction = directed_anomalies.adverse_direction
            as is_adverse,
        directed_anomalies.observed,
        directed_anomalies.expected,
        directed_anomalies.expected_low,
        directed_anomalies.expected_high,
        directed_anomalies.difference,
        directed_anomalies.score,
        directed_anomalies.p_value,
        directed_anomalies.q_value,
        cast(
            abs(directed_anomalies.difference) * directed_anomalies.price_usd
            * coalesce(metric_worths.unit_usd, 0) as decimal(28, 2)
        ) as money_at_stake_usd,
        anomaly_drivers.dimension as driver_dimension,
        anomaly_drivers.dimension_value as driver_value,
        anomaly_drivers.difference_share as driver_share,
        anomaly_drivers.usual_share as driver_usual_share,
        directed_anomalies.owner,
        directed_anomalies.week as period_start,
        cast(directed_anomalies.week + interval '6' day as date) as period_end,
        directed_anomalies.mature_on as detected_on
    from directed_anomalies
    left join metric_worths
        on
            directed_anomalies.metric = metric_worths.metric
            and coalesce(metric_worths.segment, directed_anomalies.segment)
            = directed_anomalies.segment
    left join anomaly_drivers
        on
            directed_anomalies.metric = anomaly_drivers.metric
            and directed_anomalies.segment = anomaly_drivers.segment
            and directed_anomalies.channel = anomaly_drivers.channel
            and directed_anomalies.week = anomaly_drivers.week

)

select * from anomalies

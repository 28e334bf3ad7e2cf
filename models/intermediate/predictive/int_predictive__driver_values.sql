-- Grain: one row per anomaly, dimension and value of it: what it added in the week, and
-- in the weeks before.

with

anomalies as (

    select
        metric,
        segment,
        channel,
        week
    from {{ ref('fct_metric_weeks') }}
    where is_anomaly

),

anomaly_policies as (

    select baseline_weeks
    from {{ ref('int_predictive__anomaly_policies') }}

),

driver_weeks as (

    select * from {{ ref('int_predictive__driver_weeks') }}

),

driver_values as (

    select
        anomalies.metric,
        anomalies.segment,
        anomalies.channel,
        anomalies.week,
        driver_weeks.dimension,
        driver_weeks.dimension_value,
        sum(
            case
                when driver_weeks.week = anomalies.week then driver_weeks.numerator
                else 0
            end
        ) as units,
        sum(
            case
                when driver_weeks.week = anomalies.week
                    then coalesce(driver_weeks.denominator, 0)
                else 0
            end
        ) as cases,
        sum(
            case
                when driver_weeks.week < anomalies.week then driver_weeks.numerator
                else 0
            end
        ) as usual_units,
        sum(
            case
                when driver_weeks.week < anomalies.week
                    then coalesce(driver_weeks.denominator, 0)
                else 0
            end
        ) as usual_cases
    from anomalies
    inner join anomaly_policies on anomaly_policies.baseline_weeks > 0
    inner join driver_weeks
        on
            anomalies.metric = driver_weeks.metric
            and anomalies.week >= driver_weeks.week
            and anomalies.week - anomaly_policies.baseline_weeks * 7 * interval '1' day
            <= driver_weeks.week
            and anomalies.segment in ('all', driver_weeks.segment)
            and anomalies.channel in ('all', driver_weeks.channel)
    group by
        anomalies.metric,
        anomalies.segment,
        anomalies.channel,
        anomalies.week,
        driver_weeks.dimension,
        driver_weeks.dimension_value

)

select * from driver_values

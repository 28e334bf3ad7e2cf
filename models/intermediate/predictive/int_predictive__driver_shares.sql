-- Grain: one row per anomaly, dimension and value of it: what it was expected to add,
-- and which share of the difference it makes.
-- Each value is expected to have the share of the whole that it had in the weeks
-- before; of a rate, the rate that it had, drawn to that of all by a few cases.

with

anomalies as (

    select
        metric,
        segment,
        channel,
        week,
        kind,
        numerator - difference as expected_units,
        expected,
        difference
    from {{ ref('fct_metric_weeks') }}
    where is_anomaly and difference != 0

),

anomaly_policies as (

    select driver_prior
    from {{ ref('int_predictive__anomaly_policies') }}

),

driver_values as (

    select * from {{ ref('int_predictive__driver_values') }}

),

weighed_values as (

    select
        driver_values.*,
        anomalies.kind,
        anomalies.expected_units,
        anomalies.expected,
        anomalies.difference,
        cast(case
            when anomalies.kind = 'rate' then driver_values.cases
            else driver_values.usual_units
        end as double) as usual_parts
    from driver_values
    inner join anomalies
        on
            driver_values.metric = anomalies.metric
            and driver_values.segment = anomalies.segment
            and driver_values.channel = anomalies.channel
            and driver_values.week = anomalies.week

),

shared_values as (

    select
        *,
        coalesce(usual_parts / nullif(cast(sum({{ exact_share('usual_parts') }}) over (
            partition by metric, segment, channel, week, dimension
        ) as double), 0), 0) as usual_share
    from weighed_values

),

driver_shares as (

    select
        shared_values.metric,
        shared_values.segment,
        shared_values.channel,
        shared_values.week,
        shared_values.dimension,
        shared_values.dimension_value,
        shared_values.usual_share,
        (case
            when shared_values.kind = 'rate'
                then
                    cast(shared_values.cases as double)
                    * (
                        cast(shared_values.usual_units as double)
                        + anomaly_policies.driver_prior * shared_values.expected
                    )
                    / (
                        cast(shared_values.usual_cases as double)
                        + anomaly_policies.driver_prior
                    )
            else shared_values.usual_share * shared_values.expected_units
        end - cast(shared_values.units as double)) / -shared_values.difference
            as difference_share
    from shared_values
    cross join anomaly_policies

)

select * from driver_shares

-- Grain: one row per watched metric, with the policies in force at as_of and the weeks
-- that they mean. A week is known by its Monday in the reporting time zone.

{{ config(materialized='view') }}

with

anomaly_policies as (

    select
        judged_weeks,
        most_weeks
    from {{ ref('int_predictive__anomaly_policies') }}

),

anomaly_metrics as (

    select * from {{ ref('anomaly_metrics') }}
    where {{ in_force() }}

),

lifecycle_stages as (

    select
        stage,
        stage_order
    from {{ ref('lifecycle_stages') }}
    where not is_off_ramp

),

funnel_policies as (

    select
        funnel_policies.progress_days,
        lifecycle_stages.stage_order
    from {{ ref('funnel_policies') }} as funnel_policies
    inner join lifecycle_stages on funnel_policies.stage = lifecycle_stages.stage

),

stage_days as (

    select
        anomaly_metrics.metric,
        sum(funnel_policies.progress_days) as progress_days
    from anomaly_metrics
    inner join lifecycle_stages as from_stages
        on anomaly_metrics.from_stage = from_stages.stage
    inner join lifecycle_stages as to_stages
        on anomaly_metrics.to_stage = to_stages.stage
    inner join funnel_policies
        on
            from_stages.stage_order <= funnel_policies.stage_order
            and to_stages.stage_order > funnel_policies.stage_order
    group by anomaly_metrics.metric

),

waits as (

    select
        anomaly_metrics.metric,
        anomaly_metrics.kind,
        anomaly_policies.judged_weeks,
        anomaly_policies.most_weeks,
        cast(
            anomaly_metrics.maturity_days + coalesce(stage_days.progress_days, 0)
            as integer
        ) as waiting_days,
        {{ reporting_date(as_of()) }} as as_of_date
    from anomaly_metrics
    inner join anomaly_policies on anomaly_policies.judged_weeks > 0
    left join stage_days on anomaly_metrics.metric = stage_days.metric

),

last_weeks as (

    select
        *,
        cast(date_trunc('week', as_of_date) as date) as current_week,
        cast(
            date_trunc('week', as_of_date - (waiting_days + 7) * interval '1' day)
            as date
        ) as last_mature_week
    from waits

),

anomaly_windows as (

    select
        metric,
        kind,
        waiting_days,
        current_week,
        last_mature_week,
        cast(last_mature_week - (judged_weeks - 1) * 7 * interval '1' day as date)
            as judged_from,
        cast(
            last_mature_week
            - (judged_weeks - 1 + most_weeks) * 7 * interval '1' day as date
        ) as known_from
    from last_weeks

)

select * from anomaly_windows

-- Grain: one row per watched metric, segment, channel and week of the window that is
-- judged, or that has not had its time yet.

with

metric_weeks as (

    select * from {{ ref('int_predictive__metric_weeks') }}
    where is_in_window

),

week_verdicts as (

    select * from {{ ref('int_predictive__week_verdicts') }}

),

anomaly_policies as (

    select false_discovery_rate
    from {{ ref('int_predictive__anomaly_policies') }}

),

judged_weeks as (

    select
        metric_weeks.metric,
        metric_weeks.segment,
        metric_weeks.channel,
        metric_weeks.week,
        metric_weeks.kind,
        case
            when metric_weeks.is_judged then week_verdicts.status
            else 'immature'
        end as status,
        coalesce(
            week_verdicts.q_value <= anomaly_policies.false_discovery_rate, false
        ) as is_anomaly,
        cast(metric_weeks.numerator as decimal(38, 10)) as numerator,
        cast(metric_weeks.denominator as decimal(38, 10)) as denominator,
        week_verdicts.observed,
        week_verdicts.expected,
        week_verdicts.expected_low,
        week_verdicts.expected_high,
        week_verdicts.difference,
        week_verdicts.score,
        week_verdicts.p_value,
        week_verdicts.q_value,
        week_verdicts.baseline_weeks,
        week_verdicts.rejected_weeks,
        cast(
            metric_weeks.week + (metric_weeks.waiting_days + 7) * interval '1' day
            as date
        ) as mature_on
    from metric_weeks
    inner join anomaly_policies on anomaly_policies.false_discovery_rate > 0
    left join week_verdicts
        on
            metric_weeks.metric = week_verdicts.metric
            and metric_weeks.segment = week_verdicts.segment
            and metric_weeks.channel = week_verdicts.channel
            and metric_weeks.week = week_verdicts.week

)

select * from judged_weeks

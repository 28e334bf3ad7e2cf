-- Grain: one row per watched metric, segment, channel and week, from the first with any
-- part to the one that as_of lies in; weeks between without any are there too.
-- 'all' is the sum over segments or channels; metrics of money have no segments.

with

metric_parts as (

    select
        metric,
        segment,
        channel,
        week,
        sum(numerator) as numerator,
        sum(denominator) as denominator,
        sum(log_sum) as log_sum,
        sum(log_square_sum) as log_square_sum
    from {{ ref('int_predictive__metric_parts') }}
    group by
        metric,
        segment,
        channel,
        week

),

windows as (

    select * from {{ ref('int_predictive__anomaly_windows') }}

),

week_shares as (

    select * from {{ ref('int_predictive__week_shares') }}

),

levels as (

    select
        by_segment.flag as is_by_segment,
        by_channel.flag as is_by_channel
    from (values (true), (false)) as by_segment (flag)
    cross join (values (true), (false)) as by_channel (flag)

),

summed_parts as (

    select
        metric_parts.metric,
        case when levels.is_by_segment then metric_parts.segment else 'all' end
            as segment,
        case when levels.is_by_channel then metric_parts.channel else 'all' end
            as channel,
        metric_parts.week,
        sum(metric_parts.numerator) as numerator,
        sum(metric_parts.denominator) as denominator,
        sum(metric_parts.log_sum) as log_sum,
        sum(metric_parts.log_square_sum) as log_square_sum
    from metric_parts
    inner join levels
        on metric_parts.segment is not null or not levels.is_by_segment
    group by
        metric_parts.metric,
        case when levels.is_by_segment then metric_parts.segment else 'all' end,
        case when levels.is_by_channel then metric_parts.channel else 'all' end,
        metric_parts.week

),

all_series as (

    select
        metric,
        segment,
        channel,
        min(week) as first_week
    from summed_parts
    group by
        metric,
        segment,
        channel

),

metric_weeks as (

    select
        all_series.metric,
        all_series.segment,
        all_series.channel,
        week_shares.week,
        windows.kind,
        windows.waiting_days,
        week_shares.week >= windows.judged_from as is_in_window,
        week_shares.week <= windows.last_mature_week as is_mature,
        week_shares.week between windows.judged_from and windows.last_mature_week
            as is_judged,
        coalesce(summed_parts.numerator, 0) as numerator,
        coalesce(summed_parts.denominator, 0) as denominator,
        coalesce(summed_parts.log_sum, 0) as log_sum,
        coalesce(summed_parts.log_square_sum, 0) as log_square_sum,
        week_shares.month_end_share,
        week_shares.quarter_end_share,
        week_shares.year_end_share
    from all_series
    inner join windows on all_series.metric = windows.metric
    inner join week_shares
        on
            all_series.first_week <= week_shares.week
            and windows.known_from <= week_shares.week
    left join summed_parts
        on
            all_series.metric = summed_parts.metric
            and all_series.segment = summed_parts.segment
            and all_series.channel = summed_parts.channel
            and week_shares.week = summed_parts.week

)

select * from metric_weeks

-- Grain: one row per watched metric, week, segment, channel, dimension and value of it
-- that may have driven the metric: its parts, of the weeks that are judged and those
-- that they are held against.

with

windows as (

    select
        metric,
        judged_from,
        last_mature_week
    from {{ ref('int_predictive__anomaly_windows') }}

),

anomaly_policies as (

    select baseline_weeks
    from {{ ref('int_predictive__anomaly_policies') }}

),

bounds as (

    select
        windows.metric,
        windows.last_mature_week,
        cast(
            windows.judged_from
            - anomaly_policies.baseline_weeks * 7 * interval '1' day as date
        ) as first_week
    from windows
    inner join anomaly_policies on anomaly_policies.baseline_weeks > 0

),

metric_parts as (

    select metric_parts.*
    from {{ ref('int_predictive__metric_parts') }} as metric_parts
    inner join bounds
        on
            metric_parts.metric = bounds.metric
            and metric_parts.week between bounds.first_week and bounds.last_mature_week

),

dimensions as (

    select dimensions.dimension
    from (
        values
        ('segment'),
        ('channel'),
        ('campaign'),
        ('owner'),
        ('source'),
        ('country')
    ) as dimensions (dimension)

),

valued_parts as (

    select
        metric_parts.metric,
        metric_parts.week,
        metric_parts.segment,
        metric_parts.channel,
        dimensions.dimension,
        case dimensions.dimension
            when 'segment' then metric_parts.segment
            when 'channel' then metric_parts.channel
            when 'campaign' then metric_parts.campaign_id
            when 'owner' then metric_parts.owner_id
            when 'source' then metric_parts.source
            else metric_parts.country
        end as dimension_value,
        metric_parts.numerator,
        metric_parts.denominator
    from metric_parts
    cross join dimensions

),

driver_weeks as (

    select
        metric,
        week,
        segment,
        channel,
        dimension,
        dimension_value,
        sum(numerator) as numerator,
        sum(denominator) as denominator
    from valued_parts
    where dimension_value is not null
    group by
        metric,
        week,
        segment,
        channel,
        dimension,
        dimension_value

)

select * from driver_weeks

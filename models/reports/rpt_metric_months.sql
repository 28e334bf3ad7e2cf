-- Grain: one row per metric and month.
-- What happened on a day that nobody knows is in fct_metric_parts, but in no month.

with

metric_parts as (

    select * from {{ ref('fct_metric_parts') }}
    where month is not null

),

metric_totals as (

    select
        metric,
        month,
        cast(sum(numerator) as double) as numerator,
        cast(sum(denominator) as double) as denominator
    from metric_parts
    group by
        metric,
        month

),

metric_months as (

    select
        metric,
        month,
        numerator,
        denominator,
        case
            when denominator is null then numerator
            else numerator / nullif(denominator, 0)
        end as value
    from metric_totals

)

select * from metric_months

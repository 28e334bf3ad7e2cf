-- A metric that is a state has today, with what stands under no month, the parts that
-- its check has today.

{{ config(group='quality') }}

with

metric_parts as (

    select
        metric,
        sum(numerator) as numerator,
        sum(denominator) as denominator
    from {{ ref('fct_metric_parts') }}
    where month is null or month = {{ reporting_month(as_of()) }}
    group by metric

),

check_totals as (

    select
        check_name,
        sum(numerator) as numerator,
        sum(denominator) as denominator
    from {{ ref('int_quality__check_sums') }}
    where
        check_name in (
            'contact_completeness_rate',
            'duplicate_rate',
            'enrichment_coverage_rate',
            'data_decay_rate'
        )
    group by check_name

)

select
    check_totals.*,
    metric_parts.numerator as metric_numerator,
    metric_parts.denominator as metric_denominator
from check_totals
left join metric_parts
    on check_totals.check_name = metric_parts.metric
where
    check_totals.numerator is distinct from metric_parts.numerator
    or check_totals.denominator is distinct from metric_parts.denominator

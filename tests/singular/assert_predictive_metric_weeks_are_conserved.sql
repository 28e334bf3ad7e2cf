-- Weeks over all segments and channels add up to what the marts count: every lead, MQL
-- and dollar of spend of the window, once.

{{ config(group='predictive') }}

with

metric_weeks as (

    select
        metric,
        min(week) as first_week,
        max(week) as last_week,
        sum(numerator) as numerator
    from {{ ref('fct_metric_weeks') }}
    where segment = 'all' and channel = 'all'
    group by metric

),

counted as (

    select
        'leads' as metric,
        cast(date_trunc('week', {{ reporting_date('lead_at') }}) as date) as week,
        1 as part
    from {{ ref('fct_lead_funnel') }}
    union all
    select
        'mqls' as metric,
        cast(date_trunc('week', {{ reporting_date('mql_at') }}) as date) as week,
        1 as part
    from {{ ref('fct_lead_funnel') }}
    union all
    select
        'spend' as metric,
        cast(date_trunc('week', spend_date) as date) as week,
        spend_usd as part
    from {{ ref('fct_ad_spend_days') }}
    where spend_date <= {{ reporting_date(as_of()) }}

),

sums as (

    select
        metric_weeks.metric,
        metric_weeks.numerator,
        sum(counted.part) as counted
    from metric_weeks
    inner join counted
        on
            metric_weeks.metric = counted.metric
            and metric_weeks.first_week <= counted.week
            and metric_weeks.last_week >= counted.week
    group by
        metric_weeks.metric,
        metric_weeks.numerator

)

select
    metric,
    numerator,
    counted
from sums
where abs(numerator - coalesce(counted, 0)) > 0.0000001

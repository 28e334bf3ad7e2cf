-- What the metrics are made of is what the marts say, by month and to the last digit:
-- sourced and influenced pipeline, spend, MQLs, new customers, won and sourced revenue.

with

metric_parts as (

    select
        metric,
        month,
        sum(numerator) as numerator,
        sum(denominator) as denominator
    from {{ ref('fct_metric_parts') }}
    group by
        metric,
        month

),

part_figures as (

    select
        case metric
            when 'cost_per_mql' then 'spend'
            when 'channel_cac' then 'spend again'
            when 'marketing_sourced_revenue_pct' then 'sourced revenue'
            else metric
        end as figure_name,
        month,
        numerator as figure
    from metric_parts
    where
        metric in (
            'marketing_sourced_pipeline', 'marketing_influenced_pipeline',
            'cost_per_mql', 'channel_cac', 'marketing_sourced_revenue_pct'
        )
    union all
    select
        case metric
            when 'cost_per_mql' then 'mqls'
            when 'channel_cac' then 'new customers'
            when 'romi' then 'spend of romi'
            else 'won revenue'
        end as figure_name,
        month,
        denominator as figure
    from metric_parts
    where
        metric in (
            'cost_per_mql', 'channel_cac', 'romi', 'marketing_sourced_revenue_pct'
        )

),

mart_figures as (

    select
        'marketing_sourced_pipeline' as figure_name,
        month,
        sourced_pipeline_usd as figure
    from {{ ref('fct_pipeline_months') }}
    union all
    select
        'marketing_influenced_pipeline' as figure_name,
        month,
        influenced_pipeline_usd as figure
    from {{ ref('fct_pipeline_months') }}
    union all
    select
        names.figure_name,
        spend_months.month,
        spend_months.spend_usd as figure
    from {{ ref('fct_spend_months') }} as spend_months
    cross join (
        values ('spend'), ('spend again'), ('spend of romi')
    ) as names (figure_name)
    union all
    select
        'mqls' as figure_name,
        {{ reporting_month('mql_at') }} as month,
        1 as figure
    from {{ ref('fct_lead_funnel') }}
    where mql_at is not null
    union all
    select
        'new customers' as figure_name,
        {{ reporting_month('closed_at') }} as month,
        1 as figure
    from {{ ref('fct_won_deals') }}
    where is_new_customer
    union all
    select
        'won revenue' as figure_name,
        {{ reporting_month('closed_at') }} as month,
        coalesce(amount_usd, 0) as figure
    from {{ ref('fct_won_deals') }}
    union all
    select
        'sourced revenue' as figure_name,
        {{ reporting_month('closed_at') }} as month,
        coalesce(amount_usd, 0) as figure
    from {{ ref('fct_opportunities') }}
    where is_won and is_marketing_sourced

),

balances as (

    select
        figure_name,
        month,
        figure
    from part_figures
    union all
    select
        figure_name,
        month,
        -figure as figure
    from mart_figures

)

select
    figure_name,
    month,
    sum(figure) as difference
from balances
group by
    figure_name,
    month
having sum(figure) != 0
